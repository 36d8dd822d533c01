#include "app/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <nlohmann/json.hpp>

namespace backorderd::app {
namespace {

spdlog::level::level_enum toSpdlog(Log::Level level) {
    switch (level) {
        case Log::Level::Debug: return spdlog::level::debug;
        case Log::Level::Info: return spdlog::level::info;
        case Log::Level::Warning: return spdlog::level::warn;
        case Log::Level::Error: break;
    }
    return spdlog::level::err;
}

/// Priorities of syslog(3), which journald reads from the start of a line.
std::string_view priority(Log::Level level) {
    switch (level) {
        case Log::Level::Debug: return "<7>";
        case Log::Level::Info: return "<6>";
        case Log::Level::Warning: return "<4>";
        case Log::Level::Error: break;
    }
    return "<3>";
}

/// JSON's own escapes keep control characters out; plain words stay without quotes.
std::string quoted(const std::string& value) {
    const bool plain = !value.empty() && value.find_first_of(" \"=\\") == std::string::npos &&
                       value.find_first_of("\n\r\t") == std::string::npos;
    if (plain) return value;
    return nlohmann::json(value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string asText(std::string_view event, std::initializer_list<Field> fields) {
    std::string line{event};
    for (const auto& field : fields) {
        line += ' ';
        line += field.name;
        line += '=';
        line += quoted(field.value);
    }
    return line;
}

std::string asJson(std::string_view level, std::string_view event,
                   std::initializer_list<Field> fields) {
    nlohmann::ordered_json line;
    line["at"] = formatTimestamp(std::chrono::floor<std::chrono::seconds>(
        std::chrono::system_clock::now()));
    line["level"] = level;
    line["event"] = event;
    for (const auto& field : fields) line[std::string{field.name}] = field.value;
    return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace

struct Log::Impl {
    config::LogSettings settings;
    std::shared_ptr<spdlog::logger> logger;  // shared: spdlog hands loggers out so
};

Log::Log(const config::LogSettings& settings) : impl_{std::make_unique<Impl>()} {
    impl_->settings = settings;
    auto sink = std::make_shared<spdlog::sinks::stderr_sink_st>();
    impl_->logger = std::make_shared<spdlog::logger>("backorderd", std::move(sink));
    impl_->logger->set_pattern(settings.format == "text" ? "%Y-%m-%dT%H:%M:%S%z %-7l %v" : "%v");
    impl_->logger->set_level(spdlog::level::from_str(settings.level));
    impl_->logger->flush_on(spdlog::level::debug);
}

Log::~Log() = default;

void Log::write(Level level, std::string_view event, std::initializer_list<Field> fields) {
    const auto spd_level = toSpdlog(level);
    if (!impl_->logger->should_log(spd_level)) return;
    std::string line;
    if (impl_->settings.format == "json") {
        const auto name = spdlog::level::to_string_view(spd_level);
        line = asJson({name.data(), name.size()}, event, fields);
    } else {
        if (impl_->settings.format == "journal") line = priority(level);
        line += asText(event, fields);
    }
    impl_->logger->log(spd_level, spdlog::string_view_t{line});
}

std::string Log::address(std::string_view address) const {
    if (impl_->settings.personal_data || address.empty()) return std::string{address};
    const auto at = address.find('@');
    const std::string_view domain = at == std::string_view::npos ? "" : address.substr(at);
    return std::string{address.substr(0, 1)} + "…" + std::string{domain};
}

}  // namespace backorderd::app

#include "app/log.hpp"

#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <vector>

namespace backorderd::app {
namespace {

spdlog::level::level_enum toSpdlog(Log::Level level) {
    switch (level) {
        case Log::Level::Debug:
            return spdlog::level::debug;
        case Log::Level::Info:
            return spdlog::level::info;
        case Log::Level::Warning:
            return spdlog::level::warn;
        case Log::Level::Error:
            break;
    }
    return spdlog::level::err;
}

/// Priorities of syslog(3), which journald reads from the start of a line.
std::string_view priority(Log::Level level) {
    switch (level) {
        case Log::Level::Debug:
            return "<7>";
        case Log::Level::Info:
            return "<6>";
        case Log::Level::Warning:
            return "<4>";
        case Log::Level::Error:
            break;
    }
    return "<3>";
}

constexpr std::size_t kValueBytesMax = 8192;
/// The one field that holds a Message-ID, which has an address's form and names nobody.
constexpr std::string_view kMessageIdField = "message";

/// Whether a character that JSON leaves as it is ends a line for some reader, turns the direction
/// of writing, or hides.
bool isHidden(std::uint32_t character) {
    return (character >= 0x7F && character <= 0x9F) || character == 0xAD || character == 0x61C ||
           (character >= 0x200B && character <= 0x200F) ||
           (character >= 0x2028 && character <= 0x202E) ||
           (character >= 0x2060 && character <= 0x206F) || character == 0xFEFF;
}

/// JSON text with those escaped as well. None has more than three bytes.
std::string escapeHidden(const std::string& json) {
    std::string out;
    out.reserve(json.size());
    for (std::size_t i = 0; i < json.size();) {
        const auto byte = [&](std::size_t at) {
            return static_cast<std::uint32_t>(static_cast<unsigned char>(json[i + at]));
        };
        const std::uint32_t first = byte(0);
        const std::size_t bytes = first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
        std::uint32_t character = first;
        if (bytes == 2) character = (first & 0x1F) << 6 | (byte(1) & 0x3F);
        if (bytes == 3) character = (first & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
        if (bytes < 4 && isHidden(character))
            out += fmt::format("\\u{:04x}", character);
        else
            out.append(json, i, bytes);
        i += bytes;
    }
    return out;
}

template <class Json>
std::string dumped(const Json& value) {
    // What is not UTF-8 is replaced, so that every character is whole.
    return escapeHidden(value.dump(-1, ' ', false, Json::error_handler_t::replace));
}

/// Whether JSON text has the value as it is, between its quotes.
bool isPrintable(std::string_view value) {
    return std::ranges::all_of(
        value, [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
}

/// Plain words stay without quotes.
std::string quoted(const std::string& value) {
    if (isPrintable(value)) {
        const bool word = !value.empty() && value.find_first_of(" =") == std::string::npos;
        return word ? value : '"' + value + '"';
    }
    auto text = dumped(nlohmann::json(value));
    const bool escaped = text.size() != value.size() + 2 || text.find('\\') != std::string::npos;
    const bool plain = !value.empty() && !escaped && value.find_first_of(" =") == std::string::npos;
    return plain ? value : text;
}

bool isLocalPart(unsigned char c) {
    return std::isalnum(c) != 0 || std::string_view{".!#$%&'*+-/=?^_`{|}~"}.find(
                                       static_cast<char>(c)) != std::string_view::npos;
}

/// Where a telephone number that begins at `plus` ends; `plus` itself where none does.
std::size_t endOfNumber(std::string_view text, std::size_t plus) {
    constexpr int kDigitsMin = 7;
    int digits = 0;
    std::size_t end = plus;
    for (std::size_t i = plus + 1; i < text.size(); ++i) {
        if (std::isdigit(static_cast<unsigned char>(text[i])) != 0) {
            ++digits;
            end = i + 1;
        } else if (std::string_view{" -/()"}.find(text[i]) == std::string_view::npos) {
            break;
        }
    }
    return digits >= kDigitsMin ? end : plus;
}

std::string shortened(std::string_view text) {
    if (text.find_first_of("+@") == std::string_view::npos) return std::string{text};
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+') {
            if (const auto end = endOfNumber(text, i); end > i) {
                out += "+…";
                i = end - 1;
                continue;
            }
        }
        if (text[i] == '@') {
            auto begin = out.size();
            while (begin > 0 && isLocalPart(static_cast<unsigned char>(out[begin - 1]))) --begin;
            if (begin < out.size()) out.replace(begin + 1, std::string::npos, "…");
        }
        out += text[i];
    }
    return out;
}

std::string cut(std::string_view value) {
    if (value.size() <= kValueBytesMax) return std::string{value};
    return std::string{value.substr(0, kValueBytesMax)} + "…";
}

std::string asText(std::string_view event, std::span<const Field> fields) {
    std::string line{event};
    for (const auto& field : fields) {
        line += ' ';
        line += field.name;
        line += '=';
        line += quoted(field.value);
    }
    return line;
}

std::string asJson(std::string_view level, std::string_view event, std::span<const Field> fields) {
    nlohmann::ordered_json line;
    line["at"] =
        formatTimestamp(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
    line["level"] = level;
    line["event"] = event;
    for (const auto& field : fields) line[std::string{field.name}] = field.value;
    return dumped(line);
}

}  // namespace

struct Log::Impl {
    config::LogSettings settings;
    std::shared_ptr<spdlog::logger> logger;  // shared: spdlog hands loggers out so
    std::map<std::string, std::uint64_t, std::less<>> counts;
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
    auto& counts = impl_->counts;
    const auto counted = counts.find(event);
    if (counted == counts.end())
        counts.emplace(event, 1);
    else
        ++counted->second;
    const auto spd_level = toSpdlog(level);
    if (!impl_->logger->should_log(spd_level)) return;
    std::vector<Field> shown;
    for (const auto& field : fields)
        shown.push_back({field.name, field.name == kMessageIdField ? cut(field.value)
                                                                   : words(cut(field.value))});
    std::string line;
    if (impl_->settings.format == "json") {
        const auto name = spdlog::level::to_string_view(spd_level);
        line = asJson({name.data(), name.size()}, event, shown);
    } else {
        if (impl_->settings.format == "journal") line = priority(level);
        line += asText(event, shown);
    }
    impl_->logger->log(spd_level, spdlog::string_view_t{line});
}

std::string Log::address(std::string_view address) const {
    if (impl_->settings.personal_data || address.empty()) return std::string{address};
    const auto at = address.find('@');
    const std::string_view domain = at == std::string_view::npos ? "" : address.substr(at);
    return std::string{address.substr(0, 1)} + "…" + std::string{domain};
}

std::string Log::words(std::string_view text) const {
    return impl_->settings.personal_data ? std::string{text} : shortened(text);
}

const std::map<std::string, std::uint64_t, std::less<>>& Log::counts() const {
    return impl_->counts;
}

}  // namespace backorderd::app

#include "app/fixed_settings.hpp"

#include <fmt/format.h>

namespace backorderd::app {
namespace {

class SettingsComparison {
public:
    explicit SettingsComparison(const std::string& file) : file_{file} {}

    template <class Value>
    void compare(std::string_view key, const Value& was, const Value& is) {
        if (was != is)
            problems.push_back(
                {{file_, 0, 0},
                 fmt::format("{} changed from '{}' to '{}'; that needs a restart", key, was, is),
                 Severity::Error});
    }
    void compare(std::string_view name, const config::ListenerSettings& was,
                 const config::ListenerSettings& is) {
        const auto key = [&](const char* its) { return fmt::format("{}.{}", name, its); };
        compare(key("listen"), was.listen, is.listen);
        compare(key("request_bytes"), was.request_bytes, is.request_bytes);
        compare(key("request_time"), was.request_time.count(), is.request_time.count());
        compare(key("connections"), was.connections, is.connections);
    }

    Problems problems;

private:
    const std::string& file_;
};

}  // namespace

Problems fixedChanges(const config::Settings& was, const config::Settings& is,
                      const std::string& file) {
    SettingsComparison found{file};
    found.compare("data_dir", was.data_dir, is.data_dir);
    found.compare("journal", was.journal, is.journal);
    found.compare("environment", was.environment, is.environment);
    found.compare("control_socket", was.control_socket, is.control_socket);
    found.compare("public", was.public_listener, is.public_listener);
    found.compare("admin", was.admin_listener, is.admin_listener);
    found.compare("log.level", was.log.level, is.log.level);
    found.compare("log.format", was.log.format, is.log.format);
    found.compare("log.personal_data", was.log.personal_data, is.log.personal_data);
    return std::move(found.problems);
}

}  // namespace backorderd::app

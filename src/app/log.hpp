#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "config/config.hpp"

namespace backorderd::app {

/// One named value of a log event.
struct Field {
    std::string_view name;
    std::string value;
};

/// The log: one event a line, as text `event key=value …` or as a JSON object. Line breaks and
/// control characters in values are escaped, so that a value can never make a line of its own.
class Log {
public:
    enum class Level { Debug, Info, Warning, Error };

    /// Writes to standard error; format `journal` also puts the syslog priority before each line.
    explicit Log(const config::LogSettings& settings);
    ~Log();

    void write(Level level, std::string_view event, std::initializer_list<Field> fields = {});
    void info(std::string_view event, std::initializer_list<Field> fields = {}) {
        write(Level::Info, event, fields);
    }
    void warning(std::string_view event, std::initializer_list<Field> fields = {}) {
        write(Level::Warning, event, fields);
    }
    void error(std::string_view event, std::initializer_list<Field> fields = {}) {
        write(Level::Error, event, fields);
    }

    /// An address as the log may show it: `a…@example.com`, unless `log.personal_data` allows it.
    std::string address(std::string_view address) const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace backorderd::app

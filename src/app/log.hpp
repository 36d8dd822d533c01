#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
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

/// The log: one event a line, as text `event key=value …` or as a JSON object. Line breaks, control
/// characters and marks that turn the direction of writing are escaped in values, so that a value
/// can never make a line of its own or look like another; a long one is cut. Addresses and
/// telephone numbers in any value but a Message-ID are shortened, unless `log.personal_data` allows
/// them: what a mail server answers mostly repeats the address.
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
    /// A sentence with each address in it so shortened.
    std::string words(std::string_view text) const;

    /// How often each event has happened, whether or not its level is written.
    const std::map<std::string, std::uint64_t, std::less<>>& counts() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace backorderd::app

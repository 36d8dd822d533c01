#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "backorderd/clock.hpp"
#include "backorderd/problem.hpp"
#include "config/config.hpp"
#include "net/net.hpp"

namespace backorderd::app {

/// What ERPs post to `/hooks/erp/SOURCE`: that something changed. Signed as Standard Webhooks are,
/// not older than the source's tolerance, each id once, and no more than its settings allow.
/// Nothing in it is believed: it has the source asked.
/// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
class ErpHooks {
public:
    /// Has a source asked about a line, or polled where `line` is empty.
    using Ask = std::function<void(const std::string& source, const std::string& line)>;
    /// `settings` and `clock` must outlive it.
    ErpHooks(const config::Settings& settings, const Clock& clock, Ask ask);

    net::ServedResponse answer(const net::ServedRequest& request);

private:
    struct Door {
        const config::PushSettings* settings = nullptr;
        std::vector<Secret> keys;
        std::map<std::string, Timestamp, std::less<>> ids;  ///< that came, until they are too old
        std::deque<SteadyTime> lately;                      ///< taken within the last minute
    };
    std::string whyUnauthorised(const Door& door, const net::ServedRequest& request,
                                Timestamp now) const;
    bool tooMany(Door& door);
    net::ServedResponse take(const std::string& source, Door& door,
                             const net::ServedRequest& request);

    const Clock& clock_;
    Ask ask_;
    std::map<std::string, Door, std::less<>> doors_;
};

/// What is wrong with the keys of the settings; added to their sections.
void checkHooks(config::Settings& settings);

}  // namespace backorderd::app

#pragma once

#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "app/engine.hpp"
#include "app/poll_schedule.hpp"

namespace backorderd::app {

struct Engine::Source {
    const config::SourceSettings* settings;
    std::unique_ptr<Connector> connector;
    std::unique_ptr<Poller> poller;
    std::optional<PollSchedule> schedule;
    std::set<std::string> named;  ///< lines of which the ERP said that they changed
    bool poll_asked = false;      ///< it said so of others, or of nothing that can be looked up
    bool polling = false;
    bool polled = false;  ///< to an end of any kind, since the start
    /// Never expires; cancelled when a poll has ended. Shared with those who wait for that: a
    /// reload may end the engine first.
    std::shared_ptr<boost::asio::steady_timer> ended;
};

}  // namespace backorderd::app

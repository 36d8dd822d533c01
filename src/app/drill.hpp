#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

#include "app/dispatching.hpp"
#include "config/config.hpp"

namespace backorderd::app {

/// What became of one sender's test message.
struct DrillResult {
    std::string sender;
    Channel channel{};
    std::string outcome;  ///< `accepted`, `try later`, `refused`, `unknown`, `left out`
    std::string text;     ///< the receiver's words, or why
};

struct DrillOrder {
    std::string to;
    std::string sender;  ///< empty: every one
};

/// Sends one marked test message through each sender, past outbox, mode and gates. Nothing of it is
/// kept. All references must outlive the drill.
boost::asio::awaitable<std::vector<DrillResult>> drill(std::vector<NamedSender>& senders,
                                                       const config::HouseSettings& house,
                                                       const DrillOrder& order, Timestamp now);

}  // namespace backorderd::app

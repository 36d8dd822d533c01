#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backorderd/rule.hpp"
#include "backorderd/store.hpp"

namespace backorderd::app {

/// What rules would send within a day, and never send, compared with those in force.
struct Outlook {
    std::size_t before = 0;  ///< messages that leave under the rules in force
    std::size_t after = 0;   ///< under the others
    std::size_t extra = 0;   ///< of these, with something that would not have left before
    std::size_t lost = 0;  ///< messages planned, whenever they leave, that the others take back: a
                           ///< notice that was superseded is not told again
    std::vector<std::string> sample;       ///< of the extra ones, for a person
    std::vector<std::string> lost_sample;  ///< of the lost ones
};

/// How long after a reload messages count as its consequence.
inline constexpr std::chrono::hours kOutlook{24};

/// Evaluates every open case under both rule sets, in slices between which the loop has its turn;
/// changes nothing. Offers are counted as far as the stock goes. `preferences` must outlive the
/// call.
boost::asio::awaitable<Outlook> compareOutlooks(
    Store& store, const RuleSet& before, const RuleSet& after,
    std::function<std::optional<Timestamp>(std::string_view source)> fresh_until, Timestamp now,
    const Preferences* preferences = nullptr);

/// Why a rule set with this outlook is not put in force where at most `messages_max` messages may
/// come, and as many be lost, and how to insist; empty: it may be.
std::optional<std::string> whyHeldBack(const Outlook& outlook, std::int64_t messages_max);

}  // namespace backorderd::app

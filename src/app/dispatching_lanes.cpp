#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <iterator>
#include <utility>

#include "app/coroutine.hpp"
#include "app/dispatching.hpp"

namespace backorderd::app {
namespace {

/// Messages whose domain has reached its rate stay claimed, and others are looked for behind them;
/// but no more than so many batches wait.
constexpr std::size_t kWaitingBatchesMax = 10;

}  // namespace

void Dispatcher::fillLane(Lane& lane, Claim may_claim) {
    lane.opens_at.reset();
    while (!stopping_ && !lane.gone && lane.in_flight < lane.sender->sender->parallel() &&
           lane.breaker.mayTry(clock_.steady())) {
        auto message = takeNext(lane);
        if (!message) {
            // What has been claimed may have been taken back: it is looked at anew.
            if (may_claim == Claim::No || !claim(lane)) return;
            continue;
        }
        ++lane.in_flight;
        const bool is_probe = lane.breaker.begun();
        boost::asio::co_spawn(executor_, sendOne(lane, std::move(*message), is_probe), rethrow);
    }
}

std::optional<Message> Dispatcher::takeNext(Lane& lane) {
    const auto now = clock_.steady();
    auto soonest = lane.rates.readyAt(now);
    auto at = lane.claimed.begin();
    if (soonest <= now && lane.rates.limitsDomains()) {
        soonest = SteadyTime::max();
        for (; at != lane.claimed.end(); ++at) {
            const auto ready = lane.rates.readyAt(at->recipient.address, now);
            soonest = std::min(soonest, ready);
            if (ready <= now) break;
        }
    }
    if (soonest > now) {
        if (soonest != SteadyTime::max()) lane.opens_at = soonest;
        return std::nullopt;
    }
    if (at == lane.claimed.end()) return std::nullopt;
    std::optional<Message> message{std::move(*at)};
    lane.claimed.erase(at);
    lane.rates.take(message->recipient.address, now);
    return message;
}

bool Dispatcher::claim(Lane& lane) {
    const auto steady = clock_.steady();
    if (lane.rates.readyAt(steady) > steady) return false;
    const auto room = kWaitingBatchesMax * static_cast<std::size_t>(settings_.claim_batch);
    if (lane.claimed.size() >= (lane.breaker.open() ? 1 : room)) return false;
    const int limit = lane.breaker.open() ? 1 : settings_.claim_batch;
    auto messages = store_.claimReady(lane.sender->name, clock_.now(), limit);
    if (messages.empty()) {
        lane.behind = lane.breaker.open();
        return false;
    }
    std::vector<MessageId> ids;
    for (const auto& message : messages) ids.push_back(message.id);
    std::move(messages.begin(), messages.end(), std::back_inserter(lane.claimed));
    if (lane.behind && on_late_) on_late_(ids);
    return true;
}

std::optional<SteadyTime> Dispatcher::rateOpensAt() const {
    std::optional<SteadyTime> opens;
    for (const auto& lane : lanes_)
        // What is open already wakes nobody: it is used with the next look.
        if (lane.opens_at && *lane.opens_at > clock_.steady() &&
            (!opens || *lane.opens_at < *opens))
            opens = lane.opens_at;
    return opens;
}

const outbox::RetrySchedule& Dispatcher::scheduleOf(std::string_view sender) const {
    for (const auto& lane : lanes_)
        if (lane.sender->name == sender) return lane.schedule;
    return settings_.schedule;
}

}  // namespace backorderd::app

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

/// For what a durable record says already that it may have left.
class MarkedGate final : public WireGate {
public:
    boost::asio::awaitable<void> beforeWire(MessageId) override { co_return; }
};
MarkedGate marked_gate;

/// A second crash would end what the first one left in doubt: it is marked when it leaves.
bool mustNotBeLost(const Message& message) { return message.unknown_outcomes > 0; }

}  // namespace

bool Dispatcher::hasRoom(const Lane& lane) {
    return lane.in_flight < lane.sender->sender->parallel() && (!lane.host || lane.host->hasRoom());
}

SteadyTime Dispatcher::readyAt(const Lane& lane, SteadyTime now) {
    const auto ready = lane.rates.readyAt(now);
    return lane.host ? std::max(ready, lane.host->readyAt(now)) : ready;
}

void Dispatcher::fillLanes(Claim may_claim) {
    std::ranges::stable_sort(by_turn_, {}, &Lane::turn);
    for (auto* const lane : by_turn_) fillLane(*lane, may_claim);
}

void Dispatcher::fillLane(Lane& lane, Claim may_claim) {
    lane.opens_at.reset();
    // Who has nothing at hand when others make room would be passed over by them for ever.
    const bool waits = lane.host && !lane.host->hasRoom() && lane.claimed.empty();
    if (waits && may_claim == Claim::Yes && !stopping_ && !lane.gone && !lane.breaker.open())
        claim(lane);
    while (!stopping_ && !lane.gone && hasRoom(lane) && lane.breaker.mayTry(clock_.steady())) {
        const bool is_marked = !lane.marked.empty();
        auto message = is_marked ? takeMarked(lane) : takeNext(lane);
        if (!message) {
            // What has been claimed may have been taken back: it is looked at anew.
            if (may_claim == Claim::No || !claim(lane)) return;
            continue;
        }
        ++lane.in_flight;
        if (lane.host) lane.host->begun();
        lane.turn = ++turns_;
        const bool is_probe = lane.breaker.begun();
        WireGate& gate = is_marked ? static_cast<WireGate&>(marked_gate) : *this;
        boost::asio::co_spawn(executor_, sendOne(lane, std::move(*message), is_probe, gate),
                              rethrow);
    }
}

std::optional<Message> Dispatcher::takeNext(Lane& lane) {
    const auto now = clock_.steady();
    auto soonest = readyAt(lane, now);
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
    if (lane.host) lane.host->take(now);
    return message;
}

std::optional<Message> Dispatcher::takeMarked(Lane& lane) {
    std::optional<Message> message{std::move(lane.marked.front())};
    lane.marked.pop_front();
    return message;
}

/// Where a crash leaves it unknown whether a message left, it must not cost a person's time; and
/// what waits for a rate or a receiver is not about to leave.
bool Dispatcher::marksAhead(const Lane& lane) const {
    const bool limited = lane.rates.limits() || (lane.host && lane.host->limitsRate());
    return settings_.mark_ahead > 0 && !stopping_ && !held_ && !lane.gone && !lane.breaker.open() &&
           !limited && lane.sender->sender->onUnknown() != OnUnknown::Hold;
}

/// Twice as many as were answered since the last write: while a receiver takes many in that time,
/// connections need not wait for the next one; and a slow receiver gets hardly any ahead.
void Dispatcher::markAhead(Lane& lane) {
    const auto wanted = std::min(2 * std::exchange(lane.answered, 0), settings_.mark_ahead);
    if (!marksAhead(lane)) return;
    while (lane.marked.size() < wanted && !lane.claimed.empty()) {
        if (mustNotBeLost(lane.claimed.front())) return;
        auto message = takeNext(lane);
        if (!message) return;
        wire_marks_.push_back(message->id);
        lane.marked.push_back(std::move(*message));
    }
    if (!lane.behind) markReady(lane, wanted);
}

/// Without a claim: nothing can come between the reading and the write.
void Dispatcher::markReady(Lane& lane, std::size_t wanted) {
    if (lane.marked.size() >= wanted) return;
    const auto room = static_cast<int>(wanted - lane.marked.size());
    for (auto& message : store_.ready(lane.sender->name, room)) {
        if (mustNotBeLost(message)) return;
        ++message.attempts;
        wire_marks_.push_back(message.id);
        lane.marked.push_back(std::move(message));
    }
}

void Dispatcher::claimLate(Lane& lane) {
    if (lane.behind && lane.claimed.empty() && lane.answered > 0 && marksAhead(lane)) claim(lane);
}

bool Dispatcher::claim(Lane& lane) {
    const auto steady = clock_.steady();
    if (readyAt(lane, steady) > steady) return false;
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

#include <chrono>
#include <string>
#include <utility>

#include "app/dispatching.hpp"

namespace backorderd::app {
namespace {

/// Whether the attempt says that the receiver takes nothing, whatever it is sent. A mail of which
/// no one answers whether it arrived counts: a receiver that hangs is not to hang all that follow.
bool saysDown(const Outcome& outcome) {
    if (std::holds_alternative<Unknown>(outcome)) return true;
    const auto* later = std::get_if<TryLater>(&outcome);
    return later != nullptr && later->receiver_down;
}

std::string reasonOf(const Outcome& outcome) {
    if (const auto* unknown = std::get_if<Unknown>(&outcome)) return unknown->reason;
    const auto* later = std::get_if<TryLater>(&outcome);
    return later != nullptr ? later->reason : "";
}

}  // namespace

void Dispatcher::judgeReceiver(Lane& lane, const Outcome& outcome, bool was_probe) {
    using Change = outbox::Breaker::Change;
    const auto* refused = std::get_if<Refused>(&outcome);
    if (refused != nullptr && refused->endpoint_gone) leaveAlone(lane, refused->reason);
    const auto change = lane.breaker.ended(!saysDown(outcome), was_probe, clock_.steady());
    if (change == Change::Resumed) log_.info("sender.resumed", {{"sender", lane.sender->name}});
    if (change != Change::Paused) return;
    lane.behind = true;
    release(lane, "its receiver takes nothing now", settlements_);
    const auto pause = *lane.breaker.retryAt() - clock_.steady();
    log_.warning(
        "sender.paused",
        {{"sender", lane.sender->name},
         {"seconds", std::to_string(std::chrono::ceil<std::chrono::seconds>(pause).count())},
         {"reason", reasonOf(outcome)}});
}

void Dispatcher::leaveAlone(Lane& lane, const std::string& reason) {
    if (std::exchange(lane.gone, true)) return;  // What was under way says the same.
    release(lane, "its receiver takes nothing any more", settlements_);
    log_.error("sender.disabled", {{"sender", lane.sender->name}, {"reason", reason}});
    if (on_gone_) on_gone_(lane.sender->name, reason);
}

void Dispatcher::release(Lane& lane, const char* reason, std::vector<Settlement>& unsent) {
    for (auto* waiting : {&lane.marked, &lane.claimed})
        for (const auto& message : std::exchange(*waiting, {}))
            unsent.push_back({message.id, MessageState::Ready, reason, {}, {}, false, true});
}

}  // namespace backorderd::app

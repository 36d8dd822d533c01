#include "app/dispatching.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <limits>
#include <utility>

#include "app/coroutine.hpp"

namespace backorderd::app {
namespace {

namespace asio = boost::asio;

Log::Level levelOf(MessageState state) {
    switch (state) {
        case MessageState::Refused:
        case MessageState::Unknown:
        case MessageState::Dead:
            return Log::Level::Warning;
        default:
            return Log::Level::Info;
    }
}

}  // namespace

Dispatcher::Dispatcher(asio::any_io_executor executor, Store& store, const Clock& clock, Log& log,
                       std::vector<NamedSender>& senders, Settings settings, NoteMaker note_maker,
                       store::SendJournal* journal)
    : executor_{std::move(executor)},
      store_{store},
      clock_{clock},
      log_{log},
      settings_{settings},
      note_maker_{std::move(note_maker)},
      steps_{store, journal},
      company_{executor_} {
    for (auto& sender : senders) {
        auto& lane = lanes_.emplace_back(Lane{.sender = &sender,
                                              .breaker = outbox::Breaker{settings_.pause},
                                              .schedule = settings_.schedule});
        if (const auto host = sender.sender->host(); !host.empty())
            lane.host = &hosts_.try_emplace(host, settings_.per_host).first->second;
        const auto terms = settings_.terms.find(sender.name);
        if (terms == settings_.terms.end()) continue;
        lane.schedule = terms->second.schedule;
        lane.rates = outbox::RateGate{terms->second.rate, terms->second.domain_rate};
    }
    for (auto& lane : lanes_) by_turn_.push_back(&lane);
}

void Dispatcher::recover() {
    const auto now = clock_.now();
    takeBackUnsent(now);
    const char* const reason = "the process ended while it was on the wire";
    MessageFilter on_wire;
    on_wire.state = MessageState::OnWire;
    on_wire.limit = std::numeric_limits<int>::max();
    // Said before it is recorded, or with it: a crash in between must not leave it unsaid.
    for (auto& message : store_.messages(store_.listMessages(on_wire))) {
        ++message.unknown_outcomes;
        if (!sentAgain(message, now)) doubt(message, reason);
    }
    const auto unknown = store_.rescue(
        now, [&](const Message& message) { return sentAgain(message, now); },
        std::exchange(notes_, {}));
    for (const auto& message : store_.messages(unknown))
        log_.warning("message.outcome_unknown",
                     {{"message", message.stable_id},
                      {"recipient", log_.address(message.recipient.address)},
                      {"reason", reason}});
    MessageFilter deferred;
    deferred.state = MessageState::Deferred;
    deferred.limit = std::numeric_limits<int>::max();
    for (const auto& message : store_.messages(store_.listMessages(deferred))) {
        const auto wait = message.next_attempt_at.value_or(now) - now;
        // A wall clock that stepped while we were down must not put a retry off for ever.
        defer(message.id, std::clamp<std::chrono::seconds>(wait, std::chrono::seconds{0},
                                                           scheduleOf(message.sender).longest));
    }
}

void Dispatcher::takeBackUnsent(Timestamp now) {
    const char* const reason = "the daemon ended before it could leave";
    std::vector<Settlement> unsent;
    for (const auto& message : store_.messages(steps_.neverLeft())) {
        unsent.push_back({message.id, MessageState::Ready, reason, {}, {}, false, true});
        log_.info("message.not_left", {{"message", message.stable_id}, {"reason", reason}});
    }
    if (!unsent.empty()) store_.settle(unsent, now, {});
}

/// By the policy of its channel; empty: it is not.
std::optional<AuditEntry> Dispatcher::sentAgain(const Message& message, Timestamp now) const {
    for (const auto& lane : lanes_) {
        if (lane.sender->name != message.sender) continue;
        const auto policy = lane.sender->sender->onUnknown();
        const bool again = now < message.created_at + lane.schedule.keep &&
                           (policy == OnUnknown::SendAgain ||
                            (policy == OnUnknown::SendAgainOnce && message.unknown_outcomes <= 1));
        if (!again) return std::nullopt;
        return AuditEntry{now, "backorderd", "retry", message.stable_id,
                          "outcome unknown after a crash; sent again under the same id"};
    }
    return std::nullopt;
}

void Dispatcher::kick() {
    if (stopping_ || held_) return;
    fillLanes(Claim::Yes);
}

asio::awaitable<void> Dispatcher::sendOne(Lane& lane, Message message, bool is_probe,
                                          WireGate& gate) {
    const auto outcome = co_await lane.sender->sender->send(message, gate);
    --lane.in_flight;
    if (lane.host) lane.host->ended();
    ++lane.answered;
    judgeReceiver(lane, outcome, is_probe);
    finish(message, outcome, lane);
}

void Dispatcher::finish(const Message& message, const Outcome& outcome, const Lane& lane) {
    const auto now = clock_.now();
    const auto step = outbox::afterAttempt(message, outcome, lane.sender->sender->onUnknown(),
                                           message.unknown_outcomes > 0, lane.schedule, now);
    Settlement settlement{message.id, step.state,   step.reason,
                          step.reply, std::nullopt, std::holds_alternative<Unknown>(outcome)};
    if (const auto* refused = std::get_if<Refused>(&outcome))
        settlement.address_invalid = refused->address_invalid;
    if (step.retry_in) {
        settlement.next_attempt_at = now + *step.retry_in;
        defer(message.id, *step.retry_in);
    }
    settlements_.push_back(std::move(settlement));
    // A crash before it is written would cost a person's time.
    hurry_ = hurry_ || lane.sender->sender->onUnknown() == OnUnknown::Hold;
    if (step.state == MessageState::Sent && note_maker_)
        for (auto& note : note_maker_(message, step.state)) notes_.push_back(std::move(note));
    log_.write(levelOf(step.state), std::string{"message."}.append(messageStateName(step.state)),
               {{"message", message.stable_id},
                {"sender", message.sender},
                {"recipient", log_.address(message.recipient.address)},
                {"attempt", std::to_string(message.attempts)},
                {"reply", step.reply},
                {"reason", step.reason}});
    if (step.state == MessageState::Unknown) doubt(message, step.reason);
    scheduleFlush();
}

void Dispatcher::doubt(const Message& message, const std::string& reason) {
    if (note_maker_)
        for (auto& note : note_maker_(message, MessageState::Unknown))
            notes_.push_back(std::move(note));
    if (on_doubt_) on_doubt_(message, reason);
}

asio::awaitable<void> Dispatcher::beforeWire(MessageId id) {
    wire_marks_.push_back(id);
    if (!wire_barrier_) {
        wire_barrier_ = std::make_shared<asio::steady_timer>(executor_);
        wire_barrier_->expires_at(SteadyTime::max());
    }
    const auto barrier = wire_barrier_;
    scheduleFlush();
    boost::system::error_code cancelled;  // Cancelling is how the barrier is lifted.
    co_await barrier->async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
}

void Dispatcher::scheduleFlush() {
    if (std::exchange(flush_scheduled_, true)) {
        company_.cancel();
        return;
    }
    company_.expires_after(company_max_);
    asio::post(executor_, [this] { gather(0); });
}

/// A write costs the same for one as for many: it waits as long as each turn of the loop brings
/// more for it, which ends, because what waits at the gate brings nothing more. Where connections
/// are busy without it, it waits for more to come.
void Dispatcher::gather(std::size_t before) {
    // What has been claimed begins now, so that its receivers answer while the disk works, and what
    // comes to the wire at once is in the same write.
    if (!stopping_ && !held_) fillLanes(Claim::No);
    const auto gathered = wire_marks_.size() + settlements_.size();
    if (gathered > before) {
        asio::post(executor_, [this, gathered] { gather(gathered); });
    } else if (writeCanWait()) {
        company_.async_wait([this, gathered](const boost::system::error_code& more_came) {
            more_came ? gather(gathered) : flush();
        });
    } else {
        flush();
    }
}

bool Dispatcher::writeCanWait() const {
    return company_max_ > company_max_.zero() && !hurry_ && wire_marks_.empty() &&
           std::ranges::any_of(lanes_, [](const Lane& lane) { return !lane.marked.empty(); });
}

void Dispatcher::flush() {
    flush_scheduled_ = false;
    hurry_ = false;
    const bool outcomes = !settlements_.empty();
    if (!outcomes && wire_marks_.empty()) return;
    // What this takes back may be of any lane: before any of them marks.
    for (auto& lane : lanes_) claimLate(lane);
    for (auto& lane : lanes_) markAhead(lane);
    steps_.record(std::exchange(settlements_, {}), std::exchange(notes_, {}),
                  std::exchange(wire_marks_, {}), clock_.now());
    if (wire_barrier_) std::exchange(wire_barrier_, nullptr)->cancel();
    if (!outcomes) return;
    kick();
    if (on_settled_) on_settled_();
}

void Dispatcher::defer(MessageId id, std::chrono::seconds delay) {
    retry_at_[id] = clock_.steady() + delay;
}

std::optional<SteadyTime> Dispatcher::nextRetry() const {
    std::optional<SteadyTime> next;
    for (const auto& [id, at] : retry_at_)
        if (!next || at < *next) next = at;
    for (const auto& lane : lanes_) {
        // A pause that is over wakes nobody: what becomes ready is tried at once.
        const auto at = lane.breaker.retryAt();
        if (at && *at > clock_.steady() && (!next || *at < *next)) next = at;
    }
    return next;
}

std::vector<MessageId> Dispatcher::retriesDue() const {
    std::vector<MessageId> due;
    for (const auto& [id, at] : retry_at_)
        if (at <= clock_.steady()) due.push_back(id);
    return due;
}

void Dispatcher::retry(const std::vector<MessageId>& ids) {
    forget(ids);
    if (!ids.empty()) store_.makeReady(ids, clock_.now());
}

void Dispatcher::forget(const std::vector<MessageId>& ids) {
    for (const auto id : ids) retry_at_.erase(id);
}

void Dispatcher::giveBack(const std::vector<MessageId>& ids) {
    std::vector<Settlement> unsent;
    const auto take_back = [&](const Message& message) {
        if (std::find(ids.begin(), ids.end(), message.id) == ids.end()) return false;
        unsent.push_back({message.id, MessageState::Ready, "no longer true", {}, {}, false, true});
        return true;
    };
    for (auto& lane : lanes_) {
        std::erase_if(lane.claimed, take_back);
        std::erase_if(lane.marked, take_back);
    }
    if (!unsent.empty()) steps_.record(unsent, {}, {}, clock_.now());
    forget(ids);
}

bool Dispatcher::idle() const {
    for (const auto& lane : lanes_)
        if (lane.in_flight > 0 || !lane.marked.empty() || (!lane.claimed.empty() && !lane.opens_at))
            return false;
    return !flush_scheduled_;
}

void Dispatcher::stop() {
    stopping_ = true;
    giveBackClaimed("the daemon stopped before it was sent");
}

void Dispatcher::hold(bool held) {
    held_ = held;
    if (held_) giveBackClaimed("sending was held before it was sent");
}

void Dispatcher::askAgain() {
    for (auto& lane : lanes_) lane.behind = true;
    giveBackClaimed("something new was said that may concern it");
}

void Dispatcher::giveBackClaimed(const char* reason) {
    for (auto& lane : lanes_) release(lane, reason, settlements_);
    if (!settlements_.empty()) scheduleFlush();
}

}  // namespace backorderd::app

#include "app/poll_schedule.hpp"

#include <xxhash.h>

#include <algorithm>

#include "outbox/outbox.hpp"
#include "rules/rules.hpp"

namespace backorderd::app {
namespace {

using std::chrono::seconds;

/// A failed poll is tried again sooner than the next regular one, but not at once.
constexpr seconds kPollRetryFirst{10};

/// More would be no hours but a mistake, and the loop must end.
constexpr int kQuietJoinedMax = 32;

std::optional<Timestamp> endOf(const config::QuietHours& quiet, Timestamp now) {
    const auto day = rules::localDate(now, quiet.timezone);
    const auto from = rules::instantOf(day, quiet.hours.from_minute, quiet.timezone);
    const auto to = rules::instantOf(day, quiet.hours.to_minute, quiet.timezone);
    if (now < from || now >= to) return std::nullopt;
    return to;
}

}  // namespace

seconds PollSchedule::dueIn(Timestamp now, SteadyTime steady) const {
    const auto at = asked_ && due_ ? std::min(*asked_, *due_) : due_.value_or(steady);
    const auto wait = std::chrono::ceil<seconds>(at - steady);
    const auto due = std::max(wait, seconds{0});
    const auto quiet_until = quietUntil(now + due);
    return quiet_until ? *quiet_until - now : due;
}

void PollSchedule::ended(bool failed, SteadyTime steady) {
    failures_ = failed ? std::min(failures_ + 1, 64) : 0;
    ++polls_;
    lookedUp(steady);
    outbox::RetrySchedule waits;
    waits.first = failed ? std::min(kPollRetryFirst, settings_.poll_every) : settings_.poll_every;
    waits.longest = failed ? settings_.poll_retry_longest : settings_.poll_every;
    waits.jitter = settings_.poll_jitter;
    const auto seed = XXH3_64bits(settings_.name.data(), settings_.name.size()) + polls_;
    due_ = steady + outbox::retryDelay(waits, std::max(failures_, 1), seed, std::nullopt);
}

void PollSchedule::ask(SteadyTime steady) {
    if (failures_ == 0) asked_ = std::max(steady, ended_ + settings_.push.min_gap);
}

void PollSchedule::lookedUp(SteadyTime steady) {
    asked_.reset();
    ended_ = steady;
}

std::optional<Timestamp> PollSchedule::quietUntil(Timestamp now) const {
    std::optional<Timestamp> until;
    // Where one entry ends at midnight, the next may begin.
    for (int joined = 0; joined < kQuietJoinedMax; ++joined) {
        const auto before = until;
        for (const auto& quiet : settings_.quiet)
            if (const auto end = endOf(quiet, until.value_or(now))) until = end;
        if (until == before) break;
    }
    return until;
}

}  // namespace backorderd::app

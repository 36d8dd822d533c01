#include <xxhash.h>

#include <algorithm>
#include <cmath>
#include <variant>

#include "outbox/outbox.hpp"

namespace backorderd::outbox {

namespace {

using std::chrono::seconds;

/// A number in [0, 1) that is always the same for the same message and attempt.
double share(std::uint64_t seed, int attempts) {
    const std::uint64_t hash =
        XXH3_64bits_withSeed(&seed, sizeof seed, static_cast<std::uint64_t>(attempts));
    return static_cast<double>(hash >> 11) * 0x1.0p-53;
}

/// Decides for one message; the outcome's kinds meet in `operator()`.
struct Judge {
    const Message& message;
    OnUnknown policy;
    bool sent_again;
    const RetrySchedule& schedule;
    Timestamp now;

    bool tooOld() const { return now >= message.created_at + schedule.keep; }

    Step defer(std::string reason, std::optional<seconds> wish) const {
        const std::uint64_t seed = XXH3_64bits(message.stable_id.data(), message.stable_id.size());
        return {MessageState::Deferred, std::move(reason), "",
                retryDelay(schedule, message.attempts, seed, wish)};
    }

    Step operator()(const Accepted& accepted) const {
        return {MessageState::Sent, "accepted by the receiver", accepted.reply, std::nullopt};
    }

    /// A message that may have arrived once does not end as dead: that would say that nobody has
    /// it.
    Step operator()(const TryLater& later) const {
        if (!tooOld()) return defer(later.reason, later.retry_after);
        if (sent_again)
            return {MessageState::Unknown,
                    "the outcome of an earlier attempt is unknown, and no later one succeeded in "
                    "the time for which messages are kept; the last: " +
                        later.reason,
                    "", std::nullopt};
        return {MessageState::Dead,
                "no attempt succeeded in the time for which messages are kept; the last: " +
                    later.reason,
                "", std::nullopt};
    }

    Step operator()(const Refused& refused) const {
        return {MessageState::Refused, refused.reason, "", std::nullopt};
    }

    Step operator()(const Unknown& unknown) const {
        const Step ends{MessageState::Unknown, unknown.reason, "", std::nullopt};
        if (tooOld()) return ends;
        switch (policy) {
            case OnUnknown::SendAgainOnce:
                if (sent_again) return ends;
                return defer(
                    "outcome unknown, sent once more under the same Message-ID: " + unknown.reason,
                    std::nullopt);
            case OnUnknown::SendAgain:
                return defer("outcome unknown, sent again under the same id: " + unknown.reason,
                             std::nullopt);
            case OnUnknown::Hold:
                return ends;
        }
        return ends;
    }
};

}  // namespace

seconds retryDelay(const RetrySchedule& schedule, int attempts, std::uint64_t seed,
                   std::optional<seconds> wish) {
    const int failed = std::max(attempts, 1);
    const double longest = static_cast<double>(schedule.longest.count());
    const double grown =
        static_cast<double>(schedule.first.count()) * std::pow(schedule.factor, failed - 1);
    // The jitter only shortens, so that `longest` holds and messages that failed together spread
    // out there as well.
    const double delay = std::min(grown, longest) * (1.0 - schedule.jitter * share(seed, failed));
    const seconds own{std::max<std::int64_t>(1, std::llround(delay))};
    // A receiver that asks for more than a message's whole life gets one more attempt at its end.
    return std::max(own, std::min(wish.value_or(seconds{0}), schedule.keep));
}

Step afterAttempt(const Message& message, const Outcome& outcome, OnUnknown policy, bool sent_again,
                  const RetrySchedule& schedule, Timestamp now) {
    return std::visit(Judge{message, policy, sent_again, schedule, now}, outcome);
}

}  // namespace backorderd::outbox

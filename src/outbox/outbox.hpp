#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "backorderd/case.hpp"
#include "backorderd/decision.hpp"
#include "backorderd/message.hpp"
#include "backorderd/rule.hpp"
#include "backorderd/sender.hpp"

/// The life of notices and messages. Pure: it says what should become of them; the store writes it.
namespace backorderd::outbox {

/// What a decision means for the notices that a case has already.
struct Plan {
    std::vector<Notice> create;  ///< wanted and not there yet; Expired where it comes too late
    /// Planned ones with new times, words or recipient; Planned or Held ones that are now
    /// Superseded or Expired.
    std::vector<Notice> change;
    /// Messages that carry a notice no longer right; ascending, each once. Whether one has left
    /// already is not known here: only those that are Ready or Deferred can be taken back.
    std::vector<MessageId> stale_messages;
};

/// Compares what is wanted with what is there, by key. A key that has reached an end is never
/// wanted again. A Bundled notice that is no longer wanted, that has expired, or whose facts or
/// address differ from those it was frozen with, makes its message stale.
Plan reconcile(const Case& subject, const Decision& decision, Timestamp now);

/// When a recipient who has heard at `heard` (ascending) may hear again under a limit of `max` in
/// `per`; empty: now.
std::optional<Timestamp> limitedUntil(const std::vector<Timestamp>& heard, int max,
                                      std::chrono::seconds per, Timestamp now);

/// The id under which a message is known for ever: a hash over its recipient and, sorted, the keys
/// of its notices with their cases and the moment since which each has been planned (a notice whose
/// message was superseded is planned anew, and its next message is another one); 32 hexadecimal
/// digits.
std::string stableId(const std::vector<Notice>& notices);

/// How retries are timed. Bounds are checked where the settings are read.
struct RetrySchedule {
    std::chrono::seconds first{60};
    std::chrono::seconds longest{4 * 3600};
    double factor = 2.0;
    double jitter = 0.2;                       ///< share by which a delay may vary
    std::chrono::seconds keep{5 * 24 * 3600};  ///< after this age a message is dead
};

/// The delay before the attempt after `attempts` failed ones. `seed` makes the jitter: the same
/// message and attempt always get the same delay. The receiver's own wish is obeyed where longer.
std::chrono::seconds retryDelay(const RetrySchedule& schedule, int attempts, std::uint64_t seed,
                                std::optional<std::chrono::seconds> wish);

/// What becomes of a message after an attempt.
struct Step {
    MessageState state{};
    std::string reason;
    std::string reply;
    std::optional<std::chrono::seconds> retry_in;  ///< for Deferred
};
/// `message.attempts` counts the attempt just made. `sent_again` says that its outcome was already
/// unknown once.
Step afterAttempt(const Message& message, const Outcome& outcome, OnUnknown policy, bool sent_again,
                  const RetrySchedule& schedule, Timestamp now);

}  // namespace backorderd::outbox

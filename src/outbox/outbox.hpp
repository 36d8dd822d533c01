#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
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
/// wanted again. A Bundled notice that is no longer wanted, that has expired, that may leave only
/// later by now, or whose facts or recipient differ from those it was frozen with, makes its
/// message stale.
Plan reconcile(const Case& subject, const Decision& decision, Timestamp now);

/// When a recipient who has heard at `heard` (ascending) may hear again under a limit of `max` in
/// `per`; empty: now. Never more than two periods ahead.
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

/// When a sender whose receiver takes nothing is left in peace. Bounds are checked where the
/// settings are read.
struct PauseLimits {
    int failures_max = 5;            ///< attempts in a row without a word about their message
    std::chrono::seconds first{30};  ///< the first pause; each that follows at once is twice it
    std::chrono::seconds longest{900};
};

/// A circuit breaker: closed, it lets everything pass; after too many failures in a row it opens,
/// and lets one attempt pass at the end of each pause, until one is answered.
class Breaker {
public:
    enum class Change { None, Paused, Resumed };

    explicit Breaker(PauseLimits limits = {}) : limits_{limits} {}

    bool mayTry(SteadyTime now) const { return !open_ || (!probing_ && now >= retry_at_); }
    bool open() const { return open_; }
    /// When the pause ends; empty: there is none, or an attempt is trying the receiver already.
    std::optional<SteadyTime> retryAt() const;
    /// An attempt begins. Returns whether it is the one that tries a paused receiver; `ended` wants
    /// to know.
    bool begun();
    /// `answered`: the receiver said something about the message, be it no.
    Change ended(bool answered, bool was_probe, SteadyTime now);

private:
    PauseLimits limits_;
    int failures_ = 0;
    bool open_ = false;
    bool probing_ = false;
    std::chrono::seconds pause_{};
    SteadyTime retry_at_{};
};

/// How fast messages may leave. Bounds are checked where the settings are read.
struct RateLimit {
    double per_second = 0;  ///< 0: there is no limit
    int burst = 1;          ///< how many may leave together after a rest
    bool limits() const { return per_second > 0; }
};

/// A token bucket: full at first, filled at a steady rate, and each message takes a token.
class TokenBucket {
public:
    explicit TokenBucket(RateLimit limit) : limit_{limit} {}

    bool limits() const { return limit_.limits(); }
    /// When a token is there; not after `now`: it is.
    SteadyTime readyAt(SteadyTime now) const;
    /// Where none is there, the next comes so much later.
    void take(SteadyTime now);
    bool full(SteadyTime now) const { return full_at_ <= now; }

private:
    RateLimit limit_;
    SteadyTime full_at_{};
};

/// What all senders to one host share: how many messages may be under way to it at once, and how
/// fast they may leave. Bounds are checked where the settings are read.
struct HostLimits {
    int parallel = 0;  ///< 0: there is no limit
    RateLimit rate{};
};

/// The limits of one host.
class HostGate {
public:
    explicit HostGate(HostLimits limits) : limits_{limits}, bucket_{limits.rate} {}

    bool limitsRate() const { return bucket_.limits(); }
    bool hasRoom() const { return limits_.parallel == 0 || under_way_ < limits_.parallel; }
    /// When a message may leave, as far as the rate goes; not after `now`: at once.
    SteadyTime readyAt(SteadyTime now) const { return bucket_.readyAt(now); }
    void take(SteadyTime now) { bucket_.take(now); }
    void begun() { ++under_way_; }
    void ended() { --under_way_; }

private:
    HostLimits limits_;
    TokenBucket bucket_;
    int under_way_ = 0;
};

/// The limits of one sender: of all that it sends, and of what it sends to each domain. The domain
/// of an address is what stands behind its '@', in any case; an address without one (a number, a
/// team) is limited by itself.
class RateGate {
public:
    explicit RateGate(RateLimit all = {}, RateLimit per_domain = {})
        : all_{all}, per_domain_{per_domain} {}

    /// When any message may leave; not after `now`: one may.
    SteadyTime readyAt(SteadyTime now) const { return all_.readyAt(now); }
    /// When a message to an address may leave.
    SteadyTime readyAt(std::string_view address, SteadyTime now) const;
    bool limits() const { return all_.limits() || limitsDomains(); }
    bool limitsDomains() const { return per_domain_.limits(); }
    void take(std::string_view address, SteadyTime now);

private:
    static std::string domainOf(std::string_view address);

    TokenBucket all_;
    RateLimit per_domain_;
    std::map<std::string, TokenBucket, std::less<>> domains_;
};

}  // namespace backorderd::outbox

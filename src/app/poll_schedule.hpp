#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "backorderd/clock.hpp"
#include "config/config.hpp"

namespace backorderd::app {

/// When one source is read next: at its interval, later after failures, and never in its quiet
/// hours. Waits are on the monotonic clock, so that a wall clock that is set delays nothing.
class PollSchedule {
public:
    /// `settings` must outlive it. The first poll is due at once.
    explicit PollSchedule(const config::SourceSettings& settings) : settings_{settings} {}

    /// How long until a poll should begin; zero: now.
    std::chrono::seconds dueIn(Timestamp now, SteadyTime steady) const;
    /// A poll has ended, whoever asked for it.
    void ended(bool failed, SteadyTime steady);
    /// The ERP says that something changed: it is asked as soon as `push.min_gap` allows, but no
    /// sooner than a failure does.
    void ask(SteadyTime steady);
    /// It was asked about lines that it had named; the next poll is due when it was.
    void lookedUp(SteadyTime steady);
    /// Whether a poll is due whatever the ERP says.
    bool pollDue(SteadyTime steady) const { return !due_ || *due_ <= steady; }
    /// Until when the source is left alone; empty: it may be read. An operator may read it anyway.
    std::optional<Timestamp> quietUntil(Timestamp now) const;

private:
    const config::SourceSettings& settings_;
    std::optional<SteadyTime> due_;    ///< empty: never polled
    std::optional<SteadyTime> asked_;  ///< due because the ERP says so
    SteadyTime ended_{};               ///< the last poll or look-up
    int failures_ = 0;                 ///< in a row
    std::uint64_t polls_ = 0;
};

}  // namespace backorderd::app

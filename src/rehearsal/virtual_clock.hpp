#pragma once

#include <algorithm>

#include "backorderd/clock.hpp"

namespace backorderd::rehearsal {

/// A clock that stands still until it is told to move.
class VirtualClock final : public Clock {
public:
    explicit VirtualClock(Timestamp start) : start_{start}, now_{start} {}
    Timestamp now() const override { return now_; }
    SteadyTime steady() const override { return SteadyTime{} + (now_ - start_); }
    void advanceTo(Timestamp to) { now_ = std::max(now_, to); }

private:
    Timestamp start_;
    Timestamp now_;
};

}  // namespace backorderd::rehearsal

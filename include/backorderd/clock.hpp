#pragma once

#include "backorderd/dates.hpp"

namespace backorderd {

/// The only way to learn the time. A cycle reads it once and hands the value down.
class Clock {
public:
    virtual ~Clock() = default;

    /// Wall time. It may step: nothing that must not be early or late by an hour rests on it.
    virtual Timestamp now() const = 0;
    /// Monotonic time, for retries and time limits.
    virtual SteadyTime steady() const = 0;
};

}  // namespace backorderd

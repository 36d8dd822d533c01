#pragma once

#include "backorderd/clock.hpp"

namespace backorderd::test {

/// A clock that stands, until the test sets it.
class StillClock final : public Clock {
public:
    Timestamp now() const override { return at; }
    SteadyTime steady() const override { return {}; }

    Timestamp at = *parseTimestamp("2026-03-02T09:00:00Z");
};

}  // namespace backorderd::test

#pragma once

#include "backorderd/clock.hpp"

namespace backorderd::app {

/// The machine's clock.
class SystemClock final : public Clock {
public:
    Timestamp now() const override {
        return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    }
    SteadyTime steady() const override { return std::chrono::steady_clock::now(); }
};

}  // namespace backorderd::app

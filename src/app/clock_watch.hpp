#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "backorderd/clock.hpp"

namespace backorderd::app {

/// Compares the wall clock with the monotonic one from look to look. A step within the limits, and
/// slow drift, are taken as a correction; a larger one stands until the clock is where it should
/// be, or somebody accepts it.
class ClockWatch {
public:
    struct Limits {
        std::chrono::seconds back{};
        std::chrono::seconds forward{};
    };
    explicit ClockWatch(Limits limits) : limits_{limits} {}

    struct Step {
        std::string reason;  ///< for a person
        Timestamp expected{};
    };
    /// The wall clock is off by more than the limits: by how much, and what it should show.
    std::optional<Step> look(Timestamp wall, SteadyTime steady);
    /// From here on the clock is right as it is.
    void accept() { anchor_.reset(); }

private:
    struct Anchor {
        Timestamp wall{};
        SteadyTime steady{};
    };
    Limits limits_;
    std::optional<Anchor> anchor_;
};

}  // namespace backorderd::app

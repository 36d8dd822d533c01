#pragma once

#include <algorithm>
#include <memory>

#include "backorderd/clock.hpp"
#include "backorderd/connector.hpp"
#include "demo/world.hpp"

namespace backorderd::demo {

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

/// Reads the simulated ERP as a connector reads a real one. Both must outlive the connector.
std::unique_ptr<Connector> connectTo(const World& world, const Clock& clock);

}  // namespace backorderd::demo

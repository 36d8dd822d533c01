#pragma once

#include <functional>
#include <memory>

#include "backorderd/clock.hpp"
#include "backorderd/connector.hpp"

namespace backorderd::rehearsal {

/// What a made-up ERP has at one moment.
struct Books {
    std::vector<OrderLine> lines;
    Goods goods;
};

/// Reads a made-up ERP as a connector reads a real one: always complete, and a line that it lacks
/// is gone. `books` is asked at every read; it and the clock must outlive the connector.
std::unique_ptr<Connector> connectTo(std::function<Books()> books, const Clock& clock);

}  // namespace backorderd::rehearsal

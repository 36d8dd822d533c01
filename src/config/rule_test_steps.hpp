#pragma once

#include <string>
#include <vector>

#include "config/map_reader.hpp"
#include "config/scripts.hpp"

namespace backorderd::config {

/// One entry of `steps:`; `lines` are the ids that it may name.
TestStep readStep(const NodePtr& node, const std::string& file, Timestamp start,
                  const std::vector<std::string>& lines, Problems& problems);

/// `{ PX-110: 50, PX-120: { CHI-1: 5 } }`
std::vector<StockChange> readStock(const NodePtr& node, const std::string& file,
                                   Problems& problems);

}  // namespace backorderd::config

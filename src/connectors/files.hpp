#pragma once

#include <memory>

#include "connectors/connectors.hpp"

namespace backorderd::connectors {

/// A drop folder of CSV or JSON files that an ERP's export writes. Null where the section has
/// errors; they are then in it.
std::unique_ptr<Connector> makeFiles(config::Section section, const Environment& environment);

}  // namespace backorderd::connectors

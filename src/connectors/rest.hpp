#pragma once

#include <memory>

#include "connectors/connectors.hpp"

namespace backorderd::connectors {

/// Any ERP that answers in JSON, by a mapping; see docs/connectors/writing-a-mapping.md. Reads its
/// settings from the section, and the mapping from its file; null where either has errors.
std::unique_ptr<Connector> makeRest(config::Section section, const Environment& environment);

}  // namespace backorderd::connectors

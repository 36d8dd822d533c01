#pragma once

#include <memory>

#include "connectors/connectors.hpp"

namespace backorderd::connectors {

/// Tryton 6.0 over JSON-RPC; see docs/connectors/tryton.md. Reads its settings from the section and
/// finishes it; null where the section has errors.
std::unique_ptr<Connector> makeTryton(config::Section section, const Environment& environment);

}  // namespace backorderd::connectors

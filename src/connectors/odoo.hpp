#pragma once

#include <memory>

#include "connectors/connectors.hpp"

namespace backorderd::connectors {

/// Odoo over JSON-RPC or JSON-2; see docs/connectors/odoo.md. Reads its settings from the section
/// and finishes it; null where the section has errors.
std::unique_ptr<Connector> makeOdoo(config::Section section, const Environment& environment);

}  // namespace backorderd::connectors

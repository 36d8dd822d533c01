#pragma once

#include <memory>

#include "connectors/connectors.hpp"

namespace backorderd::connectors {

/// Any database with an ODBC driver, by queries in the settings; see docs/connectors/sql.md. Reads
/// its settings from the section and finishes it; null where the section has errors.
std::unique_ptr<Connector> makeSql(config::Section section, const Environment& environment);

}  // namespace backorderd::connectors

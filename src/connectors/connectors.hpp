#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "backorderd/clock.hpp"
#include "backorderd/connector.hpp"
#include "config/section.hpp"
#include "net/net.hpp"

/// The ERPs that can be read; one file each.
namespace backorderd::connectors {

/// What a connector may use. All of it outlives the connector.
struct Environment {
    std::string source;  ///< name of the source, for `LineKey::source` and messages
    net::Net& net;
    const Clock& clock;
    /// A mapping's file that counts instead of the one in the settings; empty: that one counts.
    std::string mapping{};
};

/// Makes the connector of that kind (`files`, `odoo`, `rest`, `sql`, `tryton`) from its section,
/// and finishes the section. Null where the section has errors or the kind does not exist; the
/// problems are then in it.
std::unique_ptr<Connector> makeConnector(std::string_view kind, config::Section section,
                                         const Environment& environment);
std::vector<std::string> connectorKinds();

}  // namespace backorderd::connectors

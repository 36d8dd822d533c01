#include <algorithm>
#include <array>

#include "connectors/connectors.hpp"
#include "connectors/files.hpp"
#include "connectors/odoo.hpp"
#include "connectors/rest.hpp"
#include "connectors/sql.hpp"
#include "connectors/tryton.hpp"

namespace backorderd::connectors {
namespace {

struct ConnectorKind {
    std::string_view name;
    std::unique_ptr<Connector> (*make)(config::Section section, const Environment& environment);
};

constexpr std::array kConnectorKinds{
    ConnectorKind{"files", makeFiles},
    ConnectorKind{"odoo", makeOdoo},
    ConnectorKind{"rest", makeRest},
    ConnectorKind{"sql", makeSql},
    ConnectorKind{"tryton", makeTryton},
};

}  // namespace

std::unique_ptr<Connector> makeConnector(std::string_view kind, config::Section section,
                                         const Environment& environment) {
    for (const auto& known : kConnectorKinds)
        if (known.name == kind) return known.make(std::move(section), environment);
    return nullptr;
}

std::vector<std::string> connectorKinds() {
    std::vector<std::string> names;
    for (const auto& known : kConnectorKinds) names.emplace_back(known.name);
    return names;
}

}  // namespace backorderd::connectors

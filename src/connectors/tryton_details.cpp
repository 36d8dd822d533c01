#include <nlohmann/json.hpp>

#include "connectors/tryton_pages.hpp"
#include "connectors/tryton_query.hpp"
#include "connectors/tryton_row.hpp"

namespace backorderd::connectors::tryton {

using nlohmann::json;

namespace {

/// In Tryton's own order of a party's contacts, which the user can arrange; so not by pages.
boost::asio::awaitable<std::optional<Failure>> readContacts(Session& session, const json& parties,
                                                            Details& details) {
    json domain = json::array();
    domain.push_back(json::array({"party", "in", parties}));
    domain.push_back(json::parse(R"(["type", "in", ["email", "mobile", "phone"]])"));
    json params = json::array();
    params.push_back(std::move(domain));
    params.push_back(0);
    params.push_back(nullptr);
    params.push_back(
        json::parse(R"([["party", "ASC"], ["sequence", "ASC NULLS FIRST"], ["id", "ASC"]])"));
    params.push_back(json::parse(R"(["party", "type", "value", "name", "language.code"])"));
    auto answer = co_await session.call("party.contact_mechanism.search_read", std::move(params));
    if (auto* failed = std::get_if<Failure>(&answer)) co_return std::move(*failed);
    for (const json& record : std::get<json>(answer)) {
        Row row{record};
        PartyContact contact;
        contact.id = row.id("id").value_or(0);
        contact.type = row.text("type");
        contact.value = row.text("value");
        contact.name = row.text("name");
        contact.language = row.text("language.code");
        if (!contact.value.empty())
            details.contacts[row.id("party").value_or(0)].push_back(std::move(contact));
    }
    co_return std::nullopt;
}

void takeShipment(const json& record, Details& details) {
    Row row{record};
    Shipment shipment;
    shipment.reference = row.text("number");
    shipment.date = row.date("effective_date");
    shipment.carrier = row.text("carrier.party.name");
    shipment.tracking = row.text("reference");
    if (const json* packages = row.list("packages."))
        for (const json& one : *packages) {
            Row package{one};
            if (shipment.tracking.empty()) shipment.tracking = package.text("shipping_reference");
            if (shipment.tracking_url.empty())
                shipment.tracking_url = package.text("shipping_tracking_url");
        }
    details.shipments[row.id("id").value_or(0)] = std::move(shipment);
}

boost::asio::awaitable<std::optional<Failure>> readShipments(Session& session,
                                                             const Features& features,
                                                             const json& shipments,
                                                             Details& details) {
    json domain = json::array();
    domain.push_back(json::array({"id", "in", shipments}));
    json fields = json::parse(R"(["number", "reference", "effective_date"])");
    if (features.carrier) fields.push_back("carrier.party.name");
    if (features.package)
        for (const char* name : {"packages.shipping_reference", "packages.shipping_tracking_url"})
            fields.push_back(name);
    Pages pages{session, "stock.shipment.out", std::move(domain), std::move(fields), kIdsMax};
    while (!pages.atEnd()) {
        auto page = co_await pages.next();
        if (auto* failed = std::get_if<Failure>(&page)) co_return std::move(*failed);
        for (const json& record : std::get<json>(page)) takeShipment(record, details);
    }
    co_return std::nullopt;
}

}  // namespace

Asked<Details> readDetails(Session& session, const Features& features,
                           const std::vector<SaleLine>& lines) {
    std::set<Id> parties;
    std::set<Id> shipments;
    for (const SaleLine& line : lines) {
        parties.insert(line.party);
        for (const Move& move : line.moves)
            if (move.state == "done" && move.shipment) shipments.insert(*move.shipment);
    }
    Details details;
    for (const auto& group : inGroups(parties)) {
        const json ids = group;
        if (auto failed = co_await readContacts(session, ids, details))
            co_return std::move(*failed);
    }
    for (const auto& group : inGroups(shipments)) {
        const json ids = group;
        if (auto failed = co_await readShipments(session, features, ids, details))
            co_return std::move(*failed);
    }
    co_return details;
}

}  // namespace backorderd::connectors::tryton

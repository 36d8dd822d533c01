#include <nlohmann/json.hpp>

#include "connectors/odoo_query.hpp"
#include "connectors/odoo_row.hpp"

namespace backorderd::connectors::odoo {

using nlohmann::json;

namespace {

/// The ids in one field of all records that a domain matches.
Asked<std::set<Id>> idsIn(Session& session, std::string model, json domain, std::string field) {
    const json context = json::object();
    const std::vector<std::string> fields{field};
    auto answer = co_await searchAll(session, model, std::move(domain), fields, context);
    if (auto* failed = std::get_if<Failure>(&answer)) co_return std::move(*failed);
    std::set<Id> ids;
    for (const json& record : std::get<json>(answer))
        if (const Id id = Row{record}.id(field); id != 0) ids.insert(id);
    co_return ids;
}

json linesOfGoods(const Schema& schema) {
    json domain = json::parse(R"([["display_type", "=", false], ["product_id", "!=", false],
                                  ["product_id.type", "!=", "service"],
                                  ["product_uom_qty", ">", 0]])");
    domain.push_back(clause("company_id", "=", schema.company));
    return domain;
}

}  // namespace

json openLines(const Schema& schema) {
    json domain = linesOfGoods(schema);
    domain.push_back(clause("state", "in", json::parse(R"(["sale", "done"])")));
    domain.push_back(
        clause("move_ids.state", "in",
               json::parse(R"(["waiting", "confirmed", "partially_available", "assigned"])")));
    return domain;
}

Asked<std::set<Id>> listOpen(Session& session, const Schema& schema) {
    return idsIn(session, "sale.order.line", openLines(schema), "id");
}

}  // namespace backorderd::connectors::odoo

#include <algorithm>
#include <nlohmann/json.hpp>

#include "connectors/odoo_query.hpp"
#include "connectors/odoo_row.hpp"

namespace backorderd::connectors::odoo {

using nlohmann::json;

namespace {

/// Reads the records of a model with some ids; 0 is none.
boost::asio::awaitable<std::optional<Failure>> readById(Session& session, const Schema& schema,
                                                        std::string model, std::set<Id> ids,
                                                        std::map<Id, json>& records) {
    ids.erase(0);
    for (const auto& group : inGroups(ids, kIdsMax)) {
        json domain = json::array();
        domain.push_back(clause("id", "in", group));
        const json context = json::object();
        auto fields = schema.fields.at(model);
        // Costly to compute, and for goods alone.
        std::erase(fields, "free_qty");
        auto answer =
            co_await searchAll(session, model, std::move(domain), std::move(fields), context);
        if (auto* failed = std::get_if<Failure>(&answer)) co_return std::move(*failed);
        for (json& record : std::get<json>(answer)) {
            const Id id = Row{record}.id("id");
            records[id] = std::move(record);
        }
    }
    co_return std::nullopt;
}

std::set<Id> idsOf(const std::map<Id, json>& records, std::string_view field) {
    std::set<Id> ids;
    for (const auto& [id, record] : records) ids.insert(Row{record}.id(field));
    return ids;
}

Failure unreadableMove(const Session& session, const std::string& fault) {
    return {Failure::Again::Later, "a record of stock.move in Odoo at " + session.access().url +
                                       " cannot be read: " + fault};
}

/// The moves that end at the customer; of a delivery in several steps the last one alone.
boost::asio::awaitable<std::optional<Failure>> readMoves(Session& session, const Schema& schema,
                                                         Records& records) {
    json domain = json::array();
    domain.push_back(clause("sale_line_id", "in", records.ids));
    domain.push_back(clause("location_dest_id.usage", "=", "customer"));
    const json context = json::object();
    const auto fields = schema.fields.at("stock.move");
    auto answer = co_await searchAll(session, "stock.move", std::move(domain), fields, context);
    if (auto* failed = std::get_if<Failure>(&answer)) co_return std::move(*failed);
    for (const json& record : std::get<json>(answer)) {
        auto move = readMove(record);
        if (const auto* fault = std::get_if<std::string>(&move))
            co_return unreadableMove(session, *fault);
        records.moves[Row{record}.id("sale_line_id")].push_back(std::get<Move>(std::move(move)));
    }
    co_return std::nullopt;
}

}  // namespace

Asked<std::map<Id, std::vector<Incoming>>> readIncoming(Session& session, const Schema& schema,
                                                        std::vector<Id> products) {
    std::map<Id, std::vector<Incoming>> incoming;
    json domain =
        json::parse(R"([["location_id.usage", "in", ["supplier", "production", "transit"]],
                                  ["location_dest_id.usage", "=", "internal"],
                                  ["state", "not in", ["draft", "done", "cancel"]]])");
    domain.push_back(clause("product_id", "in", products));
    domain.push_back(clause("company_id", "=", schema.company));
    std::vector<std::string> fields = schema.fields.at("stock.move");
    std::erase_if(fields, [](const std::string& name) { return name.starts_with("forecast_"); });
    const json context = json::object();
    auto answer = co_await searchAll(session, "stock.move", std::move(domain), fields, context);
    if (auto* failed = std::get_if<Failure>(&answer)) co_return std::move(*failed);
    for (const json& record : std::get<json>(answer)) {
        auto read = readMove(record);
        if (const auto* fault = std::get_if<std::string>(&read))
            co_return unreadableMove(session, *fault);
        const auto& move = std::get<Move>(read);
        Row row{record};
        Incoming coming{row.text("origin"), move.date, move.deadline, move.needed};
        if (coming.reference.empty()) coming.reference = row.text("reference");
        if (coming.reference.empty()) coming.reference = std::to_string(move.id);
        incoming[move.product].push_back(std::move(coming));
    }
    co_return incoming;
}

Asked<Records> readRecords(Session& session, const Schema& schema, std::vector<Id> ids) {
    Records records;
    records.zone = schema.zone;
    const std::set<Id> wanted{ids.begin(), ids.end()};
    if (auto failed = co_await readById(session, schema, "sale.order.line", wanted, records.lines))
        co_return std::move(*failed);
    for (const auto& [id, line] : records.lines) records.ids.push_back(id);
    if (records.ids.empty()) co_return records;
    if (auto failed = co_await readMoves(session, schema, records)) co_return std::move(*failed);

    std::set<Id> pickings, waited_for;
    for (const auto& [line, moves] : records.moves)
        for (const Move& move : moves) {
            if (move.state == "done") pickings.insert(move.picking);
            if (move.isShort() && move.arrival) waited_for.insert(move.product);
        }
    auto orders = idsOf(records.lines, "order_id");
    if (auto failed =
            co_await readById(session, schema, "sale.order", std::move(orders), records.orders))
        co_return std::move(*failed);
    auto people = idsOf(records.orders, "partner_id");
    if (auto failed = co_await readById(session, schema, "res.partner", people, records.partners))
        co_return std::move(*failed);
    auto accounts = idsOf(records.partners, "commercial_partner_id");
    std::erase_if(accounts, [&](Id id) { return people.contains(id); });
    if (auto failed = co_await readById(session, schema, "res.partner", std::move(accounts),
                                        records.partners))
        co_return std::move(*failed);
    auto users = idsOf(records.orders, "user_id");
    if (auto failed =
            co_await readById(session, schema, "res.users", std::move(users), records.users))
        co_return std::move(*failed);
    auto products = idsOf(records.lines, "product_id");
    if (auto failed = co_await readById(session, schema, "product.product", std::move(products),
                                        records.products))
        co_return std::move(*failed);
    if (auto failed = co_await readById(session, schema, "stock.picking", std::move(pickings),
                                        records.pickings))
        co_return std::move(*failed);
    for (auto& group : inGroups(waited_for, kIdsMax)) {
        auto incoming = co_await readIncoming(session, schema, group);
        if (auto* failed = std::get_if<Failure>(&incoming)) co_return std::move(*failed);
        records.incoming.merge(std::get<0>(incoming));
    }
    co_return records;
}

}  // namespace backorderd::connectors::odoo

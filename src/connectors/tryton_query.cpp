#include "connectors/tryton_query.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <nlohmann/json.hpp>

#include "connectors/tryton_pages.hpp"
#include "connectors/tryton_row.hpp"

namespace backorderd::connectors::tryton {

using nlohmann::json;

namespace {

/// Sale lines that may have something to leave. `left` of each says whether it has: a sale may
/// also be processing because its invoice is not paid.
constexpr auto kOpenLines = R"([
    ["type", "=", "line"], ["quantity", ">", 0], ["product.type", "in", ["goods", "assets"]],
    ["sale.state", "in", ["confirmed", "processing"]], ["sale.shipment_state", "!=", "sent"]])";

constexpr auto kSaleLineFields = R"([
    "sequence", "quantity", "unit.symbol", "unit.factor", "unit_price", "product",
    "sale", "sale.number", "sale.reference", "sale.state", "sale.shipment_state",
    "sale.sale_date", "sale.shipping_date", "sale.currency.code", "sale.warehouse",
    "sale.party", "sale.party.code", "sale.party.name", "sale.party.lang.code", "sale.contact",
    "sale.shipment_address.country.code",
    "sale.confirmed_by.party.name", "sale.confirmed_by.party.email",
    "moves.state", "moves.quantity", "moves.uom.factor", "moves.planned_date",
    "moves.effective_date", "moves.create_date", "moves.shipment", "moves.shipment.state",
    "moves_ignored"])";

json lineFields(const Features& features) {
    json fields = json::parse(kSaleLineFields);
    if (features.sold_to_order)
        for (const char* name : {"purchase_request", "purchase_request.purchase_line",
                                 "purchase_request.purchase_line.purchase.number"})
            fields.push_back(name);
    if (features.customer_code) fields.push_back("product_customer.code");
    return fields;
}

json openLines(const Session& session, std::optional<Id> product) {
    json domain = json::parse(kOpenLines);
    if (session.readsOneCompany())
        domain.push_back(json::array({"sale.company", "=", session.companyId()}));
    if (product) domain.push_back(json::array({"product", "=", *product}));
    return domain;
}

/// Which of `fields` a model has; all of them read as missing where the model does not exist.
Asked<std::set<std::string>> fieldsOf(Session& session, std::string model, json fields) {
    json params = json::array();
    params.push_back(std::move(fields));
    auto answer = co_await session.call(model + ".fields_get", std::move(params));
    if (auto* failed = std::get_if<Failure>(&answer)) co_return std::move(*failed);
    std::set<std::string> names;
    for (const auto& [name, _] : std::get<json>(answer).items()) names.insert(name);
    co_return names;
}

std::optional<Failure> missingField(const Access& access, const std::string& model,
                                    const json& wanted, const std::set<std::string>& found) {
    for (const json& name : wanted)
        if (!found.contains(name.get_ref<const std::string&>()))
            return Failure{Failure::Again::Never,
                           fmt::format("{} in Tryton at {} has no field '{}': this connector "
                                       "speaks to Tryton 6.0.",
                                       model, access.url, name.get_ref<const std::string&>())};
    return std::nullopt;
}

Asked<LinesRead> readLines(Session& session, json fields, std::size_t page_size, json domain) {
    LinesRead read;
    Pages pages{session, "sale.line", std::move(domain), std::move(fields), page_size};
    while (!pages.atEnd()) {
        auto page = co_await pages.next();
        if (auto* failed = std::get_if<Failure>(&page)) co_return std::move(*failed);
        for (const json& record : std::get<json>(page)) {
            ++read.records;
            auto line = readSaleLine(record);
            if (auto* readable = std::get_if<SaleLine>(&line)) {
                read.lines.push_back(std::move(*readable));
                continue;
            }
            const std::string place = fmt::format(
                "{}{}/sale.line,{}", session.access().url, session.access().database,
                record.is_object() && record.contains("id") ? record["id"].dump() : "?");
            read.problems.push_back({{place, 0, 0}, std::get<std::string>(line)});
        }
    }
    co_return read;
}

/// When a sale line, or a move, was made or changed last; of a line also when its sale was.
Timestamp changedAt(Row& row) {
    Timestamp latest{};
    for (const char* path : {"create_date", "write_date", "sale.create_date", "sale.write_date"})
        if (const auto at = row.moment(path)) latest = std::max(latest, *at);
    return latest;
}

json momentJson(Timestamp at) {
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{at - day};
    return {{"__class__", "datetime"},
            {"year", static_cast<int>(date.year())},
            {"month", static_cast<unsigned>(date.month())},
            {"day", static_cast<unsigned>(date.day())},
            {"hour", time.hours().count()},
            {"minute", time.minutes().count()},
            {"second", time.seconds().count()},
            {"microsecond", 0}};
}

/// Of the record itself, and of what it is related to.
json changedSince(const std::vector<std::string>& relations, const json& moment) {
    json any = json::array({"OR"});
    for (const std::string& relation : relations)
        for (const char* field : {"create_date", "write_date"})
            any.push_back(json::array({relation + field, ">=", moment}));
    return any;
}

boost::asio::awaitable<std::optional<Failure>> gatherChanged(Pages& pages, std::string model,
                                                             Changed& changed) {
    while (!pages.atEnd()) {
        auto page = co_await pages.next();
        if (auto* failed = std::get_if<Failure>(&page)) co_return std::move(*failed);
        for (const json& record : std::get<json>(page)) {
            Row row{record};
            changed.records[{model, row.id("id").value_or(0)}] = changedAt(row);
        }
    }
    co_return std::nullopt;
}

}  // namespace

Asked<Features> learnFeatures(Session& session) {
    const json line_needs = json::parse(R"(["quantity", "unit", "moves", "moves_ignored"])");
    const json line_offers =
        json::parse(R"(["quantity", "unit", "moves", "moves_ignored", "purchase_request",
                        "product_customer"])");
    auto of_line = co_await fieldsOf(session, "sale.line", line_offers);
    if (auto* failed = std::get_if<Failure>(&of_line)) co_return std::move(*failed);
    const json move_needs = json::parse(R"(["uom", "planned_date", "internal_quantity"])");
    const json move_offers =
        json::parse(R"(["uom", "planned_date", "internal_quantity", "purchase"])");
    auto of_move = co_await fieldsOf(session, "stock.move", move_offers);
    if (auto* failed = std::get_if<Failure>(&of_move)) co_return std::move(*failed);
    const json shipment_offers = json::parse(R"(["carrier", "packages"])");
    auto of_shipment = co_await fieldsOf(session, "stock.shipment.out", shipment_offers);
    if (auto* failed = std::get_if<Failure>(&of_shipment)) co_return std::move(*failed);

    const auto& line = std::get<0>(of_line);
    const auto& move = std::get<0>(of_move);
    const auto& shipment = std::get<0>(of_shipment);
    if (auto failed = missingField(session.access(), "sale.line", line_needs, line))
        co_return std::move(*failed);
    if (auto failed = missingField(session.access(), "stock.move", move_needs, move))
        co_return std::move(*failed);
    Features features;
    features.purchase = move.contains("purchase");
    features.sold_to_order = line.contains("purchase_request");
    features.customer_code = line.contains("product_customer");
    features.carrier = shipment.contains("carrier");
    if (shipment.contains("packages")) {
        const json package_offers = json::parse(R"(["shipping_reference"])");
        auto of_package = co_await fieldsOf(session, "stock.package", package_offers);
        if (auto* failed = std::get_if<Failure>(&of_package)) co_return std::move(*failed);
        features.package = std::get<0>(of_package).contains("shipping_reference");
    }
    co_return features;
}

Asked<std::vector<OpenLine>> listOpen(Session& session, std::size_t page_size,
                                      std::optional<Id> product) {
    std::vector<OpenLine> lines;
    const json fields = json::parse(R"(["product", "sale.warehouse", "create_date", "write_date",
                                        "sale.create_date", "sale.write_date"])");
    // These records are small: larger pages cost the server less.
    Pages pages{session, "sale.line", openLines(session, product), fields, page_size * 4};
    while (!pages.atEnd()) {
        auto page = co_await pages.next();
        if (auto* failed = std::get_if<Failure>(&page)) co_return std::move(*failed);
        for (const json& record : std::get<json>(page)) {
            Row row{record};
            lines.push_back({row.id("id").value_or(0), row.id("product").value_or(0),
                             row.id("sale.warehouse").value_or(0), changedAt(row)});
        }
    }
    co_return lines;
}

Asked<LinesRead> readOpen(Session& session, const Features& features, std::size_t page_size,
                          std::optional<Id> product) {
    return readLines(session, lineFields(features), page_size, openLines(session, product));
}

Asked<LinesRead> readThese(Session& session, const Features& features, const std::set<Id>& lines) {
    LinesRead all;
    for (const auto& group : inGroups(lines)) {
        json domain = json::array();
        domain.push_back(json::array({"id", "in", group}));
        auto read = co_await readLines(session, lineFields(features), kIdsMax, std::move(domain));
        if (auto* failed = std::get_if<Failure>(&read)) co_return std::move(*failed);
        auto& some = std::get<LinesRead>(read);
        std::move(some.lines.begin(), some.lines.end(), std::back_inserter(all.lines));
        append(all.problems, some.problems);
        all.records += some.records;
    }
    co_return all;
}

Asked<Changed> readChanged(Session& session, Timestamp since) {
    const json moment = momentJson(since);
    json of_lines = json::array();
    of_lines.push_back(changedSince({"", "sale.", "moves."}, moment));
    if (session.readsOneCompany())
        of_lines.push_back(json::array({"sale.company", "=", session.companyId()}));
    json of_moves = json::array();
    of_moves.push_back(changedSince({""}, moment));
    const json line_fields =
        json::parse(R"(["create_date", "write_date", "sale.create_date", "sale.write_date"])");
    const json move_fields = json::parse(R"(["create_date", "write_date"])");
    Changed changed;
    Pages lines{session, "sale.line", std::move(of_lines), line_fields, kPageSize};
    if (auto failed = co_await gatherChanged(lines, "sale.line", changed))
        co_return std::move(*failed);
    for (const auto& [record, at] : changed.records) changed.lines.insert(record.second);
    Pages moves{session, "stock.move", std::move(of_moves), move_fields, kPageSize};
    if (auto failed = co_await gatherChanged(moves, "stock.move", changed))
        co_return std::move(*failed);
    co_return changed;
}

}  // namespace backorderd::connectors::tryton

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "connectors/tryton_pages.hpp"
#include "connectors/tryton_query.hpp"
#include "connectors/tryton_row.hpp"

namespace backorderd::connectors::tryton {

using nlohmann::json;

namespace {

/// A warehouse and the location in which its goods lie.
struct Warehouse {
    Id id = 0;
    Id storage = 0;
};

json clause(std::string_view field, std::string_view test, json value) {
    json made = json::array();
    made.push_back(field);
    made.push_back(test);
    made.push_back(std::move(value));
    return made;
}

/// A record that decides what is short must be understood in full.
std::optional<Failure> unreadable(const Session& session, std::string_view model, const Row& row) {
    if (row.fault().empty()) return std::nullopt;
    return Failure{Failure::Again::Later,
                   fmt::format("a record of {} in Tryton at {} cannot be read: {}", model,
                               session.access().url, row.fault())};
}

boost::asio::awaitable<std::optional<Failure>> readWarehouses(Session& session, Stock& stock,
                                                              std::vector<Warehouse>& warehouses) {
    json domain = json::array();
    domain.push_back(clause("type", "=", "warehouse"));
    const json fields = json::parse(R"(["name", "storage_location"])");
    Pages pages{session, "stock.location", std::move(domain), fields, kPageSize};
    while (!pages.atEnd()) {
        auto page = co_await pages.next();
        if (auto* failed = std::get_if<Failure>(&page)) co_return std::move(*failed);
        for (const json& record : std::get<json>(page)) {
            Row row{record};
            const Id id = row.id("id").value_or(0);
            stock.warehouses[id] = row.text("name");
            warehouses.push_back({id, row.id("storage_location").value_or(0)});
            if (auto failed = unreadable(session, "stock.location", row)) co_return failed;
        }
    }
    co_return std::nullopt;
}

void takeProduct(Row& row, Stock& stock) {
    const Id id = row.id("id").value_or(0);
    Product& product = stock.products[id];
    product.item.id = row.text("code");
    if (product.item.id.empty()) product.item.id = std::to_string(id);
    product.item.name = row.text("name");
    const auto factor = row.number("default_uom.factor");
    if (factor && factor->isPositive()) product.unit_factor = *factor;
    if (const json* categories = row.list("template.categories.");
        categories != nullptr && !categories->empty()) {
        Row category{categories->front()};
        product.item.category = category.text("name");
    }
}

/// What lies in the storage of one warehouse, reserved or not; and the products themselves.
boost::asio::awaitable<std::optional<Failure>> readOnHand(Session& session, Warehouse warehouse,
                                                          const json& products, const json& today,
                                                          Stock& stock) {
    json domain = json::array();
    domain.push_back(clause("id", "in", products));
    const json fields = json::parse(R"(["code", "name", "quantity", "default_uom.factor",
                                        "template.categories.name"])");
    json context = json::object();
    context["locations"] = json::array({warehouse.storage});
    context["stock_date_end"] = today;
    context["active_test"] = false;
    Pages pages{session, "product.product", std::move(domain),
                fields,  kPageSize,         std::move(context)};
    while (!pages.atEnd()) {
        auto page = co_await pages.next();
        if (auto* failed = std::get_if<Failure>(&page)) co_return std::move(*failed);
        for (const json& record : std::get<json>(page)) {
            Row row{record};
            takeProduct(row, stock);
            stock.free[{row.id("id").value_or(0), warehouse.id}] =
                row.number("quantity").value_or(Decimal{});
            if (auto failed = unreadable(session, "product.product", row)) co_return failed;
        }
    }
    co_return std::nullopt;
}

/// What of it is reserved: moves out of the storage that are assigned. Those of a customer's
/// shipment name the outgoing move as their origin.
boost::asio::awaitable<std::optional<Failure>> readReserved(Session& session, Warehouse warehouse,
                                                            const json& products, Stock& stock) {
    json inside = clause("from_location", "child_of", json::array({warehouse.storage}));
    inside.push_back("parent");
    json outside = clause("to_location", "not child_of", json::array({warehouse.storage}));
    outside.push_back("parent");
    json domain = json::array();
    domain.push_back(clause("state", "=", "assigned"));
    domain.push_back(clause("product", "in", products));
    domain.push_back(std::move(inside));
    domain.push_back(std::move(outside));
    const json fields = json::parse(R"(["product", "internal_quantity", "origin"])");
    Pages pages{session, "stock.move", std::move(domain), fields, kPageSize};
    while (!pages.atEnd()) {
        auto page = co_await pages.next();
        if (auto* failed = std::get_if<Failure>(&page)) co_return std::move(*failed);
        for (const json& record : std::get<json>(page)) {
            Row row{record};
            const Decimal quantity = row.number("internal_quantity").value_or(Decimal{});
            Decimal& free = stock.free[{row.id("product").value_or(0), warehouse.id}];
            free = free - quantity;
            if (const auto outgoing = referenceTo("stock.move", row.text("origin")))
                stock.reserved[*outgoing] = stock.reserved[*outgoing] + quantity;
            if (auto failed = unreadable(session, "stock.move", row)) co_return failed;
        }
    }
    co_return std::nullopt;
}

boost::asio::awaitable<std::optional<Failure>> readIncoming(Session& session, const json& products,
                                                            Stock& stock) {
    json domain = json::array();
    domain.push_back(clause("from_location.type", "=", "supplier"));
    domain.push_back(clause("to_location.type", "!=", "customer"));
    domain.push_back(clause("state", "in", json::array({"draft", "assigned"})));
    domain.push_back(clause("product", "in", products));
    const json fields = json::parse(R"(["product", "internal_quantity", "planned_date", "origin",
                                        "purchase.number", "purchase.warehouse"])");
    Pages pages{session, "stock.move", std::move(domain), fields, kPageSize};
    while (!pages.atEnd()) {
        auto page = co_await pages.next();
        if (auto* failed = std::get_if<Failure>(&page)) co_return std::move(*failed);
        for (const json& record : std::get<json>(page)) {
            Row row{record};
            Incoming incoming;
            incoming.id = row.id("id").value_or(0);
            incoming.product = row.id("product").value_or(0);
            incoming.warehouse = row.id("purchase.warehouse").value_or(0);
            incoming.quantity = row.number("internal_quantity").value_or(Decimal{});
            incoming.planned = row.date("planned_date");
            incoming.purchase_line = referenceTo("purchase.line", row.text("origin"));
            incoming.purchase = row.text("purchase.number");
            // Without a purchase nothing names it; its own number is better than 'uncovered'.
            if (incoming.purchase.empty()) incoming.purchase = std::to_string(incoming.id);
            stock.incoming.push_back(std::move(incoming));
            if (auto failed = unreadable(session, "stock.move", row)) co_return failed;
        }
    }
    co_return std::nullopt;
}

}  // namespace

Asked<Stock> readStock(Session& session, const Features& features, const std::set<Id>& products) {
    Stock stock;
    const json nothing = json::array();
    auto today = co_await session.call("ir.date.today", nothing);
    if (auto* failed = std::get_if<Failure>(&today)) co_return std::move(*failed);
    const json day = std::get<json>(today);
    json as_record = json::object();
    as_record["today"] = day;
    Row row{as_record};
    const auto date = row.date("today");
    if (!date)
        co_return Failure{Failure::Again::Later, "Tryton at " + session.access().url +
                                                     " did not say what day it is: " + row.fault()};
    stock.today = *date;

    std::vector<Warehouse> warehouses;
    if (auto failed = co_await readWarehouses(session, stock, warehouses))
        co_return std::move(*failed);
    for (const auto& group : inGroups(products)) {
        const json ids = group;
        for (const Warehouse& warehouse : warehouses) {
            if (auto failed = co_await readOnHand(session, warehouse, ids, day, stock))
                co_return std::move(*failed);
            if (auto failed = co_await readReserved(session, warehouse, ids, stock))
                co_return std::move(*failed);
        }
        if (!features.purchase) continue;
        if (auto failed = co_await readIncoming(session, ids, stock)) co_return std::move(*failed);
    }
    sortBySoonest(stock.incoming);
    co_return stock;
}

}  // namespace backorderd::connectors::tryton

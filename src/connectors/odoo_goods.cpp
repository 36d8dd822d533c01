#include <algorithm>
#include <nlohmann/json.hpp>

#include "connectors/odoo_query.hpp"
#include "connectors/odoo_row.hpp"

namespace backorderd::connectors::odoo {

using nlohmann::json;

namespace {

/// By item and warehouse: two products may have one code.
using FreeStock = std::map<std::pair<std::string, std::string>, Decimal>;

/// What of some products lies in one warehouse and is reserved for nobody.
boost::asio::awaitable<std::optional<Failure>> readFree(Session& session, const Schema& schema,
                                                        json warehouse, std::vector<Id> products,
                                                        FreeStock& free,
                                                        std::map<std::string, CatalogueItem>& items,
                                                        std::map<Id, std::string>& codes) {
    Row place{warehouse};
    const std::string name = place.text("name");
    json context = json::object();
    // Odoo 17 knows the first, 18 and 19 the second; each ignores the other.
    context["warehouse"] = place.id("id");
    context["warehouse_id"] = place.id("id");
    json domain = json::array();
    domain.push_back(clause("id", "in", products));
    const auto fields = schema.fields.at("product.product");
    auto answer = co_await searchAll(session, "product.product", std::move(domain), fields,
                                     std::move(context));
    if (auto* failed = std::get_if<Failure>(&answer)) co_return std::move(*failed);
    for (const json& record : std::get<json>(answer)) {
        Row row{record};
        CatalogueItem item;
        item.item = itemOf(record);
        codes[row.id("id")] = item.item.id;
        Decimal& sum = free[{item.item.id, name}];
        sum = sum + row.number("free_qty").value_or(Decimal{});
        if (const auto price = row.number("lst_price"); price && *price >= Decimal{})
            item.price = {*price, row.nameOf("currency_id")};
        items.try_emplace(item.item.id, std::move(item));
    }
    co_return std::nullopt;
}

}  // namespace

Asked<Goods> readGoods(Session& session, const Schema& schema, std::set<Id> products) {
    Goods goods;
    FreeStock free;
    std::map<std::string, CatalogueItem> items;
    std::map<Id, std::string> codes;
    json domain = json::array();
    domain.push_back(clause("company_id", "=", schema.company));
    const json context = json::object();
    const std::vector<std::string> fields{"name"};
    auto answer =
        co_await searchAll(session, "stock.warehouse", std::move(domain), fields, context);
    if (auto* failed = std::get_if<Failure>(&answer)) co_return std::move(*failed);
    for (const auto& group : inGroups(products, kIdsMax)) {
        for (const json& warehouse : std::get<json>(answer))
            if (auto failed =
                    co_await readFree(session, schema, warehouse, group, free, items, codes))
                co_return std::move(*failed);
        auto incoming = co_await readIncoming(session, schema, group);
        if (auto* failed = std::get_if<Failure>(&incoming)) co_return std::move(*failed);
        for (const auto& [product, deliveries] : std::get<0>(incoming))
            for (const Incoming& delivery : deliveries) {
                Supply supply{delivery.reference, std::nullopt, delivery.quantity};
                if (const auto at = delivery.expected()) supply.expected = dayIn(schema.zone, *at);
                const auto code = codes.find(product);
                if (code != codes.end()) goods.supply.push_back({code->second, supply});
            }
    }
    for (const auto& [place, quantity] : free)
        goods.stock.push_back({place.first, place.second, quantity});
    for (auto& [code, item] : items) goods.items.push_back(std::move(item));
    co_return goods;
}

}  // namespace backorderd::connectors::odoo

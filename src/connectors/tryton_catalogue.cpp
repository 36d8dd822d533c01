#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <tuple>

#include "connectors/tryton_pages.hpp"
#include "connectors/tryton_query.hpp"
#include "connectors/tryton_row.hpp"

namespace backorderd::connectors::tryton {

using nlohmann::json;

namespace {

constexpr std::int64_t kLeadTimeDaysMax = 3650;

/// What the company keeps its prices in.
Asked<std::string> readCurrency(Session& session) {
    json domain = json::array();
    domain.push_back(json::array({"id", "=", session.companyId()}));
    const json fields = json::array({"currency.code"});
    Pages pages{session, "company.company", std::move(domain), fields, 1};
    auto page = co_await pages.next();
    if (auto* failed = std::get_if<Failure>(&page)) co_return std::move(*failed);
    const auto& records = std::get<json>(page);
    if (records.empty()) co_return std::string{};
    Row row{records.front()};
    co_return row.text("currency.code");
}

/// Of the first supplier of the product, in the order that the user arranged; one that is named for
/// another variant does not count.
std::optional<int> leadTimeOf(Row& row, Id product) {
    const json* suppliers = row.list("template.product_suppliers.");
    if (suppliers == nullptr) return std::nullopt;
    constexpr std::int64_t kLast = std::numeric_limits<std::int64_t>::max();
    auto first = std::make_tuple(kLast, kLast);
    std::optional<int> days;
    for (const json& record : *suppliers) {
        Row supplier{record};
        if (supplier.id("product").value_or(product) != product) continue;
        const auto place = std::make_tuple(supplier.id("sequence").value_or(kLast),
                                           supplier.id("id").value_or(kLast));
        if (place > first) continue;
        first = place;
        const auto lead_time = supplier.days("lead_time");
        days.reset();
        if (lead_time && *lead_time >= 0 && *lead_time <= kLeadTimeDaysMax)
            days = static_cast<int>(*lead_time);
        if (!supplier.fault().empty()) row.addFault("product_suppliers", supplier.fault());
    }
    return days;
}

CatalogueItem itemOf(Row& row, Id product, const std::string& currency) {
    CatalogueItem item;
    item.item.id = row.text("code");
    if (item.item.id.empty()) item.item.id = std::to_string(product);
    item.item.name = row.text("name");
    if (const json* categories = row.list("template.categories.");
        categories != nullptr && !categories->empty()) {
        Row category{categories->front()};
        item.item.category = category.text("name");
    }
    if (const auto price = row.number("list_price"); price && *price >= Decimal{})
        item.price = {*price, currency};
    item.lead_time_days = leadTimeOf(row, product);
    return item;
}

json catalogueFields(const Features& features) {
    json fields = json::parse(R"(["code", "name", "list_price", "template.categories.name"])");
    if (features.purchase)
        for (const char* name :
             {"template.product_suppliers.product", "template.product_suppliers.sequence",
              "template.product_suppliers.lead_time"})
            fields.push_back(name);
    return fields;
}

}  // namespace

Asked<Catalogue> readCatalogue(Session& session, const Features& features, std::size_t items_max) {
    Catalogue catalogue;
    auto currency = co_await readCurrency(session);
    if (auto* failed = std::get_if<Failure>(&currency)) co_return std::move(*failed);
    json domain = json::array();
    domain.push_back(json::parse(R"(["template.salable", "=", true])"));
    domain.push_back(json::parse(R"(["template.type", "in", ["goods", "assets"]])"));
    Pages pages{session, "product.product", std::move(domain), catalogueFields(features),
                kPageSize};
    while (!pages.atEnd()) {
        auto page = co_await pages.next();
        if (auto* failed = std::get_if<Failure>(&page)) co_return std::move(*failed);
        for (const json& record : std::get<json>(page)) {
            Row row{record};
            const Id product = row.id("id").value_or(0);
            auto item = itemOf(row, product, std::get<std::string>(currency));
            if (row.fault().empty()) {
                catalogue.items.emplace(product, std::move(item));
                continue;
            }
            const std::string place = fmt::format("{}{}/product.product,{}", session.access().url,
                                                  session.access().database, product);
            catalogue.problems.push_back({{place, 0, 0}, row.fault()});
        }
        catalogue.too_long = catalogue.items.size() > items_max;
        if (catalogue.too_long) break;
    }
    co_return catalogue;
}

}  // namespace backorderd::connectors::tryton

#include "connectors/files_goods.hpp"

#include <fmt/format.h>

#include <set>
#include <string>
#include <unordered_set>

namespace backorderd::connectors::files {
namespace {

constexpr int kLeadTimeDaysMax = 3650;

CatalogueItem itemOf(Row& row) {
    CatalogueItem item;
    item.item.id = row.text("item.id");
    item.item.name = row.text("item.name");
    item.item.category = row.text("item.category");
    item.item.attributes = row.attributes(kItemAttributes);
    item.price = {row.number("price").value_or(Decimal{}), std::string{row.text("currency")}};
    item.lead_time_days = row.count("lead_time_days", kLeadTimeDaysMax);
    return item;
}

}  // namespace

Joined readStock(RecordFile& file, const Columns& columns, std::size_t& rows_left,
                 std::vector<StockLevel>& stock) {
    std::unordered_set<std::string> seen;
    for (const auto& level : stock) seen.insert(level.item + '\n' + level.warehouse);
    return forEachRow(file, columns, rows_left, [&](Row& row) -> std::string {
        const auto free = row.number("free");
        const std::string item{row.text("item.id")};
        const std::string warehouse{row.text("warehouse")};
        if (!row.fault().empty()) return {};
        if (item.empty()) return "the row has no 'item.id'";
        if (!free) return fmt::format("the row says nothing of the free stock of '{}'", item);
        if (!seen.insert(item + '\n' + warehouse).second)
            return fmt::format("the free stock of '{}' in warehouse '{}' stands twice", item,
                               warehouse);
        stock.push_back({item, warehouse, *free});
        return {};
    });
}

Joined readItems(RecordFile& file, const Columns& columns, std::size_t& rows_left,
                 std::vector<CatalogueItem>& items) {
    std::unordered_set<std::string> seen;
    for (const auto& known : items) seen.insert(known.item.id);
    return forEachRow(file, columns, rows_left, [&](Row& row) -> std::string {
        auto item = itemOf(row);
        if (!row.fault().empty()) return {};
        if (item.item.id.empty()) return "the row has no 'item.id'";
        if (item.price.amount < Decimal{})
            return fmt::format("the price of '{}' is below zero", item.item.id);
        // A currency without a price would make the item one that costs nothing.
        if (row.text("price").empty()) item.price = {};
        if (!seen.insert(item.item.id).second)
            return fmt::format("the item '{}' stands twice", item.item.id);
        items.push_back(std::move(item));
        return {};
    });
}

Joined readAlternates(RecordFile& file, const Columns& columns, std::size_t& rows_left,
                      std::vector<Alternate>& alternates) {
    std::set<Alternate> seen{alternates.begin(), alternates.end()};
    return forEachRow(file, columns, rows_left, [&](Row& row) -> std::string {
        const Alternate pair{std::string{row.text("item.id")}, std::string{row.text("substitute")}};
        if (pair.item.empty()) return "the row has no 'item.id'";
        if (pair.substitute.empty()) return "the row has no 'substitute'";
        if (pair.item == pair.substitute)
            return fmt::format("'{}' is named as a substitute of itself", pair.item);
        if (seen.insert(pair).second) alternates.push_back(pair);
        return {};
    });
}

}  // namespace backorderd::connectors::files

#include "connectors/files_join.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <optional>

namespace backorderd::connectors::files {
namespace {

std::uint64_t hashOf(const Supply& supply) {
    const auto text = fmt::format("{}\n{}\n{}", supply.reference,
                                  supply.expected ? formatDate(*supply.expected) : "",
                                  supply.quantity ? supply.quantity->toString() : "");
    return XXH3_64bits(text.data(), text.size());
}

/// Whether `a` is expected before `b`.
bool isSooner(const Supply& a, const Supply& b) {
    if (a.expected.has_value() != b.expected.has_value()) return a.expected.has_value();
    return a.expected < b.expected;
}

}  // namespace

void SupplyTable::add(Map& map, std::string_view key, const Supply& supply) {
    if (const auto found = map.find(key); found != map.end()) {
        if (isSooner(supply, found->second.supply)) found->second = {supply, hashOf(supply)};
        return;
    }
    map.emplace(key, Entry{supply, hashOf(supply)});
}

void SupplyTable::addForLine(std::string_view line, const Supply& supply) {
    add(by_line_, line, supply);
}

void SupplyTable::addForItem(std::string_view item, const Supply& supply) {
    add(by_item_, item, supply);
}

const SupplyTable::Entry* SupplyTable::find(std::string_view line, std::string_view item) const {
    if (const auto found = by_line_.find(line); found != by_line_.end()) return &found->second;
    if (const auto found = by_item_.find(item); found != by_item_.end()) return &found->second;
    return nullptr;
}

Joined readSupply(RecordFile& file, const Columns& columns, std::size_t& rows_left,
                  SupplyTable& table, std::vector<ItemSupply>& of_items) {
    return forEachRow(file, columns, rows_left, [&](Row& row) -> std::string {
        const Supply supply{std::string{row.text("supply.reference")}, row.date("supply.expected"),
                            row.number("supply.quantity")};
        const auto line = row.text("line");
        const auto item = row.text("item.id");
        if (!row.fault().empty()) return {};
        if (!supply.covered()) return "the row has no 'supply.reference'";
        if (line.empty() && item.empty()) return "the row names neither a 'line' nor an 'item.id'";
        if (!line.empty()) {
            table.addForLine(line, supply);
        } else {
            table.addForItem(item, supply);
            of_items.push_back({std::string{item}, supply});
        }
        return {};
    });
}

}  // namespace backorderd::connectors::files

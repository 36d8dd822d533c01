#include "connectors/files_join.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <optional>
#include <utility>

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

/// One row by our names of its columns.
class Row {
public:
    Row(const std::vector<Cell>& cells, const Columns& columns, const ValueFormat& format)
        : cells_{cells}, columns_{columns}, format_{format} {}

    std::string_view text(std::string_view name) const {
        const Cell* found = cell(name);
        return found == nullptr ? std::string_view{} : found->text;
    }
    std::optional<Date> date(std::string_view name) {
        const auto iso = canonical(name, FieldType::Date);
        return iso ? parseDate(*iso) : std::nullopt;
    }
    std::optional<Decimal> number(std::string_view name) {
        const auto text = canonical(name, FieldType::Number);
        auto value = text ? Decimal::parse(*text) : std::nullopt;
        if (text && !value) wrong(name);
        return value;
    }
    /// Empty: nothing was wrong so far.
    const std::string& fault() const { return fault_; }

private:
    const Cell* cell(std::string_view name) const {
        for (const auto& cell : cells_)
            for (int column = cell.column; column >= 0;
                 column = columns_[static_cast<std::size_t>(column)].twin)
                if (columns_[static_cast<std::size_t>(column)].target.name == name) return &cell;
        return nullptr;
    }
    std::optional<std::string> canonical(std::string_view name, FieldType type) {
        const Cell* found = cell(name);
        if (found == nullptr || found->text.empty()) return std::nullopt;
        auto text = canonicalValue(found->text, type, format_, {});
        if (!text) wrong(name);
        return text;
    }
    void wrong(std::string_view name) {
        fault_ = fmt::format(
            "'{}' cannot be read as '{}' the way this file writes numbers and "
            "dates",
            text(name).substr(0, 60), name);
    }

    const std::vector<Cell>& cells_;
    const Columns& columns_;
    const ValueFormat& format_;
    std::string fault_;
};

/// Goes over a whole file; `take` returns what is wrong with a row.
Joined forEachRow(RecordFile& file, const Columns& columns, std::size_t& rows_left,
                  const std::function<std::string(Row& row)>& take) {
    Joined joined;
    ProblemList list;
    Batch batch;
    std::vector<Cell> cells;
    while (file.next(batch)) {
        std::move(batch.problems.begin(), batch.problems.end(),
                  std::back_inserter(joined.problems));
        for (const auto& record : batch.records) {
            if (rows_left == 0) {
                list.add(
                    joined.problems, file.window().placeOf(record.bytes.data()),
                    "more rows than limits.joined_rows_max: this and what follows is not read");
                return joined;
            }
            --rows_left;
            if (auto fault = file.cells(record, cells)) {
                list.add(joined.problems, fault->place, fault->text);
                continue;
            }
            Row row{cells, columns, file.values()};
            auto fault = take(row);
            if (!row.fault().empty()) fault = row.fault();
            if (!fault.empty())
                list.add(joined.problems, file.window().placeOf(record.bytes.data()),
                         std::move(fault));
        }
    }
    joined.failure = file.failure();
    return joined;
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
                  SupplyTable& table) {
    return forEachRow(file, columns, rows_left, [&table](Row& row) -> std::string {
        const Supply supply{std::string{row.text("supply.reference")}, row.date("supply.expected"),
                            row.number("supply.quantity")};
        const auto line = row.text("line");
        const auto item = row.text("item.id");
        if (!row.fault().empty()) return {};
        if (!supply.covered()) return "the row has no 'supply.reference'";
        if (line.empty() && item.empty()) return "the row names neither a 'line' nor an 'item.id'";
        if (line.empty())
            table.addForItem(item, supply);
        else
            table.addForLine(line, supply);
        return {};
    });
}

Joined readStock(RecordFile& file, const Columns& columns, std::size_t& rows_left,
                 std::vector<StockLevel>& stock) {
    std::unordered_map<std::string, bool> seen;
    for (const auto& level : stock) seen.emplace(level.item + '\n' + level.warehouse, true);
    return forEachRow(file, columns, rows_left, [&](Row& row) -> std::string {
        const auto free = row.number("free");
        const std::string item{row.text("item.id")};
        const std::string warehouse{row.text("warehouse")};
        if (!row.fault().empty()) return {};
        if (item.empty()) return "the row has no 'item.id'";
        if (!free) return fmt::format("the row says nothing of the free stock of '{}'", item);
        if (!seen.emplace(item + '\n' + warehouse, true).second)
            return fmt::format("the free stock of '{}' in warehouse '{}' stands twice", item,
                               warehouse);
        stock.push_back({item, warehouse, *free});
        return {};
    });
}

}  // namespace backorderd::connectors::files

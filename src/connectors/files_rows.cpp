#include "connectors/files_rows.hpp"

#include <fmt/format.h>

#include <iterator>
#include <utility>

namespace backorderd::connectors::files {
namespace {

constexpr Decimal kLargest{1'000'000'000};

/// Goes over our columns that a cell fills: one header may stand for several.
template <class Visit>
void forEachColumn(const Cell& cell, const Columns& columns, Visit visit) {
    for (int column = cell.column; column >= 0;
         column = columns[static_cast<std::size_t>(column)].twin)
        visit(columns[static_cast<std::size_t>(column)].target.name);
}

}  // namespace

std::string_view Row::text(std::string_view name) const {
    const Cell* found = cell(name);
    return found == nullptr ? std::string_view{} : found->text;
}

std::optional<Date> Row::date(std::string_view name) {
    const auto iso = canonical(name, FieldType::Date);
    return iso ? parseDate(*iso) : std::nullopt;
}

std::optional<Decimal> Row::number(std::string_view name) {
    const auto digits = canonical(name, FieldType::Number);
    if (!digits) return std::nullopt;
    const auto value = Decimal::parse(*digits);
    if (!value) {
        wrong(name);
    } else if (*value > kLargest || *value < Decimal{} - kLargest) {
        fault_ = fmt::format("'{}' is beyond 1,000,000,000, the most that '{}' can be",
                             text(name).substr(0, 60), name);
        return std::nullopt;
    }
    return value;
}

std::optional<int> Row::count(std::string_view name, int max) {
    const auto value = number(name);
    if (!value) return std::nullopt;
    const auto millionths = value->millionths();
    if (millionths % Decimal::kScale == 0 && millionths >= 0 && *value <= Decimal{max})
        return static_cast<int>(millionths / Decimal::kScale);
    fault_ = fmt::format("'{}' is not a whole number from 0 to {}, which '{}' must be",
                         text(name).substr(0, 60), max, name);
    return std::nullopt;
}

Attributes Row::attributes(std::string_view prefix) const {
    Attributes attributes;
    for (const auto& cell : cells_)
        forEachColumn(cell, columns_, [&](std::string_view name) {
            if (name.starts_with(prefix) && !cell.text.empty())
                attributes.emplace(name.substr(prefix.size()), cell.text);
        });
    return attributes;
}

const Cell* Row::cell(std::string_view name) const {
    for (const auto& cell : cells_) {
        bool found = false;
        forEachColumn(cell, columns_, [&](std::string_view column) { found |= column == name; });
        if (found) return &cell;
    }
    return nullptr;
}

std::optional<std::string> Row::canonical(std::string_view name, FieldType type) {
    const Cell* found = cell(name);
    if (found == nullptr || found->text.empty()) return std::nullopt;
    const ValueFormat& format = found->canonical ? kCanonicalFormat : format_;
    auto text = canonicalValue(found->text, type, format, {});
    if (!text) wrong(name);
    return text;
}

void Row::wrong(std::string_view name) {
    fault_ = fmt::format(
        "'{}' cannot be read as '{}' the way this file writes numbers and "
        "dates",
        text(name).substr(0, 60), name);
}

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

}  // namespace backorderd::connectors::files

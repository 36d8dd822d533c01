#include "connectors/files_columns.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace backorderd::connectors::files {
namespace {

constexpr std::array<std::string_view, 3> kStockColumns{"item.id", "warehouse", "free"};
constexpr std::array<std::string_view, 5> kSupplyColumns{"line", "item.id", "supply.reference",
                                                         "supply.expected", "supply.quantity"};
constexpr std::array<std::string_view, 5> kRequiredOfLines{"line", "order.number", "item.id",
                                                           "ordered", "customer.id"};
constexpr std::array<std::string_view, 2> kRequiredOfStock{"item.id", "free"};
constexpr std::array<std::string_view, 1> kRequiredOfSupply{"supply.reference"};

/// Many exports call the item number just so.
constexpr std::string_view kItemAlias = "item";

std::span<const std::string_view> requiredOf(FileRole role) {
    switch (role) {
        case FileRole::Lines:
            return kRequiredOfLines;
        case FileRole::Stock:
            return kRequiredOfStock;
        case FileRole::Supply:
            return kRequiredOfSupply;
    }
    return {};
}

bool isIn(std::span<const std::string_view> names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::string_view columnsKeyOf(FileRole role) {
    switch (role) {
        case FileRole::Lines:
            return "columns";
        case FileRole::Stock:
            return "stock_columns";
        case FileRole::Supply:
            return "supply_columns";
    }
    return {};
}

std::span<const std::string_view> columnNamesOf(FileRole role) {
    static const std::vector<std::string_view> kLines = [] {
        std::vector<std::string_view> names;
        for (const auto& field : lineFields()) names.push_back(field.name);
        return names;
    }();
    switch (role) {
        case FileRole::Lines:
            return kLines;
        case FileRole::Stock:
            return kStockColumns;
        case FileRole::Supply:
            return kSupplyColumns;
    }
    return {};
}

bool isColumnOf(FileRole role, std::string_view name) {
    return role == FileRole::Lines ? isLineColumn(name) : isIn(columnNamesOf(role), name);
}

Columns::Columns(FileRole role, const ColumnNames& names, std::size_t columns_max)
    : role_{role}, columns_max_{columns_max} {
    // A column that the settings name is relied upon: without it, dates would seem withdrawn.
    for (const auto& [name, header] : names)
        add({{name, findLineField(name)}, header, /*required=*/true, -1});
    for (const auto name : columnNamesOf(role)) {
        if (named(name) >= 0) continue;
        const std::string header{name};
        if (by_header_.contains(header)) continue;  // the settings use this header for another
        const int column =
            add({{header, findLineField(name)}, header, isIn(requiredOf(role), name), -1});
        if (name == "item.id") by_header_.try_emplace(std::string{kItemAlias}, column);
    }
}

int Columns::add(Column column) {
    const int index = static_cast<int>(columns_.size());
    const auto [at, is_new] = by_header_.try_emplace(column.header, index);
    if (!is_new) column.twin = std::exchange(at->second, index);
    columns_.push_back(std::move(column));
    return index;
}

int Columns::find(std::string_view header) {
    if (const auto found = by_header_.find(header); found != by_header_.end()) return found->second;
    const bool is_attribute =
        role_ == FileRole::Lines && isLineColumn(header) && findLineField(header) == nullptr;
    if (is_attribute && columns_.size() < columns_max_ + lineFields().size())
        return add({{std::string{header}, nullptr}, std::string{header}, false, -1});
    if (unknown_.size() < columns_max_) unknown_.emplace(header);
    return -1;
}

int Columns::named(std::string_view name) const {
    for (std::size_t i = 0; i < columns_.size(); ++i)
        if (columns_[i].target.name == name) return static_cast<int>(i);
    return -1;
}

}  // namespace backorderd::connectors::files

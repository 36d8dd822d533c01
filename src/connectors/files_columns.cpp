#include "connectors/files_columns.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace backorderd::connectors::files {
namespace {

using Names = std::span<const std::string_view>;

constexpr std::array<std::string_view, 3> kStockColumns{"item.id", "warehouse", "free"};
constexpr std::array<std::string_view, 5> kSupplyColumns{"line", "item.id", "supply.reference",
                                                         "supply.expected", "supply.quantity"};
constexpr std::array<std::string_view, 6> kItemColumns{"item.id", "item.name", "item.category",
                                                       "price",   "currency",  "lead_time_days"};
constexpr std::array<std::string_view, 2> kAlternateColumns{"item.id", "substitute"};
constexpr std::array<std::string_view, 5> kRequiredOfLines{"line", "order.number", "item.id",
                                                           "ordered", "customer.id"};
constexpr std::array<std::string_view, 2> kRequiredOfStock{"item.id", "free"};
constexpr std::array<std::string_view, 1> kRequiredOfSupply{"supply.reference"};
constexpr std::array<std::string_view, 1> kRequiredOfItems{"item.id"};

/// What is fixed for files of one role.
struct Role {
    FileRole role;
    std::string_view list_name;
    std::string_view columns_key;
    Names columns;  ///< of lines: those of the vocabulary
    Names required;
};
constexpr std::array kRoles{
    Role{FileRole::Lines, "lines", "columns", {}, kRequiredOfLines},
    Role{FileRole::Stock, "stock", "stock_columns", kStockColumns, kRequiredOfStock},
    Role{FileRole::Supply, "supply", "supply_columns", kSupplyColumns, kRequiredOfSupply},
    Role{FileRole::Items, "items", "items_columns", kItemColumns, kRequiredOfItems},
    Role{FileRole::Alternates, "alternates", "alternates_columns", kAlternateColumns,
         kAlternateColumns},
};
const Role& of(FileRole role) { return kRoles[static_cast<std::size_t>(role)]; }

/// Many exports call the item number just so.
constexpr std::string_view kItemAlias = "item";

bool isIn(Names names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// A name of an open family that files of that role may have.
bool isAttributeOf(FileRole role, std::string_view name) {
    if (role != FileRole::Lines && role != FileRole::Items) return false;
    if (role == FileRole::Items && !name.starts_with(kItemAttributes)) return false;
    return isLineColumn(name) && findLineField(name) == nullptr;
}

}  // namespace

std::string_view listNameOf(FileRole role) { return of(role).list_name; }

std::string_view columnsKeyOf(FileRole role) { return of(role).columns_key; }

std::span<const std::string_view> columnNamesOf(FileRole role) {
    static const std::vector<std::string_view> kLines = [] {
        std::vector<std::string_view> names;
        for (const auto& field : lineFields()) names.push_back(field.name);
        return names;
    }();
    return role == FileRole::Lines ? kLines : of(role).columns;
}

bool isColumnOf(FileRole role, std::string_view name) {
    return isIn(columnNamesOf(role), name) || isAttributeOf(role, name);
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
            add({{header, findLineField(name)}, header, isIn(of(role).required, name), -1});
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
    if (isAttributeOf(role_, header) && columns_.size() < columns_max_ + lineFields().size())
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

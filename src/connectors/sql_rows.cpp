#include "connectors/sql_rows.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <cctype>
#include <utility>

namespace backorderd::connectors::sql {
namespace {

constexpr std::size_t kColumnsMax = 512;
constexpr int kLeadTimeDaysMax = 3650;
/// Raised whenever the same row is turned into a line in another way than before.
constexpr std::string_view kReadingVersion = "sql 1";

std::string lowered(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

std::string addItem(Goods& goods, files::Row& row) {
    CatalogueItem item;
    item.item.id = row.text("item.id");
    item.item.name = row.text("item.name");
    item.item.category = row.text("item.category");
    item.item.attributes = row.attributes(files::kItemAttributes);
    const auto price = row.number("price");
    if (price && *price < Decimal{}) return "the price is below zero";
    if (price) item.price = {*price, std::string{row.text("currency")}};
    item.lead_time_days = row.count("lead_time_days", kLeadTimeDaysMax);
    if (row.fault().empty()) goods.items.push_back(std::move(item));
    return row.fault();
}

std::string addStock(Goods& goods, files::Row& row) {
    const auto free = row.number("free");
    if (!row.fault().empty()) return row.fault();
    if (!free) return "'free' is not known";
    goods.stock.push_back(
        {std::string{row.text("item.id")}, std::string{row.text("warehouse")}, *free});
    return {};
}

std::string addSupply(Goods& goods, files::Row& row) {
    ItemSupply coming;
    coming.item = row.text("item.id");
    coming.supply.reference = row.text("supply.reference");
    coming.supply.expected = row.date("supply.expected");
    coming.supply.quantity = row.number("supply.quantity");
    if (!row.fault().empty()) return row.fault();
    if (!coming.supply.covered()) return "'supply.reference' is empty";
    goods.supply.push_back(std::move(coming));
    return {};
}

std::string addAlternate(Goods& goods, files::Row& row) {
    Alternate pair{std::string{row.text("item.id")}, std::string{row.text("substitute")}};
    if (pair.substitute.empty()) return "'substitute' is empty";
    if (pair.item == pair.substitute) return "an item is named as a substitute of itself";
    goods.alternates.push_back(std::move(pair));
    return {};
}

}  // namespace

QueryRows::QueryRows(files::FileRole role, std::string name, const SqlSettings& settings)
    : name_{std::move(name)}, settings_{settings}, columns_{role, {}, kColumnsMax} {}

std::optional<Failure> QueryRows::setColumns(const std::vector<Column>& columns) {
    std::string all =
        fmt::format("{}\n{}\n{}", kReadingVersion, settings_.values.decimal, settings_.values.date);
    for (const auto& [word, kind] : settings_.kinds)
        all += fmt::format("\n{}={}", word, kindName(kind));
    sources_.clear();
    for (const auto& [name, typed] : columns) {
        int column = columns_.find(name);
        if (column < 0) column = columns_.find(lowered(name));
        if (column < 0)
            return Failure{Failure::Again::Never,
                           fmt::format("the query '{}' returns a column '{}', which has no meaning "
                                       "there; docs/fields.md lists those that have one",
                                       name_, name)};
        if (hasSource(column))
            return Failure{Failure::Again::Never,
                           fmt::format("the query '{}' returns '{}' twice", name_, name)};
        if (columns_[static_cast<std::size_t>(column)].target.name == "line")
            id_at_ = sources_.size();
        sources_.push_back({column, typed});
        all += fmt::format("\n{} {}", name, typed);
    }
    for (std::size_t i = 0; i < columns_.size(); ++i)
        if (columns_[i].required && !hasSource(static_cast<int>(i)))
            return Failure{Failure::Again::Never,
                           fmt::format("the query '{}' returns no column \"{}\"", name_,
                                       columns_[i].target.name)};
    shape_ = XXH3_64bits(all.data(), all.size());
    return std::nullopt;
}

bool QueryRows::hasSource(int column) const {
    return std::any_of(sources_.begin(), sources_.end(),
                       [&](const Source& source) { return source.column == column; });
}

std::string QueryRows::id(const std::vector<std::string>& row) const { return row[id_at_]; }

std::uint64_t QueryRows::fingerprint(const std::vector<std::string>& row) const {
    std::string all;
    for (const std::string& value : row) all += fmt::format("{}:{}", value.size(), value);
    return XXH3_64bits_withSeed(all.data(), all.size(), shape_);
}

std::vector<files::Cell> QueryRows::cells(const std::vector<std::string>& row) const {
    std::vector<files::Cell> cells;
    for (std::size_t i = 0; i < row.size(); ++i)
        cells.push_back({sources_[i].column, row[i], nullptr, sources_[i].typed});
    return cells;
}

Result<OrderLine> QueryRows::line(const std::vector<std::string>& row,
                                  const std::string& source) const {
    const Place place{fmt::format("{}, line '{}' of the query '{}'", source, id(row), name_), 0, 0};
    OrderLine line;
    line.key.source = source;
    bool has_ordered = false;
    Problems problems;
    for (const files::Cell& cell : cells(row)) {
        const LineColumn& target = columns_[static_cast<std::size_t>(cell.column)].target;
        const FieldType type = target.field == nullptr ? FieldType::Text : target.field->type;
        const auto& format = cell.canonical ? files::kCanonicalFormat : settings_.values;
        const auto text = files::canonicalValue(cell.text, type, format, settings_.kinds);
        // What is not written as the settings say is refused by the field, with its own words.
        auto fault = text ? setColumn(line, target, *text)
                          : fmt::format("'{}' is not written as '{}' must be",
                                        cell.text.substr(0, 60), target.name);
        if (!fault.empty()) problems.push_back({place, std::move(fault), Severity::Error});
        has_ordered |= target.name == "ordered" && !cell.text.empty();
    }
    // Most ERPs know an order by its number.
    if (line.order.id.empty()) line.order.id = line.order.number;
    if (problems.empty()) {
        // Without it the line would seem to be closed.
        auto fault = has_ordered ? lineFault(line) : "the row has no 'ordered'";
        if (!fault.empty()) problems.push_back({place, std::move(fault), Severity::Error});
    }
    if (!problems.empty()) return problems;
    return line;
}

std::string QueryRows::addTo(Goods& goods, const std::vector<std::string>& values) {
    const auto all = cells(values);
    files::Row row{all, columns_, settings_.values};
    const std::string item{row.text("item.id")};
    if (item.empty()) return "'item.id' is empty";
    const auto once = [&](std::string_view also) {
        return seen_.insert(fmt::format("{}\n{}", item, also)).second;
    };
    switch (columns_.role()) {
        case files::FileRole::Stock:
            if (!once(row.text("warehouse"))) return fmt::format("'{}' stands twice", item);
            return addStock(goods, row);
        case files::FileRole::Items:
            if (!once({})) return fmt::format("'{}' stands twice", item);
            return addItem(goods, row);
        case files::FileRole::Supply:
            return addSupply(goods, row);
        case files::FileRole::Alternates:
            // A pair that stands twice says the same.
            return once(row.text("substitute")) ? addAlternate(goods, row) : std::string{};
        case files::FileRole::Lines:
            break;
    }
    return "lines are no goods";
}

}  // namespace backorderd::connectors::sql

#include "store/query.hpp"

#include "backorderd/store.hpp"

namespace backorderd::store {

std::string_view Rows::view(int column) const {
    const auto& value = at(column);
    // The pointer first: asking for the size of a text is only defined behind it.
    const auto* bytes = static_cast<const char*>(value.getBlob());
    return {bytes == nullptr ? "" : bytes, static_cast<std::size_t>(value.getBytes())};
}

bool Rows::next() {
    if (!statement_.executeStep()) return false;
    if (columns_.empty())
        for (int i = 0; i < statement_.getColumnCount(); ++i)
            columns_.push_back(statement_.getColumn(i));
    return true;
}

std::optional<Timestamp> Rows::maybeTime(int column) const {
    if (isNull(column)) return std::nullopt;
    return time(column);
}

std::optional<Date> Rows::maybeDate(int column) const {
    if (isNull(column)) return std::nullopt;
    const auto date = parseDate(view(column));
    if (!date) throw StoreBroken("the store holds '" + text(column) + "' where a date belongs");
    return date;
}

std::vector<std::int64_t> readIds(Rows rows) {
    std::vector<std::int64_t> ids;
    while (rows.next()) ids.push_back(rows.integer(0));
    return ids;
}

void throwUnknownName(std::string_view name) {
    throw StoreBroken("the store holds '" + std::string{name} + "', which is no name");
}

Decimal Rows::decimal(int column) const {
    const auto number = Decimal::parse(view(column));
    if (!number) throw StoreBroken("the store holds '" + text(column) + "' where a number belongs");
    return *number;
}

}  // namespace backorderd::store

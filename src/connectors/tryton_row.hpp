#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "backorderd/dates.hpp"
#include "backorderd/decimal.hpp"

namespace backorderd::connectors::tryton {

/// One record of an answer, read by dotted names as they were asked for: `sale.party.name` is found
/// in the object `sale.`, therein `party.`. What is null, or whose relation is, reads as empty.
/// A value of another type than asked for is a fault; the first is kept, and reading goes on.
class Row {
public:
    /// The record must outlive the row.
    explicit Row(const nlohmann::json& record);

    std::string text(std::string_view path);
    std::optional<std::int64_t> id(std::string_view path);
    /// A quantity (a number) or an amount (a Decimal object).
    std::optional<Decimal> number(std::string_view path);
    /// A date, or the day (in UTC) of a date and time.
    std::optional<Date> date(std::string_view path);
    /// A date and time, which the server takes for UTC, to the second.
    std::optional<Timestamp> moment(std::string_view path);
    /// A span of time in days, of which one that has begun counts.
    std::optional<std::int64_t> days(std::string_view path);
    /// A list of ids (`moves`) or of records (`moves.`); null where the relation is empty.
    const nlohmann::json* list(std::string_view path);

    /// What could not be read, for a person; empty: all could.
    const std::string& fault() const { return fault_; }
    void addFault(std::string_view path, std::string_view what);

private:
    const nlohmann::json* find(std::string_view path) const;

    const nlohmann::json& record_;
    std::string fault_;
};

/// The id in a reference such as `sale.line,52`, where it is one to `model`.
std::optional<std::int64_t> referenceTo(std::string_view model, std::string_view reference);

}  // namespace backorderd::connectors::tryton

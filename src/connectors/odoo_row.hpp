#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "backorderd/dates.hpp"
#include "backorderd/decimal.hpp"

namespace backorderd::connectors::odoo {

/// One record of an answer. Odoo writes `false` for what is empty, and `[id, name]` for a relation;
/// both read as such, and so does a field that is missing because this version or its modules do
/// not have it. A value of another type than asked for is a fault; the first is kept, and reading
/// goes on.
class Row {
public:
    /// The record must outlive the row.
    explicit Row(const nlohmann::json& record);

    std::string text(std::string_view field);
    /// The id of a relation, or of the record itself; 0 where empty.
    std::int64_t id(std::string_view field);
    /// What a relation's record is called.
    std::string nameOf(std::string_view field);
    std::optional<Decimal> number(std::string_view field);
    bool flag(std::string_view field) const;
    /// A moment, which Odoo gives in UTC.
    std::optional<Timestamp> moment(std::string_view field);
    /// Whatever is in the field, as text, for a field that the settings name.
    std::string anything(std::string_view field);

    /// What could not be read, for a person; empty: all could.
    const std::string& fault() const { return fault_; }

private:
    const nlohmann::json* find(std::string_view field) const;
    void addFault(std::string_view field, std::string_view what);

    const nlohmann::json& record_;
    std::string fault_;
};

/// The civil date of a moment in a zone by its IANA name; in UTC where there is no such zone.
Date dayIn(const std::string& zone, Timestamp moment);
bool isZone(const std::string& zone);

}  // namespace backorderd::connectors::odoo

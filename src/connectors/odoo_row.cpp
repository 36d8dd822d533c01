#include "connectors/odoo_row.hpp"

#include <date/tz.h>
#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace backorderd::connectors::odoo {

using nlohmann::json;

namespace {

/// Beyond this a number is a mistake, and sums of many could leave the range of a Decimal.
constexpr Decimal kLargestQuantity{1'000'000'000};

bool isRelation(const json& value) {
    return value.is_array() && value.size() == 2 && value[0].is_number_integer() &&
           value[1].is_string();
}

const date::time_zone* zoneNamed(const std::string& name) {
    if (name.empty()) return nullptr;
    try {
        return date::locate_zone(name);
    } catch (const std::runtime_error&) {
        return nullptr;
    }
}

}  // namespace

Row::Row(const json& record) : record_{record} {
    if (!record.is_object()) fault_ = "the record is not an object";
}

const json* Row::find(std::string_view field) const {
    if (!record_.is_object()) return nullptr;
    const auto found = record_.find(field);
    if (found == record_.end() || found->is_null()) return nullptr;
    return found->is_boolean() && !found->get<bool>() ? nullptr : &*found;
}

void Row::addFault(std::string_view field, std::string_view what) {
    if (fault_.empty()) fault_ = fmt::format("{} {}", field, what);
}

std::string Row::text(std::string_view field) {
    const json* value = find(field);
    if (value == nullptr) return {};
    if (value->is_string()) return value->get<std::string>();
    addFault(field, "is not text");
    return {};
}

std::int64_t Row::id(std::string_view field) {
    const json* value = find(field);
    if (value == nullptr) return 0;
    if (value->is_number_integer()) return value->get<std::int64_t>();
    if (isRelation(*value)) return (*value)[0].get<std::int64_t>();
    addFault(field, "is not an id");
    return 0;
}

std::string Row::nameOf(std::string_view field) {
    const json* value = find(field);
    if (value == nullptr) return {};
    if (isRelation(*value)) return (*value)[1].get<std::string>();
    addFault(field, "is not a relation");
    return {};
}

std::optional<Decimal> Row::number(std::string_view field) {
    const json* value = find(field);
    if (value == nullptr) return std::nullopt;
    const auto number = value->is_number() ? Decimal::parse(value->dump()) : std::nullopt;
    if (number && *number <= kLargestQuantity && *number >= Decimal{} - kLargestQuantity)
        return number;
    addFault(field, "is not a number that can be calculated with");
    return std::nullopt;
}

bool Row::flag(std::string_view field) const {
    const json* value = find(field);
    return value != nullptr && value->is_boolean();
}

std::optional<Timestamp> Row::moment(std::string_view field) {
    constexpr std::size_t kDayEnd = 10;
    std::string written = text(field);
    if (written.empty()) return std::nullopt;
    if (written.size() > kDayEnd) written[kDayEnd] = 'T';
    if (const auto at = parseTimestamp(written + "Z")) return at;
    addFault(field, "is not a date and time");
    return std::nullopt;
}

std::string Row::anything(std::string_view field) {
    const json* value = find(field);
    if (value == nullptr) return {};
    if (value->is_string()) return value->get<std::string>();
    if (isRelation(*value)) return (*value)[1].get<std::string>();
    if (value->is_boolean()) return "yes";
    if (const auto decimal =
            value->is_number() ? Decimal::parse(value->dump()) : std::optional<Decimal>{})
        return decimal->toString();
    return value->dump(-1, ' ', false, json::error_handler_t::replace);
}

Date dayIn(const std::string& zone, Timestamp moment) {
    auto local = moment.time_since_epoch();
    if (const date::time_zone* known = zoneNamed(zone)) local += known->get_info(moment).offset;
    return std::chrono::floor<std::chrono::days>(
        std::chrono::local_seconds{std::chrono::duration_cast<std::chrono::seconds>(local)});
}

bool isZone(const std::string& zone) { return zoneNamed(zone) != nullptr; }

}  // namespace backorderd::connectors::odoo

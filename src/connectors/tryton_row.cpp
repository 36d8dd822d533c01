#include "connectors/tryton_row.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

namespace backorderd::connectors::tryton {

using nlohmann::json;

namespace {

/// Beyond this a number is a mistake, and sums of many could leave the range of a Decimal.
constexpr Decimal kLargest{1'000'000'000};

/// Tryton's objects for types that JSON lacks say in `__class__` which one they are.
bool isOfClass(const json& value, std::string_view name) {
    const auto kind = value.find("__class__");
    return kind != value.end() && kind->is_string() && kind->get_ref<const std::string&>() == name;
}

std::optional<int> member(const json& value, std::string_view name) {
    const auto found = value.find(name);
    if (found == value.end() || !found->is_number_integer()) return std::nullopt;
    const auto number = found->get<std::int64_t>();
    if (number < 0 || number > 9999) return std::nullopt;
    return static_cast<int>(number);
}

}  // namespace

Row::Row(const json& record) : record_{record} {
    if (!record.is_object()) fault_ = "the record is not an object";
}

const json* Row::find(std::string_view path) const {
    const json* at = &record_;
    // The records of a list stand under the relation's name with a dot, `moves.`.
    for (std::size_t dot = path.find('.'); dot < path.size() - 1; dot = path.find('.')) {
        const auto related = at->find(path.substr(0, dot + 1));
        if (related == at->end() || !related->is_object()) return nullptr;
        at = &*related;
        path.remove_prefix(dot + 1);
    }
    const auto found = at->find(path);
    return found == at->end() || found->is_null() ? nullptr : &*found;
}

void Row::addFault(std::string_view path, std::string_view what) {
    if (fault_.empty()) fault_ = fmt::format("{} {}", path, what);
}

std::string Row::text(std::string_view path) {
    const json* value = find(path);
    if (value == nullptr) return {};
    if (value->is_string()) return value->get<std::string>();
    addFault(path, "is not text");
    return {};
}

std::optional<std::int64_t> Row::id(std::string_view path) {
    const json* value = find(path);
    if (value == nullptr) return std::nullopt;
    if (value->is_number_integer()) return value->get<std::int64_t>();
    addFault(path, "is not an id");
    return std::nullopt;
}

std::optional<Decimal> Row::number(std::string_view path) {
    const json* value = find(path);
    if (value == nullptr) return std::nullopt;
    std::string digits;
    if (value->is_number())
        digits = value->dump();
    else if (value->is_object() && isOfClass(*value, "Decimal"))
        digits = value->value("decimal", json{}).is_string()
                     ? (*value)["decimal"].get<std::string>()
                     : std::string{};
    const auto number = Decimal::parse(digits);
    if (number && *number <= kLargest && *number >= Decimal{} - kLargest) return number;
    addFault(path, "is not a number that can be calculated with");
    return std::nullopt;
}

std::optional<Date> Row::date(std::string_view path) {
    const json* value = find(path);
    if (value == nullptr) return std::nullopt;
    if (value->is_object() && (isOfClass(*value, "date") || isOfClass(*value, "datetime"))) {
        const auto year = member(*value, "year");
        const auto month = member(*value, "month");
        const auto day = member(*value, "day");
        if (year && month && day) {
            const std::chrono::year_month_day date{
                std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                std::chrono::day{static_cast<unsigned>(*day)}};
            if (date.ok()) return std::chrono::local_days{date};
        }
    }
    addFault(path, "is not a date");
    return std::nullopt;
}

std::optional<Timestamp> Row::moment(std::string_view path) {
    const auto day = date(path);
    const json* value = find(path);
    if (!day || value == nullptr) return std::nullopt;
    const auto hour = member(*value, "hour");
    const auto minute = member(*value, "minute");
    const auto second = member(*value, "second");
    return Timestamp{day->time_since_epoch()} + std::chrono::hours{hour.value_or(0)} +
           std::chrono::minutes{minute.value_or(0)} + std::chrono::seconds{second.value_or(0)};
}

std::optional<std::int64_t> Row::days(std::string_view path) {
    constexpr double kSecondsOfDay = 86'400, kSecondsMax = 1e12;
    const json* value = find(path);
    if (value == nullptr) return std::nullopt;
    if (value->is_object() && isOfClass(*value, "timedelta")) {
        const auto seconds = value->find("seconds");
        if (seconds != value->end() && seconds->is_number() &&
            std::abs(seconds->get<double>()) < kSecondsMax)
            return static_cast<std::int64_t>(std::ceil(seconds->get<double>() / kSecondsOfDay));
    }
    addFault(path, "is not a span of time");
    return std::nullopt;
}

const json* Row::list(std::string_view path) {
    const json* value = find(path);
    if (value == nullptr || value->is_array()) return value;
    addFault(path, "is not a list");
    return nullptr;
}

std::optional<std::int64_t> referenceTo(std::string_view model, std::string_view reference) {
    if (!reference.starts_with(model) || reference.size() <= model.size() ||
        reference[model.size()] != ',')
        return std::nullopt;
    reference.remove_prefix(model.size() + 1);
    std::int64_t id = 0;
    const auto [end, error] =
        std::from_chars(reference.data(), reference.data() + reference.size(), id);
    if (error != std::errc{} || end != reference.data() + reference.size() || id < 0)
        return std::nullopt;
    return id;
}

}  // namespace backorderd::connectors::tryton

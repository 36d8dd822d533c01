#include "config/script_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "backorderd/line_fields.hpp"
#include "config/rule_reader.hpp"
#include "config/words.hpp"

namespace backorderd::config {
namespace {

constexpr int kDaysMax = 3660;

/// What people write, and the field that it stands for.
constexpr std::array kShortNames{
    std::pair{"item", "item.id"},
    std::pair{"order", "order.number"},
    std::pair{"customer", "customer.id"},
    std::pair{"supply", "supply.reference"},
    std::pair{"sales_rep", "sales_rep.email"},
    std::pair{"customer.email", "contact.email"},
    std::pair{"customer.phone", "contact.phone"},
    std::pair{"customer.language", "contact.language"},
    std::pair{"customer.timezone", "contact.timezone"},
};

std::string fieldName(const std::string& written) {
    for (const auto& [name, field] : kShortNames)
        if (written == name) return field;
    return written;
}

std::vector<std::string> fieldNames() {
    std::vector<std::string> names;
    for (const auto& field : lineFields()) names.emplace_back(field.name);
    for (const auto& [name, field] : kShortNames) names.emplace_back(name);
    return names;
}

std::string expectedOf(FieldType type) {
    switch (type) {
        case FieldType::Number:
            return "a number";
        case FieldType::Date:
            return "a date such as 2026-03-20, days such as +10d, or unknown";
        case FieldType::Kind:
            return "backorder, preorder, drop-ship or made-to-order";
        case FieldType::Flag:
            return "true or false";
        case FieldType::Text:
            break;
    }
    return "text";
}

bool isFamily(const std::string& field) {
    OrderLine line;
    std::string_view key;
    return attributesOf(line, field, key) != nullptr && !key.empty();
}

void readNested(MapReader& reader, const std::string& name, const Node::Entry& entry,
                std::vector<FieldChange>& fields) {
    const Place place{reader.place().file, entry.line, entry.column};
    if (entry.value->isMapping()) {
        for (const auto& child : entry.value->entries)
            readNested(reader, name + '.' + child.key, child, fields);
        return;
    }
    if (auto change = readField(reader, name, *entry.value, place))
        fields.push_back(std::move(*change));
}

}  // namespace

NodePtr readYamlFile(const std::string& file, Problems& problems) {
    std::string reason;
    const auto text = readFile(file, reason);
    if (text) return parseYaml(*text, file, problems);
    problems.push_back({{file, 0, 0}, fmt::format("cannot be read: {}", reason), Severity::Error});
    return nullptr;
}

std::optional<int> parseDays(std::string_view text) {
    if (text.size() < 3 || (text.front() != '+' && text.front() != '-')) return std::nullopt;
    const auto period = parsePeriod(text.substr(1));
    if (!period) return std::nullopt;
    int days = period->count;
    if (period->unit == Period::Unit::Weeks)
        days *= 7;
    else if (period->unit != Period::Unit::Days)
        return std::nullopt;
    if (days > kDaysMax) return std::nullopt;
    return text.front() == '-' ? -days : days;
}

std::optional<std::chrono::seconds> parseOffset(std::string_view text) {
    if (!text.starts_with('+')) return std::nullopt;
    const auto period = parsePeriod(text.substr(1));
    if (!period) return std::nullopt;
    std::chrono::seconds unit{1};
    switch (period->unit) {
        case Period::Unit::Seconds:
            break;
        case Period::Unit::Minutes:
            unit = std::chrono::minutes{1};
            break;
        case Period::Unit::Hours:
            unit = std::chrono::hours{1};
            break;
        case Period::Unit::Days:
            unit = std::chrono::days{1};
            break;
        case Period::Unit::Weeks:
            unit = std::chrono::weeks{1};
            break;
        case Period::Unit::BusinessDays:
            return std::nullopt;
    }
    const auto span = unit * period->count;
    if (span > std::chrono::days{kDaysMax}) return std::nullopt;
    return span;
}

std::optional<FieldChange> readField(MapReader& reader, const std::string& name, const Node& value,
                                     const Place& place) {
    FieldChange change{fieldName(name), value.text, std::nullopt};
    const auto* field = findLineField(change.field);
    if (!field && !isFamily(change.field)) {
        auto hint = didYouMean(name, fieldNames());
        if (hint.empty()) hint = "; docs/fields.md lists the fields";
        reader.problem(place, fmt::format("a line has no field {}{}", quote(name), hint));
        return std::nullopt;
    }
    const auto type = field ? field->type : FieldType::Text;
    const Place at{place.file, value.line, value.column};
    if (value.kind == Node::Kind::Null || (type == FieldType::Date && value.text == "unknown")) {
        change.value.clear();
        return change;
    }
    if (type == FieldType::Date && value.isScalar()) change.days = parseDays(value.text);
    if (change.days) {
        change.value.clear();
        return change;
    }
    OrderLine scratch;
    const bool fits = value.isScalar() && !hasControlCharacters(value.text) &&
                      (!field || field->set(scratch, value.text));
    if (fits) return change;
    reader.problem(
        at, fmt::format("{} must be {}, not {}", quote(name), expectedOf(type), describe(value)));
    return std::nullopt;
}

std::vector<FieldChange> readFields(MapReader& reader, const std::vector<std::string>& others) {
    std::vector<FieldChange> fields;
    for (const auto& entry : reader.entries()) {
        if (std::ranges::find(others, entry.key) != others.end()) continue;
        readNested(reader, entry.key, entry, fields);
    }
    return fields;
}

void apply(const FieldChange& change, OrderLine& line, Date today) {
    std::string_view key;
    if (auto* attributes = attributesOf(line, change.field, key)) {
        (*attributes)[std::string{key}] = change.value;
        return;
    }
    const auto& field = *findLineField(change.field);
    if (!change.days) {
        // A single date moves both ends of what was a range.
        if (change.field == "promise") line.promise = {};
        field.set(line, change.value);
        return;
    }
    if (change.field == "promise" && line.promise.known()) {
        line.promise.from = *line.promise.from + std::chrono::days{*change.days};
        line.promise.to = *line.promise.to + std::chrono::days{*change.days};
        return;
    }
    const auto before = parseDate(field.get(line));
    field.set(line, formatDate(before.value_or(today) + std::chrono::days{*change.days}));
}

std::optional<Decimal> readQuantity(MapReader& reader, const Node& node, std::string_view what) {
    OrderLine scratch;
    const bool fits = node.isScalar() && findLineField("ordered")->set(scratch, node.text) &&
                      !node.text.empty() && scratch.ordered >= Decimal{};
    if (fits) return scratch.ordered;
    reader.problem(node,
                   fmt::format("{} must be a number from 0, not {}", quote(what), describe(node)));
    return std::nullopt;
}

std::string readText(MapReader& reader, std::string_view key) {
    const auto* text = scalarText(reader, reader.find(key), key, "text");
    return text ? *text : std::string{};
}

}  // namespace backorderd::config

#include "connectors/files_json_flat.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <optional>

#include "connectors/files_json_scan.hpp"

namespace backorderd::connectors::files {
namespace {

namespace ondemand = simdjson::ondemand;

/// Objects within objects within … deeper than this are no order line.
constexpr int kDepthMax = 16;
/// A key that is compared with the one expected is read past its end by at most this.
constexpr std::size_t kExpectedKeyBytesMax = WindowMemory::kPaddingBytes - 4;

std::string_view trimmed(std::string_view token) {
    const auto end = token.find_last_not_of(" \t\r\n");
    return token.substr(0, end == std::string_view::npos ? 0 : end + 1);
}

/// A value that is not an object: its text, where it is text, number, word or null.
struct Scalar {
    std::string_view text;
    bool in_parser = false;  ///< the text lives in the parser, not in the object
};

/// `plain`: nothing in the object is escaped. nullopt where `fault` says why.
std::optional<Scalar> readScalar(ondemand::value& value, bool plain, std::string& fault) {
    const auto token = trimmed(value.raw_json_token());
    if (token.starts_with('"')) {
        plain = plain || token.find('\\') == std::string_view::npos;
        if (plain && token.size() >= 2 && token.ends_with('"'))
            return Scalar{token.substr(1, token.size() - 2), false};
        std::string_view text;
        if (const auto error = value.get_string().get(text))
            fault = simdjson::error_message(error);
        else if (text.find('\0') != std::string_view::npos)
            fault = "a NUL character stands in it";
        return fault.empty() ? std::optional{Scalar{text, true}} : std::nullopt;
    }
    if (token == "null") return Scalar{};
    if (token == "true" || token == "false" || isJsonNumber(token)) return Scalar{token, false};
    fault = token.starts_with('[') ? "a list stands where one value is expected"
                                   : fmt::format("'{}' is not JSON", token.substr(0, 40));
    return std::nullopt;
}

}  // namespace

struct JsonFlattener::Parts {
    Columns& columns;
    std::size_t field_bytes_max;
    ondemand::parser parser;
    std::string line_header;
    std::string item_header;

    /// The keys of the last object in the order in which they came. Exports write all objects
    /// alike, so the column of a key is nearly always the one that stood at its place before.
    struct Step {
        std::string prefix;  ///< of the object that it stands in: `customer.`
        std::string key;
        int column = -1;
    };
    std::vector<Step> steps;
    int step = 0;

    std::string prefix;
    std::vector<std::uint32_t> seen_in;  ///< per column, the number of the object that had it last
    std::uint32_t object_number = 0;
    std::vector<Cell>* cells = nullptr;
    bool plain = false;  ///< nothing in the object at hand is escaped
    Fault fault;         ///< what was wrong with the object at hand

    Parts(Columns& all, std::size_t bytes_max) : columns{all}, field_bytes_max{bytes_max} {
        const auto header = [&](std::string_view name) {
            const int column = columns.named(name);
            return column < 0 ? std::string{} : columns[static_cast<std::size_t>(column)].header;
        };
        line_header = header("line");
        item_header = header("item.id");
    }

    // Each is false where it leaves a fault.
    bool begin(Text text, ondemand::document& document, ondemand::object& object);
    bool flatten(ondemand::object object, int depth);
    bool readField(ondemand::field& field, int depth);
    bool takeScalar(ondemand::value& value, int column);
    bool readKey(ondemand::object& object, const std::string& header, std::string_view& text,
                 std::string& kept);
    bool fail(std::string text, const char* at = nullptr) {
        fault = {std::move(text), at};
        return false;
    }
    bool notJson(simdjson::error_code error) {
        return fail(
            fmt::format("the object is not valid JSON: {}", simdjson::error_message(error)));
    }
    int stepOf(ondemand::field& field);
};

JsonFlattener::JsonFlattener(Columns& columns, std::size_t field_bytes_max)
    : parts_{std::make_unique<Parts>(columns, field_bytes_max)} {}
JsonFlattener::~JsonFlattener() = default;

namespace {

/// A member by its name, or step by step where the name has dots and the objects are nested.
simdjson::simdjson_result<ondemand::value> findMember(ondemand::object& object,
                                                      std::string_view name) {
    auto found = object.find_field_unordered(name);
    if (found.error() != simdjson::NO_SUCH_FIELD) return found;
    for (auto dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.', dot + 1)) {
        ondemand::object inner;
        if (object.find_field_unordered(name.substr(0, dot)).get_object().get(inner)) continue;
        auto deep = findMember(inner, name.substr(dot + 1));
        if (deep.error() != simdjson::NO_SUCH_FIELD) return deep;
    }
    return simdjson::NO_SUCH_FIELD;
}

}  // namespace

bool JsonFlattener::Parts::begin(Text text, ondemand::document& document,
                                 ondemand::object& object) {
    fault = {};
    plain = text.object.find('\\') == std::string_view::npos;
    auto error = parser.iterate(simdjson::padded_string_view{text.object, text.readable_bytes})
                     .get(document);
    if (!error) error = document.get_object().get(object);
    return !error || notJson(error);
}

bool JsonFlattener::Parts::readKey(ondemand::object& object, const std::string& header,
                                   std::string_view& text, std::string& kept) {
    ondemand::value value;
    const auto error = findMember(object, header).get(value);
    if (error == simdjson::NO_SUCH_FIELD) return true;
    if (error) return notJson(error);
    const auto scalar = readScalar(value, plain, fault.text);
    if (!scalar) return fail(fmt::format("'{}': {}", header, fault.text));
    text = scalar->text;
    if (scalar->in_parser) {
        kept = scalar->text;
        text = kept;
    }
    return true;
}

JsonFlattener::Fault JsonFlattener::readKeys(Text text, Keys keys, Record& record,
                                             std::string& kept_line, std::string& kept_item) {
    Parts& parts = *parts_;
    ondemand::document document;
    ondemand::object object;
    bool good = parts.begin(text, document, object);
    if (good && keys.line) good = parts.readKey(object, parts.line_header, record.line, kept_line);
    if (good && keys.item) {
        good = parts.readKey(object, parts.item_header, record.item, kept_item);
        if (good && record.item.empty() && parts.item_header == "item.id")
            good = parts.readKey(object, "item", record.item, kept_item);
    }
    if (good) return {};
    return {std::move(parts.fault.text), text.object.data()};
}

JsonFlattener::Fault JsonFlattener::readCells(Text text, std::vector<Cell>& cells) {
    Parts& parts = *parts_;
    parts.cells = &cells;
    parts.step = 0;
    parts.prefix.clear();
    ++parts.object_number;
    ondemand::document document;
    ondemand::object object;
    bool good = parts.begin(text, document, object) && parts.flatten(object, 0);
    if (good && document.current_location().error() != simdjson::OUT_OF_BOUNDS)
        good = parts.fail("text stands behind the object");
    if (good) return {};
    return {std::move(parts.fault.text), parts.fault.at ? parts.fault.at : text.object.data()};
}

bool JsonFlattener::Parts::flatten(ondemand::object object, int depth) {
    if (depth > kDepthMax) return fail("objects are nested too deeply for an order line");
    for (auto result : object) {
        ondemand::field field;
        if (const auto error = std::move(result).get(field)) return notJson(error);
        if (!readField(field, depth)) return false;
    }
    return true;
}

bool JsonFlattener::Parts::readField(ondemand::field& field, int depth) {
    const int at = stepOf(field);
    if (at < 0) return fail("a name of a member is not valid JSON");
    ondemand::value& value = field.value();
    const auto& found = steps[static_cast<std::size_t>(at)];
    if (!value.raw_json_token().starts_with('{'))
        return found.column < 0 || takeScalar(value, found.column);
    ondemand::object inner;
    if (const auto error = value.get_object().get(inner)) return notJson(error);
    const std::size_t length = prefix.size();
    prefix += found.key;
    prefix += '.';
    const bool good = flatten(inner, depth + 1);
    prefix.resize(length);
    return good;
}

/// The step that this key is; a new one takes the place of what was expected there.
int JsonFlattener::Parts::stepOf(ondemand::field& field) {
    const int at = step++;
    const auto index = static_cast<std::size_t>(at);
    if (index < steps.size()) {
        const Step& expected = steps[index];
        if (!expected.key.empty() && expected.key.size() <= kExpectedKeyBytesMax &&
            expected.prefix == prefix && field.key().unsafe_is_equal(expected.key))
            return at;
    } else {
        if (index >= columns.size() + 4096) return -1;
        steps.emplace_back();
    }
    std::string_view key;
    if (field.unescaped_key().get(key)) return -1;
    steps[index] = {prefix, std::string{key}, columns.find(prefix + std::string{key})};
    return at;
}

bool JsonFlattener::Parts::takeScalar(ondemand::value& value, int column) {
    const char* const at = value.raw_json_token().data();
    const auto index = static_cast<std::size_t>(column);
    const auto scalar = readScalar(value, plain, fault.text);
    if (!scalar) return fail(fmt::format("'{}': {}", columns[index].header, fault.text), at);
    if (scalar->text.size() > field_bytes_max)
        return fail(
            fmt::format("'{}' is longer than limits.field_bytes_max", columns[index].header), at);
    if (seen_in.size() <= index) seen_in.resize(columns.size());
    if (seen_in[index] == object_number)
        return fail(fmt::format("'{}' stands twice in the object", columns[index].header), at);
    seen_in[index] = object_number;
    cells->push_back({column, scalar->text, at});
    return true;
}

}  // namespace backorderd::connectors::files

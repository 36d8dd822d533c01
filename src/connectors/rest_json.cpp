#include "connectors/rest_json.hpp"

#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <nlohmann/json.hpp>

#include "connectors/files_json_scan.hpp"

namespace backorderd::connectors::rest {

namespace ondemand = simdjson::ondemand;

namespace tree {

static_assert(JsonTree::kPaddingBytes >= simdjson::SIMDJSON_PADDING);

constexpr int kDepthMax = 32;
/// A double keeps so many digits of a number as they were written.
constexpr std::ptrdiff_t kExactDigits = 15;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string_view withoutBlanksBehind(std::string_view text) {
    while (!text.empty() && (text.back() == ' ' || text.back() == '\n' || text.back() == '\r' ||
                             text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

/// Where a number with a fraction is written shortest by its own first signs: those.
std::optional<std::string_view> shortened(std::string_view number) {
    const auto point = number.find('.');
    const auto digits = std::ranges::count_if(number, files::isDigit);
    if (digits > kExactDigits || number.find_first_of("eE") != number.npos) return std::nullopt;
    const auto first = number.find_first_of("123456789");
    // Of less than a thousandth the shortest words may have an exponent.
    if (first != number.npos && first > point + 3) return std::nullopt;
    const auto last = number.find_last_not_of('0');
    return number.substr(0, std::max(last, point + 1) + 1);
}

/// One bit for a name; two names may share it.
std::uint64_t signOf(std::string_view name) {
    if (name.empty()) return 1;
    const unsigned sum = static_cast<unsigned char>(name.front()) * 5U +
                         static_cast<unsigned char>(name.back()) * 3U +
                         static_cast<unsigned>(name.size()) * 7U;
    return std::uint64_t{1} << (sum & 63U);
}

}  // namespace tree

/// Fills one tree.
class TreeReader {
public:
    TreeReader(JsonTree& tree, ondemand::document& document, std::string_view text)
        : tree_{tree}, nodes_{tree.nodes_}, document_{document}, text_{text} {}

    bool readAll() {
        ondemand::json_type type{};
        if (document_.type().get(type)) return false;
        nodes_.emplace_back();
        bool good = false;
        if (type == ondemand::json_type::object) {
            good = addObject(document_.get_object(), 0, text_.data(), 1);
        } else if (type == ondemand::json_type::array) {
            good = addList(document_.get_array(), 0, text_.data(), 1);
        } else if (type == ondemand::json_type::string) {
            good = addSpelt(document_.get_string(), 0);
        } else {
            return addWord(text_, 0);
        }
        return good && document_.current_location().error() == simdjson::OUT_OF_BOUNDS;
    }

private:
    bool add(ondemand::value& value, std::string_view name, std::size_t holder, int depth) {
        const std::size_t at = nodes_.size();
        Node& node = nodes_.emplace_back();
        node.name = name;
        node.up = static_cast<std::uint32_t>(at - holder);
        const std::string_view token = tree::withoutBlanksBehind(value.raw_json_token());
        switch (token.empty() ? '\0' : token.front()) {
            case '{':
                return addObject(value.get_object(), at, token.data(), depth);
            case '[':
                return addList(value.get_array(), at, token.data(), depth);
            case '"':
                if (std::memchr(token.data(), '\\', token.size()) != nullptr)
                    return addSpelt(value.get_string(), at);
                if (token.size() < 2 || token.back() != '"') return false;
                node.kind = Node::Kind::Text;
                node.text = token.substr(1, token.size() - 2);
                return true;
            default:
                return addWord(token, at);
        }
    }

    bool addObject(simdjson::simdjson_result<ondemand::object> found, std::size_t at,
                   const char* begin, int depth) {
        ondemand::object object;
        if (depth > tree::kDepthMax || std::move(found).get(object)) return false;
        nodes_[at].kind = Node::Kind::Object;
        std::uint64_t names = 0;
        for (auto member : object) {
            ondemand::field field;
            std::string_view name;
            if (std::move(member).get(field) || !readName(field, name)) return false;
            const std::size_t made = nodes_.size();
            if (!add(field.value(), name, at, depth + 1)) return false;
            const std::uint64_t sign = tree::signOf(name);
            if ((names & sign) != 0) leaveTheLast(at, made);
            names |= sign;
        }
        close(at, begin);
        return true;
    }

    bool addList(simdjson::simdjson_result<ondemand::array> found, std::size_t at,
                 const char* begin, int depth) {
        ondemand::array list;
        if (depth > tree::kDepthMax || std::move(found).get(list)) return false;
        nodes_[at].kind = Node::Kind::List;
        for (auto element : list) {
            ondemand::value inner;
            if (std::move(element).get(inner) || !add(inner, {}, at, depth + 1)) return false;
        }
        close(at, begin);
        return true;
    }

    void close(std::size_t at, const char* begin) {
        const auto next = document_.current_location();
        const char* const end = next.error() ? text_.data() + text_.size() : next.value_unsafe();
        nodes_[at].size = static_cast<std::uint32_t>(nodes_.size() - at);
        nodes_[at].text = tree::withoutBlanksBehind({begin, static_cast<std::size_t>(end - begin)});
    }

    bool readName(ondemand::field& field, std::string_view& name) {
        const char* const begin = field.key().raw();
        const auto left = static_cast<std::size_t>(text_.data() + text_.size() - begin);
        const auto* const end = static_cast<const char*>(std::memchr(begin, '"', left));
        if (end == nullptr) return false;
        name = {begin, static_cast<std::size_t>(end - begin)};
        if (name.find('\\') == name.npos) return true;
        if (field.unescaped_key().get(name)) return false;
        name = tree_.spelt_.emplace_back(name);
        return true;
    }

    /// Of members with one name, the last one counts.
    void leaveTheLast(std::size_t object, std::size_t last) {
        for (std::size_t at = object + 1; at < last; at += nodes_[at].size)
            if (nodes_[at].name == nodes_[last].name) nodes_[at].up = 0;
    }

    bool addSpelt(simdjson::simdjson_result<std::string_view> found, std::size_t at) {
        std::string_view text;
        if (std::move(found).get(text)) return false;
        nodes_[at].kind = Node::Kind::Text;
        nodes_[at].text = tree_.spelt_.emplace_back(text);
        return true;
    }

    bool addWord(std::string_view word, std::size_t at) {
        if (word == "null") return true;
        nodes_[at].kind = Node::Kind::Word;
        nodes_[at].text = word;
        if (word == "true" || word == "false") return true;
        if (!files::isJsonNumber(word)) return false;
        if (word.find_first_of(".eE") == word.npos) return true;
        if (const auto shorter = tree::shortened(word)) {
            nodes_[at].text = *shorter;
            return true;
        }
        double number = 0;
        if (std::from_chars(word.data(), word.data() + word.size(), number).ec != std::errc{})
            return false;
        nodes_[at].text = tree_.spelt_.emplace_back(nlohmann::json(number).dump());
        return true;
    }

    JsonTree& tree_;
    std::vector<Node>& nodes_;
    ondemand::document& document_;
    std::string_view text_;
};

bool JsonTree::read(std::string_view text) {
    static ondemand::parser parser;
    nodes_.clear();
    spelt_.clear();
    ondemand::document document;
    if (text.starts_with(tree::kByteOrderMark)) text.remove_prefix(tree::kByteOrderMark.size());
    files::skipJsonSpace(text);
    text = tree::withoutBlanksBehind(text);
    const simdjson::padded_string_view padded{text, text.size() + kPaddingBytes};
    if (!parser.iterate(padded).get(document) && TreeReader{*this, document, text}.readAll())
        return true;
    nodes_.assign(1, {});
    return false;
}

bool JsonTree::take(std::string& text) {
    text.reserve(text.size() + kPaddingBytes);
    if (!read(text)) return false;
    own_ = std::move(text);
    return true;
}

bool isJson(std::string_view text) {
    std::string copy{text};
    return JsonTree{}.take(copy);
}

Pointer pointerParts(std::string_view text) {
    Pointer parts;
    while (!text.empty()) {
        text.remove_prefix(1);
        const auto end = std::min(text.find('/'), text.size());
        std::string part;
        for (std::size_t i = 0; i < end; ++i) {
            const bool escape = text[i] == '~' && i + 1 < end;
            part += !escape ? text[i] : text[++i] == '1' ? '/' : '~';
        }
        parts.push_back({std::move(part)});
        text.remove_prefix(end);
    }
    return parts;
}

std::string written(const Pointer& pointer) {
    std::string text;
    for (const Step& step : pointer) {
        text += '/';
        for (const char c : step.name)
            if (c == '~' || c == '/')
                text += c == '~' ? "~0" : "~1";
            else
                text += c;
    }
    return text;
}

namespace {

const Node* memberOf(const Node& object, const Step& step) {
    const Node* const before = &object + step.near;
    if (step.near < object.size && before->up == step.near && before->name == step.name)
        return before;
    for (const Node& member : Children{object}) {
        if (member.up == 0 || member.name != step.name) continue;
        step.near = member.up;
        return &member;
    }
    return nullptr;
}

const Node* elementOf(const Node& list, const Step& step) {
    constexpr std::size_t kIndexDigitsMax = 6;
    std::size_t index = 0;
    const char* const end = step.name.data() + step.name.size();
    const auto [last, error] = std::from_chars(step.name.data(), end, index);
    if (error != std::errc{} || last != end || step.name.size() > kIndexDigitsMax) return nullptr;
    for (const Node& element : Children{list})
        if (index-- == 0) return &element;
    return nullptr;
}

}  // namespace

const Node* follow(const Node& from, const Pointer& pointer) {
    const Node* at = &from;
    for (const Step& step : pointer) {
        at = at->kind == Node::Kind::Object ? memberOf(*at, step)
             : at->kind == Node::Kind::List ? elementOf(*at, step)
                                            : nullptr;
        if (at == nullptr) return nullptr;
    }
    return at;
}

std::string_view textOf(const Node* value) {
    return value == nullptr || value->holds() ? std::string_view{} : value->text;
}

}  // namespace backorderd::connectors::rest

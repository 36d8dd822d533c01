#include "connectors/files_json_scan.hpp"

#include <array>

namespace backorderd::connectors::files {
namespace {

constexpr auto kIsStructure = [] {
    std::array<bool, 256> table{};
    for (const char c : {'"', '{', '}', '[', ']'}) table[static_cast<unsigned char>(c)] = true;
    return table;
}();

std::size_t skipDigits(std::string_view text, std::size_t at) {
    while (at < text.size() && isDigit(text[at])) ++at;
    return at;
}

/// Takes a string with its quotes off the front; what stands between them, as it is written.
std::optional<std::string_view> takeString(std::string_view& text) {
    if (text.empty() || text.front() != '"') return std::nullopt;
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '\\') {
            ++i;
        } else if (text[i] == '"') {
            const auto found = text.substr(1, i - 1);
            text.remove_prefix(i + 1);
            return found;
        }
    }
    return std::nullopt;
}

bool skipValue(std::string_view& text) {
    if (text.empty()) return false;
    if (text.front() == '"') return takeString(text).has_value();
    if (text.front() == '{' || text.front() == '[') {
        const auto end = JsonScanner{}.run(text);
        if (end == std::string_view::npos) return false;
        text.remove_prefix(end);
        return true;
    }
    const auto end = text.find_first_of(",}");
    if (end == std::string_view::npos) return false;
    text.remove_prefix(end);
    return true;
}

}  // namespace

std::size_t JsonScanner::run(std::string_view text) {
    std::size_t i = 0;
    while (i < text.size()) {
        if (in_string_) {
            if (escaped_) {
                escaped_ = false;
                ++i;
                continue;
            }
            while (i < text.size() && text[i] != '"' && text[i] != '\\') ++i;
            if (i == text.size()) break;
            if (text[i] == '\\')
                escaped_ = true;
            else
                in_string_ = false;
            ++i;
            continue;
        }
        while (i < text.size() && !kIsStructure[static_cast<unsigned char>(text[i])]) ++i;
        if (i == text.size()) break;
        const char c = text[i++];
        if (c == '"')
            in_string_ = true;
        else if (c == '{' || c == '[')
            ++depth_;
        else if (--depth_ <= 0)
            return i;
    }
    return std::string_view::npos;
}

void skipJsonSpace(std::string_view& text) {
    const auto begin = text.find_first_not_of(" \t\r\n");
    text.remove_prefix(begin == std::string_view::npos ? text.size() : begin);
}

std::optional<std::size_t> findListMember(std::string_view text, std::string_view name) {
    const char* const begin = text.data();
    if (text.empty() || text.front() != '{') return std::nullopt;
    text.remove_prefix(1);
    for (;;) {
        skipJsonSpace(text);
        const auto key = takeString(text);
        skipJsonSpace(text);
        if (!key || text.empty() || text.front() != ':') return std::nullopt;
        text.remove_prefix(1);
        skipJsonSpace(text);
        if (*key == name && !text.empty() && text.front() == '[')
            return static_cast<std::size_t>(text.data() + 1 - begin);
        if (!skipValue(text)) return std::nullopt;
        skipJsonSpace(text);
        if (text.empty() || text.front() != ',') return std::nullopt;
        text.remove_prefix(1);
    }
}

bool isJsonNumber(std::string_view text) {
    std::size_t at = text.starts_with('-') ? 1 : 0;
    const std::size_t whole = at;
    at = skipDigits(text, at);
    if (at == whole || (text[whole] == '0' && at > whole + 1)) return false;
    if (at < text.size() && text[at] == '.') {
        const std::size_t fraction = at + 1;
        at = skipDigits(text, fraction);
        if (at == fraction) return false;
    }
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        ++at;
        if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
        const std::size_t exponent = at;
        at = skipDigits(text, exponent);
        if (at == exponent) return false;
    }
    return at == text.size();
}

}  // namespace backorderd::connectors::files

#include "config/yaml_text.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace backorderd::config {
namespace {

/// Length of the UTF-8 sequence at the front, 0 where there is none.
std::size_t utf8Length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(0);
    if (lead < 0x80) return 1;
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((byte(i) & 0xC0) != 0x80) return 0;
    if (lead == 0xE0 && byte(1) < 0xA0) return 0;  // overlong
    if (lead == 0xED && byte(1) > 0x9F) return 0;  // half of a surrogate pair
    if (lead == 0xF0 && byte(1) < 0x90) return 0;  // overlong
    if (lead == 0xF4 && byte(1) > 0x8F) return 0;  // beyond Unicode
    return length;
}

std::string_view lineOf(std::string_view text, int line) {
    for (int i = 1; i < line; ++i) {
        const auto end = text.find('\n');
        if (end == std::string_view::npos) return {};
        text.remove_prefix(end + 1);
    }
    return text.substr(0, text.find('\n'));
}

constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kReasons{{
    {"illegal map value",
     "a ':' stands where no key can be; check the indentation, and quote text "
     "that holds ': '"},
    {"end of map not found", "this does not continue the mapping above; check the indentation"},
    {"end of map flow not found", "a '{' above is not closed, or a ',' is missing before this"},
    {"end of sequence not found", "this does not continue the list above; check the indentation"},
    {"end of sequence flow not found",
     "a '[' above is not closed, or a ',' is missing before this"},
    {"illegal block entry", "a list item cannot stand here; check the indentation"},
    {"unknown token", "a value cannot begin with this character; put the value in quotes"},
    {"the referenced anchor is not defined",
     "this alias names an anchor that does not exist above; "
     "quote the value if it is text that begins with '*'"},
    {"bad file", "nested too deeply to be read"},
}};

}  // namespace

std::optional<Problem> findNotText(std::string_view text, const std::string& file) {
    int line = 1, column = 1;
    while (!text.empty()) {
        const std::size_t length = utf8Length(text);
        const auto byte = static_cast<unsigned char>(text[0]);
        const bool control =
            (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7F;
        if (length == 0 || control)
            return Problem{{file, line, column},
                           fmt::format("byte 0x{:02X} cannot stand in a text file; save it as "
                                       "plain text in UTF-8",
                                       byte),
                           Severity::Error};
        if (byte == '\n') {
            ++line;
            column = 1;
        } else {
            column += static_cast<int>(length);
        }
        text.remove_prefix(length);
    }
    return std::nullopt;
}

bool quoteCloses(std::string_view text, std::size_t offset) {
    auto begin = offset;
    while (begin < text.size() && (text[begin] == '&' || text[begin] == '!'))
        begin = text.find_first_not_of(" \t\r\n", text.find_first_of(" \t\r\n", begin));
    if (begin >= text.size()) return true;
    const char sign = text[begin];
    if (sign != '"' && sign != '\'') return true;  // a block scalar
    for (std::size_t i = begin + 1; i < text.size(); ++i) {
        if (sign == '"' && text[i] == '\\') {
            ++i;
        } else if (text[i] == sign) {
            if (sign == '"' || i + 1 >= text.size() || text[i + 1] != sign) return true;
            ++i;
        }
    }
    return false;
}

Problem syntaxProblem(std::string_view text, Place place, std::string_view reason) {
    const std::string_view line = lineOf(text, place.line);
    const auto tab = line.substr(0, line.find_first_not_of(" \t")).find('\t');
    if (tab != std::string_view::npos) {
        place.column = static_cast<int>(tab) + 1;
        return {place, "a tab stands in the indentation; indent with spaces", Severity::Error};
    }
    for (const auto& [theirs, ours] : kReasons)
        if (reason == theirs) return {place, std::string(ours), Severity::Error};
    return {place, fmt::format("cannot be read as YAML: {}", reason), Severity::Error};
}

}  // namespace backorderd::config

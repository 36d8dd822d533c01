#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// Makes text that somebody else wrote harmless for the place where it lands.
namespace backorderd::render {

/// No value from an ERP is longer than this in a message; a longer one ends in '…'.
inline constexpr std::size_t kValueCharactersMax = 1000;

/// Text as one line of clean UTF-8: broken sequences become U+FFFD, control characters and line
/// breaks a space, marks that turn the direction of writing or hide text are left out, white space
/// is collapsed and trimmed. At most `characters_max` characters.
std::string cleanLine(std::string_view text, std::size_t characters_max = kValueCharactersMax);

/// The same for text of several lines; empty lines at the ends are left out.
std::string cleanLines(std::string_view text, std::size_t characters_max = kValueCharactersMax);

/// For text and for quoted attributes of HTML.
std::string escapeHtml(std::string_view text);

/// The link where it is `http:` or `https:` and can stand in an attribute and a header; else empty.
std::string webLink(std::string_view text);
/// As `webLink`, or a `mailto:`.
std::string webOrMailLink(std::string_view text);

/// The lines of a text, without their breaks; a break at its end begins no line.
std::vector<std::string_view> splitLines(std::string_view text);
/// Nothing but spaces and tabs.
bool isBlank(std::string_view text);

/// The byte at which text stops being UTF-8; npos where all of it is.
std::size_t findInvalidUtf8(std::string_view text);

}  // namespace backorderd::render

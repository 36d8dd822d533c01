#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "connectors/rest_expression.hpp"

namespace backorderd::connectors::rest {

/// How a `'` within a value that is filled in is written.
enum class Escape { None, Doubled, Backslash };
/// What a text becomes part of.
enum class Within { Query, Path, Body, Plain };

/// The text with `{name}` replaced by the value of that name, written for its place. Names that are
/// not known stay as they are.
std::string fill(std::string_view text, const Texts& values, Within within, Escape escape);
/// The names that a text refers to.
std::vector<std::string> namesIn(std::string_view text);
/// Percent-encoded (RFC 3986): all but unreserved signs.
std::string percentEncoded(std::string_view text);
std::string base64Of(std::string_view bytes);
/// `https://host:port` of an address.
std::string originOf(std::string_view url);
/// What a link in the answer to `base` leads to.
std::string resolveLink(std::string_view base, std::string_view link);

}  // namespace backorderd::connectors::rest

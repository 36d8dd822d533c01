#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "backorderd/line_fields.hpp"

namespace backorderd::connectors::files {

/// How a file writes numbers and dates.
struct ValueFormat {
    char decimal = '.';
    std::string thousands;  ///< empty: digits are not grouped
    std::string date = "%Y-%m-%d";
};

/// How we write them ourselves, and databases their own types.
inline const ValueFormat kCanonicalFormat{};

/// The ERP's words for the kinds of a line.
using KindWords = std::vector<std::pair<std::string, LineKind>>;

/// `1.234,5` as `1234.5`; nullopt where the text is not a number written so. Groups must have three
/// digits: with a wrong setting a number is refused rather than read a thousand times too large.
std::optional<std::string> canonicalNumber(std::string_view text, const ValueFormat& format);

/// The date as ISO 8601; nullopt where the text is not written so or the day does not exist. Where
/// dates are ISO, a time of day behind the date is left out.
std::optional<std::string> canonicalDate(std::string_view text, const ValueFormat& format);

/// What is wrong with a date format; empty where nothing is. It must hold `%d`, `%m` and one of
/// `%Y` and `%y` once each; `%*` at the end stands for a rest that does not matter.
std::string dateFormatFault(std::string_view format);

/// Canonical text of a value of that type; nullopt where it is not written as `format` says.
std::optional<std::string> canonicalValue(std::string_view text, FieldType type,
                                          const ValueFormat& format, const KindWords& kinds);

}  // namespace backorderd::connectors::files

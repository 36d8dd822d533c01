#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace backorderd {

/// `+` and 7 to 15 digits, the first not 0, as E.164 has it.
bool isPhoneNumber(std::string_view number);

/// The number as E.164 has it, from how people write it: `+49 (0)170 / 123-45`, `0049 170 12345`.
/// nullopt where it names no country, or is no number: a national number is not guessed at.
std::optional<std::string> phoneNumberOf(std::string_view written);

}  // namespace backorderd

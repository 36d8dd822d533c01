#include "backorderd/phone.hpp"

#include <algorithm>

namespace backorderd {
namespace {

constexpr std::size_t kWrittenBytesMax = 64;

bool isDigitOfNumber(char c) { return c >= '0' && c <= '9'; }

}  // namespace

bool isPhoneNumber(std::string_view number) {
    return number.size() >= 8 && number.size() <= 16 && number[0] == '+' && number[1] != '0' &&
           std::all_of(number.begin() + 1, number.end(), isDigitOfNumber);
}

std::optional<std::string> phoneNumberOf(std::string_view written) {
    if (written.size() > kWrittenBytesMax) return std::nullopt;
    std::string number;
    for (std::size_t i = 0; i < written.size(); ++i) {
        const char c = written[i];
        // The digit that is dialled inside the country alone.
        if (written.substr(i).starts_with("(0)") && !number.empty()) {
            i += 2;
        } else if (isDigitOfNumber(c) || (c == '+' && number.empty())) {
            number += c;
        } else if (std::string_view{" -./()"}.find(c) == std::string_view::npos) {
            return std::nullopt;
        }
    }
    if (number.starts_with("00")) number.replace(0, 2, "+");
    if (!isPhoneNumber(number)) return std::nullopt;
    return number;
}

}  // namespace backorderd

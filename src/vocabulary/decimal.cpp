#include "backorderd/decimal.hpp"

#include <array>
#include <cstdlib>

namespace backorderd {
namespace {

__extension__ using Wide = __int128;

/// Our own bug or nonsense from the ERP that slipped through: better no answer than a wrong one.
std::int64_t narrow(Wide value) {
    if (value > INT64_MAX || value < INT64_MIN) std::abort();
    return static_cast<std::int64_t>(value);
}

Wide divideHalfEven(Wide numerator, Wide denominator) {
    const bool negative = (numerator < 0) != (denominator < 0);
    const Wide top = numerator < 0 ? -numerator : numerator;
    const Wide bottom = denominator < 0 ? -denominator : denominator;
    Wide quotient = top / bottom;
    const Wide twice_rest = (top % bottom) * 2;
    if (twice_rest > bottom || (twice_rest == bottom && quotient % 2 == 1)) ++quotient;
    return negative ? -quotient : quotient;
}

struct Digits {
    Wide value = 0;
    int exponent = 0;  ///< the number is value × 10^exponent
    bool any = false;
    bool sticky = false;  ///< digits that no longer fitted were not all zero
};

/// More digits than this cannot matter for a value in range.
constexpr int kDigitsMax = 30;

bool readDigits(std::string_view& text, Digits& digits) {
    int significant = 0;
    bool behind_point = false;
    while (!text.empty()) {
        const char c = text.front();
        if (c == '.' && !behind_point) {
            behind_point = true;
        } else if (c >= '0' && c <= '9') {
            digits.any = true;
            if (significant < kDigitsMax) {
                digits.value = digits.value * 10 + (c - '0');
                if (digits.value != 0) ++significant;
                if (behind_point) --digits.exponent;
            } else {
                digits.sticky |= c != '0';
                if (!behind_point) ++digits.exponent;
            }
        } else {
            break;
        }
        text.remove_prefix(1);
    }
    return digits.any;
}

bool readExponent(std::string_view text, int& exponent) {
    if (text.empty()) return true;
    if (text.front() != 'e' && text.front() != 'E') return false;
    text.remove_prefix(1);
    bool negative = false;
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
        negative = text.front() == '-';
        text.remove_prefix(1);
    }
    if (text.empty() || text.size() > 3) return false;
    int value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return false;
        value = value * 10 + (c - '0');
    }
    exponent += negative ? -value : value;
    return true;
}

/// value × 10^(exponent + kFractionDigits), or nullopt out of range.
std::optional<Wide> toMillionths(const Digits& digits) {
    int shift = digits.exponent + Decimal::kFractionDigits;
    Wide value = digits.value;
    for (; shift > 0; --shift) {
        if (value > INT64_MAX) return std::nullopt;
        value *= 10;
    }
    if (shift < -36) return Wide{0};
    Wide divisor = 1;
    for (; shift < 0; ++shift) divisor *= 10;
    if (divisor == 1) return value;
    // A lost digit behind an exact half tips it upwards.
    const Wide rounded = divideHalfEven(value, divisor);
    const bool tie = digits.sticky && (value % divisor) * 2 == divisor && rounded == value / divisor;
    return tie ? rounded + 1 : rounded;
}

}  // namespace

std::optional<Decimal> Decimal::parse(std::string_view text) {
    bool negative = false;
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
        negative = text.front() == '-';
        text.remove_prefix(1);
    }
    Digits digits;
    if (!readDigits(text, digits) || !readExponent(text, digits.exponent)) return std::nullopt;
    const auto millionths = toMillionths(digits);
    if (!millionths || *millionths > INT64_MAX) return std::nullopt;
    const auto value = static_cast<std::int64_t>(*millionths);
    return fromMillionths(negative ? -value : value);
}

std::string Decimal::toString() const {
    const bool negative = millionths_ < 0;
    const std::uint64_t magnitude = negative ? ~static_cast<std::uint64_t>(millionths_) + 1
                                             : static_cast<std::uint64_t>(millionths_);
    std::string text = negative ? "-" : "";
    text += std::to_string(magnitude / kScale);
    if (const auto fraction = magnitude % kScale; fraction != 0) {
        std::array<char, kFractionDigits> digits{};
        auto rest = fraction;
        for (auto at = digits.rbegin(); at != digits.rend(); ++at, rest /= 10)
            *at = static_cast<char>('0' + rest % 10);
        std::size_t length = digits.size();
        while (digits[length - 1] == '0') --length;
        text += '.';
        text.append(digits.data(), length);
    }
    return text;
}

Decimal operator*(Decimal a, Decimal b) {
    return Decimal::fromMillionths(
        narrow(divideHalfEven(Wide{a.millionths_} * b.millionths_, Decimal::kScale)));
}

Decimal Decimal::cappedProduct(Decimal a, Decimal b) {
    const Wide product = divideHalfEven(Wide{a.millionths_} * b.millionths_, kScale);
    if (product > INT64_MAX) return fromMillionths(INT64_MAX);
    if (product < INT64_MIN) return fromMillionths(INT64_MIN);
    return fromMillionths(static_cast<std::int64_t>(product));
}

Decimal operator/(Decimal a, Decimal b) {
    if (b.isZero()) std::abort();
    return Decimal::fromMillionths(
        narrow(divideHalfEven(Wide{a.millionths_} * Decimal::kScale, b.millionths_)));
}

Decimal operator+(Decimal a, Decimal b) {
    return Decimal::fromMillionths(narrow(Wide{a.millionths_} + b.millionths_));
}

Decimal operator-(Decimal a, Decimal b) {
    return Decimal::fromMillionths(narrow(Wide{a.millionths_} - b.millionths_));
}

}  // namespace backorderd

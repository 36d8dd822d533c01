#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace backorderd {

/// An exact decimal number with six fractional digits, for quantities and money.
///
/// ERPs sell fractional units (2.5 m of hose, 0.125 t of granulate), and binary floating point
/// cannot hold them. The range is ±9,223,372,036,854.775807; arithmetic that leaves it ends the
/// process, because a silently wrong quantity is worse than no answer.
class Decimal {
public:
    static constexpr int kFractionDigits = 6;
    static constexpr std::int64_t kScale = 1'000'000;

    constexpr Decimal() = default;
    /// A whole number.
    constexpr explicit Decimal(int whole) : millionths_{std::int64_t{whole} * kScale} {}

    static constexpr Decimal fromMillionths(std::int64_t millionths) {
        Decimal value;
        value.millionths_ = millionths;
        return value;
    }

    /// Reads `-12`, `12.5`, `1.25e3`. White space, grouping signs and other words are refused
    /// (nullopt), as is a value out of range. Digits behind the sixth are rounded half to even:
    /// they are noise of an ERP's own floating point.
    static std::optional<Decimal> parse(std::string_view text);

    constexpr std::int64_t millionths() const { return millionths_; }
    constexpr bool isZero() const { return millionths_ == 0; }
    constexpr bool isPositive() const { return millionths_ > 0; }

    /// The shortest exact form with a dot: `12`, `12.5`, `-0.000001`.
    std::string toString() const;

    /// The product, rounded half to even to six digits.
    friend Decimal operator*(Decimal a, Decimal b);
    /// The product as above, or the end of the range that it passes.
    static Decimal cappedProduct(Decimal a, Decimal b);
    /// The quotient, rounded half to even to six digits. The divisor must not be zero.
    friend Decimal operator/(Decimal a, Decimal b);
    friend Decimal operator+(Decimal a, Decimal b);
    friend Decimal operator-(Decimal a, Decimal b);

    friend constexpr auto operator<=>(Decimal, Decimal) = default;

private:
    std::int64_t millionths_ = 0;
};

}  // namespace backorderd

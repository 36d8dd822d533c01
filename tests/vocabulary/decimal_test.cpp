#include "backorderd/decimal.hpp"

#include <gtest/gtest.h>

#include <random>

namespace backorderd {
namespace decimal_test {

struct ParseCase {
    const char* text;
    const char* written;  ///< null: refused
};

class DecimalParse : public testing::TestWithParam<ParseCase> {};

TEST_P(DecimalParse, ReadsExactlyOrRefuses) {
    const auto& [text, written] = GetParam();
    const auto value = Decimal::parse(text);
    ASSERT_EQ(value.has_value(), written != nullptr) << text;
    if (value) {
        EXPECT_EQ(value->toString(), written);
    }
}

INSTANTIATE_TEST_SUITE_P(
    Table, DecimalParse,
    testing::Values(ParseCase{"0", "0"}, ParseCase{"12", "12"}, ParseCase{"-12.50", "-12.5"},
                    ParseCase{"+3", "3"}, ParseCase{".5", "0.5"}, ParseCase{"5.", "5"},
                    ParseCase{"1e3", "1000"}, ParseCase{"1.25E-2", "0.0125"},
                    ParseCase{"0.1000000000000000055511151231257827", "0.1"},
                    ParseCase{"3.0000005", "3"}, ParseCase{"3.0000015", "3.000002"},
                    ParseCase{"3.00000050000000000000000000000001", "3.000001"},
                    ParseCase{"-0.0000004", "0"}, ParseCase{"9223372036854.775807", "9223372036854.775807"},
                    ParseCase{"9223372036855", nullptr}, ParseCase{"1e300", nullptr},
                    ParseCase{"1e-300", "0"}, ParseCase{"", nullptr}, ParseCase{"-", nullptr},
                    ParseCase{"1,5", nullptr}, ParseCase{" 1", nullptr}, ParseCase{"1 ", nullptr},
                    ParseCase{"1e", nullptr}, ParseCase{"0x10", nullptr}, ParseCase{"nan", nullptr},
                    ParseCase{"1.2.3", nullptr}));

TEST(Decimal, WritingAndReadingGivesTheSameNumber) {
    std::mt19937_64 random{11};
    for (int i = 0; i < 10'000; ++i) {
        const auto value = Decimal::fromMillionths(
            static_cast<std::int64_t>(random()) >> (random() % 60));
        EXPECT_EQ(Decimal::parse(value.toString()), value);
    }
}

TEST(Decimal, MoneyIsRoundedHalfToEven) {
    const auto price = *Decimal::parse("0.000001");
    EXPECT_EQ((price * *Decimal::parse("0.5")).toString(), "0");
    EXPECT_EQ((price * *Decimal::parse("1.5")).toString(), "0.000002");
    EXPECT_EQ((*Decimal::parse("2") / Decimal{3}).toString(), "0.666667");
    EXPECT_EQ((*Decimal::parse("349.90") * *Decimal::parse("2.5")).toString(), "874.75");
}

TEST(DecimalDeathTest, ArithmeticOutOfRangeEndsTheProcess) {
    const auto large = *Decimal::parse("9223372036854");
    EXPECT_DEATH((void)(large + large), "");
    EXPECT_DEATH((void)(large * large), "");
    EXPECT_DEATH((void)(large / Decimal{}), "");
}

}  // namespace decimal_test
}  // namespace backorderd

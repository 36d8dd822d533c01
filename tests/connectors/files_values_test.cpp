#include "connectors/files_values.hpp"

#include <gtest/gtest.h>

namespace backorderd::connectors::files {
namespace files_values_test {

struct NumberCase {
    const char* name;
    char decimal;
    const char* thousands;
    const char* text;
    const char* canonical;  ///< null: refused
};

class Numbers : public testing::TestWithParam<NumberCase> {};

TEST_P(Numbers, AreReadAsTheFileWritesThemOrRefused) {
    const auto& given = GetParam();
    const ValueFormat format{given.decimal, given.thousands, "%Y-%m-%d"};
    const auto canonical = canonicalNumber(given.text, format);
    EXPECT_EQ(canonical.value_or("refused"), given.canonical ? given.canonical : "refused");
}

INSTANTIATE_TEST_SUITE_P(
    Traps, Numbers,
    testing::Values(NumberCase{"Plain", '.', "", "12.5", "12.5"},
                    NumberCase{"DecimalComma", ',', "", "12,5", "12.5"},
                    NumberCase{"GroupsAndComma", ',', ".", "1.234,5", "1234.5"},
                    NumberCase{"ManyGroups", ',', ".", "-1.234.567,25", "-1234567.25"},
                    NumberCase{"GroupsAreNotNeeded", ',', ".", "1234,5", "1234.5"},
                    NumberCase{"BlankGroups", ',', " ", "1 234,5", "1234.5"},
                    NumberCase{"NoBreakBlankGroups", ',', " ", "1\u202f234,5", "1234.5"},
                    NumberCase{"SwissGroups", '.', "'", "1'234.50", "1234.50"},
                    // With groups by dots, 12.5 would be read as 125.
                    NumberCase{"GroupOfOne", ',', ".", "12.5", nullptr},
                    NumberCase{"GroupOfTwo", ',', ".", "1.23", nullptr},
                    NumberCase{"FirstGroupOfFour", ',', ".", "1234.567", nullptr},
                    NumberCase{"EmptyGroup", ',', ".", "1..234", nullptr},
                    NumberCase{"DotWhereCommaIsSet", ',', "", "12.5", nullptr},
                    NumberCase{"CommaWhereDotIsSet", '.', "", "12,5", nullptr},
                    NumberCase{"TwoDecimalSigns", ',', "", "1,2,3", nullptr},
                    NumberCase{"NoWholePart", ',', "", ",5", "0.5"},
                    NumberCase{"NoFraction", ',', "", "12,", "12"},
                    NumberCase{"PlusSign", '.', "", "+3", "3"},
                    NumberCase{"SignAlone", '.', "", "-", nullptr},
                    NumberCase{"Unit", '.', "", "12 pcs", nullptr},
                    NumberCase{"Blank", '.', "", " 12", nullptr}),
    [](const auto& test) { return test.param.name; });

struct DateCase {
    const char* name;
    const char* format;
    const char* text;
    const char* iso;  ///< null: refused
};

class Dates : public testing::TestWithParam<DateCase> {};

TEST_P(Dates, AreReadAsTheFileWritesThemOrRefused) {
    const auto& given = GetParam();
    ASSERT_EQ(dateFormatFault(given.format), "");
    const auto iso = canonicalDate(given.text, {'.', "", given.format});
    EXPECT_EQ(iso.value_or("refused"), given.iso ? given.iso : "refused");
}

INSTANTIATE_TEST_SUITE_P(
    Traps, Dates,
    testing::Values(DateCase{"Iso", "%Y-%m-%d", "2026-03-02", "2026-03-02"},
                    DateCase{"IsoWithTime", "%Y-%m-%d", "2026-03-02T23:30:00", "2026-03-02"},
                    DateCase{"German", "%d.%m.%Y", "2.3.2026", "2026-03-02"},
                    DateCase{"American", "%m/%d/%Y", "03/14/2026", "2026-03-14"},
                    DateCase{"DayFirstIsNotMonthFirst", "%d/%m/%Y", "03/14/2026", nullptr},
                    DateCase{"Compact", "%Y%m%d", "20260302", "2026-03-02"},
                    DateCase{"TwoDigitYear", "%d.%m.%y", "02.03.26", "2026-03-02"},
                    DateCase{"RestIgnored", "%d.%m.%Y%*", "02.03.2026 00:00", "2026-03-02"},
                    DateCase{"RestNotIgnored", "%d.%m.%Y", "02.03.2026 00:00", nullptr},
                    DateCase{"NoSuchDay", "%d.%m.%Y", "30.02.2026", nullptr},
                    DateCase{"LeapDay", "%d.%m.%Y", "29.02.2028", "2028-02-29"},
                    DateCase{"Truncated", "%d.%m.%Y", "29.02.", nullptr},
                    DateCase{"Words", "%Y-%m-%d", "soon", nullptr}),
    [](const auto& test) { return test.param.name; });

TEST(DateFormats, MustNameDayMonthAndYearOnce) {
    EXPECT_EQ(dateFormatFault("%d.%m.%Y"), "");
    EXPECT_NE(dateFormatFault("%d.%m"), "");
    EXPECT_NE(dateFormatFault("%d.%d.%m.%Y"), "");
    EXPECT_NE(dateFormatFault("%Y-%b-%d"), "");
    EXPECT_NE(dateFormatFault("%*%Y-%m-%d"), "");
    EXPECT_NE(dateFormatFault("%Y-%m-%d%"), "");
}

}  // namespace files_values_test
}  // namespace backorderd::connectors::files

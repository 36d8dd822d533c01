#include "render/locale.hpp"

#include <gtest/gtest.h>

#include "render/render.hpp"

namespace backorderd::render {
namespace locale_test {

Date day(const char* iso) { return parseDate(iso).value(); }

struct DateCase {
    const char* language;
    const char* from;
    const char* to;
    const char* text;
};

TEST(Locale, WritesDatesAndRangesAsTheReaderDoes) {
    const DateCase cases[] = {
        {"en", "2026-04-10", "2026-04-10", "10 April 2026"},
        {"en-US", "2026-04-10", "2026-04-10", "April 10, 2026"},
        {"en_US.UTF-8", "2026-04-10", "2026-04-10", "April 10, 2026"},
        {"en-GB", "2026-04-10", "2026-04-10", "10 April 2026"},
        {"de", "2026-04-01", "2026-04-01", "1. April 2026"},
        {"de-AT", "2026-01-15", "2026-01-15", "15. Jänner 2026"},
        {"DE-ch", "2026-03-15", "2026-03-15", "15. März 2026"},
        {"pt-BR", "2026-04-10", "2026-04-10", "10 April 2026"},
        {"", "2026-04-10", "2026-04-10", "10 April 2026"},
        {"en", "2026-04-10", "2026-04-14", "10 to 14 April 2026"},
        {"en", "2026-03-28", "2026-04-03", "28 March to 3 April 2026"},
        {"en", "2026-12-28", "2027-01-08", "28 December 2026 to 8 January 2027"},
        {"en-US", "2026-04-10", "2026-04-14", "April 10 to 14, 2026"},
        {"en-US", "2026-03-28", "2026-04-03", "March 28 to April 3, 2026"},
        {"en-US", "2026-12-28", "2027-01-08", "December 28, 2026 to January 8, 2027"},
        {"de", "2026-04-10", "2026-04-14", "10. bis 14. April 2026"},
        {"de", "2026-03-28", "2026-04-03", "28. März bis 3. April 2026"},
        {"de", "2026-12-28", "2027-01-08", "28. Dezember 2026 bis 8. Januar 2027"},
    };
    for (const DateCase& c : cases) {
        EXPECT_EQ(promiseText({day(c.from), day(c.to)}, findLocale(c.language)), c.text)
            << c.language;
    }
}

struct NumberCase {
    const char* language;
    const char* number;
    const char* text;
};

TEST(Locale, WritesNumbers) {
    const NumberCase cases[] = {
        {"en", "1234.5", "1,234.5"},    {"de", "1234.5", "1.234,5"},
        {"de-CH", "1234.5", "1’234.5"}, {"de", "-1234567.125", "-1.234.567,125"},
        {"en", "0.000001", "0.000001"}, {"en", "999", "999"},
        {"de", "100000", "100.000"},    {"en", "9223372036854.775807", "9,223,372,036,854.775807"},
    };
    for (const NumberCase& c : cases) {
        EXPECT_EQ(localNumber(Decimal::parse(c.number).value(), c.language), c.text);
    }
}

struct MoneyCase {
    const char* language;
    const char* amount;
    const char* currency;
    const char* text;
};

TEST(Locale, WritesMoneyInTheSmallestUnitOfItsCurrency) {
    const MoneyCase cases[] = {
        {"en", "1234.5", "EUR", "EUR 1,234.50"}, {"de", "1234.5", "EUR", "1.234,50 EUR"},
        {"en-US", "0.005", "USD", "USD 0.01"},   {"en", "-0.004", "EUR", "EUR 0.00"},
        {"en", "-12.345", "EUR", "EUR -12.35"},  {"en", "1234.5", "JPY", "JPY 1,235"},
        {"de", "1.2345", "KWD", "1,235 KWD"},    {"en", "9.999", "", "10.00"},
    };
    for (const MoneyCase& c : cases) {
        EXPECT_EQ(localMoney({Decimal::parse(c.amount).value(), c.currency}, c.language), c.text);
    }
}

TEST(Locale, CountsDays) {
    EXPECT_EQ(dayCountText(1, findLocale("en")), "1 day");
    EXPECT_EQ(dayCountText(21, findLocale("en")), "21 days");
    EXPECT_EQ(dayCountText(1, findLocale("de")), "1 Tag");
    EXPECT_EQ(dayCountText(1200, findLocale("de-AT")), "1.200 Tage");
}

}  // namespace locale_test
}  // namespace backorderd::render

#include "backorderd/dates.hpp"

#include <gtest/gtest.h>

namespace backorderd {
namespace dates_test {

TEST(Dates, OnlyRealDaysAreDates) {
    EXPECT_EQ(formatDate(*parseDate("2028-02-29")), "2028-02-29");
    for (const char* text : {"2026-02-29", "2026-02-30", "2026-13-01", "2026-1-1", "26-01-01",
                             "2026-01-01T00:00", "", "2026-01-0x"})
        EXPECT_FALSE(parseDate(text)) << text;
}

TEST(Dates, AnInstantNeedsItsZone) {
    EXPECT_EQ(formatTimestamp(*parseTimestamp("2026-03-02T09:00:00-06:00")),
              "2026-03-02T15:00:00Z");
    EXPECT_EQ(formatTimestamp(*parseTimestamp("2026-03-02 09:00:00.75Z")), "2026-03-02T09:00:00Z");
    for (const char* text : {"2026-03-02T09:00:00", "2026-03-02T25:00:00Z", "2026-03-02T09:60:00Z",
                             "2026-03-02", "2026-03-02T09:00:00+0600", "2026-03-02T09:00:00Zz"})
        EXPECT_FALSE(parseTimestamp(text)) << text;
}

struct PeriodCase {
    const char* text;
    int count;
    Period::Unit unit;
};

TEST(Dates, PeriodsAreReadAndWrittenAlike) {
    for (const auto& [text, count, unit] :
         {PeriodCase{"30s", 30, Period::Unit::Seconds}, PeriodCase{"30m", 30, Period::Unit::Minutes},
          PeriodCase{"2h", 2, Period::Unit::Hours}, PeriodCase{"3d", 3, Period::Unit::Days},
          PeriodCase{"5bd", 5, Period::Unit::BusinessDays},
          PeriodCase{"2w", 2, Period::Unit::Weeks}, PeriodCase{"0d", 0, Period::Unit::Days}}) {
        const Period period{count, unit};
        EXPECT_EQ(parsePeriod(text), period) << text;
        EXPECT_EQ(formatPeriod(period), text);
    }
    for (const char* text : {"", "5", "d", "5x", "-5d", "1.5h", "5 d", "100001d", "5bdx"})
        EXPECT_FALSE(parsePeriod(text)) << text;
}

}  // namespace dates_test
}  // namespace backorderd

#include "rules/calendar.hpp"

#include <gtest/gtest.h>

#include "rules/builders.hpp"
#include "rules/rules.hpp"

namespace backorderd::rules_test {
namespace calendar_test {

struct InstantCase {
    const char* name;
    const char* zone;
    const char* day;
    int minute;
    const char* instant;
};
void PrintTo(const InstantCase& row, std::ostream* out) { *out << row.name; }

class InstantOf : public ::testing::TestWithParam<InstantCase> {};

TEST_P(InstantOf, IsFirstOrNextValid) {
    const auto& row = GetParam();
    EXPECT_EQ(formatTimestamp(rules::instantOf(day(row.day), row.minute, row.zone)), row.instant);
}

INSTANTIATE_TEST_SUITE_P(
    Table, InstantOf,
    ::testing::Values(
        InstantCase{"Winter", "Europe/Vienna", "2026-03-02", 9 * 60, "2026-03-02T08:00:00Z"},
        InstantCase{"Summer", "Europe/Vienna", "2026-07-02", 9 * 60, "2026-07-02T07:00:00Z"},
        InstantCase{"Gap", "Europe/Vienna", "2026-03-29", 2 * 60 + 30, "2026-03-29T01:00:00Z"},
        InstantCase{"Overlap", "Europe/Vienna", "2026-10-25", 2 * 60 + 30, "2026-10-25T00:30:00Z"},
        InstantCase{"GapAtMidnight", "America/Santiago", "2026-09-06", 0, "2026-09-06T04:00:00Z"},
        InstantCase{"HalfHourOverlap", "Australia/Lord_Howe", "2026-04-05", 105,
                    "2026-04-04T14:45:00Z"},
        InstantCase{"NextMidnight", "America/Chicago", "2026-03-02", 1440, "2026-03-03T06:00:00Z"},
        InstantCase{"UnknownZone", "No/Where", "2026-03-02", 60, "2026-03-02T01:00:00Z"},
        InstantCase{"NoZone", "", "2026-03-02", 60, "2026-03-02T01:00:00Z"}),
    [](const auto& row) { return std::string{row.param.name}; });

TEST(LocalDate, TurnsAtLocalMidnight) {
    EXPECT_EQ(rules::localDate(at("2026-03-02T22:59:59Z"), "Europe/Vienna"), day("2026-03-02"));
    EXPECT_EQ(rules::localDate(at("2026-03-02T23:00:00Z"), "Europe/Vienna"), day("2026-03-03"));
    EXPECT_EQ(rules::localDate(at("2026-03-02T23:00:00Z"), "No/Where"), day("2026-03-02"));
    EXPECT_EQ(rules::localDate(at("2026-03-02T11:00:00Z"), "Pacific/Kiritimati"),
              day("2026-03-03"));
}

struct PeriodCase {
    const char* name;
    const char* from;
    const char* period;
    const char* to;
};
void PrintTo(const PeriodCase& row, std::ostream* out) { *out << row.name; }

class AddPeriod : public ::testing::TestWithParam<PeriodCase> {};

TEST_P(AddPeriod, GoesByTheCalendar) {
    const auto& row = GetParam();
    EXPECT_EQ(formatTimestamp(rules::addPeriod(at(row.from), period(row.period), vienna())),
              row.to);
}

// Vienna turns its clocks on 29 March; Monday 6 April is a holiday.
INSTANTIATE_TEST_SUITE_P(
    Table, AddPeriod,
    ::testing::Values(
        PeriodCase{"Nothing", "2026-03-28T09:00:00Z", "0bd", "2026-03-28T09:00:00Z"},
        PeriodCase{"Seconds", "2026-03-28T09:00:00Z", "90s", "2026-03-28T09:01:30Z"},
        PeriodCase{"HoursAreExact", "2026-03-28T12:00:00Z", "24h", "2026-03-29T12:00:00Z"},
        PeriodCase{"DaysKeepTheLocalTime", "2026-03-28T12:00:00Z", "1d", "2026-03-29T11:00:00Z"},
        PeriodCase{"WeeksToo", "2026-03-26T12:00:00Z", "1w", "2026-04-02T11:00:00Z"},
        PeriodCase{"IntoTheGap", "2026-03-28T01:30:00Z", "1d", "2026-03-29T01:00:00Z"},
        PeriodCase{"BusinessDay", "2026-03-02T09:00:00Z", "1bd", "2026-03-03T09:00:00Z"},
        PeriodCase{"OverTheWeekend", "2026-03-06T09:00:00Z", "1bd", "2026-03-09T09:00:00Z"},
        PeriodCase{"FromSaturday", "2026-03-07T09:00:00Z", "1bd", "2026-03-09T09:00:00Z"},
        PeriodCase{"OverTheHoliday", "2026-04-03T09:00:00Z", "1bd", "2026-04-07T09:00:00Z"}),
    [](const auto& row) { return std::string{row.param.name}; });

TEST(BusinessDays, ACalendarWithoutAnyCountsAllDays) {
    Calendar calendar;
    calendar.work_week.reset();
    EXPECT_EQ(rules::addBusinessDays(day("2026-03-06"), 2, calendar), day("2026-03-08"));
}

TEST(BusinessDays, LongSpansAreThoseOfCountingDayByDay) {
    Calendar calendar;
    for (const auto* holiday : {"2026-03-20", "2026-03-21", "2026-04-03", "2026-12-25"})
        calendar.holidays.insert(day(holiday));
    for (const auto& work_week : {"0111110", "1111111", "0000100", "0100010"}) {
        calendar.work_week = std::bitset<7>{work_week};
        for (auto from = day("2026-03-01"); from < day("2026-03-29"); from += std::chrono::days{1}) {
            auto slowly = from;
            for (int count = 1; count < 60; ++count) {
                do slowly += std::chrono::days{1};
                while (!rules::isBusinessDay(calendar, slowly));
                ASSERT_EQ(rules::addBusinessDays(from, count, calendar), slowly)
                    << work_week << ' ' << formatDate(from) << ' ' << count;
            }
        }
    }
}

TEST(BusinessDays, AreCountedBehindTheFirstDay) {
    EXPECT_EQ(rules::businessDaysBetween(day("2026-04-03"), day("2026-04-07"), vienna()), 1);
    EXPECT_EQ(rules::businessDaysBetween(day("2026-03-02"), day("2026-03-09"), vienna()), 5);
    EXPECT_EQ(rules::businessDaysBetween(day("2026-03-02"), day("2026-03-02"), vienna()), 0);
}

/// Reliability row 12: in every zone, over 20 years, an instant of a local time is never before
/// that local time's day has begun, and days follow one another.
TEST(Zones, EveryDayOfTwentyYearsBeginsAfterTheOneBefore) {
    for (const auto* name :
         {"Europe/Vienna", "America/Chicago", "America/Santiago", "Australia/Lord_Howe",
          "Pacific/Apia", "Africa/Casablanca", "Asia/Kolkata", "America/St_Johns"}) {
        const rules::Zone zone{name};
        auto before = zone.startOf(day("2020-01-01"));
        for (auto date = day("2020-01-02"); date < day("2040-01-01");
             date += std::chrono::days{1}) {
            const auto begins = zone.startOf(date);
            ASSERT_GT(begins, before) << name << " " << formatDate(date);
            ASSERT_EQ(zone.date(begins), date) << name;
            ASSERT_LT(zone.date(begins - std::chrono::seconds{1}), date) << name;
            before = begins;
        }
    }
}

}  // namespace calendar_test
}  // namespace backorderd::rules_test

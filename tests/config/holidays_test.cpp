#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/config.hpp"
#include "config/temporary_folder.hpp"

namespace backorderd::config {
namespace holidays_test {

using testing::ElementsAre;
using testing::HasSubstr;

struct Loaded {
    std::vector<std::string> days;
    std::string problems;
};

std::string calendarOf(const std::string& events) {
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example//EN\r\n" + events +
           "END:VCALENDAR\r\n";
}

std::string event(const std::string& lines) {
    return "BEGIN:VEVENT\r\nUID:1\r\nLOCATION:\r\n" + lines + "\r\nEND:VEVENT\r\n";
}

/// The holidays from `from` to the end of `until`'s year, of a calendar that names this file.
Loaded load(const std::string& ics, const std::string& years = "20") {
    const TemporaryFolder folder;
    (void)folder.write("holidays/own.ics", ics);
    (void)folder.write("rules.yaml",
                       "calendars:\n  own:\n    timezone: UTC\n"
                       "    holidays: { ics: holidays/own.ics, dates: [2049-01-01] }\ncadence:\n"
                       "  - { name: p, match: {}, messages: { opened: { template: opened } } }\n");
    const auto rules = loadRules(folder.path());
    Loaded loaded;
    if (!rules) {
        loaded.problems = formatProblems(rules.error());
        return loaded;
    }
    for (const Date day : rules->calendars.at(0).holidays)
        if (const std::string text = formatDate(day);
            text.starts_with(years) && text != "2049-01-01")
            loaded.days.push_back(text);
    return loaded;
}

TEST(Holidays, OfOneDayAndOfSeveral) {
    const Loaded loaded =
        load(calendarOf(event("DTSTART;VALUE=DATE:20261225") +
                        event("DTSTART;VALUE=DATE:20270101\r\nDTEND;VALUE=DATE:20270103") +
                        event("DTSTART;VALUE=DATE:20270501\r\nDURATION:P2D") +
                        event("DTSTART;TZID=America/Chicago:20270704T080000\r\nDTEND;TZID=America/"
                              "Chicago:20270704T170000")));
    EXPECT_EQ(loaded.problems, "");
    EXPECT_THAT(loaded.days, ElementsAre("2026-12-25", "2027-01-01", "2027-01-02", "2027-05-01",
                                         "2027-05-02", "2027-07-04"));
}

TEST(Holidays, ThatComeBackEveryYear) {
    const Loaded loaded =
        load(calendarOf(event("DTSTART;VALUE=DATE:19701225\r\nRRULE:FREQ=YEARLY\r\n"
                              "EXDATE;VALUE=DATE:20271225") +
                        event("DTSTART;VALUE=DATE:20201126\r\n"
                              "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH")),
             "202");
    EXPECT_EQ(loaded.problems, "");
    EXPECT_THAT(loaded.days,
                testing::IsSupersetOf({"2020-11-26", "2026-11-26", "2026-12-25", "2028-12-25"}));
    EXPECT_THAT(loaded.days, testing::Not(testing::Contains("2027-12-25")));
    EXPECT_EQ(
        load(calendarOf(event("DTSTART;VALUE=DATE:19701225\r\nRRULE:FREQ=YEARLY"))).days.size(),
        51U);
}

TEST(Holidays, ExtraDatesCountAndCancelledEventsDoNot) {
    const Loaded loaded =
        load(calendarOf(event("DTSTART;VALUE=DATE:20260101\r\nRDATE;VALUE=DATE:20260106") +
                        event("DTSTART;VALUE=DATE:20260201\r\nSTATUS:CANCELLED")));
    EXPECT_THAT(loaded.days, ElementsAre("2026-01-01", "2026-01-06"));
}

TEST(Holidays, WhatNeverEndsIsStopped) {
    // Every second for 50 years, a day that never comes, and more days than anybody has.
    EXPECT_THAT(load(calendarOf(event("DTSTART:20260101T000000Z\r\nRRULE:FREQ=SECONDLY"))).problems,
                HasSubstr("own.ics:4:1: an event repeats more often than daily"));
    EXPECT_THAT(load(calendarOf(event("DTSTART;VALUE=DATE:20260101\r\n"
                                      "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")))
                    .problems,
                HasSubstr("an event's RRULE cannot be read"));
    std::string many;
    for (int i = 0; i < 12; ++i) many += event("DTSTART;VALUE=DATE:20260101\r\nRRULE:FREQ=DAILY");
    EXPECT_THAT(load(calendarOf(many)).problems, HasSubstr("repeat more than 100000 times"));
    std::string deep;
    for (int i = 0; i < 10'000; ++i) deep += "BEGIN:VEVENT\r\n";
    EXPECT_THAT(load(calendarOf(deep)).problems, HasSubstr("nested too deeply"));
}

}  // namespace holidays_test
}  // namespace backorderd::config

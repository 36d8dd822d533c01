#include "rules/window.hpp"

#include <gtest/gtest.h>

#include "rules/builders.hpp"

namespace backorderd::rules_test {
namespace window_test {

struct WindowCase {
    const char* name;
    SendWindow window;
    const char* customer_zone;
    const char* from;
    const char* first_open;
};
void PrintTo(const WindowCase& row, std::ostream* out) { *out << row.name; }

class FirstOpen : public ::testing::TestWithParam<WindowCase> {};

TEST_P(FirstOpen, IsTheNextAllowedInstant) {
    const auto& row = GetParam();
    auto policy = plainPolicy();
    policy.send_window = row.window;
    const auto calendar = vienna();
    const rules::Window window{policy, calendar, row.customer_zone};
    EXPECT_EQ(formatTimestamp(window.firstOpen(at(row.from))), row.first_open);
    EXPECT_TRUE(window.isOpen(at(row.first_open)));
}

const std::bitset<7> kAll{0x7f};
const SendWindow kOffice{{8 * 60, 18 * 60}, true, kAll, false};
const SendWindow kCustomers{{8 * 60, 18 * 60}, true, kAll, true};
const SendWindow kSundays{{0, 24 * 60}, false, std::bitset<7>{0x01}, false};
const SendWindow kInTheGap{{2 * 60, 3 * 60}, false, kAll, false};

INSTANTIATE_TEST_SUITE_P(
    Table, FirstOpen,
    ::testing::Values(
        WindowCase{"Inside", kOffice, "", "2026-03-02T09:00:00Z", "2026-03-02T09:00:00Z"},
        WindowCase{"Before", kOffice, "", "2026-03-02T03:00:00Z", "2026-03-02T07:00:00Z"},
        WindowCase{"EndIsOutside", kOffice, "", "2026-03-02T17:00:00Z", "2026-03-03T07:00:00Z"},
        WindowCase{"Friday", kOffice, "", "2026-03-06T18:00:00Z", "2026-03-09T07:00:00Z"},
        WindowCase{"Holiday", kOffice, "", "2026-04-06T09:00:00Z", "2026-04-07T06:00:00Z"},
        WindowCase{"ClocksTurned", kOffice, "", "2026-03-27T18:00:00Z", "2026-03-30T06:00:00Z"},
        WindowCase{"CustomersZone", kCustomers, "America/Chicago", "2026-03-02T09:00:00Z",
                   "2026-03-02T14:00:00Z"},
        WindowCase{"CustomerWithoutZone", kCustomers, "", "2026-03-02T03:00:00Z",
                   "2026-03-02T07:00:00Z"},
        WindowCase{"CustomersZoneUnknown", kCustomers, "No/Where", "2026-03-02T03:00:00Z",
                   "2026-03-02T07:00:00Z"},
        WindowCase{"OneDayAWeek", kSundays, "", "2026-03-02T03:00:00Z", "2026-03-07T23:00:00Z"},
        WindowCase{"SwallowedByTheGap", kInTheGap, "", "2026-03-28T03:00:00Z",
                   "2026-03-30T00:00:00Z"}),
    [](const auto& row) { return std::string{row.param.name}; });

TEST(Window, OneThatNeverOpensHoldsNothing) {
    auto policy = plainPolicy();
    policy.send_window = SendWindow{{0, 60}, false, std::bitset<7>{}, false};
    const auto calendar = vienna();
    EXPECT_TRUE((rules::Window{policy, calendar, ""}.isOpen(at("2026-03-02T09:00:00Z"))));
}

TEST(Window, AnSmsHasOneInAnyCase) {
    auto policy = plainPolicy();
    policy.send_window.reset();
    const auto calendar = vienna();
    const Recipient by_mail{Channel::Email, "a@example.com", "", "", "America/Chicago", ""};
    const Recipient by_sms{Channel::Sms, "+13125550100", "", "", "America/Chicago", ""};
    EXPECT_TRUE((rules::Window{policy, calendar, by_mail}.isOpen(at("2026-03-01T09:00:00Z"))));
    // Nine to eight in Chicago, also on a Sunday: 15:00 to 2:00 UTC.
    const rules::Window window{policy, calendar, by_sms};
    EXPECT_EQ(formatTimestamp(window.firstOpen(at("2026-03-01T09:00:00Z"))),
              "2026-03-01T15:00:00Z");
    EXPECT_TRUE(window.isOpen(at("2026-03-02T01:59:59Z")));
    EXPECT_EQ(formatTimestamp(window.firstOpen(at("2026-03-02T02:00:00Z"))),
              "2026-03-02T15:00:00Z");
    policy.send_window = kOffice;
    EXPECT_EQ(formatTimestamp(
                  rules::Window(policy, calendar, by_sms).firstOpen(at("2026-03-01T15:00:00Z"))),
              "2026-03-02T07:00:00Z");
}

struct DigestCase {
    const char* name;
    const char* from;
    const char* digest;
    const char* latest;  // empty: none
    const char* ready;
    const char* due;
};
void PrintTo(const DigestCase& row, std::ostream* out) { *out << row.name; }

class SendTimesOf : public ::testing::TestWithParam<DigestCase> {};

TEST_P(SendTimesOf, KeepToTheWindow) {
    const auto& row = GetParam();
    auto policy = plainPolicy();
    policy.send_window = kOffice;
    const auto calendar = vienna();
    rules::Timing timing{at(row.from), period(row.digest), std::nullopt};
    if (*row.latest) timing.latest = at(row.latest);
    const auto times = rules::sendTimes(timing, {policy, calendar, ""}, calendar);
    EXPECT_EQ(formatTimestamp(times.ready), row.ready);
    EXPECT_EQ(formatTimestamp(times.due), row.due);
}

INSTANTIATE_TEST_SUITE_P(
    Table, SendTimesOf,
    ::testing::Values(
        DigestCase{"Plain", "2026-03-02T09:00:00Z", "30m", "", "2026-03-02T09:00:00Z",
                   "2026-03-02T09:30:00Z"},
        DigestCase{"FromTheOpening", "2026-03-02T03:00:00Z", "30m", "", "2026-03-02T07:00:00Z",
                   "2026-03-02T07:30:00Z"},
        DigestCase{"IntoTheNextDay", "2026-03-02T16:50:00Z", "30m", "", "2026-03-02T16:50:00Z",
                   "2026-03-03T07:00:00Z"},
        DigestCase{"LatestIsSooner", "2026-03-02T09:00:00Z", "3h", "2026-03-02T10:00:00Z",
                   "2026-03-02T09:00:00Z", "2026-03-02T10:00:00Z"},
        DigestCase{"LatestHasPassed", "2026-03-02T03:00:00Z", "3h", "2026-03-02T05:00:00Z",
                   "2026-03-02T07:00:00Z", "2026-03-02T07:00:00Z"},
        DigestCase{"LatestRatherThanTheNight", "2026-03-02T16:50:00Z", "30m",
                   "2026-03-02T20:00:00Z", "2026-03-02T16:50:00Z", "2026-03-02T16:50:00Z"}),
    [](const auto& row) { return std::string{row.param.name}; });

}  // namespace window_test
}  // namespace backorderd::rules_test

#include <date/tz.h>
#include <gmock/gmock.h>

#include <map>
#include <random>
#include <set>

#include "rules/calendar.hpp"
#include "rules/escalation_samples.hpp"
#include "rules/plan.hpp"

/// Every zone there is, around every change of its clocks in twenty years.
namespace backorderd::rules_test {
namespace zone_test {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

/// Clocks of one zone change at least this far apart, almost always; what falls between is between
/// two samples that are looked at.
constexpr days kSampleStep{5};

std::chrono::seconds offsetAt(const rules::Zone& zone, Timestamp at) {
    return zone.localTime(at).time_since_epoch() - at.time_since_epoch();
}

/// The instants at which the clocks change, from 2016 to 2036.
std::vector<Timestamp> changesOf(const rules::Zone& zone) {
    std::vector<Timestamp> found;
    const auto end = at("2036-01-01T00:00:00Z");
    for (auto from = at("2016-01-01T00:00:00Z"); from < end; from += kSampleStep) {
        auto low = from;
        auto high = from + kSampleStep;
        const auto before = offsetAt(zone, low);
        if (before == offsetAt(zone, high)) continue;
        while (high - low > seconds{1}) {
            const auto middle = low + (high - low) / 2;
            (offsetAt(zone, middle) == before ? low : high) = middle;
        }
        found.push_back(high);
    }
    return found;
}

/// Every zone of the database, with those that only have another name for the same clock left out.
std::map<std::string, std::vector<Timestamp>> findChanges() {
    std::map<std::string, std::vector<Timestamp>> found;
    std::set<std::string> seen;
    for (const auto& zone : date::get_tzdb().zones) {
        const rules::Zone its{zone.name()};
        auto changes = changesOf(its);
        std::string clock = fmt::format("{}", offsetAt(its, at("2016-01-01T00:00:00Z")).count());
        for (const auto change : changes)
            clock += fmt::format(" {} {}", formatTimestamp(change), offsetAt(its, change).count());
        if (seen.insert(clock).second) found.emplace(zone.name(), std::move(changes));
    }
    return found;
}

const std::map<std::string, std::vector<Timestamp>>& changesOfAllZones() {
    static const auto found = findChanges();
    return found;
}

Calendar everyDay(const std::string& timezone) {
    Calendar calendar;
    calendar.name = "vienna";  // as the sample rules name it
    calendar.timezone = timezone;
    calendar.work_week.set();
    return calendar;
}

/// Whether the day has that time of day or a later one. The clocks may leave out a whole day, or all
/// that is left of it (Nuuk went from 23:00 to midnight): what was due then comes the day after.
bool exists(const rules::Zone& zone, Date day, int minute) {
    return zone.date(zone.instant(day, minute)) == day;
}

/// An alert at a time of day comes once on every day: at that time, or where the clock jumps over
/// it, at the first instant after.
void expectOncePerDay(const Calendar& calendar, Timestamp change, int minute) {
    const rules::Zone zone{calendar.timezone};
    const auto schedule = rules::scheduleOf(AlertDigest{minute}, calendar);
    const auto first = zone.date(change) - days{2};
    auto due = zone.startOf(first) - seconds{1};
    for (auto day = first; day < first + days{5}; day += days{1}) {
        if (!exists(zone, day, minute)) continue;
        due = schedule.times(due + seconds{1}, std::nullopt).due;
        ASSERT_EQ(zone.date(due), day) << calendar.timezone << " " << formatTimestamp(due);
        const auto local = std::chrono::local_seconds{day} + minutes{minute};
        ASSERT_GE(zone.localTime(due), local) << calendar.timezone;
        const bool in_a_gap = zone.localTime(due) != local;
        ASSERT_TRUE(!in_a_gap || due == change) << calendar.timezone << formatTimestamp(due);
    }
}

/// What may leave only within a window leaves within it, before the day is over, and at once where
/// it is open.
void expectInsideWindow(const Calendar& calendar, Timestamp change, DayHours hours_) {
    const rules::Zone zone{calendar.timezone};
    const rules::Window window{SendWindow{hours_, true, {}, false}, calendar, ""};
    for (auto from = change - hours{30}; from < change + hours{30}; from += minutes{170}) {
        const auto open = window.firstOpen(from);
        const auto today = zone.date(open);
        ASSERT_GE(open, from) << calendar.timezone;
        ASSERT_LE(open - from, hours{49}) << calendar.timezone;
        ASSERT_GE(open, zone.instant(today, hours_.from_minute)) << calendar.timezone;
        ASSERT_LT(open, zone.instant(today, hours_.to_minute)) << calendar.timezone;
        ASSERT_EQ(window.firstOpen(open), open) << calendar.timezone;
    }
}

TEST(EveryZone, AlertsComeOnceADayAndWindowsHold) {
    int changes_seen = 0;
    for (const auto& [name, changes] : changesOfAllZones()) {
        const auto calendar = everyDay(name);
        const rules::Zone zone{name};
        for (const auto change : changes) {
            ++changes_seen;
            // Where the clock lands, and a little before: inside a gap, or in both of an overlap.
            const auto lands = zone.localTime(change);
            const auto minute = static_cast<int>(
                std::chrono::floor<minutes>(lands - std::chrono::floor<days>(lands)).count());
            for (const int near : {minute, (minute + 1410) % 1440, (minute + 30) % 1440, 480}) {
                ASSERT_NO_FATAL_FAILURE(expectOncePerDay(calendar, change, near));
                const auto from = std::min(near, 1380);
                ASSERT_NO_FATAL_FAILURE(expectInsideWindow(calendar, change, {from, from + 60}));
            }
        }
    }
    EXPECT_GT(changes_seen, 1000);
}

/// A ladder around a change of the clocks: each step once, at its local time, none lost.
TEST(EveryZone, LaddersClimbThroughAChangeOfTheClocks) {
    std::mt19937 random{7};
    for (const auto& zone_changes : changesOfAllZones()) {
        const auto& name = zone_changes.first;
        const auto& changes = zone_changes.second;
        if (changes.empty()) continue;
        const auto change = changes[random() % changes.size()];
        auto ladder = plainLadder();
        ladder.start = {};
        ladder.steps = {step("sales_rep", "0s"), step("sales_rep", "1d"), step("sales_rep", "2d"),
                        step("sales_rep", "3d")};
        ladder.digest.at_minute = static_cast<int>(random() % 8) * 30;
        auto line = climbing(ladder);
        line.rules.calendars = {everyDay(name)};
        line.now = line.subject.opened_at = change - hours{36} - minutes{random() % 720};
        line.subject.events[0].at = line.now;
        line.subject.line.promise = {};
        const rules::Zone zone{name};
        Date last{};
        line.on_send = [&](const Notice& notice) {
            EXPECT_GT(zone.date(line.now), last) << name << " " << notice.key;
            last = zone.date(line.now);
            EXPECT_GE(zone.localTime(line.now),
                      std::chrono::local_seconds{last} + minutes{*ladder.digest.at_minute});
        };
        line.run(line.now + days{7});
        EXPECT_EQ(line.sent.size(), 4U) << name;
        ASSERT_FALSE(::testing::Test::HasFailure()) << name << ' ' << formatTimestamp(change);
    }
}

}  // namespace zone_test
}  // namespace backorderd::rules_test

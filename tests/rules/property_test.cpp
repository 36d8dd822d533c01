#include <gmock/gmock.h>

#include <set>

#include "rules/random_history.hpp"
#include "rules/same_instant.hpp"

namespace backorderd::rules_test {
namespace property_test {

using std::chrono::days;
using std::chrono::minutes;

std::vector<std::string> play(unsigned seed, minutes step, days length) {
    auto line = RandomHistory{seed}.make(length);
    line.step = step;
    return line.run(line.now + length);
}

/// `look_again` leaves nothing out: looking all the time finds nothing that looking when asked for
/// does not, to the second, and what is looked at often is not put off by it.
TEST(LookAgain, LookingEveryMinuteFindsNothingMore) {
    int sent = 0;
    for (unsigned seed = 0; seed < 15; ++seed) {
        const auto when_due = play(seed, minutes{0}, days{8});
        ASSERT_EQ(when_due, play(seed, minutes{1}, days{8})) << "seed " << seed;
        sent += static_cast<int>(when_due.size());
    }
    EXPECT_GT(sent, 10);
}

TEST(LookAgain, LookingOftenOverWeeksFindsNothingMore) {
    for (unsigned seed = 1000; seed < 1300; ++seed)
        ASSERT_EQ(play(seed, minutes{0}, days{30}), play(seed, minutes{53}, days{30}))
            << "seed " << seed;
}

bool insideWindow(const CadencePolicy& policy, const Calendar& calendar, const Notice& notice,
                  Timestamp at) {
    if (!policy.send_window) return true;
    const auto& window = *policy.send_window;
    const auto known = [](std::string_view zone) { return !zone.empty() && zone != "No/Where"; };
    const bool customers = window.in_customer_zone && known(notice.recipient.timezone);
    const std::string zone = customers ? notice.recipient.timezone : calendar.timezone;
    const auto today = rules::localDate(at, zone);
    if (at < rules::instantOf(today, window.hours.from_minute, zone) ||
        at >= rules::instantOf(today, window.hours.to_minute, zone))
        return false;
    const auto weekday = std::chrono::weekday{today}.c_encoding();
    return window.work_days_only
               ? calendar.work_week.test(weekday) && !calendar.holidays.contains(today)
               : window.days.test(weekday);
}

TEST(Decisions, KeepTheirPromisesOverRandomHistories) {
    for (unsigned seed = 2000; seed < 2300; ++seed) {
        auto line = RandomHistory{seed}.make(days{30});
        std::set<std::string> keys;
        line.on_send = [&](const Notice& notice) {
            const auto& policy =
                *std::find_if(line.rules.cadence.begin(), line.rules.cadence.end(),
                              [&](const CadencePolicy& its) { return its.name == notice.rule; });
            EXPECT_TRUE(keys.insert(notice.key).second) << seed << " twice: " << notice.key;
            EXPECT_LE(notice.ready_at, notice.due_at) << seed;
            EXPECT_GE(notice.due_at, notice.fact_at) << seed;
            if (line.on_wire > minutes{0}) return;
            EXPECT_TRUE(insideWindow(policy, line.rules.calendars[0], notice, line.now))
                << seed << " " << notice.key << " " << formatTimestamp(line.now);
            EXPECT_TRUE(!line.subject.closed_at || isClosing(notice.topic))
                << seed << " " << notice.key;
        };
        line.on_look = [&](const Timeline& its, std::optional<Timestamp> look_again) {
            EXPECT_TRUE(!look_again || *look_again > its.now) << seed;
            const auto again = its.look(rules::Detail::Full);
            // A second look may find that less waits, never that something came sooner.
            EXPECT_TRUE(!again.look_again || (look_again && *look_again <= *again.look_again))
                << seed << " " << formatTimestamp(its.now);
            for (const auto& wanted : again.wanted) {
                EXPECT_NE(wanted.id, 0) << seed << " a second look finds " << wanted.key;
                EXPECT_THAT(its.subject.notices, ::testing::Contains(wanted)) << seed;
                EXPECT_TRUE(its.rules.cadence.size() > 1 ||
                            insideWindow(its.rules.cadence[0], its.rules.calendars[0], wanted,
                                         wanted.due_at))
                    << seed << " " << wanted.key;
            }
        };
        line.run(line.now + days{30});
        ASSERT_FALSE(HasFailure());
    }
}

/// Everything pending is either wanted or has its reason.
TEST(Decisions, NothingPendingIsWithoutAReason) {
    for (unsigned seed = 3000; seed < 3200; ++seed) {
        auto line = RandomHistory{seed}.make(days{20});
        line.run(line.now + days{5});
        auto decision = line.look(rules::Detail::Brief);
        for (const auto& notice : line.subject.notices) {
            if (!isPending(notice.state)) continue;
            const auto hasKey = [&](const auto& entry) { return entry.key == notice.key; };
            EXPECT_TRUE(std::any_of(decision.wanted.begin(), decision.wanted.end(), hasKey) ||
                        std::any_of(decision.withheld.begin(), decision.withheld.end(), hasKey))
                << seed << " " << notice.key;
        }
    }
}

TEST(Decisions, DoNotDependOnTheOrderOfEventsWithinAnInstant) {
    for (unsigned seed = 4000; seed < 5000; ++seed) {
        const auto told = [seed](bool reversed) {
            return toldInOrder(RandomHistory{seed}.make(days{14}), seed, reversed);
        };
        ASSERT_EQ(told(false), told(true)) << "seed " << seed;
    }
}

}  // namespace property_test
}  // namespace backorderd::rules_test

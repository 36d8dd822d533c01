#include <gmock/gmock.h>

#include <random>
#include <set>

#include "rules/timeline.hpp"

namespace backorderd::rules_test {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

/// Random rules and a random history of one line, the same for the same seed.
class History {
public:
    explicit History(unsigned seed) : random_{seed} {
        zone_ = pick<const char*>({"UTC", "Europe/Vienna", "America/Chicago", "Asia/Kolkata",
                                   "Australia/Lord_Howe", "America/Santiago", "Pacific/Apia"});
        // Around the days on which clocks change, in both halves of the year.
        start_ = at(pick<const char*>({"2026-03-05T08:00:00Z", "2026-03-26T20:30:00Z",
                                       "2026-10-22T03:15:00Z", "2026-10-30T23:45:00Z",
                                       "2026-04-01T12:00:00Z", "2026-09-03T16:00:00Z"}));
    }

    Timeline make(days length) {
        auto line = Timeline{makeRules(), makeCase()};
        line.on_wire = minutes{pick<int>({0, 0, 0, 1, 45, 600, 3000})};
        const auto outage = start_ + minutes{15} * below(4 * 24 * 10);
        const auto outage_end = outage + minutes{15} * below(4 * 24 * 4);
        // Polls come every quarter of an hour and are good for two hours.
        line.fresh_until = [outage, outage_end](Timestamp now) -> std::optional<Timestamp> {
            const auto since = now.time_since_epoch();
            const Timestamp last_poll{since - since % minutes{15}};
            const bool down = last_poll > outage && last_poll < outage_end;
            const auto last_good =
                down
                    ? Timestamp{outage.time_since_epoch() - outage.time_since_epoch() % minutes{15}}
                    : last_poll;
            return last_good + hours{2};
        };
        const int changes = below(12);
        for (int i = 0; i < changes; ++i) addChange(line, length);
        return line;
    }

private:
    int below(int end) { return std::uniform_int_distribution{0, end - 1}(random_); }
    bool chance(int percent) { return below(100) < percent; }
    template <class T>
    T pick(std::vector<T> from) {
        return from[static_cast<std::size_t>(below(static_cast<int>(from.size())))];
    }

    Condition randomMatch() {
        auto made = condition({});
        if (chance(40)) {
            auto age = test("age");
            (chance(50) ? age.min_age : age.max_age) =
                period(pick<const char*>({"3d", "2bd", "36h", "1w"}));
            made.tests.push_back(age);
        }
        if (chance(30)) {
            auto near = test("promise.in_days");
            (chance(50) ? near.min : near.max) = Decimal{below(9) - 3};
            near.or_unknown = chance(50);
            made.tests.push_back(near);
        }
        if (chance(20)) {
            auto silence = test("customer.silence");
            silence.min_age = period(pick<const char*>({"2d", "4bd", "0s"}));
            made.tests.push_back(silence);
        }
        if (chance(20)) {
            auto lapsed = test("lapsed");
            lapsed.flag = chance(50);
            made.none.push_back(condition({lapsed}));
        }
        return made;
    }

    CadencePolicy randomPolicy(int number) {
        auto policy = plainPolicy();
        policy.name = fmt::format("policy {}", number);
        policy.continues = chance(30);
        policy.grace = period(pick<const char*>({"0s", "3h", "2d", "1bd"}));
        if (chance(60)) policy.match = randomMatch();
        messageOf(policy, Topic::Status).every =
            period(pick<const char*>({"1d", "5bd", "2bd", "30h", "1w"}));
        if (chance(50)) messageOf(policy, Topic::PromiseChanged).min_change = period("2d");
        if (chance(50)) messageOf(policy, Topic::PromiseChanged).settle = period("90m");
        if (chance(50)) messageOf(policy, Topic::Opened).within = period("2h");
        if (chance(50))
            policy.digest = {DigestRule::By::Customer,
                             period(pick<const char*>({"30m", "6h", "1d"})), "digest"};
        if (chance(70)) {
            const int from = 15 * below(4 * 20);
            policy.send_window =
                SendWindow{{from, from + 30 + 15 * below((24 * 60 - from - 30) / 15 + 1)},
                           chance(50),
                           std::bitset<7>{0x3e},
                           chance(50)};
        }
        for (const auto topic : {Topic::Opened, Topic::PromiseLapsed, Topic::PromiseChanged})
            if (chance(10)) removeMessage(policy, topic);
        return policy;
    }

    RuleSet makeRules() {
        std::vector<CadencePolicy> policies;
        const int count = 1 + below(3);
        for (int i = 0; i < count; ++i) policies.push_back(randomPolicy(i));
        auto rules = rulesOf(std::move(policies));
        rules.calendars[0].timezone = zone_;
        return rules;
    }

    Case makeCase() {
        auto subject = plainCase();
        subject.opened_at = start_;
        subject.adopted = chance(30);
        subject.line.contact.timezone =
            pick<const char*>({"", "Europe/Vienna", "Asia/Tokyo", "No/Where"});
        subject.line.promise = randomPromise(start_);
        subject.events = {
            {1, start_, LineOpened{subject.line.open(), subject.line.promise, subject.adopted}}};
        return subject;
    }

    Promise randomPromise(Timestamp near) {
        if (chance(15)) return {};
        const Date today{std::chrono::floor<days>(near).time_since_epoch()};
        return Promise::on(today + days{below(14) - 3});
    }

    void addChange(Timeline& line, days length) {
        const auto when = start_ + minutes{below(static_cast<int>(minutes{length}.count()))};
        switch (below(8)) {
            case 0:
            case 1:
                line.change(when, promiseChange(randomPromise(when)));
                break;
            case 2:
                line.change(when, allocation(below(11)));
                break;
            case 3:
                line.change(when, [](Timeline& its) { partShipment(its); });
                break;
            case 4:
                line.change(when, closing(below(3)));
                break;
            case 5:
                line.change(when, [](Timeline& its) { its.subject.missing_since = its.now; });
                line.change(when + minutes{1 + below(600)},
                            [](Timeline& its) { its.subject.missing_since.reset(); });
                break;
            case 6:
                line.change(when, [](Timeline& its) { its.subject.line.contact.email.clear(); });
                line.change(when + minutes{below(3000)}, [](Timeline& its) {
                    its.subject.line.contact.email = "b@example.com";
                });
                break;
            default:
                break;
        }
    }

    static Timeline::Change promiseChange(Promise to) {
        return [to](Timeline& its) {
            const auto from = its.subject.line.promise;
            if (its.subject.closed_at || from == to) return;
            const Event event = !from.known() ? Event{PromiseSet{to}}
                                : !to.known() ? Event{PromiseWithdrawn{from}}
                                              : Event{PromiseMoved{from, to}};
            its.record(event, [to](OrderLine& line) { line.promise = to; });
        };
    }

    static Timeline::Change allocation(int quantity) {
        return [quantity](Timeline& its) {
            const auto open = its.subject.line.open();
            const auto was = its.subject.line.allocated.value_or(Decimal{});
            const auto is = std::min(Decimal{quantity}, open);
            if (its.subject.closed_at || is == was) return;
            const Event event = is == open ? Event{Available{open}}
                                : is > was ? Event{PartlyAvailable{is, open}}
                                           : Event{AvailabilityLost{was, is}};
            its.record(event, [is](OrderLine& line) { line.allocated = is; });
        };
    }

    static void partShipment(Timeline& its) {
        const auto open = its.subject.line.open();
        if (its.subject.closed_at || open <= Decimal{2}) return;
        its.record(PartlyShipped{Decimal{2}, open - Decimal{2}, {}}, [](OrderLine& line) {
            line.shipped = line.shipped + Decimal{2};
            line.allocated = Decimal{};
        });
    }

    static Timeline::Change closing(int how) {
        return [how](Timeline& its) {
            if (its.subject.closed_at) return;
            const auto open = its.subject.line.open();
            if (how == 0)
                its.record(Shipped{open, {}}, [](OrderLine& line) { line.shipped = line.ordered; });
            if (how == 1)
                its.record(Cancelled{open}, [open](OrderLine& line) { line.cancelled = open; });
            if (how == 2) its.record(Vanished{}, {});
        };
    }

    std::mt19937 random_;
    std::string zone_;
    Timestamp start_;
};

std::vector<std::string> play(unsigned seed, minutes step, days length) {
    auto line = History{seed}.make(length);
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
        auto line = History{seed}.make(days{30});
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
        auto line = History{seed}.make(days{20});
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

}  // namespace
}  // namespace backorderd::rules_test

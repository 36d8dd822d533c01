#pragma once

#include <algorithm>

#include "rules/dice.hpp"
#include "rules/timeline.hpp"

namespace backorderd::rules_test {

/// Random rules and a random history of one line, the same for the same seed.
class RandomHistory : Dice {
public:
    explicit RandomHistory(unsigned seed) : Dice{seed} {
        zone_ = pick<const char*>({"UTC", "Europe/Vienna", "America/Chicago", "Asia/Kolkata",
                                   "Australia/Lord_Howe", "America/Santiago", "Pacific/Apia"});
        // Around the days on which clocks change, in both halves of the year.
        start_ = at(pick<const char*>({"2026-03-05T08:00:00Z", "2026-03-26T20:30:00Z",
                                       "2026-10-22T03:15:00Z", "2026-10-30T23:45:00Z",
                                       "2026-04-01T12:00:00Z", "2026-09-03T16:00:00Z"}));
    }

    Timeline make(std::chrono::days length) {
        auto line = Timeline{makeRules(), makeCase()};
        line.on_wire = std::chrono::minutes{pick<int>({0, 0, 0, 1, 45, 600, 3000})};
        const auto outage = start_ + std::chrono::minutes{15} * below(4 * 24 * 10);
        const auto outage_end = outage + std::chrono::minutes{15} * below(4 * 24 * 4);
        // Polls come every quarter of an hour and are good for two hours.
        line.fresh_until = [outage, outage_end](Timestamp now) -> std::optional<Timestamp> {
            const auto since = now.time_since_epoch();
            const Timestamp last_poll{since - since % std::chrono::minutes{15}};
            const bool down = last_poll > outage && last_poll < outage_end;
            const auto last_good =
                down ? Timestamp{outage.time_since_epoch() -
                                 outage.time_since_epoch() % std::chrono::minutes{15}}
                     : last_poll;
            return last_good + std::chrono::hours{2};
        };
        const int changes = below(12);
        for (int i = 0; i < changes; ++i) addChange(line, length);
        return line;
    }

private:
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
        const Date today{std::chrono::floor<std::chrono::days>(near).time_since_epoch()};
        return Promise::on(today + std::chrono::days{below(14) - 3});
    }

    void addChange(Timeline& line, std::chrono::days length) {
        const auto when =
            start_ +
            std::chrono::minutes{below(static_cast<int>(std::chrono::minutes{length}.count()))};
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
                line.change(when + std::chrono::minutes{1 + below(600)},
                            [](Timeline& its) { its.subject.missing_since.reset(); });
                break;
            case 6:
                line.change(when, [](Timeline& its) { its.subject.line.contact.email.clear(); });
                line.change(when + std::chrono::minutes{below(3000)}, [](Timeline& its) {
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

    std::string zone_;
    Timestamp start_;
};

}  // namespace backorderd::rules_test

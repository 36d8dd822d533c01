#pragma once

#include "rules/escalation_samples.hpp"
#include "rules/random_history.hpp"

namespace backorderd::rules_test {

/// Puts random ladders, supply alerts and expedites over a random history, with answers,
/// acknowledgements and supply that comes and goes. The same for the same seed.
class RandomLadders : Dice {
public:
    explicit RandomLadders(unsigned seed) : Dice{seed}, seed_{seed} {}

    Timeline make(std::chrono::days length) {
        auto line = RandomHistory{seed_}.make(length);
        line.rules.teams = ladderRules({}).teams;
        const int count = 1 + below(3);
        for (int i = 0; i < count; ++i) line.rules.escalation.push_back(randomLadder(i, count));
        if (chance(60)) addAdvice(line.rules);
        const int changes = below(10);
        for (int i = 0; i < changes; ++i) addChange(line, length);
        if (chance(30)) {
            const auto from = line.now + minutesWithin(length);
            line.down = {from, from + std::chrono::hours{12 + below(240)}};
        }
        return line;
    }

private:
    std::chrono::minutes minutesWithin(std::chrono::days length) {
        return std::chrono::minutes{below(static_cast<int>(std::chrono::minutes{length}.count()))};
    }

    Condition randomStart() {
        switch (below(8)) {
            case 0:
                return isTrue("lapsed");
            case 1:
                return isTrue("uncovered");
            case 2: {
                auto slips = test("slips");
                slips.min = Decimal{1};
                return condition({slips});
            }
            case 3: {
                auto sentiment = test("sentiment");
                sentiment.any_of = {"negative"};
                return condition({sentiment});
            }
            case 4: {
                auto silence = test("customer.silence");
                silence.min_age = period(pick<const char*>({"2d", "3bd"}));
                return condition({silence});
            }
            case 5: {
                auto near = test("promise.in_days");
                near.max = Decimal{below(6) - 2};
                return condition({near});
            }
            default:
                return olderThan(pick<const char*>({"0s", "1bd", "50h", "4d"}));
        }
    }

    EscalationRule randomLadder(int number, int count) {
        using Stop = EscalationRule::Stop;
        EscalationRule rule;
        rule.name = fmt::format("ladder {}", number);
        rule.calendar = "vienna";
        rule.start.any = {{randomStart(), randomStart()}};
        if (chance(20)) rule.match.none = {isTrue("lapsed")};
        const char* const afters[] = {"0s", "6h", "1d", "2bd", "4bd"};
        for (const auto* const after : afters) {
            if (!rule.steps.empty() && chance(40)) continue;
            rule.steps.push_back(
                step(pick<const char*>({"sales_rep", "sales_desk", "night"}), after, chance(60)));
            if (chance(20)) rule.steps.back().repeat = period(pick<const char*>({"1d", "2bd"}));
        }
        if (chance(50)) rule.digest.at_minute = 15 * below(4 * 24);
        for (const auto stop :
             {Stop::Available, Stop::PartlyAvailable, Stop::PromiseChanged, Stop::Answered})
            if (chance(30)) rule.stop.push_back(stop);
        if (number + 1 < count && chance(40))
            rule.inhibits = {fmt::format("ladder {}", number + 1)};
        return rule;
    }

    void addAdvice(RuleSet& rules) {
        SupplyRule supply;
        supply.name = "buy";
        supply.calendar = "vienna";
        supply.team = "sales_desk";
        if (chance(50)) supply.digest.at_minute = 15 * below(4 * 24);
        if (chance(50)) supply.again = period("3bd");
        rules.supply.push_back(supply);
        FulfilmentRule fulfilment;
        fulfilment.name = "share";
        fulfilment.calendar = "vienna";
        fulfilment.expedite.emplace();
        fulfilment.expedite->match = isTrue("lapsed");
        fulfilment.expedite->team = "sales_rep";
        if (chance(50)) fulfilment.expedite->again = period("2d");
        rules.fulfilment.push_back(fulfilment);
    }

    void addChange(Timeline& line, std::chrono::days length) {
        const auto when = line.now + minutesWithin(length);
        switch (below(5)) {
            case 0:
                return recordAt(line, when, Acknowledged{"", "Rob", ""});
            case 1:
                return recordAt(line, when,
                                Acknowledged{fmt::format("ladder {}", below(3)), "Rob", ""});
            case 2:
                return recordAt(
                    line, when,
                    Responded{pick<std::string>({"", "keep_waiting"}), "negative", "", "Rob"});
            default:
                line.change(when, [](Timeline& its) {
                    if (its.subject.closed_at) return;
                    const auto from = its.subject.line.supply;
                    Supply to;
                    if (!from.covered()) to.reference = "PO12";
                    its.record(SupplyChanged{from, to},
                               [to](OrderLine& changed) { changed.supply = to; });
                });
        }
    }

    static void recordAt(Timeline& line, Timestamp when, const Event& event) {
        line.change(when, [event](Timeline& its) {
            if (!its.subject.closed_at) its.record(event, {});
        });
    }

    unsigned seed_;
};

}  // namespace backorderd::rules_test

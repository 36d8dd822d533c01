#pragma once

#include <gmock/gmock.h>

#include "rules/timeline.hpp"

namespace backorderd::rules_test {

inline Condition olderThan(std::string_view span) {
    auto age = test("age");
    age.min_age = period(span);
    return condition({age});
}

inline Condition isTrue(std::string_view field) {
    auto flag = test(field);
    flag.flag = true;
    return condition({flag});
}

inline EscalationRule::Step step(std::string_view team, std::string_view after,
                                 bool unless_acknowledged = true) {
    EscalationRule::Step made;
    made.team = team;
    made.template_name = "rep-alert";
    made.after = period(after);
    made.unless_acknowledged = unless_acknowledged;
    return made;
}

/// After two business days the representative, two and four later the desk and a sender, which then
/// repeats itself.
inline EscalationRule plainLadder() {
    EscalationRule rule;
    rule.name = "prolonged";
    rule.calendar = "vienna";
    rule.start = olderThan("2bd");
    rule.steps = {step("sales_rep", "0s", false), step("sales_desk", "2bd"), step("night", "4bd")};
    rule.steps[2].repeat = period("2bd");
    rule.stop = {EscalationRule::Stop::Available};
    return rule;
}

inline RuleSet ladderRules(std::vector<EscalationRule> ladders) {
    auto rules = rulesOf({});
    rules.teams.push_back({"night", false, {}, "ops_webhook", "", "", {}});
    rules.escalation = std::move(ladders);
    return rules;
}

/// The line of `plainCase`, opened on Monday 2 March 2026 at 8:00 UTC, 9:00 in Vienna.
inline Timeline climbing(EscalationRule ladder = plainLadder(), Case subject = plainCase()) {
    return Timeline{ladderRules({std::move(ladder)}), std::move(subject)};
}

inline std::vector<const Withheld*> withheldBy(const Decision& decision, std::string_view rule) {
    std::vector<const Withheld*> found;
    for (const auto& entry : decision.withheld)
        if (entry.rule == rule) found.push_back(&entry);
    return found;
}

inline std::vector<std::string> reasonsOf(const Decision& decision, std::string_view rule) {
    std::vector<std::string> found;
    for (const auto* const entry : withheldBy(decision, rule))
        found.emplace_back(withheldReasonName(entry->reason));
    return found;
}

inline void setAvailable(OrderLine& line) { line.allocated = line.open(); }
inline void loseStock(OrderLine& line) { line.allocated = Decimal{}; }

}  // namespace backorderd::rules_test

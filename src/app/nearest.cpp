#include "app/nearest.hpp"

#include <algorithm>
#include <vector>

namespace backorderd::app {
namespace {

/// The tests of a condition in the order in which they are asked.
void addTests(const Condition& condition, std::vector<const Test*>& tests) {
    for (const auto& test : condition.tests) tests.push_back(&test);
    for (const auto& segment : condition.segments)
        if (segment.condition) addTests(*segment.condition, tests);
    for (const auto& part : condition.all) addTests(part, tests);
    for (const auto& alternatives : condition.any)
        for (const auto& alternative : alternatives) addTests(alternative, tests);
    for (const auto& forbidden : condition.none) addTests(forbidden, tests);
}

template <class Rule>
void addRule(const std::vector<Rule>& list, std::string_view name,
             std::vector<const Test*>& tests) {
    for (const auto& rule : list) {
        if (rule.name != name) continue;
        addTests(rule.match, tests);
        if constexpr (requires { rule.start; }) addTests(rule.start, tests);
    }
}

std::vector<const Test*> testsOf(const RuleName& rule, const RuleSet& rules) {
    std::vector<const Test*> tests;
    if (rule.section == "cadence") addRule(rules.cadence, rule.name, tests);
    if (rule.section == "substitution") addRule(rules.substitution, rule.name, tests);
    if (rule.section == "escalation") addRule(rules.escalation, rule.name, tests);
    if (rule.section == "fulfilment") addRule(rules.fulfilment, rule.name, tests);
    if (rule.section == "supply") addRule(rules.supply, rule.name, tests);
    return tests;
}

/// Which share of a rule's tests held before the one that failed.
double nearness(const RuleLook& look, const RuleSet& rules) {
    const auto tests = testsOf(look.rule, rules);
    const auto at = std::find(tests.begin(), tests.end(), look.failed->test);
    if (at == tests.end()) return 0;
    return static_cast<double>(at - tests.begin()) / static_cast<double>(tests.size());
}

}  // namespace

std::string failureInWords(const FailedTest& failed) {
    if (!failed.test || !failed.test->field) return failed.wanted + ", and " + failed.found;
    const auto& test = *failed.test;
    const std::string name{test.attribute.empty() ? test.field->name
                                                  : std::string_view{test.attribute}};
    return name + " must be " + failed.wanted + ", and is " + failed.found;
}

std::optional<std::string> nearestCondition(const Decision& decision, const RuleSet& rules) {
    const RuleLook* nearest = nullptr;
    double best = -1;
    for (const auto& look : decision.looks) {
        if (look.applied || !look.reached || !look.failed) continue;
        const double its = nearness(look, rules);
        if (its <= best) continue;
        best = its;
        nearest = &look;
    }
    if (!nearest) return std::nullopt;
    return "For the rule '" + std::string{nearest->rule.name} + "' (" +
           std::string{nearest->rule.section} + ") to apply, " + failureInWords(*nearest->failed);
}

}  // namespace backorderd::app

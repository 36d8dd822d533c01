#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "rules/calendar.hpp"
#include "rules/contradictions.hpp"
#include "rules/coverage.hpp"
#include "rules/rules.hpp"

namespace backorderd::rules {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

void add(Problems& problems, const Place& place, std::string text,
         Severity severity = Severity::Error) {
    problems.push_back({place, std::move(text), severity});
}

void checkCalendar(const Calendar& calendar, Problems& problems) {
    if (!Zone::exists(calendar.timezone))
        add(problems, calendar.place,
            fmt::format("calendar '{}': there is no time zone '{}'; use an IANA name such as "
                        "'Europe/Berlin'",
                        calendar.name, calendar.timezone));
    if (calendar.work_week.none())
        add(problems, calendar.place,
            fmt::format("calendar '{}' has no working day; name at least one in work_week",
                        calendar.name));
}

// -- Rules that an earlier one takes everything from --------------------------------------------

bool passesOn(const CadencePolicy& policy) { return policy.continues; }
template <class Rule>
bool passesOn(const Rule&) {
    return false;
}
std::string remedyFor(const CadencePolicy& taker) {
    return fmt::format("put it first, or give '{}' continue: true", taker.name);
}
template <class Rule>
std::string remedyFor(const Rule&) {
    return "put it first";
}

/// `sort` names such a rule: `policy`.
template <class Rule>
void checkReachable(const std::vector<Rule>& rules, std::string_view sort, Problems& problems) {
    std::vector<FlatCondition> takers;
    std::vector<const Rule*> names;
    for (const Rule& rule : rules) {
        const auto flat = flatten(rule.match);
        const auto taker = std::find_if(takers.begin(), takers.end(),
                                        [&](const auto& earlier) { return covers(earlier, flat); });
        if (taker != takers.end()) {
            const Rule& first = *names[static_cast<std::size_t>(taker - takers.begin())];
            add(problems, rule.place,
                fmt::format("{} '{}' can never match: '{}' before it takes every line that it "
                            "could; {}",
                            sort, rule.name, first.name, remedyFor(first)),
                Severity::Warning);
        }
        if (passesOn(rule)) continue;
        takers.push_back(flat);
        names.push_back(&rule);
    }
}

// -- Kinds of lines that no policy is for --------------------------------------------------------

bool isOfKind(const Test& test) {
    return test.field->column != nullptr && test.field->column->type == FieldType::Kind;
}

/// Whether lines of a kind can fit, as far as the kind decides.
bool lets(const FlatCondition& match, std::string_view kind) {
    return std::all_of(match.tests.begin(), match.tests.end(), [&](const Test* test) {
        return !isOfKind(*test) || test->any_of.empty() ||
               std::find(test->any_of.begin(), test->any_of.end(), kind) != test->any_of.end();
    });
}

/// Whether nothing but the kind is asked for.
bool asksForKindAlone(const FlatCondition& match) {
    return match.any.empty() && match.none.empty() &&
           std::all_of(match.tests.begin(), match.tests.end(),
                       [](const Test* test) { return isOfKind(*test); });
}

void checkKinds(const std::vector<CadencePolicy>& policies, Problems& problems) {
    if (policies.empty()) return;
    std::vector<FlatCondition> matches;
    for (const auto& policy : policies) matches.push_back(flatten(policy.match));
    std::vector<std::string_view> without, partly;
    for (const auto kind :
         {LineKind::Backorder, LineKind::Preorder, LineKind::DropShip, LineKind::MadeToOrder}) {
        const auto name = kindName(kind);
        const auto fits = [&](const FlatCondition& match) { return lets(match, name); };
        if (std::none_of(matches.begin(), matches.end(), fits))
            without.push_back(name);
        else if (std::none_of(matches.begin(), matches.end(), [&](const FlatCondition& match) {
                     return fits(match) && asksForKindAlone(match);
                 }))
            partly.push_back(name);
    }
    const auto& place = policies.back().place;
    if (!without.empty())
        add(problems, place,
            fmt::format("no policy is for lines of kind {}, so that their customers hear nothing; "
                        "add one with match: {{ kind: {} }}",
                        fmt::join(without, ", "), without.front()),
            Severity::Warning);
    if (!partly.empty())
        add(problems, place,
            fmt::format("not every line of kind {} has a policy, and customers of the rest hear "
                        "nothing; end the list with a policy for all others, with match: {{}}",
                        fmt::join(partly, ", ")),
            Severity::Warning);
}

// -- Segments that nobody uses ------------------------------------------------------------------

bool uses(const Condition& condition, std::string_view segment) {
    const auto deeper = [segment](const Condition& part) { return uses(part, segment); };
    return std::any_of(condition.segments.begin(), condition.segments.end(),
                       [segment](const Condition::SegmentUse& use) {
                           return use.name == segment ||
                                  (use.condition && uses(*use.condition, segment));
                       }) ||
           std::any_of(condition.all.begin(), condition.all.end(), deeper) ||
           std::any_of(condition.none.begin(), condition.none.end(), deeper) ||
           std::any_of(condition.any.begin(), condition.any.end(), [&](const auto& list) {
               return std::any_of(list.begin(), list.end(), deeper);
           });
}

/// All conditions of all rules, those of segments left out.
std::vector<const Condition*> conditionsOf(const RuleSet& rules) {
    std::vector<const Condition*> all;
    for (const auto& policy : rules.cadence) all.push_back(&policy.match);
    for (const auto& rule : rules.substitution)
        all.insert(all.end(), {&rule.match, &rule.candidates.exclude});
    for (const auto& rule : rules.escalation) all.insert(all.end(), {&rule.match, &rule.start});
    for (const auto& rule : rules.fulfilment) {
        all.push_back(&rule.match);
        for (const auto& [strategy, condition] : rule.strategies) all.push_back(&condition);
        if (rule.expedite) all.push_back(&rule.expedite->match);
    }
    for (const auto& rule : rules.supply) all.push_back(&rule.match);
    return all;
}

void checkSegments(const RuleSet& rules, Problems& problems) {
    const auto conditions = conditionsOf(rules);
    for (const auto& segment : rules.segments) {
        const auto& name = segment.first;
        const auto& condition = segment.second;
        const auto usesIt = [&](const Condition* one) { return uses(*one, name); };
        if (std::any_of(conditions.begin(), conditions.end(), usesIt)) continue;
        add(problems, condition ? placeOf(*condition) : Place{},
            fmt::format("segment '{}' is used by no rule", name), Severity::Warning);
    }
}

// -- Conditions that cannot hold -----------------------------------------------------------------

/// What a supply rule is for, whatever its match says.
const Condition& uncovered() {
    static const Condition kUncovered = [] {
        Test test;
        test.field = findConditionField("uncovered");
        test.flag = true;
        Condition condition;
        condition.tests.push_back(test);
        return condition;
    }();
    return kUncovered;
}

void checkSubstitution(const SubstitutionRule& rule, Contradictions& contradictions,
                       Problems& problems) {
    const auto what = fmt::format("substitution rule '{}'", rule.name);
    contradictions.check(rule.match, what);
    const auto& exclude = rule.candidates.exclude;
    if (exclude.empty()) return;
    contradictions.check(exclude, what, &rule.match);
    if (covers(flatten(exclude), flatten(rule.match)))
        add(problems, placeOf(exclude),
            fmt::format("{} can never offer anything: 'exclude' takes out every line that it "
                        "matches",
                        what));
}

void checkConditions(const RuleSet& rules, Problems& problems) {
    Contradictions contradictions{problems};
    for (const auto& [name, condition] : rules.segments)
        if (condition) contradictions.check(*condition, fmt::format("segment '{}'", name));
    for (const auto& policy : rules.cadence)
        contradictions.check(policy.match, fmt::format("policy '{}'", policy.name));
    for (const auto& rule : rules.substitution) checkSubstitution(rule, contradictions, problems);
    for (const auto& rule : rules.escalation) {
        const auto what = fmt::format("escalation rule '{}'", rule.name);
        contradictions.check(rule.match, what);
        contradictions.check(rule.start, what, &rule.match);
    }
    for (const auto& rule : rules.fulfilment) {
        const auto what = fmt::format("fulfilment rule '{}'", rule.name);
        contradictions.check(rule.match, what);
        for (const auto& [strategy, condition] : rule.strategies)
            contradictions.check(condition, what, &rule.match);
        if (rule.expedite) contradictions.check(rule.expedite->match, what, &rule.match);
    }
    for (const auto& rule : rules.supply)
        contradictions.check(rule.match, fmt::format("supply rule '{}'", rule.name), &uncovered());
}

// -- Alerts that would reach nobody --------------------------------------------------------------

std::set<std::string> teamsUsed(const RuleSet& rules) {
    std::set<std::string> names;
    for (const auto& policy : rules.cadence) names.insert(policy.no_contact_team);
    for (const auto& rule : rules.substitution) names.insert(rule.accepted_team);
    for (const auto& rule : rules.escalation)
        for (const auto& step : rule.steps) names.insert(step.team);
    for (const auto& rule : rules.fulfilment) {
        names.insert(rule.team);
        if (rule.expedite) names.insert(rule.expedite->team);
    }
    for (const auto& rule : rules.supply) names.insert(rule.team);
    return names;
}

void checkTeams(const RuleSet& rules, Problems& problems) {
    for (const auto& name : teamsUsed(rules)) {
        const auto* team = rules.findTeam(name);
        if (!team || !team->email.empty() || !team->sender.empty() || !team->absent_use.empty())
            continue;
        add(problems, team->place,
            fmt::format("team '{}' reaches nobody where a line names no sales representative; say "
                        "who stands in: absent: {{ use: TEAM }}",
                        name),
            Severity::Warning);
    }
}

// -- What a policy asks of itself ---------------------------------------------------------------

/// About how long a period is; five business days count as a week.
seconds roughly(Period period) {
    switch (period.unit) {
        case Period::Unit::Seconds:
            return seconds{period.count};
        case Period::Unit::Minutes:
            return std::chrono::minutes{period.count};
        case Period::Unit::Hours:
            return hours{period.count};
        case Period::Unit::Days:
            return hours{24} * period.count;
        case Period::Unit::Weeks:
            return hours{24 * 7} * period.count;
        case Period::Unit::BusinessDays:
            break;
    }
    return hours{24 * 7} * period.count / 5;
}

void checkStatus(const CadencePolicy& policy, Problems& problems) {
    const auto* const status = policy.message(Topic::Status);
    if (!status) return;
    if (!status->every || status->every->count <= 0) {
        add(problems, status->place,
            fmt::format("policy '{}': status needs 'every', the time after which the customer "
                        "hears again (such as 5bd)",
                        policy.name));
        return;
    }
    if (!policy.limit || policy.limit->max <= 0) return;
    const auto allowed = roughly(policy.limit->per) / policy.limit->max;
    if (roughly(*status->every) >= allowed) return;
    add(problems, status->place,
        fmt::format("policy '{}': a status every {} is more than its own limit of {} per {} lets "
                    "through",
                    policy.name, formatPeriod(*status->every), policy.limit->max,
                    formatPeriod(policy.limit->per)),
        Severity::Warning);
}

void checkWindow(const CadencePolicy& policy, Problems& problems) {
    if (!policy.send_window) return;
    if (!policy.send_window->work_days_only && policy.send_window->days.none())
        add(problems, policy.place,
            fmt::format("policy '{}': its send window has no day; nothing would ever leave",
                        policy.name));
}

}  // namespace

Problems findProblems(const RuleSet& rules) {
    Problems problems;
    for (const auto& calendar : rules.calendars) checkCalendar(calendar, problems);
    checkSegments(rules, problems);
    for (const auto& policy : rules.cadence) {
        checkStatus(policy, problems);
        checkWindow(policy, problems);
    }
    checkConditions(rules, problems);
    checkReachable(rules.cadence, "policy", problems);
    checkReachable(rules.substitution, "substitution rule", problems);
    checkReachable(rules.fulfilment, "fulfilment rule", problems);
    checkReachable(rules.supply, "supply rule", problems);
    checkKinds(rules.cadence, problems);
    checkTeams(rules, problems);
    if (rules.cadence.empty() && !rules.substitution.empty())
        add(problems, rules.substitution.front().place,
            "no offer can leave: offers go the way of a policy below 'cadence:', and there is none",
            Severity::Warning);
    return problems;
}

}  // namespace backorderd::rules

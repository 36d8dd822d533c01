#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "rules/calendar.hpp"
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

bool sameTest(Test a, Test b) {
    a.place = b.place = {};
    return a == b;
}

bool sameCondition(const Condition& a, const Condition& b);

template <class List, class Same>
bool isSubset(const List& few, const List& many, Same same) {
    return std::all_of(few.begin(), few.end(), [&](const auto& one) {
        return std::any_of(many.begin(), many.end(),
                           [&](const auto& other) { return same(one, other); });
    });
}

bool sameAlternatives(const std::vector<Condition>& a, const std::vector<Condition>& b) {
    return a.size() == b.size() && isSubset(a, b, sameCondition) && isSubset(b, a, sameCondition);
}

bool sameSegment(const Condition::SegmentUse& a, const Condition::SegmentUse& b) {
    return a.name == b.name;
}

/// Whether everything that `wide` asks for is also asked for by `narrow`.
bool covers(const Condition& wide, const Condition& narrow) {
    return isSubset(wide.tests, narrow.tests, sameTest) &&
           isSubset(wide.segments, narrow.segments, sameSegment) &&
           isSubset(wide.all, narrow.all, sameCondition) &&
           isSubset(wide.any, narrow.any, sameAlternatives) &&
           isSubset(wide.none, narrow.none, sameCondition);
}

bool sameCondition(const Condition& a, const Condition& b) { return covers(a, b) && covers(b, a); }

void checkReachable(const std::vector<CadencePolicy>& policies, Problems& problems) {
    for (std::size_t later = 1; later < policies.size(); ++later) {
        const auto end = policies.begin() + static_cast<std::ptrdiff_t>(later);
        const auto taker = std::find_if(policies.begin(), end, [&](const CadencePolicy& earlier) {
            return !earlier.continues && covers(earlier.match, policies[later].match);
        });
        if (taker == end) continue;
        add(problems, policies[later].place,
            fmt::format("policy '{}' can never match: '{}' before it takes every line that it "
                        "could; put it first, or give '{}' continue: true",
                        policies[later].name, taker->name, taker->name),
            Severity::Warning);
    }
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

/// A condition has no place of its own: its first test stands for it.
Place placeOf(const Condition& condition) {
    if (!condition.tests.empty()) return condition.tests.front().place;
    if (!condition.segments.empty()) return condition.segments.front().place;
    for (const auto* parts : {&condition.all, &condition.none})
        if (!parts->empty()) return placeOf(parts->front());
    for (const auto& list : condition.any)
        if (!list.empty()) return placeOf(list.front());
    return {};
}

void checkSegments(const RuleSet& rules, Problems& problems) {
    for (const auto& [name, condition] : rules.segments) {
        const auto usesIt = [&](const CadencePolicy& policy) { return uses(policy.match, name); };
        if (std::any_of(rules.cadence.begin(), rules.cadence.end(), usesIt)) continue;
        add(problems, condition ? placeOf(*condition) : Place{},
            fmt::format("segment '{}' is used by no policy", name), Severity::Warning);
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
    checkReachable(rules.cadence, problems);
    return problems;
}

}  // namespace backorderd::rules

#include "rules/cadence.hpp"
#include "rules/condition.hpp"
#include "rules/evaluation.hpp"
#include "rules/rules.hpp"

namespace backorderd::rules {
namespace {

using std::chrono::days;

/// No zone is further from UTC than this.
constexpr days kZoneSpread{1};

bool lapseIsLogged(const Case& subject, Date promised) {
    for (const auto& entry : subject.events) {
        const auto* const lapsed = std::get_if<PromiseLapsed>(&entry.event);
        if (lapsed && lapsed->promised == promised) return true;
    }
    return false;
}

std::optional<Event> lapseEvent(const RuleSet& rules, const Case& subject, Timestamp now) {
    const auto& promised = subject.line.promise.to;
    if (!promised || subject.closed_at || !subject.line.isOpen()) return std::nullopt;
    const Date latest_today{std::chrono::floor<days>(now).time_since_epoch() + kZoneSpread};
    if (*promised >= latest_today || lapseIsLogged(subject, *promised)) return std::nullopt;

    const Facts facts{now, std::nullopt};
    const Evaluation evaluation{rules, subject, facts, Detail::Brief};
    const Zone zone{evaluation.lapseCalendar().timezone};
    const auto lapsed_at = zone.startOf(*promised + days{1});
    if (now < lapsed_at || (subject.adopted && lapsed_at <= subject.opened_at)) return std::nullopt;
    return PromiseLapsed{*promised};
}

}  // namespace

Decision evaluate(const RuleSet& rules, const Case& subject, const Facts& facts, Detail detail) {
    Evaluation evaluation{rules, subject, facts, detail};
    decideCadence(evaluation);
    return evaluation.finish();
}

std::vector<Event> clockEvents(const RuleSet& rules, const Case& subject, Timestamp now) {
    std::vector<Event> events;
    if (auto lapse = lapseEvent(rules, subject, now)) events.push_back(*std::move(lapse));
    return events;
}

}  // namespace backorderd::rules

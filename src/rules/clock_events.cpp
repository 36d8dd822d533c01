#include "rules/evaluation.hpp"
#include "rules/ladder.hpp"
#include "rules/offers.hpp"
#include "rules/rules.hpp"

/// What comes about by the passing of time alone.
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

std::optional<Event> lapseEvent(const RuleSet& rules, const Case& subject, const Facts& facts) {
    const auto& promised = subject.line.promise.to;
    if (!promised) return std::nullopt;
    const Date latest_today{std::chrono::floor<days>(facts.now).time_since_epoch() + kZoneSpread};
    if (*promised >= latest_today || lapseIsLogged(subject, *promised)) return std::nullopt;

    const Evaluation evaluation{rules, subject, facts, Detail::Brief};
    const Zone zone{evaluation.lapseCalendar().timezone};
    const auto lapsed_at = zone.startOf(*promised + days{1});
    if (facts.now < lapsed_at || (subject.adopted && lapsed_at <= subject.opened_at))
        return std::nullopt;
    return PromiseLapsed{*promised};
}

std::optional<Event> ladderEvent(const RuleSet& rules, const EscalationRule& rule,
                                 const Case& subject, const Facts& facts) {
    const auto ladder = ladderOf(rule, subject);
    if (ladder.running()) {
        const auto stop = stopOf(ladder, subject);
        if (stop.empty()) return std::nullopt;
        return EscalationStopped{rule.name, std::string{stop}};
    }
    const auto look = lookAtStart(rules, ladder, subject, facts, Detail::Brief);
    if (look.answer != StartLook::Answer::Starts) return std::nullopt;
    return EscalationStarted{rule.name};
}

}  // namespace

std::vector<Event> clockEvents(const RuleSet& rules, const Case& subject, const Facts& facts) {
    auto events = offerClockEvents(subject, facts.now);
    if (subject.closed_at || !subject.line.isOpen()) return events;
    if (auto lapse = lapseEvent(rules, subject, facts)) events.push_back(*std::move(lapse));
    for (const auto& rule : rules.escalation)
        if (auto event = ladderEvent(rules, rule, subject, facts))
            events.push_back(*std::move(event));
    return events;
}

}  // namespace backorderd::rules

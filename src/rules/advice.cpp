#include "rules/advice.hpp"

#include <fmt/format.h>

#include "rules/fulfilment.hpp"
#include "rules/ladder.hpp"
#include "rules/tellings.hpp"

namespace backorderd::rules {
namespace {

/// Since when nothing covers the line, and the event that says so.
struct UncoveredSince {
    int seq = 0;
    Timestamp at{};
};

UncoveredSince uncoveredSince(const Case& subject) {
    UncoveredSince since{0, subject.opened_at};
    for (const auto& entry : subject.events) {
        const auto* const changed = std::get_if<SupplyChanged>(&entry.event);
        if (changed && changed->from.covered() && !changed->to.covered())
            since = {entry.seq, entry.at};
    }
    return since;
}

/// Alerts of what holds by `condition`. What was so already when the first snapshot was taken is
/// told only when its time comes again.
void alertOfState(Evaluation& evaluation, Alert&& alert, const Condition& condition,
                  const std::optional<Period>& again) {
    const auto tellings = tellingsOf(evaluation.subject, alert.key);
    Question question{evaluation.subject, evaluation.now, *alert.calendar};
    const bool adopted = heldWhenAdopted(condition, question);
    if (question.may_change) evaluation.lookAgain(*question.may_change);
    if (adopted) {
        const About about{alert.topic, alert.rule};
        const auto words = [] { return "It was so when the first snapshot was taken."; };
        if (!again) return evaluation.withhold(about, WithheldReason::Adopted, words);
        alert.from = alert.fact_at =
            addPeriod(evaluation.subject.opened_at, *again, *alert.calendar);
        if (evaluation.now < alert.from)
            evaluation.withhold(about, WithheldReason::Adopted, words, alert.from);
    }
    alertAgain(evaluation, std::move(alert), tellings, again);
}

void decideUncovered(Evaluation& evaluation) {
    const auto& subject = evaluation.subject;
    const auto* const rule = evaluation.firstMatching("supply", evaluation.rules.supply);
    if (!rule) return;
    if (subject.line.supply.covered()) {
        evaluation.withhold(
            About{Topic::Uncovered, rule->name}, WithheldReason::NotTrueAnyMore,
            [&] { return fmt::format("{} covers the line.", subject.line.supply.reference); });
        return;
    }
    const auto since = uncoveredSince(subject);
    const auto& calendar = calendarNamed(evaluation.rules, rule->calendar);
    alertOfState(evaluation,
                 {.topic = Topic::Uncovered,
                  .rule = rule->name,
                  .team = rule->team,
                  .template_name = rule->template_name,
                  .calendar = &calendar,
                  .digest = rule->digest,
                  .policy = nullptr,
                  .key = fmt::format("{}/{}", topicName(Topic::Uncovered), since.seq),
                  .fact_at = since.at,
                  .from = since.at,
                  .needs_fresh_data = true,
                  .reason = fmt::format("Nothing on order covers the {} still open.",
                                        subject.line.open().toString())},
                 rule->match, rule->again);
}

void decideExpedite(Evaluation& evaluation, const FulfilmentRule& rule) {
    const auto& expedite = *rule.expedite;
    const auto& promised = evaluation.subject.line.promise.to;
    const auto& calendar = calendarNamed(evaluation.rules, rule.calendar);
    if (!evaluation.holdsNow(expedite.match, calendar)) {
        evaluation.withhold(About{Topic::Expedite, rule.name}, WithheldReason::NotTrueAnyMore,
                            [] { return "The condition of expedite does not hold."; });
        return;
    }
    const auto date = promised ? formatDate(*promised) : std::string{"unknown"};
    alertOfState(evaluation,
                 {.topic = Topic::Expedite,
                  .rule = rule.name,
                  .team = expedite.team,
                  .template_name = expedite.template_name,
                  .calendar = &calendar,
                  .digest = rule.digest,
                  .policy = nullptr,
                  .key = fmt::format("{}/{}", topicName(Topic::Expedite), date),
                  .fact_at = evaluation.now,
                  .from = evaluation.now,
                  .needs_fresh_data = true,
                  .reason = promised ? fmt::format("Promised for {}, and {} still open.", date,
                                                   evaluation.subject.line.open().toString())
                                     : std::string{"No date is promised."}},
                 expedite.match, expedite.again);
}

}  // namespace

void decideAdvice(Evaluation& evaluation) {
    if (!evaluation.open) return;
    decideUncovered(evaluation);
    const auto* const rule = evaluation.firstMatching("fulfilment", evaluation.rules.fulfilment);
    if (!rule) return;
    if (rule->expedite) decideExpedite(evaluation, *rule);
    decideAllocation(evaluation, *rule);
}

}  // namespace backorderd::rules

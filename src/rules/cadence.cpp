#include "rules/cadence.hpp"

#include <fmt/format.h>

#include "rules/offers.hpp"

namespace backorderd::rules {
namespace {

std::string openedReason(const Evaluation& evaluation, const TopicRule& rule) {
    const auto day = Zone{rule.calendar->timezone}.date(evaluation.subject.opened_at);
    if (rule.policy->grace.count == 0)
        return fmt::format("The line went on back order on {}.", formatDate(day));
    return fmt::format(
        "The line has been on back order since {}, longer than the grace time of {}.",
        formatDate(day), formatPeriod(rule.policy->grace));
}

FirstMessage decideOpened(Evaluation& evaluation) {
    const auto& rule = evaluation.rule(Topic::Opened);
    const auto& subject = evaluation.subject;
    if (!rule) return {};
    if (subject.adopted) {
        evaluation.withhold(Topic::Opened, WithheldReason::Adopted, [] {
            return "The line was already on back order when the first snapshot was taken.";
        });
        return {};
    }
    const auto* const row = evaluation.history.opened;
    const bool frozen = row && row->state == NoticeState::Bundled;
    const Zone zone{rule.calendar->timezone};
    const auto grace_ends = addPeriod(subject.opened_at, rule.policy->grace, *rule.calendar, zone);
    Occasion occasion{.topic = Topic::Opened,
                      .key = "opened",
                      .fact_at = subject.opened_at,
                      .from = grace_ends,
                      .latest = std::nullopt,
                      .reason = openedReason(evaluation, rule)};
    evaluation.propose(rule, std::move(occasion));
    if (row && !isPending(row->state)) return {};
    // A frozen message that was just given up does not stand in the way of what replaces it.
    if (frozen && !evaluation.customerNoticeWanted()) return {};
    return {true, frozen ? std::optional{row->state_at} : std::nullopt};
}

}  // namespace

void decideCadence(Evaluation& evaluation) {
    if (!evaluation.open) {
        decideClosing(evaluation);
        return;
    }
    const auto first = decideOpened(evaluation);
    decidePromiseChanged(evaluation, first);
    decidePromiseLapsed(evaluation, first);
    decideAvailability(evaluation, first);
    decidePartShipments(evaluation, first);
    decideOffers(evaluation);
    decideStatus(evaluation, first);
}

void withholdBehindFirst(Evaluation& evaluation, Topic topic) {
    evaluation.withhold(topic, WithheldReason::PendingFirst, [] {
        return "The first message has not left yet, and will tell what is true by then.";
    });
}

}  // namespace backorderd::rules

#include <fmt/format.h>

#include "rules/cadence.hpp"

namespace backorderd::rules {
namespace {

/// A fact of the past that no rule wanted told for so long is not told any more.
constexpr std::chrono::days kSupplyNewsFor{14};

/// Whether what the last event said of the stock is so still.
bool stillTrue(const Event& event, const OrderLine& line) {
    if (!line.allocated) return true;
    if (std::holds_alternative<Available>(event)) return *line.allocated >= line.open();
    return line.allocated->isPositive() && *line.allocated < line.open();
}

enum class BehindFirst { No, Wait, Covered };

/// How a fact that came about at `at` stands to the first message: told by it, or to wait for it.
BehindFirst behindFirst(const FirstMessage& first, Timestamp at, bool planned) {
    if (!first.to_come) return BehindFirst::No;
    const bool later = first.frozen_at && *first.frozen_at <= at;
    return planned || later ? BehindFirst::Wait : BehindFirst::Covered;
}

/// Whether the first message, which has left, had the fact in it.
bool toldByFirst(const Evaluation& evaluation, Timestamp at) {
    const auto* const opened = evaluation.history.opened;
    return opened && wasHeard(opened->state) && opened->state_at > at;
}

void decidePartShipment(Evaluation& evaluation, const FirstMessage& first, const TopicRule& rule,
                        const CaseEvent& event) {
    const auto& history = evaluation.history;
    auto key = fmt::format("partly_shipped/{}", event.seq);
    const auto* const row = findNotice(evaluation.subject, key);
    if (!row) {
        const bool voiced = (history.first_heard_at && *history.first_heard_at <= event.at) ||
                            (history.frozen_at && *history.frozen_at <= event.at);
        if (!voiced) {
            if (first.to_come) return withholdBehindFirst(evaluation, Topic::PartlyShipped);
            evaluation.withhold(Topic::PartlyShipped, WithheldReason::NeverToldOfDelay, [] {
                return "The customer had heard nothing of the delay when the part was shipped.";
            });
            return;
        }
        if (evaluation.now > event.at + kSupplyNewsFor) return;
    }
    const auto& shipped = std::get<PartlyShipped>(event.event);
    evaluation.propose(
        rule, {.topic = Topic::PartlyShipped,
               .key = std::move(key),
               .fact_at = event.at,
               .from = event.at,
               .latest = std::nullopt,
               .behind_first = !history.first_heard_at,
               .reason = fmt::format("{} shipped, {} still open.", shipped.shipped.toString(),
                                     shipped.remaining.toString())});
}

std::optional<Topic> closingTopic(const Event& event) {
    if (std::holds_alternative<Shipped>(event)) return Topic::Shipped;
    if (std::holds_alternative<Cancelled>(event)) return Topic::Cancelled;
    return std::nullopt;
}

}  // namespace

void decideAvailability(Evaluation& evaluation, const FirstMessage& first) {
    const auto* const event = evaluation.history.stock;
    if (!event || std::holds_alternative<AvailabilityLost>(event->event)) return;
    const bool whole = std::holds_alternative<Available>(event->event);
    const auto topic = whole ? Topic::Available : Topic::PartlyAvailable;
    const auto& rule = evaluation.rule(topic);
    if (!rule) return;
    const auto& line = evaluation.subject.line;
    if (!stillTrue(event->event, line)) {
        evaluation.withhold(topic, WithheldReason::NotTrueAnyMore,
                            [] { return "The quantity reserved for the line has changed since."; });
        return;
    }
    auto key = fmt::format("{}/{}", topicName(topic), event->seq);
    const auto* const row = findNotice(evaluation.subject, key);
    const auto behind = behindFirst(first, event->at, row != nullptr);
    if (behind == BehindFirst::Covered) return withholdBehindFirst(evaluation, topic);
    if (!row && toldByFirst(evaluation, event->at)) {
        evaluation.withhold(topic, WithheldReason::AlreadyTold,
                            [] { return "It was so when the first message left."; });
        return;
    }
    evaluation.propose(rule, {.topic = topic,
                              .key = std::move(key),
                              .fact_at = event->at,
                              .from = event->at,
                              .latest = std::nullopt,
                              .behind_first = behind == BehindFirst::Wait,
                              .reason = whole ? "The whole open quantity is reserved for the line."
                                              : "A part of the open quantity is reserved for the "
                                                "line."});
}

void decidePartShipments(Evaluation& evaluation, const FirstMessage& first) {
    const auto& rule = evaluation.rule(Topic::PartlyShipped);
    if (!rule) return;
    for (const auto* const event : evaluation.history.shipments)
        decidePartShipment(evaluation, first, rule, *event);
}

void decideClosing(Evaluation& evaluation) {
    const auto& history = evaluation.history;
    const auto topic = history.closing ? closingTopic(history.closing->event) : std::nullopt;
    if (!topic || !evaluation.rule(*topic)) return;
    auto key = fmt::format("{}/{}", topicName(*topic), history.closing->seq);
    if (!history.first_heard_at) {
        evaluation.withhold(*topic, WithheldReason::NeverToldOfDelay,
                            [] { return "The customer never heard of the delay."; });
        return;
    }
    const auto at = history.closing->at;
    if (!findNotice(evaluation.subject, key) && evaluation.now > at + kSupplyNewsFor) return;
    evaluation.propose(evaluation.rule(*topic),
                       {.topic = *topic,
                        .key = std::move(key),
                        .fact_at = at,
                        .from = at,
                        .latest = std::nullopt,
                        .reason = *topic == Topic::Shipped ? "The last open unit has shipped."
                                                           : "The rest was cancelled."});
}

}  // namespace backorderd::rules

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "rules/cadence.hpp"

namespace backorderd::rules {
namespace {

using std::chrono::days;

std::string inWords(const Promise& promise) {
    return promise.to ? formatDate(*promise.to) : std::string{"no date"};
}

/// What the customer believes. A message that left after its date had passed named no date.
Promise believed(const Evaluation& evaluation, const Zone& zone) {
    const auto* const last = evaluation.history.last_heard;
    if (!last) return evaluation.history.first_promise;
    const auto& told = last->facts.promise;
    return told.to && *told.to < zone.date(last->state_at) ? Promise{} : told;
}

bool reaches(Date from, Date to, Period min_change, const Calendar& calendar) {
    const auto [first, last] = std::minmax(from, to);
    const auto moved = last - first;
    switch (min_change.unit) {
        case Period::Unit::Seconds:
            return moved >= std::chrono::seconds{min_change.count};
        case Period::Unit::Minutes:
            return moved >= std::chrono::minutes{min_change.count};
        case Period::Unit::Hours:
            return moved >= std::chrono::hours{min_change.count};
        case Period::Unit::Days:
            return moved >= days{min_change.count};
        case Period::Unit::Weeks:
            return moved >= days{7} * min_change.count;
        case Period::Unit::BusinessDays:
            break;
    }
    return businessDaysBetween(first, last, calendar) >= min_change.count;
}

/// Whether what is now promised is worth a message to somebody who believes `told`. A date that has
/// passed is none: whatever is promised instead is news from the next day on, which is then set as
/// `since`.
bool isNews(Evaluation& evaluation, const TopicRule& rule, const Promise& told, const Zone& zone,
            std::optional<Date>& since) {
    const auto& current = evaluation.subject.line.promise;
    if (told.to == current.to) {
        evaluation.withhold(Topic::PromiseChanged, WithheldReason::AlreadyTold, [&] {
            return fmt::format("The customer was told {}, and so it stands.", inWords(told));
        });
        return false;
    }
    const auto& min_change = rule.message->min_change;
    if (!told.to || !current.to || !min_change ||
        reaches(*told.to, *current.to, *min_change, *rule.calendar))
        return true;
    const auto next_day = *told.to + days{1};
    if (zone.date(evaluation.now) >= next_day) {
        since = next_day;
        return true;
    }
    evaluation.lookAgain(zone.startOf(next_day));
    evaluation.withhold(Topic::PromiseChanged, WithheldReason::BelowMinChange, [&] {
        return fmt::format("From {}, as told, to {} is less than {}.", inWords(told),
                           inWords(current), formatPeriod(*min_change));
    });
    return false;
}

/// Whether the customer heard of this promise when its date had already passed.
bool lapseWasHeard(const Case& subject, Timestamp lapsed_at) {
    return std::any_of(subject.notices.begin(), subject.notices.end(), [&](const Notice& notice) {
        return isForCustomer(notice.topic) && wasHeard(notice.state) &&
               notice.state_at >= lapsed_at && notice.facts.promise.to == subject.line.promise.to;
    });
}

}  // namespace

void decidePromiseChanged(Evaluation& evaluation, const FirstMessage& first) {
    const auto& rule = evaluation.rule(Topic::PromiseChanged);
    const auto* const event = evaluation.history.promise;
    if (!rule || !event) return;
    if (first.to_come) return withholdBehindFirst(evaluation, Topic::PromiseChanged);

    const Zone zone{rule.calendar->timezone};
    const auto& current = evaluation.subject.line.promise;
    const auto told = believed(evaluation, zone);
    std::optional<Date> since;
    if (!isNews(evaluation, rule, told, zone, since)) return;
    if (current.to) {
        evaluation.lookAgain(zone.startOf(*current.to + days{1}));
        if (*current.to < zone.date(evaluation.now)) {
            evaluation.withhold(Topic::PromiseChanged, WithheldReason::NotTrueAnyMore, [&] {
                return fmt::format("The new date, {}, has passed.", inWords(current));
            });
            return;
        }
    }
    const auto settle = rule.message->settle.value_or(Period{});
    auto from = addPeriod(event->at, settle, *rule.calendar, zone);
    // What became news at midnight waits until the day begins.
    if (since) from = std::max(from, zone.instant(*since, rule.calendar->hours.from_minute));
    evaluation.propose(rule, {.topic = Topic::PromiseChanged,
                              .key = fmt::format("promise_changed/{}", event->seq),
                              .fact_at = event->at,
                              .from = from,
                              .latest = std::nullopt,
                              .needs_fresh_data = since.has_value(),
                              .reason = fmt::format("The customer was told {}; now it is {}.",
                                                    inWords(told), inWords(current))});
}

void decidePromiseLapsed(Evaluation& evaluation, const FirstMessage& first) {
    const auto& subject = evaluation.subject;
    if (!subject.line.promise.to) return;
    const auto& calendar = evaluation.lapseCalendar();
    const Zone zone{calendar.timezone};
    const auto next_day = *subject.line.promise.to + days{1};
    const auto lapsed_at = zone.startOf(next_day);
    if (evaluation.now < lapsed_at) return evaluation.lookAgain(lapsed_at);

    const auto& rule = evaluation.rule(Topic::PromiseLapsed);
    if (!rule) return;
    if (subject.adopted && lapsed_at <= subject.opened_at) {
        evaluation.withhold(Topic::PromiseLapsed, WithheldReason::Adopted, [] {
            return "The date had passed before the first snapshot was taken.";
        });
        return;
    }
    if (first.to_come) return withholdBehindFirst(evaluation, Topic::PromiseLapsed);
    const auto date = formatDate(*subject.line.promise.to);
    if (lapseWasHeard(subject, lapsed_at)) {
        evaluation.withhold(Topic::PromiseLapsed, WithheldReason::AlreadyTold, [&] {
            return fmt::format("The customer was written to after {} had passed.", date);
        });
        return;
    }
    // The lapse comes with the clock, at midnight: nobody wants to hear of it before the day
    // begins.
    evaluation.propose(
        rule,
        {.topic = Topic::PromiseLapsed,
         .key = "promise_lapsed/" + date,
         .fact_at = std::max(lapsed_at, subject.opened_at),
         .from = std::max(zone.instant(next_day, calendar.hours.from_minute), subject.opened_at),
         .latest = std::nullopt,
         .needs_fresh_data = true,
         .reason = fmt::format("The promised date, {}, passed with {} still open.", date,
                               subject.line.open().toString())});
}

}  // namespace backorderd::rules

#include <fmt/format.h>

#include <algorithm>

#include "rules/cadence.hpp"

namespace backorderd::rules {
namespace {

using std::chrono::days;

/// The moments at which a status is due, counted from when the customer last heard anything.
class Series {
public:
    Series(Timestamp base, Period every, const Calendar& calendar, const Zone& zone)
        : base_{base}, every_{every}, calendar_{calendar}, zone_{zone} {}

    Timestamp at(int n) const {
        return addPeriod(base_, {every_.count * n, every_.unit}, calendar_, zone_);
    }

    /// The number of the latest moment that has come. The first must have.
    int reached(Timestamp now) const {
        int low = 1;
        int high = 2;
        const int last = kCountMax / every_.count;
        while (high < last && at(high) <= now) {
            low = high;
            high *= 2;
        }
        high = std::min(high, last);
        while (high - low > 1) {
            const int middle = low + (high - low) / 2;
            (at(middle) <= now ? low : high) = middle;
        }
        return low;
    }

private:
    /// The longest period that is ever added.
    static constexpr int kCountMax = 1'000'000'000;

    Timestamp base_;
    Period every_;
    const Calendar& calendar_;
    const Zone& zone_;
};

/// When the customer last heard anything, or would have, had the first message not failed.
Timestamp seriesBase(const Evaluation& evaluation) {
    const auto& history = evaluation.history;
    auto base = evaluation.subject.opened_at;
    // Before the case was opened: it left before an older copy of the database was restored.
    if (history.last_heard) base = history.last_heard->state_at;
    const auto* const opened = history.opened;
    if (opened && !isPending(opened->state) && opened->state != NoticeState::Superseded)
        base = std::max(base, opened->state_at);
    return base;
}

/// A status under the date at which it was due.
struct DueStatus {
    Timestamp at;
    std::string key;
    const Notice* row;  ///< null: not planned yet
};

DueStatus dueOn(const Evaluation& evaluation, Timestamp at, const Zone& zone) {
    auto key = "status/" + formatDate(zone.date(at));
    const auto* const row = findNotice(evaluation.subject, key);
    return {at, std::move(key), row};
}

bool cameToNothing(const Evaluation& evaluation, const Notice& row) {
    return row.state == NoticeState::Superseded ||
           (row.state == NoticeState::Bundled && evaluation.isOutdated(row));
}

/// One that is planned, or waits in a message, stands for all that became due since. One that was
/// superseded by something that then was not told either is due again on the next day, under the
/// next day's key.
DueStatus dueStatus(const Evaluation& evaluation, Timestamp due, const Calendar& calendar,
                    const Zone& zone) {
    for (const auto& row : evaluation.subject.notices)
        if (row.topic == Topic::Status && isPending(row.state) && !cameToNothing(evaluation, row))
            return {row.fact_at, row.key, &row};
    auto found = dueOn(evaluation, due, zone);
    for (int late = 1; found.row && cameToNothing(evaluation, *found.row); ++late)
        found = dueOn(evaluation, addPeriod(due, {late, Period::Unit::Days}, calendar, zone), zone);
    return found;
}

void withholdUntil(Evaluation& evaluation, Timestamp until) {
    evaluation.lookAgain(until);
    evaluation.withhold(
        Topic::Status, WithheldReason::CadenceNotElapsed,
        [&] { return fmt::format("The next status is due at {}.", formatTimestamp(until)); },
        until);
}

}  // namespace

void decideStatus(Evaluation& evaluation, const FirstMessage& first) {
    const auto& rule = evaluation.rule(Topic::Status);
    if (!rule || !rule.message->every || rule.message->every->count <= 0) return;
    if (first.to_come) return withholdBehindFirst(evaluation, Topic::Status);

    const auto& calendar = *rule.calendar;
    const Zone zone{calendar.timezone};
    const Series series{seriesBase(evaluation), *rule.message->every, calendar, zone};
    if (const auto first_due = series.at(1); evaluation.now < first_due)
        return withholdUntil(evaluation, first_due);
    const auto n = series.reached(evaluation.now);
    const auto next = series.at(n + 1);
    evaluation.lookAgain(next);
    auto due = dueStatus(evaluation, series.at(n), calendar, zone);
    const bool frozen = due.row && due.row->state == NoticeState::Bundled;
    if (evaluation.customerNoticeWanted() && !frozen) {
        evaluation.withhold(Topic::Status, WithheldReason::PendingFirst, [] {
            return "Another message of this line is about to leave and counts as word.";
        });
        return;
    }
    if (due.row && !isPending(due.row->state)) return withholdUntil(evaluation, next);
    if (due.at > evaluation.now) return withholdUntil(evaluation, std::min(due.at, next));
    auto* const notice =
        evaluation.propose(rule, {.topic = Topic::Status,
                                  .key = std::move(due.key),
                                  .fact_at = due.at,
                                  .from = due.at,
                                  .latest = std::nullopt,
                                  .needs_fresh_data = true,
                                  .reason = fmt::format("The customer has heard nothing for {}.",
                                                        formatPeriod(*rule.message->every))});
    // Once the next is due after the moment at which it should leave, it is worth nothing.
    if (notice) notice->expires_at = series.at(series.reached(notice->due_at) + 1);
}

}  // namespace backorderd::rules

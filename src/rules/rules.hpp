#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "backorderd/case.hpp"
#include "backorderd/decision.hpp"
#include "backorderd/rule.hpp"

/// What each person is to be told, and when. Pure: `now` is an argument, and the same case, rules
/// and `now` always give the same decision.
namespace backorderd::rules {

/// What a decision rests on besides the case.
struct Facts {
    Timestamp now{};
    /// Until when the source's data count as fresh; empty: it has never been read to the end.
    std::optional<Timestamp> fresh_until;
};

/// `Full` also fills `Decision::looks` with the words for `explain`; `Brief` spares the time, and
/// lists in `Decision::withheld` only what concerns a notice that is pending.
enum class Detail { Brief, Full };

/// What should be told of this case now and later. See `Decision`.
Decision evaluate(const RuleSet& rules, const Case& subject, const Facts& facts,
                  Detail detail = Detail::Brief);

/// Whether a condition holds. With `failed`, the first test that did not.
bool holds(const Condition& condition, const Case& subject, Timestamp now,
           FailedTest* failed = nullptr);

/// The lapse of the promise, where it has happened by `now` in the zone of the policy's calendar
/// and is not in the log yet; to be added to the case's log before it is evaluated.
std::optional<Event> lapseEvent(const RuleSet& rules, const Case& subject, Timestamp now);

/// What the loader cannot know: zones that do not exist, calendars with no working day, rules that
/// can never match because an earlier one takes all, segments that are never used, a status cadence
/// faster than its own limit. Names of teams, calendars and segments are the loader's business.
Problems findProblems(const RuleSet& rules);

/// The day it is at `at` in a zone; UTC where the zone is empty or not known.
Date localDate(Timestamp at, std::string_view timezone);
/// The instant of a local time. In a gap the next valid instant counts, in an overlap the first.
Timestamp instantOf(Date day, int minute_of_day, std::string_view timezone);
/// `at` moved forward by a period of the calendar.
Timestamp addPeriod(Timestamp at, Period period, const Calendar& calendar);

}  // namespace backorderd::rules

#pragma once

#include <chrono>
#include <string_view>

#include "backorderd/dates.hpp"
#include "backorderd/rule.hpp"

/// Zones, days and business days.
namespace backorderd::rules {

/// A time zone, found once and asked often. Empty and unknown names mean UTC.
class Zone {
public:
    explicit Zone(std::string_view name);

    static bool exists(std::string_view name);

    std::chrono::local_seconds localTime(Timestamp at) const;
    /// In a gap the next valid instant, in an overlap the first.
    Timestamp instant(std::chrono::local_seconds local) const;

    Date date(Timestamp at) const { return std::chrono::floor<std::chrono::days>(localTime(at)); }
    Timestamp instant(Date day, int minute_of_day) const;
    Timestamp startOf(Date day) const { return instant(day, 0); }

private:
    struct Known;
    static Known* find(std::string_view name);

    Known* zone_;  // null is UTC; lives as long as the thread
};

/// The calendar of that name, or the built-in one (UTC, Monday to Friday).
const Calendar& calendarNamed(const RuleSet& rules, std::string_view name);

/// In the work week and no holiday.
bool isBusinessDay(const Calendar& calendar, Date day);
/// The `count`-th business day after `day`; calendar days where the calendar has no business day.
Date addBusinessDays(Date day, int count, const Calendar& calendar);
/// Business days in (from, to]; `from` must not be later.
int businessDaysBetween(Date from, Date to, const Calendar& calendar);

/// When the calendar's hours begin on the day of `at`, whatever day that is.
Timestamp hoursBeginAt(Timestamp at, const Calendar& calendar);

/// As rules::addPeriod, with the calendar's zone at hand.
Timestamp addPeriod(Timestamp at, Period period, const Calendar& calendar, const Zone& zone);

}  // namespace backorderd::rules

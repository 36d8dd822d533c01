#include "rules/calendar.hpp"

#include <date/tz.h>

#include <algorithm>
#include <functional>
#include <map>
#include <string>

#include "rules/rules.hpp"

namespace backorderd::rules {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

/// A calendar whose holidays cover every working day must not hang the daemon.
constexpr int kFreeDaysMax = 3660;

/// As `date::locate_zone`, without an exception for what an ERP may have misspelt.
const date::time_zone* locateZone(std::string_view name) {
    const auto& zones = date::get_tzdb().zones;
    const auto at = std::lower_bound(
        zones.begin(), zones.end(), name,
        [](const date::time_zone& zone, std::string_view wanted) { return zone.name() < wanted; });
    return at != zones.end() && at->name() == name ? &*at : nullptr;
}

/// Goes whole weeks at once; the holidays met on the way remain to be counted. One day at least
/// remains, because the last step must end on a business day.
void skipWeeks(Date& day, int& count, const Calendar& calendar) {
    const auto a_week = static_cast<int>(calendar.work_week.count());
    while (count > a_week) {
        const int weeks = (count - 1) / a_week;
        const auto to = day + days{7 * weeks};
        count -= weeks * a_week;
        count += static_cast<int>(std::count_if(
            calendar.holidays.upper_bound(day), calendar.holidays.upper_bound(to),
            [&](Date holiday) {
                return calendar.work_week.test(std::chrono::weekday{holiday}.c_encoding());
            }));
        day = to;
    }
}

bool isUtc(std::string_view name) { return name.empty() || name == "UTC" || name == "Etc/UTC"; }

}  // namespace

/// A zone that was asked for, and its offset for as long around what was asked last as it holds:
/// a decision asks a dozen times for moments days apart.
struct Zone::Known {
    const date::time_zone* zone = nullptr;
    date::sys_info info{};

    std::chrono::seconds offsetAt(date::sys_seconds at) {
        if (at < info.begin || at >= info.end) info = zone->get_info(at);
        return info.offset;
    }
    /// Far enough from the changes that no clock shows this time twice or never.
    bool isPlain(date::local_seconds local) const {
        const date::sys_seconds at{local.time_since_epoch() - info.offset};
        return at >= info.begin + days{1} && at < info.end - days{1};
    }
};

Zone::Known* Zone::find(std::string_view name) {
    using Zones = std::map<std::string, Known, std::less<>>;
    thread_local Zones known;
    thread_local Zones::pointer last = nullptr;
    if (last && last->first == name) return &last->second;
    auto at = known.find(name);
    if (at == known.end()) {
        const auto* const zone = locateZone(name);
        if (!zone) return nullptr;
        at = known.emplace(name, Known{zone}).first;
    }
    last = &*at;
    return &last->second;
}

Zone::Zone(std::string_view name) : zone_{isUtc(name) ? nullptr : find(name)} {}

bool Zone::exists(std::string_view name) {
    return isUtc(name) ? !name.empty() : find(name) != nullptr;
}

std::chrono::local_seconds Zone::localTime(Timestamp at) const {
    const auto since = at.time_since_epoch();
    if (!zone_) return std::chrono::local_seconds{since};
    return std::chrono::local_seconds{since + zone_->offsetAt(date::sys_seconds{since})};
}

Timestamp Zone::instant(std::chrono::local_seconds local) const {
    const auto since = local.time_since_epoch();
    if (!zone_) return Timestamp{since};
    if (zone_->isPlain(date::local_seconds{since})) return Timestamp{since - zone_->info.offset};
    const auto info = zone_->zone->get_info(date::local_seconds{since});
    zone_->info = info.first;
    if (info.result == date::local_info::nonexistent)
        return Timestamp{info.first.end.time_since_epoch()};
    return Timestamp{since - info.first.offset};
}

Timestamp Zone::instant(Date day, int minute_of_day) const {
    return instant(std::chrono::local_seconds{day} + minutes{minute_of_day});
}

const Calendar& calendarNamed(const RuleSet& rules, std::string_view name) {
    static const Calendar built_in;
    const auto* const found = name.empty() ? nullptr : rules.findCalendar(name);
    return found ? *found : built_in;
}

bool isBusinessDay(const Calendar& calendar, Date day) {
    const auto weekday = std::chrono::weekday{day}.c_encoding();
    return calendar.work_week.test(weekday) && !calendar.holidays.contains(day);
}

Date addBusinessDays(Date day, int count, const Calendar& calendar) {
    if (calendar.work_week.none()) return day + days{count};
    skipWeeks(day, count, calendar);
    for (int free_days = 0; count > 0 && free_days < kFreeDaysMax;) {
        day += days{1};
        const bool business = isBusinessDay(calendar, day);
        count -= business ? 1 : 0;
        free_days = business ? 0 : free_days + 1;
    }
    return day + days{count};
}

int businessDaysBetween(Date from, Date to, const Calendar& calendar) {
    int count = 0;
    for (auto day = from + days{1}; day <= to; day += days{1})
        count += isBusinessDay(calendar, day) ? 1 : 0;
    return count;
}

Timestamp hoursBeginAt(Timestamp at, const Calendar& calendar) {
    const Zone zone{calendar.timezone};
    return zone.instant(zone.date(at), calendar.hours.from_minute);
}

Timestamp addPeriod(Timestamp at, Period period, const Calendar& calendar, const Zone& zone) {
    const auto onDay = [&](auto later) {
        const auto local = zone.localTime(at);
        const auto day = std::chrono::floor<days>(local);
        return zone.instant(std::chrono::local_seconds{later(day)} + (local - day));
    };
    if (period.count == 0) return at;
    switch (period.unit) {
        case Period::Unit::Seconds:
            return at + seconds{period.count};
        case Period::Unit::Minutes:
            return at + minutes{period.count};
        case Period::Unit::Hours:
            return at + hours{period.count};
        case Period::Unit::Days:
            return onDay([&](Date day) { return day + days{period.count}; });
        case Period::Unit::Weeks:
            return onDay([&](Date day) { return day + days{7} * period.count; });
        case Period::Unit::BusinessDays:
            break;
    }
    return onDay([&](Date day) { return addBusinessDays(day, period.count, calendar); });
}

Date localDate(Timestamp at, std::string_view timezone) { return Zone{timezone}.date(at); }

Timestamp instantOf(Date day, int minute_of_day, std::string_view timezone) {
    return Zone{timezone}.instant(day, minute_of_day);
}

Timestamp addPeriod(Timestamp at, Period period, const Calendar& calendar) {
    return addPeriod(at, period, calendar, Zone{calendar.timezone});
}

}  // namespace backorderd::rules

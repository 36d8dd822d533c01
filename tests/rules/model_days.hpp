#pragma once

#include <date/tz.h>

#include <map>

#include "rules/model.hpp"

namespace backorderd::rules_test::model {

/// Days and hours of one zone, as docs/cadence.md tells them.
class Zone {
public:
    explicit Zone(const std::string& name) : zone_{date::locate_zone(name)} {}

    Date day(Timestamp at) const { return std::chrono::floor<std::chrono::days>(local(at)); }
    int minute(Timestamp at) const {
        return static_cast<int>(
            std::chrono::duration_cast<std::chrono::minutes>(local(at) - day(at)).count());
    }
    /// What the clock skips is the next instant that exists; what comes twice is the first.
    Timestamp instant(Date day, std::chrono::seconds into) const {
        const auto wanted = day.time_since_epoch() + into;
        const auto found = zone_->get_info(date::local_seconds{wanted});
        if (found.result == date::local_info::nonexistent) return found.first.end;
        return Timestamp{wanted - found.first.offset};
    }
    std::chrono::seconds sinceMidnight(Timestamp at) const { return local(at) - day(at); }

private:
    std::chrono::local_seconds local(Timestamp at) const {
        if (at < known_.begin || at >= known_.end) known_ = zone_->get_info(at);
        return std::chrono::local_seconds{at.time_since_epoch() + known_.offset};
    }

    const date::time_zone* zone_;
    mutable date::sys_info known_{};
};

/// A calendar, as docs/rules.md tells it.
class BusinessCalendar {
public:
    explicit BusinessCalendar(const Calendar& its) : its_{its}, zone{its.timezone} {}

    bool isBusinessDay(Date day) const {
        const std::chrono::weekday weekday{day};
        return its_.work_week.test(weekday.c_encoding()) && !its_.holidays.contains(day);
    }
    Timestamp plus(Timestamp from, Period span) const {
        const auto unit = span.unit;
        if (unit == Period::Unit::Seconds) return from + std::chrono::seconds{span.count};
        if (unit == Period::Unit::Minutes) return from + std::chrono::minutes{span.count};
        if (unit == Period::Unit::Hours) return from + std::chrono::hours{span.count};
        if (span.count == 0) return from;
        auto day = zone.day(from);
        if (unit == Period::Unit::Days) day += std::chrono::days{span.count};
        if (unit == Period::Unit::Weeks) day += std::chrono::weeks{span.count};
        if (unit == Period::Unit::BusinessDays)
            for (int left = span.count; left > 0;)
                if (isBusinessDay(day += std::chrono::days{1})) --left;
        return zone.instant(day, zone.sinceMidnight(from));
    }
    Timestamp opens(Date day) const {
        return zone.instant(day, std::chrono::minutes{its_.hours.from_minute});
    }
    Timestamp shuts(Date day) const {
        return zone.instant(day, std::chrono::minutes{its_.hours.to_minute});
    }
    bool opensLater(Timestamp at) const { return zone.minute(at) < its_.hours.from_minute; }

private:
    Calendar its_;

public:
    Zone zone;
};

}  // namespace backorderd::rules_test::model

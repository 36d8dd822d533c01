#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace backorderd {

/// A civil date: a day on the calendar, with no time and no zone.
using Date = std::chrono::local_days;
/// An instant in UTC, to the second. Zones appear only where a calendar, a customer or a report
/// needs them.
using Timestamp = std::chrono::sys_seconds;
/// A point on the monotonic clock, for retry times and time limits.
using SteadyTime = std::chrono::steady_clock::time_point;

/// Reads an ISO 8601 civil date, `2026-03-02`. Anything else, and a day that does not exist, is
/// nullopt.
std::optional<Date> parseDate(std::string_view text);
/// `2026-03-02`
std::string formatDate(Date date);

/// Reads an RFC 3339 instant, `2026-03-02T09:00:00-06:00` or `...Z`, to the second (fractions are
/// dropped). An instant without a zone is refused: it would be a guess.
std::optional<Timestamp> parseTimestamp(std::string_view text);
/// `2026-03-02T15:00:00Z`
std::string formatTimestamp(Timestamp at);

/// A span of time as rules and settings write it. Calendar units cannot be turned into seconds
/// without a calendar and a zone, so the unit is kept.
struct Period {
    enum class Unit { Seconds, Minutes, Hours, Days, BusinessDays, Weeks };

    int count = 0;
    Unit unit = Unit::Seconds;

    bool operator==(const Period&) const = default;
};

/// Reads `30s`, `30m`, `2h`, `3d` (calendar days), `5bd` (business days), `2w`. Counts from 0 to
/// 100,000. Anything else is nullopt.
std::optional<Period> parsePeriod(std::string_view text);
/// The form that `parsePeriod` reads.
std::string formatPeriod(Period period);

}  // namespace backorderd

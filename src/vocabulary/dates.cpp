#include "backorderd/dates.hpp"

#include <array>
#include <utility>

namespace backorderd {
namespace {

/// Reads exactly `count` digits at the front and removes them.
std::optional<int> takeNumber(std::string_view& text, std::size_t count) {
    if (text.size() < count) return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (text[i] < '0' || text[i] > '9') return std::nullopt;
        value = value * 10 + (text[i] - '0');
    }
    text.remove_prefix(count);
    return value;
}

bool takeChar(std::string_view& text, char wanted) {
    if (text.empty() || text.front() != wanted) return false;
    text.remove_prefix(1);
    return true;
}

std::optional<Date> takeDate(std::string_view& text) {
    const auto year = takeNumber(text, 4);
    if (!year || !takeChar(text, '-')) return std::nullopt;
    const auto month = takeNumber(text, 2);
    if (!month || !takeChar(text, '-')) return std::nullopt;
    const auto day = takeNumber(text, 2);
    if (!day) return std::nullopt;
    const std::chrono::year_month_day ymd{std::chrono::year{*year},
                                          std::chrono::month{static_cast<unsigned>(*month)},
                                          std::chrono::day{static_cast<unsigned>(*day)}};
    if (!ymd.ok()) return std::nullopt;
    return Date{ymd};
}

std::optional<std::chrono::seconds> takeTime(std::string_view& text) {
    const auto hour = takeNumber(text, 2);
    if (!hour || *hour > 23 || !takeChar(text, ':')) return std::nullopt;
    const auto minute = takeNumber(text, 2);
    if (!minute || *minute > 59 || !takeChar(text, ':')) return std::nullopt;
    const auto second = takeNumber(text, 2);
    if (!second || *second > 59) return std::nullopt;
    if (takeChar(text, '.'))
        while (!text.empty() && text.front() >= '0' && text.front() <= '9') text.remove_prefix(1);
    return std::chrono::hours{*hour} + std::chrono::minutes{*minute} +
           std::chrono::seconds{*second};
}

std::optional<std::chrono::seconds> takeOffset(std::string_view& text) {
    if (takeChar(text, 'Z') || takeChar(text, 'z')) return std::chrono::seconds{0};
    const bool west = !text.empty() && text.front() == '-';
    if (!west && (text.empty() || text.front() != '+')) return std::nullopt;
    text.remove_prefix(1);
    const auto hours = takeNumber(text, 2);
    if (!hours || *hours > 23 || !takeChar(text, ':')) return std::nullopt;
    const auto minutes = takeNumber(text, 2);
    if (!minutes || *minutes > 59) return std::nullopt;
    const std::chrono::seconds offset =
        std::chrono::hours{*hours} + std::chrono::minutes{*minutes};
    return west ? -offset : offset;
}

/// Lines are stored by the million: no printf here.
void writeDigits(std::string& text, std::size_t at, std::size_t count, unsigned value) {
    for (std::size_t i = at + count; i-- > at; value /= 10)
        text[i] = static_cast<char>('0' + value % 10);
}

// The longest word first, so that `bd` is not taken for `d`.
constexpr std::array<std::pair<std::string_view, Period::Unit>, 6> kUnits{{
    {"bd", Period::Unit::BusinessDays},
    {"s", Period::Unit::Seconds},
    {"m", Period::Unit::Minutes},
    {"h", Period::Unit::Hours},
    {"d", Period::Unit::Days},
    {"w", Period::Unit::Weeks},
}};
constexpr int kPeriodCountMax = 100'000;

}  // namespace

std::optional<Date> parseDate(std::string_view text) {
    const auto date = takeDate(text);
    return text.empty() ? date : std::nullopt;
}

std::string formatDate(Date date) {
    const std::chrono::year_month_day ymd{date};
    std::string text = "0000-00-00";
    writeDigits(text, 0, 4, static_cast<unsigned>(int{ymd.year()}));
    writeDigits(text, 5, 2, unsigned{ymd.month()});
    writeDigits(text, 8, 2, unsigned{ymd.day()});
    return text;
}

std::optional<Timestamp> parseTimestamp(std::string_view text) {
    const auto date = takeDate(text);
    if (!date || !(takeChar(text, 'T') || takeChar(text, 't') || takeChar(text, ' ')))
        return std::nullopt;
    const auto time = takeTime(text);
    if (!time) return std::nullopt;
    const auto offset = takeOffset(text);
    if (!offset || !text.empty()) return std::nullopt;
    return Timestamp{date->time_since_epoch()} + *time - *offset;
}

std::string formatTimestamp(Timestamp at) {
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::hh_mm_ss time{at - day};
    std::string text = formatDate(Date{day.time_since_epoch()}) + "T00:00:00Z";
    writeDigits(text, 11, 2, static_cast<unsigned>(time.hours().count()));
    writeDigits(text, 14, 2, static_cast<unsigned>(time.minutes().count()));
    writeDigits(text, 17, 2, static_cast<unsigned>(time.seconds().count()));
    return text;
}

std::optional<Period> parsePeriod(std::string_view text) {
    Period period;
    std::size_t digits = 0;
    while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') {
        period.count = period.count * 10 + (text[digits] - '0');
        if (period.count > kPeriodCountMax) return std::nullopt;
        ++digits;
    }
    if (digits == 0) return std::nullopt;
    const std::string_view word = text.substr(digits);
    for (const auto& [name, unit] : kUnits) {
        if (word != name) continue;
        period.unit = unit;
        return period;
    }
    return std::nullopt;
}

std::string formatPeriod(Period period) {
    std::string text = std::to_string(period.count);
    for (const auto& [name, unit] : kUnits)
        if (unit == period.unit) return text.append(name);
    return text;
}

}  // namespace backorderd

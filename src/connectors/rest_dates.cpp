#include "connectors/rest_dates.hpp"

#include <date/tz.h>
#include <fmt/format.h>

#include <charconv>

#include "backorderd/decimal.hpp"

namespace backorderd::connectors::rest {
namespace {

struct Moment {
    int year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0;
};

int* partOf(Moment& moment, char sign) {
    switch (sign) {
        case 'Y':
            return &moment.year;
        case 'm':
            return &moment.month;
        case 'd':
            return &moment.day;
        case 'H':
            return &moment.hour;
        case 'M':
            return &moment.minute;
        case 'S':
            return &moment.second;
        default:
            return nullptr;
    }
}

std::optional<Moment> readPattern(std::string_view text, std::string_view pattern) {
    Moment moment;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        int* part =
            pattern[i] == '%' && i + 1 < pattern.size() ? partOf(moment, pattern[i + 1]) : nullptr;
        if (part == nullptr) {
            if (text.empty() || text.front() != pattern[i]) return std::nullopt;
            text.remove_prefix(1);
            continue;
        }
        const std::size_t width = pattern[++i] == 'Y' ? 4 : 2;
        const std::string_view digits = text.substr(0, width);
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), *part);
        if (error != std::errc{} || *part < 0) return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(end - digits.data()));
    }
    return moment;
}

std::optional<Timestamp> momentOf(const Moment& moment) {
    const std::chrono::year_month_day day{std::chrono::year{moment.year},
                                          std::chrono::month{static_cast<unsigned>(moment.month)},
                                          std::chrono::day{static_cast<unsigned>(moment.day)}};
    if (!day.ok() || moment.hour > 23 || moment.minute > 59 || moment.second > 60)
        return std::nullopt;
    return std::chrono::sys_days{day} + std::chrono::hours{moment.hour} +
           std::chrono::minutes{moment.minute} + std::chrono::seconds{moment.second};
}

/// `+0200` and `+02` as RFC 3339 spells them.
std::string withColon(std::string_view text) {
    constexpr std::size_t date_bytes = 10;
    const auto sign = text.find_last_of("+-");
    const auto digits = text.size() - std::min(text.size(), sign + 1);
    if (sign == text.npos || sign <= date_bytes || (digits != 2 && digits != 4))
        return std::string{text};
    const auto minutes = digits == 4 ? text.substr(sign + 3) : "00";
    return fmt::format("{}:{}", text.substr(0, sign + 3), minutes);
}

/// With or without a time, a fraction and a zone.
std::optional<Timestamp> readIso(std::string_view text) {
    for (const std::string& spelt : {std::string{text}, withColon(text), std::string{text} + 'Z'})
        if (const auto exact = parseTimestamp(spelt)) return exact;
    const auto day = readPattern(text, "%Y-%m-%d");
    return day ? momentOf(*day) : std::nullopt;
}

std::optional<Timestamp> readUnix(std::string_view text, std::int64_t per_second) {
    const auto number = Decimal::parse(text);
    if (!number) return std::nullopt;
    return Timestamp{std::chrono::seconds{number->millionths() / Decimal::kScale / per_second}};
}

const date::time_zone* zoneOf(std::string_view name) {
    for (const date::time_zone& zone : date::get_tzdb().zones)
        if (zone.name() == name) return &zone;
    return nullptr;
}

}  // namespace

std::optional<Timestamp> readMoment(std::string_view text, std::string_view format) {
    if (format == "iso") return readIso(text);
    if (format == "unix") return readUnix(text, 1);
    if (format == "unix_ms") return readUnix(text, 1000);
    const auto read = readPattern(text, format);
    return read ? momentOf(*read) : std::nullopt;
}

std::string readDate(std::string_view text, std::string_view format, std::string_view zone) {
    if (text.empty()) return {};
    if (format == "iso" && zone.empty() && text.size() >= 10 && parseDate(text.substr(0, 10)))
        return std::string{text.substr(0, 10)};
    const auto moment = readMoment(text, format);
    if (!moment) return std::string{text};
    Timestamp local = *moment;
    if (!zone.empty()) {
        const date::time_zone* known = zoneOf(zone);
        if (known == nullptr) return fmt::format("{} in the unknown zone {}", text, zone);
        local += known->get_info(*moment).offset;
    }
    const auto day = std::chrono::floor<std::chrono::days>(local);
    return formatDate(Date{day.time_since_epoch()});
}

std::string writeMoment(Timestamp at, std::string_view format) {
    if (format == "iso") return formatTimestamp(at);
    const auto seconds = at.time_since_epoch().count();
    if (format == "unix") return std::to_string(seconds);
    if (format == "unix_ms") return std::to_string(seconds * 1000);
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{at - day};
    std::string text;
    for (std::size_t i = 0; i < format.size(); ++i) {
        const char sign = format[i] == '%' && i + 1 < format.size() ? format[i + 1] : '\0';
        switch (sign) {
            case 'Y':
                text += fmt::format("{:04}", static_cast<int>(date.year()));
                break;
            case 'm':
                text += fmt::format("{:02}", static_cast<unsigned>(date.month()));
                break;
            case 'd':
                text += fmt::format("{:02}", static_cast<unsigned>(date.day()));
                break;
            case 'H':
                text += fmt::format("{:02}", time.hours().count());
                break;
            case 'M':
                text += fmt::format("{:02}", time.minutes().count());
                break;
            case 'S':
                text += fmt::format("{:02}", time.seconds().count());
                break;
            default:
                text += format[i];
                continue;
        }
        ++i;
    }
    return text;
}

}  // namespace backorderd::connectors::rest

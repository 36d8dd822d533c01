#include "connectors/files_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "backorderd/dates.hpp"
#include "connectors/files_json_scan.hpp"

namespace backorderd::connectors::files {
namespace {

/// Takes a grouping sign off the front. A blank as the sign also means the no-break blanks that
/// spreadsheets write.
bool takeGrouping(std::string_view& text, std::string_view sign) {
    static constexpr std::array<std::string_view, 3> kBlanks{" ", "\u00a0", "\u202f"};
    const auto take = [&](std::string_view wanted) {
        if (!text.starts_with(wanted)) return false;
        text.remove_prefix(wanted.size());
        return true;
    };
    if (sign == " ") return std::any_of(kBlanks.begin(), kBlanks.end(), take);
    return !sign.empty() && take(sign);
}

/// The digits before the decimal sign, with their groups checked and taken out.
bool takeWhole(std::string_view& text, std::string_view thousands, std::string& out) {
    std::size_t run = 0;
    bool grouped = false;
    for (;;) {
        if (!text.empty() && isDigit(text.front())) {
            out += text.front();
            text.remove_prefix(1);
            ++run;
            continue;
        }
        const bool group_done = grouped ? run == 3 : run >= 1 && run <= 3;
        if (!takeGrouping(text, thousands)) return grouped ? group_done : true;
        if (!group_done) return false;
        grouped = true;
        run = 0;
    }
}

std::optional<int> takeDigits(std::string_view& text, std::size_t least, std::size_t most) {
    int value = 0;
    std::size_t count = 0;
    for (; count < most && count < text.size() && isDigit(text[count]); ++count)
        value = value * 10 + (text[count] - '0');
    if (count < least) return std::nullopt;
    text.remove_prefix(count);
    return value;
}

struct DateParts {
    int year = 0, month = 0, day = 0;
};

bool takeDatePart(char directive, std::string_view& text, DateParts& parts) {
    const auto take = [&](int& part, std::size_t least, std::size_t most) {
        const auto value = takeDigits(text, least, most);
        if (value) part = *value;
        return value.has_value();
    };
    switch (directive) {
        case 'Y':
            return take(parts.year, 4, 4);
        case 'y': {
            if (!take(parts.year, 2, 2)) return false;
            parts.year += 2000;
            return true;
        }
        case 'm':
            return take(parts.month, 1, 2);
        case 'd':
            return take(parts.day, 1, 2);
        case '*':
            text = {};
            return true;
        default:
            return false;
    }
}

bool isIso(std::string_view format) { return format == "%Y-%m-%d"; }

}  // namespace

std::optional<std::string> canonicalNumber(std::string_view text, const ValueFormat& format) {
    std::string out;
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
        if (text.front() == '-') out += '-';
        text.remove_prefix(1);
    }
    const std::size_t sign = out.size();
    if (!takeWhole(text, format.thousands, out)) return std::nullopt;
    if (!text.empty() && text.front() == format.decimal) {
        text.remove_prefix(1);
        out += out.size() == sign ? "0." : ".";
        while (!text.empty() && isDigit(text.front())) {
            out += text.front();
            text.remove_prefix(1);
        }
        if (out.back() == '.') out.pop_back();
    }
    // An exponent is left to the reader of canonical numbers.
    if (!text.empty() && text.front() != 'e' && text.front() != 'E') return std::nullopt;
    out += text;
    if (out.size() == sign) return std::nullopt;
    return out;
}

std::optional<std::string> canonicalDate(std::string_view text, const ValueFormat& format) {
    if (isIso(format.date)) {
        if (text.size() > 10 && (text[10] == 'T' || text[10] == ' ')) text = text.substr(0, 10);
        return parseDate(text) ? std::optional<std::string>{text} : std::nullopt;
    }
    DateParts parts;
    for (std::size_t i = 0; i < format.date.size(); ++i) {
        const char c = format.date[i];
        if (c == '%' && i + 1 < format.date.size()) {
            if (!takeDatePart(format.date[++i], text, parts)) return std::nullopt;
        } else {
            if (text.empty() || text.front() != c) return std::nullopt;
            text.remove_prefix(1);
        }
    }
    if (!text.empty()) return std::nullopt;
    auto iso = fmt::format("{:04}-{:02}-{:02}", parts.year, parts.month, parts.day);
    return parseDate(iso) ? std::optional{std::move(iso)} : std::nullopt;
}

std::string dateFormatFault(std::string_view format) {
    int days = 0, months = 0, years = 0;
    for (std::size_t i = 0; i < format.size(); ++i) {
        if (format[i] != '%') continue;
        const char directive = i + 1 < format.size() ? format[++i] : '\0';
        if (directive == 'd')
            ++days;
        else if (directive == 'm')
            ++months;
        else if (directive == 'Y' || directive == 'y')
            ++years;
        else if (directive != '*' || i + 1 != format.size())
            return "only %Y, %y, %m, %d, and %* at the end, are known";
    }
    if (days != 1 || months != 1 || years != 1)
        return "%d, %m and one of %Y and %y must stand in it once each";
    return {};
}

std::optional<std::string> canonicalValue(std::string_view text, FieldType type,
                                          const ValueFormat& format, const KindWords& kinds) {
    if (text.empty()) return std::string{};
    switch (type) {
        case FieldType::Text:
            return std::string{text};
        case FieldType::Number:
            return canonicalNumber(text, format);
        case FieldType::Date:
            return canonicalDate(text, format);
        case FieldType::Kind: {
            for (const auto& [word, kind] : kinds)
                if (word == text) return std::string{kindName(kind)};
            return std::string{text};
        }
        case FieldType::Flag: {
            std::string word{text};  // spreadsheets write TRUE
            std::transform(word.begin(), word.end(), word.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
            return word;
        }
    }
    return std::nullopt;
}

}  // namespace backorderd::connectors::files

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "config/rule_reader.hpp"
#include "config/words.hpp"

namespace backorderd::config {
namespace {

constexpr std::array<std::string_view, 7> kDays{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

/// The length of a period, roughly: enough to compare with bounds.
std::int64_t roughSeconds(Period period) {
    constexpr std::int64_t kDay = 86400;
    switch (period.unit) {
        case Period::Unit::Seconds:
            return period.count;
        case Period::Unit::Minutes:
            return period.count * std::int64_t{60};
        case Period::Unit::Hours:
            return period.count * std::int64_t{3600};
        case Period::Unit::Days:
        case Period::Unit::BusinessDays:
            return period.count * kDay;
        case Period::Unit::Weeks:
            return period.count * (7 * kDay);
    }
    return 0;
}

/// `08:30`; `24:00` is the end of the day.
std::optional<int> minuteOf(std::string_view text) {
    const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
    if (text.size() != 5 || text[2] != ':' || !digit(0) || !digit(1) || !digit(3) || !digit(4))
        return std::nullopt;
    const int hour = (text[0] - '0') * 10 + (text[1] - '0');
    const int minute = (text[3] - '0') * 10 + (text[4] - '0');
    const int whole = hour * 60 + minute;
    if (minute > 59 || whole > 24 * 60) return std::nullopt;
    return whole;
}

}  // namespace

const std::string* scalarText(MapReader& reader, const NodePtr& node, std::string_view key,
                              std::string_view expected) {
    if (!node) return nullptr;
    if (node->isScalar() && !hasControlCharacters(node->text)) return &node->text;
    reader.problem(*node,
                   fmt::format("{} must be {}, not {}", quote(key), expected, describe(*node)));
    return nullptr;
}

std::optional<Period> readPeriod(MapReader& reader, std::string_view key, PeriodBounds bounds) {
    const NodePtr node = reader.find(key);
    constexpr std::string_view kForm = "a period such as 30m, 2h, 3d, 5bd or 2w";
    const std::string* text = scalarText(reader, node, key, kForm);
    if (!text) return std::nullopt;
    const auto period = parsePeriod(*text);
    if (!period) {
        reader.problem(*node,
                       fmt::format("{} must be {}, not {}", quote(key), kForm, quote(*text)));
        return std::nullopt;
    }
    if (roughSeconds(*period) < roughSeconds(bounds.min) ||
        roughSeconds(*period) > roughSeconds(bounds.max)) {
        reader.problem(*node,
                       fmt::format("{} must be from {} to {}, not {}", quote(key),
                                   formatPeriod(bounds.min), formatPeriod(bounds.max), *text));
        return std::nullopt;
    }
    return period;
}

std::optional<bool> readFlag(MapReader& reader, std::string_view key) {
    const NodePtr node = reader.find(key);
    const std::string* text = scalarText(reader, node, key, "true or false");
    if (!text) return std::nullopt;
    if (*text == "true") return true;
    if (*text == "false") return false;
    reader.problem(*node,
                   fmt::format("{} must be true or false, not {}", quote(key), quote(*text)));
    return std::nullopt;
}

std::optional<int> readCount(MapReader& reader, std::string_view key, int min, int max) {
    const NodePtr node = reader.find(key);
    const std::string* text = scalarText(reader, node, key, "a whole number");
    if (!text) return std::nullopt;
    int value = 0;
    const char* end = text->data() + text->size();
    const auto [stopped, error] = std::from_chars(text->data(), end, value);
    if (error == std::errc{} && stopped == end && value >= min && value <= max) return value;
    reader.problem(*node, fmt::format("{} must be a whole number from {} to {}, not {}", quote(key),
                                      min, max, quote(*text)));
    return std::nullopt;
}

std::optional<DayHours> readHours(MapReader& reader, const NodePtr& node, std::string_view key) {
    const std::string* text = scalarText(reader, node, key, "hours such as \"08:00-17:30\"");
    if (!text) return std::nullopt;
    const auto dash = text->find('-');
    const auto from = minuteOf(std::string_view(*text).substr(0, dash));
    const auto to = dash == std::string::npos ? std::nullopt
                                              : minuteOf(std::string_view(*text).substr(dash + 1));
    if (!from || !to) {
        reader.problem(*node, fmt::format("{} must be hours such as \"08:00-17:30\", not {}",
                                          quote(key), quote(*text)));
        return std::nullopt;
    }
    if (*from >= *to) {
        reader.problem(*node, fmt::format("{} must end after they begin, within one day, not {}",
                                          quote(key), quote(*text)));
        return std::nullopt;
    }
    return DayHours{*from, *to};
}

std::optional<std::bitset<7>> readDays(MapReader& reader, const NodePtr& node,
                                       std::string_view key) {
    if (!node) return std::nullopt;
    if (!node->isSequence() || node->items.empty()) {
        reader.problem(
            *node, fmt::format("{} must be a list of days such as [mon, tue], not {}", quote(key),
                               node->isSequence() ? "an empty one" : describe(*node)));
        return std::nullopt;
    }
    std::bitset<7> days;
    const std::vector<std::string> words(kDays.begin(), kDays.end());
    for (const NodePtr& item : node->items) {
        const auto found = std::ranges::find(kDays, std::string_view(item->text));
        if (!item->isScalar() || found == kDays.end()) {
            reader.problem(*item, fmt::format("{} is no day; write mon, tue, wed, thu, fri, sat or "
                                              "sun{}",
                                              describe(*item), didYouMean(item->text, words)));
            continue;
        }
        const auto day = static_cast<std::size_t>(found - kDays.begin());
        if (days.test(day))
            reader.problem(*item, fmt::format("{} stands twice in {}", quote(*found), quote(key)));
        days.set(day);
    }
    return days;
}

std::string readNameOf(MapReader& reader, const NodePtr& node, std::string_view what,
                       const std::vector<std::string>& names) {
    const std::string* text = scalarText(reader, node, what, "a name");
    if (!text) return {};
    if (std::ranges::find(names, *text) != names.end()) return *text;
    std::string hint = didYouMean(*text, names);
    if (hint.empty())
        hint = names.empty() ? fmt::format("; none is defined below '{}s:'", what)
                             : fmt::format("; defined are: {}", wordList(names, "and"));
    reader.problem(*node, fmt::format("there is no {} {}{}", what, quote(*text), hint));
    return {};
}

std::vector<NodePtr> listOf(const NodePtr& node) {
    if (!node) return {};
    return node->isSequence() ? node->items : std::vector<NodePtr>{node};
}

std::string readTemplateName(MapReader& reader, std::string_view key) {
    const NodePtr node = reader.find(key);
    const std::string* text = scalarText(reader, node, key, "the name of a template");
    if (!text) return {};
    if (isName(*text)) return *text;
    reader.problem(*node,
                   fmt::format("{} is no template name; use a-z, 0-9, '_' and '-'", quote(*text)));
    return {};
}

std::optional<std::size_t> readWord(MapReader& reader, const NodePtr& node, std::string_view key,
                                    const std::vector<std::string>& words) {
    const std::string* text = scalarText(reader, node, key, wordList(words));
    if (!text) return std::nullopt;
    const auto found = std::ranges::find(words, *text);
    if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
    reader.problem(*node, fmt::format("{} must be {}, not {}{}", quote(key), wordList(words),
                                      quote(*text), didYouMean(*text, words)));
    return std::nullopt;
}

std::vector<std::size_t> readWords(MapReader& reader, std::string_view key,
                                   const std::vector<std::string>& words) {
    const NodePtr node = reader.find(key);
    if (!node) return {};
    std::vector<std::size_t> out;
    const auto items = listOf(node);
    if (items.empty())
        reader.problem(*node, fmt::format("{} is empty; list at least one of {}, or remove it",
                                          quote(key), wordList(words, "and")));
    for (const NodePtr& item : items) {
        const auto word = readWord(reader, item, key, words);
        if (word && std::ranges::find(out, *word) != out.end())
            reader.problem(*item,
                           fmt::format("{} stands twice in {}", quote(item->text), quote(key)));
        else if (word)
            out.push_back(*word);
    }
    return out;
}

std::vector<std::string> readTexts(MapReader& reader, const NodePtr& node, std::string_view key,
                                   std::size_t count_max, std::string_view form) {
    if (!node) return {};
    std::vector<std::string> out;
    const auto items = listOf(node);
    if (items.empty() || items.size() > count_max)
        reader.problem(*node, fmt::format("{} must list from 1 to {}, such as {}", quote(key),
                                          count_max, form));
    for (const NodePtr& item : items) {
        const std::string* text = scalarText(reader, item, key, fmt::format("such as {}", form));
        if (!text) continue;
        if (text->empty() || text->size() > kTextBytesMax)
            reader.problem(*item, fmt::format("what {} lists must have from 1 to {} bytes",
                                              quote(key), kTextBytesMax));
        else if (std::ranges::find(out, *text) != out.end())
            reader.problem(*item, fmt::format("{} stands twice in {}", quote(*text), quote(key)));
        else
            out.push_back(*text);
    }
    return out;
}

std::optional<Decimal> readNumber(MapReader& reader, std::string_view key, Decimal min,
                                  Decimal max) {
    const NodePtr node = reader.find(key);
    const std::string* text = scalarText(reader, node, key, "a number");
    if (!text) return std::nullopt;
    const auto number = Decimal::parse(*text);
    if (number && *number >= min && *number <= max) return number;
    reader.problem(*node, fmt::format("{} must be a number from {} to {}, not {}", quote(key),
                                      min.toString(), max.toString(), quote(*text)));
    return std::nullopt;
}

std::optional<Date> readDate(MapReader& reader, std::string_view key) {
    const NodePtr node = reader.find(key);
    const std::string* text = scalarText(reader, node, key, "a date such as 2026-03-20");
    if (!text) return std::nullopt;
    const auto date = parseDate(*text);
    if (!date)
        reader.problem(*node, fmt::format("{} is no day of the calendar; write it as 2026-12-25",
                                          quote(*text)));
    return date;
}

std::optional<int> readMinute(MapReader& reader, std::string_view key) {
    const NodePtr node = reader.find(key);
    constexpr std::string_view kForm = "a time of day such as \"09:00\"";
    const std::string* text = scalarText(reader, node, key, kForm);
    if (!text) return std::nullopt;
    const auto minute = minuteOf(*text);
    if (minute && *minute < 24 * 60) return minute;
    reader.problem(*node, fmt::format("{} must be {}, not {}", quote(key), kForm, quote(*text)));
    return std::nullopt;
}

bool isShorter(Period a, Period b) { return roughSeconds(a) < roughSeconds(b); }

}  // namespace backorderd::config

#include "config/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "backorderd/problem.hpp"

namespace backorderd::config {
namespace {

constexpr std::size_t kQuotedBytesMax = 60;

bool isLower(char c) { return c >= 'a' && c <= 'z'; }
bool isUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isAlnum(char c) { return isLower(c) || isUpper(c) || isDigit(c); }

}  // namespace

std::string quote(std::string_view value) {
    std::string shown(value.substr(0, kQuotedBytesMax));
    if (value.size() > kQuotedBytesMax) {
        // Do not cut a character in two.
        while (!shown.empty() && (static_cast<unsigned char>(shown.back()) & 0xC0) == 0x80)
            shown.pop_back();
        if (!shown.empty() && static_cast<unsigned char>(shown.back()) >= 0xC0) shown.pop_back();
        shown += "…";
    }
    for (char& c : shown)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
    return fmt::format("'{}'", shown);
}

std::string wordList(const std::vector<std::string>& words, std::string_view last) {
    std::string out;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0) out += i + 1 == words.size() ? fmt::format(" {} ", last) : ", ";
        out += words[i];
    }
    return out;
}

std::string didYouMean(std::string_view word, const std::vector<std::string>& candidates) {
    if (word.size() > kQuotedBytesMax) return {};
    const std::string near = nearestWord(word, candidates);
    return near.size() < 2 || near == word ? "" : fmt::format(" (did you mean '{}'?)", near);
}

std::string durationText(std::chrono::seconds duration) {
    constexpr std::array<std::pair<std::int64_t, std::string_view>, 3> kUnits{
        {{86400, "d"}, {3600, "h"}, {60, "m"}}};
    const std::int64_t count = duration.count();
    for (const auto& [seconds, unit] : kUnits) {
        // A day and a bit reads better in hours: 26h, not 1.08d.
        if (count >= seconds && count % seconds == 0)
            return fmt::format("{}{}", count / seconds, unit);
    }
    return fmt::format("{}s", count);
}

bool isName(std::string_view text) {
    const auto allowed = [](char c) { return isLower(c) || isDigit(c) || c == '_' || c == '-'; };
    return !text.empty() && text.size() <= 64 && text[0] != '-' && text[0] != '_' &&
           std::ranges::all_of(text, allowed);
}

bool looksLikeMailAddress(std::string_view text) {
    const auto at = text.find('@');
    if (text.size() > 254 || at == std::string_view::npos || at == 0 || at > 64) return false;
    const auto domain = text.substr(at + 1);
    if (domain.empty() || domain.find('@') != std::string_view::npos) return false;
    if (domain.front() == '.' || domain.back() == '.' || domain.front() == '-') return false;
    return std::ranges::none_of(text, [](char c) {
        return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F ||
               std::string_view("<>()[]\\,;:\"").find(c) != std::string_view::npos;
    });
}

bool looksLikeLanguage(std::string_view text) {
    std::size_t part = 0;
    while (true) {
        const auto end = text.find('-');
        const auto word = text.substr(0, end);
        const bool fits =
            part == 0 ? word.size() >= 2 && word.size() <= 3 : !word.empty() && word.size() <= 8;
        if (!fits || !std::ranges::all_of(word, isAlnum) || (part == 0 && !isLower(word[0])))
            return false;
        if (end == std::string_view::npos) return true;
        text.remove_prefix(end + 1);
        if (++part > 4) return false;
    }
}

bool looksLikeTimezone(std::string_view text) {
    const auto allowed = [](char c) {
        return isAlnum(c) || c == '/' || c == '_' || c == '-' || c == '+';
    };
    return !text.empty() && text.size() <= 64 && isUpper(text[0]) && text.back() != '/' &&
           text.find("//") == std::string_view::npos && std::ranges::all_of(text, allowed);
}

bool hasControlCharacters(std::string_view text) {
    return std::ranges::any_of(text, [](char c) {
        return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7F;
    });
}

}  // namespace backorderd::config

#include "render/html_place.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace backorderd::render {
namespace {

char lowerCase(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool beginsWith(std::string_view html, std::string_view lower_name) {
    return html.size() >= lower_name.size() &&
           std::equal(lower_name.begin(), lower_name.end(), html.begin(),
                      [](char wanted, char is) { return wanted == lowerCase(is); });
}

/// Whether the last tag of that name, of those that open and those that close it, opens it.
bool isInside(std::string_view html, std::string_view name) {
    constexpr auto kNone = std::string_view::npos;
    for (auto at = html.rfind('<'); at != kNone; at = at == 0 ? kNone : html.rfind('<', at - 1)) {
        const auto tag = html.substr(at + 1);
        if (beginsWith(tag, name)) return true;
        if (tag.starts_with('/') && beginsWith(tag.substr(1), name)) return false;
    }
    return false;
}

/// The name of the attribute whose value begins at `quote`.
std::string_view attributeBefore(std::string_view text, std::size_t quote) {
    std::size_t end = quote;
    while (end > 0 && (text[end - 1] == ' ' || text[end - 1] == '=')) --end;
    const std::size_t begin = text.substr(0, end).find_last_of(" \t\n\"'") + 1;
    return text.substr(begin, end - begin);
}

std::string whyNotInAttribute(std::string_view name, std::string_view value_so_far, Kind kind) {
    static constexpr std::array<std::string_view, 4> kLinks{"href", "src", "action", "background"};
    if (name == "style" || name.starts_with("on")) {
        return fmt::format("a value may not stand in the attribute '{}'", name);
    }
    const bool is_link = std::find(kLinks.begin(), kLinks.end(), name) != kLinks.end();
    if (is_link && value_so_far.empty() && kind != Kind::Link) {
        return fmt::format(
            "the attribute '{}' needs a link: tracking_url, house.unsubscribe_link, "
            "or an address that begins in the template, such as \"tel:\"",
            name);
    }
    return {};
}

}  // namespace

std::string whyNotInHtml(std::string_view before, const Variable& variable) {
    const std::size_t opened = before.rfind('<');
    const std::size_t closed = before.rfind('>');
    const bool in_tag = opened != std::string_view::npos &&
                        (closed == std::string_view::npos || closed < opened);
    if (!in_tag) {
        for (const std::string_view element : {"script", "style"}) {
            if (isInside(before, element)) {
                return fmt::format("a value may not stand inside <{}>", element);
            }
        }
        return {};
    }
    std::string lower{before.substr(opened)};
    std::ranges::transform(lower, lower.begin(), lowerCase);
    const std::string_view inside = lower;
    if (std::count(inside.begin(), inside.end(), '"') % 2 == 0) {
        return "a value in an HTML tag must stand in an attribute in double quotes";
    }
    const std::size_t quote = inside.rfind('"');
    return whyNotInAttribute(attributeBefore(inside, quote), inside.substr(quote + 1),
                             variable.kind);
}

}  // namespace backorderd::render

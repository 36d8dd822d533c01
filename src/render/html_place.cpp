#include "render/html_place.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace backorderd::render {
namespace {

/// Whether the last `<name` of the text has no `</name` behind it.
bool isInside(std::string_view lower, std::string_view name) {
    const std::size_t opened = lower.rfind(fmt::format("<{}", name));
    if (opened == std::string_view::npos) return false;
    const std::size_t closed = lower.rfind(fmt::format("</{}", name));
    return closed == std::string_view::npos || closed < opened;
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
    std::string text{before};
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    const std::size_t opened = text.rfind('<');
    const std::size_t closed = text.rfind('>');
    const bool in_tag =
        opened != std::string::npos && (closed == std::string::npos || closed < opened);
    if (!in_tag) {
        for (const std::string_view element : {"script", "style"}) {
            if (isInside(text, element)) {
                return fmt::format("a value may not stand inside <{}>", element);
            }
        }
        return {};
    }
    const std::string_view inside = std::string_view{text}.substr(opened);
    if (std::count(inside.begin(), inside.end(), '"') % 2 == 0) {
        return "a value in an HTML tag must stand in an attribute in double quotes";
    }
    const std::size_t quote = inside.rfind('"');
    return whyNotInAttribute(attributeBefore(inside, quote), inside.substr(quote + 1),
                             variable.kind);
}

}  // namespace backorderd::render

#include "render/tag_scanner.hpp"

#include <fmt/format.h>

namespace backorderd::render {
namespace {

constexpr std::size_t kNestingMax = 32;

/// Walks along a text and knows the place of the byte it has reached.
class PlaceFinder {
public:
    PlaceFinder(std::string_view text, const Place& start) : text_{text}, place_{start} {}

    /// `offset` must not lie before that of the last call.
    const Place& at(std::size_t offset) {
        for (; reached_ < offset; ++reached_) {
            const auto byte = static_cast<unsigned char>(text_[reached_]);
            if (byte == '\n') {
                ++place_.line;
                place_.column = 1;
            } else if ((byte & 0xC0u) != 0x80u) {
                ++place_.column;
            }
        }
        // A sequence of bytes that is one character has its column at the first byte, and the
        // bytes behind it add none.
        return place_;
    }

private:
    std::string_view text_;
    Place place_;
    std::size_t reached_ = 0;
};

std::string trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t\n\r");
    if (first == std::string_view::npos) return {};
    return std::string{text.substr(first, text.find_last_not_of(" \t\n\r") - first + 1)};
}

void readContents(std::string_view contents, Tag& tag) {
    const std::string inner = trimmed(contents);
    const char sign = inner.empty() ? '\0' : inner.front();
    switch (sign) {
        case '#':
            tag.kind = TagKind::Section;
            break;
        case '^':
            tag.kind = TagKind::Inverted;
            break;
        case '/':
            tag.kind = TagKind::End;
            break;
        case '>':
            tag.kind = TagKind::Partial;
            break;
        case '!':
            tag.kind = TagKind::Comment;
            break;
        case '&':
            tag.kind = TagKind::Raw;
            break;
        case '=':
            tag.kind = TagKind::Delimiters;
            break;
        default:
            tag.kind = TagKind::Variable;
            break;
    }
    tag.name = tag.kind == TagKind::Variable ? inner : trimmed(std::string_view{inner}.substr(1));
}

void checkNesting(Scan& scan) {
    std::vector<const Tag*> open;
    const auto report = [&scan](const Tag& tag, std::string text) {
        scan.problems.push_back({tag.place, std::move(text)});
    };
    for (const Tag& tag : scan.tags) {
        if (tag.kind == TagKind::Section || tag.kind == TagKind::Inverted) {
            open.push_back(&tag);
            if (open.size() == kNestingMax + 1) {
                report(tag, fmt::format("sections are nested more than {} deep", kNestingMax));
            }
        } else if (tag.kind == TagKind::End && open.empty()) {
            report(tag, fmt::format("'{{{{/{0}}}}}' ends a section that was not opened; write "
                                    "'{{{{#{0}}}}}' before it or remove it",
                                    tag.name));
        } else if (tag.kind == TagKind::End) {
            if (open.back()->name != tag.name) {
                report(tag,
                       fmt::format("'{{{{/{}}}}}' does not end the open section '{}' of line {}",
                                   tag.name, open.back()->name, open.back()->place.line));
            }
            open.pop_back();
        }
    }
    for (const Tag* tag : open) {
        report(*tag, fmt::format("section '{0}' is left open; write '{{{{/{0}}}}}' where it ends",
                                 tag->name));
    }
}

}  // namespace

Scan scanTags(std::string_view text, const Place& start) {
    Scan scan;
    PlaceFinder places{text, start};
    for (std::size_t at = text.find("{{"); at != std::string_view::npos;) {
        Tag tag;
        tag.begin = at;
        tag.place = places.at(at);
        const bool triple = text.substr(at).starts_with("{{{");
        const std::string_view closing = triple ? "}}}" : "}}";
        const std::size_t inside = at + closing.size();
        const std::size_t end = text.find(closing, inside);
        if (end == std::string_view::npos) {
            scan.problems.push_back(
                {tag.place, fmt::format("this tag is left open; write '{}' at its end", closing)});
            return scan;
        }
        readContents(text.substr(inside, end - inside), tag);
        if (triple) tag.kind = TagKind::Raw;
        tag.end = end + closing.size();
        at = text.find("{{", tag.end);
        scan.tags.push_back(std::move(tag));
    }
    checkNesting(scan);
    return scan;
}

}  // namespace backorderd::render

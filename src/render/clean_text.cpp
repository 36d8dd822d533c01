#include "render/clean_text.hpp"

#include <algorithm>

namespace backorderd::render {
namespace {

constexpr char32_t kReplacement = 0xFFFD;
constexpr std::size_t kLinkBytesMax = 900;

struct Decoded {
    char32_t character = kReplacement;
    std::size_t bytes = 1;
    bool valid = false;
};

std::size_t sequenceLength(unsigned char lead) {
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead <= 0xDF) return 2;
    if (lead >= 0xE0 && lead <= 0xEF) return 3;
    if (lead >= 0xF0 && lead <= 0xF4) return 4;
    return 0;
}

/// The first character of a text that is not empty. Overlong forms, surrogates and broken
/// sequences are invalid and one byte long, so that reading always goes on.
Decoded decodeFirst(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text[0]);
    const std::size_t length = sequenceLength(lead);
    if (length == 0 || length > text.size()) return {};
    if (length == 1) return {lead, 1, true};
    char32_t character = lead & (0x7Fu >> length);
    for (std::size_t i = 1; i < length; ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if ((byte & 0xC0u) != 0x80u) return {};
        character = (character << 6) | (byte & 0x3Fu);
    }
    constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (character < kSmallest[length] || character > 0x10FFFF) return {};
    if (character >= 0xD800 && character <= 0xDFFF) return {};
    return {character, length, true};
}

bool isLineBreak(char32_t c) {
    return c == '\n' || c == '\r' || c == 0x0B || c == 0x0C || c == 0x85 || c == 0x2028 ||
           c == 0x2029;
}
bool isSpaceLike(char32_t c) { return c <= 0x20 || (c >= 0x7F && c <= 0x9F) || isLineBreak(c); }
/// Marks without a shape: they turn the direction of what follows, or hide text in text.
bool isHidden(char32_t c) {
    return c == 0x061C || c == 0x200B || c == 0x200E || c == 0x200F ||
           (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF ||
           (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE007F);
}

/// Collects characters; white space is held back until something stands behind it, so that it is
/// collapsed and trimmed.
class Cleaner {
public:
    Cleaner(std::size_t characters_max, bool keep_breaks)
        : characters_max_{characters_max}, keep_breaks_{keep_breaks} {}

    /// False once the limit is reached.
    bool add(std::string_view bytes, const Decoded& decoded) {
        if (keep_breaks_ && decoded.character == '\n') {
            ++breaks_;
            return true;
        }
        if (isSpaceLike(decoded.character)) {
            space_ = true;
            return true;
        }
        if (isHidden(decoded.character)) return true;
        flushSpace();
        if (characters_ >= characters_max_) {
            out_ += "…";
            return false;
        }
        out_ += decoded.valid ? bytes : std::string_view{"\uFFFD"};
        ++characters_;
        return true;
    }
    std::string take() { return std::move(out_); }

private:
    void flushSpace() {
        if (!out_.empty() && breaks_ > 0) {
            out_ += breaks_ > 1 ? "\n\n" : "\n";
            ++characters_;
        } else if (!out_.empty() && space_) {
            out_ += ' ';
            ++characters_;
        }
        space_ = false;
        breaks_ = 0;
    }

    std::size_t characters_max_;
    bool keep_breaks_;
    std::string out_;
    std::size_t characters_ = 0;
    std::size_t breaks_ = 0;
    bool space_ = false;
};

std::string clean(std::string_view text, std::size_t characters_max, bool keep_breaks) {
    Cleaner cleaner{characters_max, keep_breaks};
    while (!text.empty()) {
        const Decoded decoded = decodeFirst(text);
        if (!cleaner.add(text.substr(0, decoded.bytes), decoded)) break;
        text.remove_prefix(decoded.bytes);
    }
    return cleaner.take();
}

bool startsWithScheme(std::string_view text, std::string_view scheme) {
    return text.size() > scheme.size() &&
           std::equal(scheme.begin(), scheme.end(), text.begin(), [](char wanted, char found) {
               return wanted == ((found >= 'A' && found <= 'Z') ? found - 'A' + 'a' : found);
           });
}

/// Printable ASCII without the characters that end an attribute, a header's angle brackets or a
/// word of running text.
bool isLinkText(std::string_view text) {
    return text.size() <= kLinkBytesMax && std::all_of(text.begin(), text.end(), [](char c) {
               return c > 0x20 && c < 0x7F &&
                      std::string_view{"\"'<>\\^`{|}"}.find(c) == std::string_view::npos;
           });
}

}  // namespace

std::string cleanLine(std::string_view text, std::size_t characters_max) {
    return clean(text, characters_max, false);
}

std::string cleanLines(std::string_view text, std::size_t characters_max) {
    return clean(text, characters_max, true);
}

std::string escapeHtml(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            // Not `&apos;`: older mail programs do not know it.
            case '\'':
                out += "&#39;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

std::string webLink(std::string_view text) {
    const bool web = startsWithScheme(text, "https://") || startsWithScheme(text, "http://");
    return web && isLinkText(text) ? std::string{text} : std::string{};
}

std::string webOrMailLink(std::string_view text) {
    if (startsWithScheme(text, "mailto:") && isLinkText(text)) return std::string{text};
    return webLink(text);
}

std::vector<std::string_view> splitLines(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        lines.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

bool isBlank(std::string_view text) {
    return text.find_first_not_of(" \t") == std::string_view::npos;
}

std::size_t findInvalidUtf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const Decoded decoded = decodeFirst(text.substr(at));
        if (!decoded.valid) return at;
        at += decoded.bytes;
    }
    return std::string_view::npos;
}

}  // namespace backorderd::render

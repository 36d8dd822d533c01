#include "codec/json_text.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

namespace backorderd::codec {
namespace {

/// Bytes that stand for themselves in a JSON string: ASCII without control characters, quote and
/// backslash.
constexpr auto kPlain = [] {
    std::array<bool, 256> plain{};
    for (std::size_t byte = 0x20; byte < 0x80; ++byte) plain[byte] = byte != '"' && byte != '\\';
    return plain;
}();

constexpr unsigned char at(std::string_view text, std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
}

constexpr bool continues(unsigned char byte) { return (byte & 0xC0) == 0x80; }

/// Length of the well-formed UTF-8 sequence (Unicode, table 3-7) that begins at `i` with a byte
/// above 0x7F; 0 where there is none.
std::size_t sequenceLength(std::string_view text, std::size_t i) {
    const auto first = at(text, i), second = at(text, i + 1);
    if (first >= 0xC2 && first <= 0xDF) return continues(second) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF) {
        const unsigned char low = first == 0xE0 ? 0xA0 : 0x80;
        const unsigned char high = first == 0xED ? 0x9F : 0xBF;
        return second >= low && second <= high && continues(at(text, i + 2)) ? 3 : 0;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        const unsigned char low = first == 0xF0 ? 0x90 : 0x80;
        const unsigned char high = first == 0xF4 ? 0x8F : 0xBF;
        return second >= low && second <= high && continues(at(text, i + 2)) &&
                       continues(at(text, i + 3))
                   ? 4
                   : 0;
    }
    return 0;
}

/// Whether eight bytes all stand for themselves: the usual case, told by a few instructions.
bool allPlain(std::uint64_t word) {
    constexpr std::uint64_t kOnes = 0x0101010101010101, kHighs = 0x8080808080808080;
    const auto hasZero = [](std::uint64_t bytes) { return (bytes - kOnes) & ~bytes; };
    const std::uint64_t control = (word - kOnes * 0x20) & ~word;
    const std::uint64_t special =
        control | hasZero(word ^ (kOnes * '"')) | hasZero(word ^ (kOnes * '\\'));
    return ((special | word) & kHighs) == 0;
}

/// The escape of an ASCII byte that does not stand for itself.
std::string_view escapeOf(unsigned char byte, std::array<char, 6>& space) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    switch (byte) {
        case '"':
            return "\\\"";
        case '\\':
            return "\\\\";
        case '\n':
            return "\\n";
        case '\r':
            return "\\r";
        case '\t':
            return "\\t";
        default:
            space = {'\\', 'u', '0', '0', kDigits[byte >> 4], kDigits[byte & 0x0F]};
            return {space.data(), space.size()};
    }
}

/// A byte may become six: `\u001f`.
constexpr std::size_t kGrowth = 6;
/// Room for quotes, commas and a word that is copied whole.
constexpr std::size_t kMargin = 32;

}  // namespace

void JsonText::reserve(std::size_t bytes) {
    if (text_.size() - used_ < bytes) text_.resize(2 * text_.size() + bytes);
}

void JsonText::put(std::string_view plain) {
    std::memcpy(text_.data() + used_, plain.data(), plain.size());
    used_ += plain.size();
}

void JsonText::putEscaped(std::string_view value) {
    std::size_t i = 0;
    while (i < value.size()) {
        std::uint64_t word = 0;
        if (value.size() - i >= sizeof word) {
            std::memcpy(&word, value.data() + i, sizeof word);
            if (allPlain(word)) {
                std::memcpy(text_.data() + used_, &word, sizeof word);
                used_ += sizeof word;
                i += sizeof word;
                continue;
            }
        }
        const auto byte = at(value, i);
        if (kPlain[byte]) {
            text_[used_++] = value[i++];
        } else if (byte < 0x80) {
            std::array<char, 6> space;
            put(escapeOf(byte, space));
            ++i;
        } else {
            const std::size_t length = sequenceLength(value, i);
            put(length > 0 ? value.substr(i, length) : "\xEF\xBF\xBD");
            i += length > 0 ? length : 1;
        }
    }
}

void JsonText::comma() {
    if (!first_) text_[used_++] = ',';
    first_ = false;
}

void JsonText::beginObject() {
    reserve(kMargin);
    text_[used_++] = '{';
    first_ = true;
}

void JsonText::endObject() {
    reserve(kMargin);
    text_[used_++] = '}';
    first_ = false;
}

void JsonText::beginArray() {
    reserve(kMargin);
    text_[used_++] = '[';
    first_ = true;
}

void JsonText::endArray() {
    reserve(kMargin);
    text_[used_++] = ']';
    first_ = false;
}

void JsonText::element() {
    reserve(kMargin);
    comma();
}

void JsonText::name(std::string_view name) {
    reserve(name.size() + kMargin);
    comma();
    text_[used_++] = '"';
    put(name);
    put("\":");
}

void JsonText::name(std::string_view prefix, std::string_view name) {
    reserve(prefix.size() + kGrowth * name.size() + kMargin);
    comma();
    text_[used_++] = '"';
    put(prefix);
    putEscaped(name);
    put("\":");
}

void JsonText::string(std::string_view value) {
    reserve(kGrowth * value.size() + kMargin);
    text_[used_++] = '"';
    putEscaped(value);
    text_[used_++] = '"';
}

void JsonText::boolean(bool value) {
    reserve(kMargin);
    put(value ? "true" : "false");
}

std::string JsonText::take() {
    text_.resize(used_);
    return std::move(text_);
}

}  // namespace backorderd::codec

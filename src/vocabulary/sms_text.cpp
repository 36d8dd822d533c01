#include "backorderd/sms_text.hpp"

#include <algorithm>
#include <array>

namespace backorderd {
namespace {

/// 3GPP TS 23.038, 6.2.1: the default alphabet, without the escape to the extension table. ASCII
/// letters and digits are in it at their own places and are not repeated here.
constexpr std::u32string_view kGsmSigns =
    U"@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà";
/// The same, 6.2.1.1: the extension table; each of them takes two septets.
constexpr std::u32string_view kGsmExtension = U"\f^{}\\[~]|€";

constexpr int kGsmSingle = 160, kGsmSegment = 153;
constexpr int kUcsSingle = 70, kUcsSegment = 67;
constexpr char32_t kNoSign = 0xFFFD;

/// Takes the first sign off a text that is not empty.
char32_t takeSign(std::string_view& text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(0);
    const std::size_t length = lead < 0x80                    ? 1
                               : lead >= 0xC2 && lead < 0xE0  ? 2
                               : lead >= 0xE0 && lead < 0xF0  ? 3
                               : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                              : 0;
    bool sound = length > 0 && length <= text.size();
    for (std::size_t i = 1; sound && i < length; ++i) sound = (byte(i) & 0xC0) == 0x80;
    if (!sound) {
        text.remove_prefix(1);
        return kNoSign;
    }
    char32_t sign = length == 1 ? lead : lead & (0x7F >> length);
    for (std::size_t i = 1; i < length; ++i) sign = sign << 6 | (byte(i) & 0x3F);
    text.remove_prefix(length);
    return sign;
}

/// 0: not in GSM-7.
int septetsOf(char32_t sign) {
    const bool plain = (sign >= U'0' && sign <= U'9') || (sign >= U'A' && sign <= U'Z') ||
                       (sign >= U'a' && sign <= U'z');
    if (plain || kGsmSigns.find(sign) != std::u32string_view::npos) return 1;
    return kGsmExtension.find(sign) != std::u32string_view::npos ? 2 : 0;
}

int utf16UnitsOf(char32_t sign) { return sign > 0xFFFF ? 2 : 1; }

/// Counts as a gateway cuts: a segment that has no room for both units of a sign stays short.
struct SegmentCounter {
    int segment_units;
    int units = 0;
    int segments = 1;
    int filled = 0;

    void add(int width) {
        units += width;
        if (filled + width > segment_units) {
            ++segments;
            filled = 0;
        }
        filled += width;
    }
};

struct Rewritten {
    char32_t sign;
    std::string_view plain;
};
constexpr std::array kRewritten{
    Rewritten{U'\u00A0', " "},   Rewritten{U'\u2009', " "},  Rewritten{U'\u202F', " "},
    Rewritten{U'\u2010', "-"},   Rewritten{U'\u2011', "-"},  Rewritten{U'\u2012', "-"},
    Rewritten{U'\u2013', "-"},   Rewritten{U'\u2014', "-"},  Rewritten{U'\u2212', "-"},
    Rewritten{U'\u2018', "'"},   Rewritten{U'\u2019', "'"},  Rewritten{U'\u201A', "'"},
    Rewritten{U'\u2032', "'"},   Rewritten{U'\u201C', "\""}, Rewritten{U'\u201D', "\""},
    Rewritten{U'\u201E', "\""},  Rewritten{U'\u00AB', "\""}, Rewritten{U'\u00BB', "\""},
    Rewritten{U'\u2026', "..."}, Rewritten{U'\u2022', "*"},  Rewritten{U'\u00B7', "*"},
    Rewritten{U'\u00D7', "x"},   Rewritten{U'`', "'"},       Rewritten{U'\u00B4', "'"},
    Rewritten{U'\t', " "},
};

}  // namespace

SmsSize smsSize(std::string_view text) {
    bool in_gsm = true;
    SegmentCounter gsm{kGsmSegment}, ucs{kUcsSegment};
    while (!text.empty()) {
        const char32_t sign = takeSign(text);
        const int septets = septetsOf(sign);
        in_gsm = in_gsm && septets > 0;
        gsm.add(septets);
        ucs.add(utf16UnitsOf(sign));
    }
    const SegmentCounter& counted = in_gsm ? gsm : ucs;
    const int single = in_gsm ? kGsmSingle : kUcsSingle;
    return {in_gsm ? SmsAlphabet::Gsm7 : SmsAlphabet::Ucs2, counted.units,
            counted.units <= single ? 1 : counted.segments};
}

std::string withSmsSigns(std::string_view text) {
    std::string plain;
    std::string_view rest = text;
    while (!rest.empty()) {
        const std::string_view before = rest;
        const char32_t sign = takeSign(rest);
        const auto* const at = std::find_if(kRewritten.begin(), kRewritten.end(),
                                            [&](const Rewritten& r) { return r.sign == sign; });
        if (at != kRewritten.end())
            plain += at->plain;
        else if (septetsOf(sign) > 0)
            plain += before.substr(0, before.size() - rest.size());
        else
            return std::string{text};
    }
    return plain;
}

}  // namespace backorderd

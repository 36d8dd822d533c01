#pragma once

#include <string>
#include <string_view>

namespace backorderd {

/// How the signs of an SMS are sent: as 7-bit signs of the GSM alphabet (3GPP TS 23.038) with its
/// extension table, or, where one sign is not in it, all of them as UCS-2.
enum class SmsAlphabet { Gsm7, Ucs2 };

/// What a text costs. A single SMS holds 160 units of GSM-7 or 70 of UCS-2; of a longer text each
/// segment holds 153 or 67, because a header says which part it is.
struct SmsSize {
    SmsAlphabet alphabet = SmsAlphabet::Gsm7;
    int units = 0;  ///< septets, two for a sign of the extension table; or UTF-16 units
    int segments = 0;

    bool operator==(const SmsSize&) const = default;
};

/// Of UTF-8; a byte that is none counts as one sign outside GSM-7. A sign of two units is never
/// split between two segments.
SmsSize smsSize(std::string_view text);

/// The text with typographic signs (dashes, quotation marks, the ellipsis, spaces that do not
/// break) written with those of the GSM alphabet, where that makes it a GSM-7 text; else as it was.
/// One such sign would otherwise more than double what the text costs.
std::string withSmsSigns(std::string_view text);

}  // namespace backorderd

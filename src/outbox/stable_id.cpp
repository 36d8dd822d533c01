#include <xxhash.h>

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <tuple>

#include "outbox/outbox.hpp"

namespace backorderd::outbox {

namespace {

/// Every field with its length before it, so that no two lists of fields read the same.
void append(std::string& text, std::string_view field) {
    text += std::to_string(field.size());
    text += ':';
    text += field;
}

std::string hexadecimal(XXH128_hash_t hash) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, hash);
    std::string text;
    for (const unsigned char byte : canonical.digest) {
        text += kDigits[byte >> 4];
        text += kDigits[byte & 0xf];
    }
    return text;
}

}  // namespace

// Ids made here stand in mailboxes and in send journals, and a second attempt is known by its id:
// do not change what goes into the hash, nor its order.
std::string stableId(const std::vector<Notice>& notices) {
    if (notices.empty()) throw std::logic_error{"a message without notices has no id"};

    std::vector<std::tuple<CaseId, std::string_view, Timestamp>> planned;
    for (const Notice& notice : notices)
        planned.emplace_back(notice.case_id, notice.key, notice.state_at);
    std::sort(planned.begin(), planned.end());

    const Recipient& recipient = notices.front().recipient;
    std::string text;
    append(text, "backorderd message 1");
    append(text, channelName(recipient.channel));
    append(text, recipient.address);
    for (const auto& [case_id, key, since] : planned) {
        append(text, std::to_string(case_id));
        append(text, key);
        append(text, std::to_string(since.time_since_epoch().count()));
    }
    return hexadecimal(XXH3_128bits(text.data(), text.size()));
}

}  // namespace backorderd::outbox

#include "backorderd/preference.hpp"

#include <algorithm>

#include "backorderd/guard.hpp"
#include "backorderd/line_fields.hpp"
#include "backorderd/phone.hpp"
#include "vocabulary/names.hpp"

namespace backorderd {
namespace {

constexpr Name<DigestFrequency> kDigestFrequencies[] = {
    {DigestFrequency::Immediate, "immediate"},
    {DigestFrequency::Daily, "daily"},
    {DigestFrequency::Weekly, "weekly"},
};

constexpr std::size_t kLanguageBytesMax = 35;
/// An ERP's text is quoted in sentences; nobody wants all of a long one.
constexpr std::size_t kQuotedBytesMax = 40;

bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string textOfField(const OrderLine& line, std::string_view name) {
    std::string_view key;
    if (const auto* const attributes = attributesOf(line, name, key)) {
        const auto found = attributes->find(key);
        return found == attributes->end() ? std::string{} : found->second;
    }
    const auto* const field = findLineField(name);
    return field ? field->get(line) : std::string{};
}

std::optional<Channel> channelOfContact(std::string_view name) {
    const auto channel = parseChannel(name);
    return channel == Channel::Email || channel == Channel::Sms ? channel : std::nullopt;
}

std::string notUnderstood(std::string_view field, const std::string& text, const char* wanted) {
    std::string sentence{field};
    sentence += " says '" + text.substr(0, kQuotedBytesMax) + "', which is not " + wanted + ".";
    return sentence;
}

const Preference* findPreference(const Preferences& preferences, const Contact& contact) {
    if (preferences.by_contact.empty()) return nullptr;
    for (const auto* const written : {&contact.email, &contact.phone}) {
        const auto key = contactKeyOf(*written);
        const auto found =
            key.empty() ? preferences.by_contact.end() : preferences.by_contact.find(key);
        if (found != preferences.by_contact.end()) return &found->second;
    }
    return nullptr;
}

void readFields(const PreferenceFields& fields, const OrderLine& line, Preferred& preferred) {
    using Origin = Preferred::Origin;
    const auto read = [&](const std::string& field, const char* wanted, auto&& take) {
        const auto text = field.empty() ? std::string{} : textOfField(line, field);
        if (!text.empty() && !take(text))
            preferred.not_understood.push_back(notUnderstood(field, text, wanted));
    };
    read(fields.channel, "email or sms", [&](const std::string& text) {
        const auto channel = channelOfContact(canonicalAddress(text));
        if (channel) preferred.channel = {*channel, Origin::Erp};
        return channel.has_value();
    });
    read(fields.language, "a language such as de or de-AT", [&](const std::string& text) {
        const bool known = looksLikeLanguage(text);
        if (known) preferred.language = {text, Origin::Erp};
        return known;
    });
    read(fields.digest, "immediate, daily or weekly", [&](const std::string& text) {
        const auto digest = parseDigestFrequency(canonicalAddress(text));
        if (digest) preferred.digest = {*digest, Origin::Erp};
        return digest.has_value();
    });
}

}  // namespace

std::string_view digestFrequencyName(DigestFrequency frequency) {
    return nameOf<DigestFrequency>(kDigestFrequencies, frequency);
}

std::optional<DigestFrequency> parseDigestFrequency(std::string_view name) {
    return valueOf<DigestFrequency>(kDigestFrequencies, name);
}

std::string contactKeyOf(std::string_view written) {
    const auto address = canonicalAddress(written);
    const auto at = address.find('@');
    if (at == std::string::npos) return phoneNumberOf(address).value_or("");
    const bool clean = std::none_of(address.begin(), address.end(), [](char c) {
        return static_cast<unsigned char>(c) <= ' ' || c == '\x7f';
    });
    return clean && at > 0 && at + 1 < address.size() ? address : std::string{};
}

Preferred preferredOf(const Preferences& preferences, const OrderLine& line) {
    Preferred preferred;
    if (!preferences.any()) return preferred;
    readFields(preferences.fields, line, preferred);
    const auto* const noted = findPreference(preferences, line.contact);
    if (!noted) return preferred;
    using Origin = Preferred::Origin;
    if (noted->channel) preferred.channel = {*noted->channel, Origin::Command};
    if (!noted->language.empty()) preferred.language = {noted->language, Origin::Command};
    if (noted->digest) preferred.digest = {*noted->digest, Origin::Command};
    return preferred;
}

bool looksLikeLanguage(std::string_view tag) {
    if (tag.size() > kLanguageBytesMax) return false;
    std::size_t part = 0, length = 0;
    for (std::size_t i = 0; i <= tag.size(); ++i) {
        if (i == tag.size() || tag[i] == '-') {
            if (length < (part == 0 ? 2u : 1u) || length > (part == 0 ? 3u : 8u)) return false;
            ++part, length = 0;
            continue;
        }
        const bool digit = part > 0 && tag[i] >= '0' && tag[i] <= '9';
        if (!isLetter(tag[i]) && !digit) return false;
        ++length;
    }
    return true;
}

bool isTextField(std::string_view name) {
    OrderLine line;
    std::string_view key;
    if (attributesOf(line, name, key)) return !key.empty();
    const auto* const field = findLineField(name);
    return field && field->type == FieldType::Text;
}

}  // namespace backorderd

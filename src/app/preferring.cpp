#include "app/preferring.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/arguments.hpp"
#include "app/declined.hpp"

namespace backorderd::app {
namespace {

using nlohmann::json;

constexpr std::size_t kPreferencesMax = 1'000'000;
constexpr std::size_t kPreferenceReasonMax = 1000;
constexpr const char* kNoPreference = "none";

std::string contactOf(const json& arguments) {
    const auto written = textOf(arguments, "contact");
    auto contact = contactKeyOf(written);
    if (contact.empty())
        throw Declined{"'" + written +
                       "' is no contact; give a mail address, or a number with its country such as "
                       "+49301234567"};
    return contact;
}

/// Takes what the arguments say into the preference; returns whether they say anything.
bool takeChanges(const json& arguments, Preference& preference) {
    const auto channel = textOf(arguments, "channel"), language = textOf(arguments, "language"),
               digest = textOf(arguments, "digest");
    if (!channel.empty()) {
        preference.channel = parseChannel(channel);
        const bool of_contact =
            preference.channel == Channel::Email || preference.channel == Channel::Sms;
        if (!of_contact && channel != kNoPreference)
            throw Declined{
                "a contact's channel is 'email' or 'sms', or 'none' for no preference, "
                "not '" +
                channel +
                "'. Who wants no messages at all is suppressed: "
                "'suppress add'"};
    }
    if (!language.empty()) {
        preference.language = language == kNoPreference ? std::string{} : language;
        if (!preference.language.empty() && !looksLikeLanguage(language))
            throw Declined{"'" + language + "' is no language; write de or de-AT"};
    }
    if (!digest.empty()) {
        preference.digest = parseDigestFrequency(digest);
        if (!preference.digest && digest != kNoPreference)
            throw Declined{
                "a digest is 'immediate', 'daily' or 'weekly', or 'none' for no "
                "preference, not '" +
                digest + "'"};
    }
    return !channel.empty() || !language.empty() || !digest.empty();
}

/// What is noted, as the audit trail has it.
std::string inWords(const Preference& preference) {
    std::string words = preference.contact;
    if (preference.channel) words += " channel=" + std::string{channelName(*preference.channel)};
    if (!preference.language.empty()) words += " language=" + preference.language;
    if (preference.digest)
        words += " digest=" + std::string{digestFrequencyName(*preference.digest)};
    return words;
}

std::string originOf(Preferred::Origin origin, const std::string& field) {
    return origin == Preferred::Origin::Command ? "noted with 'preference set'"
                                                : "says " + field + " in the ERP";
}

}  // namespace

json setPreference(Engine& engine, Store& store, const json& arguments, Timestamp now) {
    const auto& known = engine.preferences().by_contact;
    Preference preference;
    preference.contact = contactOf(arguments);
    if (const auto found = known.find(preference.contact); found != known.end())
        preference = found->second;
    else if (known.size() >= kPreferencesMax)
        throw Declined{"at most " + std::to_string(kPreferencesMax) + " contacts"};
    if (!takeChanges(arguments, preference))
        throw Declined{"say what the contact prefers: --channel, --language or --digest"};
    auto why = auditFor(arguments, "preference set", inWords(preference), now);
    if (why.reason.size() > kPreferenceReasonMax) throw Declined{"a reason has at most 1000 bytes"};
    preference.author = why.actor;
    preference.reason = why.reason;
    preference.at = now;
    if (preference.channel || !preference.language.empty() || preference.digest)
        store.setPreference(preference, why);
    else
        store.clearPreference(preference.contact, why);
    engine.readPreferences();
    return preferenceRow(preference);
}

json listPreferences(Store& store, const json& arguments) {
    const auto contact = textOf(arguments, "contact").empty() ? "" : contactOf(arguments);
    json rows = json::array();
    for (const auto& preference : store.preferences())
        if (contact.empty() || preference.contact == contact)
            rows.push_back(preferenceRow(preference));
    return rows;
}

json clearPreference(Engine& engine, Store& store, const json& arguments, Timestamp now) {
    const auto contact = contactOf(arguments);
    if (!store.clearPreference(contact, auditFor(arguments, "preference clear", contact, now)))
        throw Declined{"nothing is noted of '" + contact +
                       "' ('preference list' lists what is; what the ERP says is changed there)"};
    engine.readPreferences();
    return {{"contact", contact}};
}

json preferenceRow(const Preference& preference) {
    return {{"contact", preference.contact},
            {"channel", preference.channel ? channelName(*preference.channel) : ""},
            {"language", preference.language},
            {"digest", preference.digest ? digestFrequencyName(*preference.digest) : ""},
            {"author", preference.author},
            {"reason", preference.reason},
            {"at", formatTimestamp(preference.at)}};
}

json preferenceWords(const Preferences& preferences, const OrderLine& line) {
    const auto preferred = preferredOf(preferences, line);
    const auto& fields = preferences.fields;
    json texts = json::array();
    const auto add = [&](const std::string& what, Preferred::Origin origin,
                         const std::string& field) {
        texts.push_back("The contact prefers " + what + ": " + originOf(origin, field) + ".");
    };
    if (const auto& channel = preferred.channel)
        add(std::string{channelName(channel.value)} + ", where the policy has it", channel.origin,
            fields.channel);
    if (const auto& language = preferred.language)
        add("the language " + language.value, language.origin, fields.language);
    if (const auto& digest = preferred.digest)
        add(digest.value == DigestFrequency::Immediate
                ? "each message at once"
                : "a " + std::string{digestFrequencyName(digest.value)} + " digest",
            digest.origin, fields.digest);
    for (const auto& sentence : preferred.not_understood) texts.push_back(sentence);
    return texts;
}

}  // namespace backorderd::app

#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backorderd/line.hpp"
#include "backorderd/notice.hpp"

namespace backorderd {

/// How often a contact wants to hear. Persisted by name: do not change.
enum class DigestFrequency { Immediate, Daily, Weekly };
std::string_view digestFrequencyName(DigestFrequency frequency);  ///< `daily`
std::optional<DigestFrequency> parseDigestFrequency(std::string_view name);

/// How one contact wants to be written to, as an operator noted it. What is empty is not said.
struct Preference {
    std::string contact;  ///< see `contactKeyOf`
    std::optional<Channel> channel;
    std::string language;  ///< BCP 47
    std::optional<DigestFrequency> digest;
    std::string author;
    std::string reason;
    Timestamp at{};

    bool operator==(const Preference&) const = default;
};

/// By what a preference is known: a mail address as `canonicalAddress` has it, or the number of
/// E.164. ERPs give a contact no id that holds over all their orders and sources; the address is
/// what people name who ask for it, and what a suppression goes by as well. Empty: it is neither.
std::string contactKeyOf(std::string_view written);

/// The fields of a line in which the ERP says how its contact wants to be written to; empty: it
/// does not say.
struct PreferenceFields {
    std::string channel;
    std::string language;
    std::string digest;

    bool any() const { return !channel.empty() || !language.empty() || !digest.empty(); }
    bool operator==(const PreferenceFields&) const = default;
};

/// All that is known of what contacts prefer.
struct Preferences {
    PreferenceFields fields;
    std::map<std::string, Preference, std::less<>> by_contact;

    bool any() const { return fields.any() || !by_contact.empty(); }
};

/// What the contact of one line prefers. A command counts before a field of the ERP, and both
/// before the policy.
struct Preferred {
    enum class Origin { Policy, Erp, Command };
    template <class Value>
    struct Choice {
        Value value{};
        Origin origin = Origin::Policy;  ///< of Policy: nothing is preferred

        explicit operator bool() const { return origin != Origin::Policy; }
    };
    Choice<Channel> channel;
    Choice<std::string> language;
    Choice<DigestFrequency> digest;
    /// What the ERP says and nobody understands, in sentences; it does not count.
    std::vector<std::string> not_understood;
};
Preferred preferredOf(const Preferences& preferences, const OrderLine& line);

/// Whether it is written as a language is, `de` or `de-AT`.
bool looksLikeLanguage(std::string_view tag);
/// Whether a line has a text field of this name; `customer.attributes.NAME` and its kin always do.
bool isTextField(std::string_view name);

}  // namespace backorderd

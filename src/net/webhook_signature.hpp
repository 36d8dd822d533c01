#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backorderd/dates.hpp"
#include "backorderd/secret.hpp"

namespace backorderd::net {

/// The bytes of a secret as Standard Webhooks writes it: `whsec_` and 24 to 64 bytes in base64.
/// nullopt: it is none.
std::optional<Secret> webhookKey(std::string_view secret);

/// The keys in a text, with white space between; at most four, so that one can be changed for the
/// next.
struct WebhookKeys {
    std::vector<Secret> keys;
    std::string fault;  ///< what is wrong with the text, for a person; empty: nothing
};
WebhookKeys webhookKeys(const Secret& text);

/// The value of `webhook-signature` for an attempt: one signature for each key, with spaces
/// between.
/// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
std::string webhookSignature(const std::vector<Secret>& keys, std::string_view id, Timestamp at,
                             std::string_view body);

/// Whether one of the signatures in the value of `webhook-signature` was made with one of the keys.
/// What differs takes no other time than what does not.
bool webhookSigned(const std::vector<Secret>& keys, std::string_view id, Timestamp at,
                   std::string_view body, std::string_view signatures);

}  // namespace backorderd::net

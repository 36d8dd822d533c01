#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backorderd/dates.hpp"
#include "backorderd/secret.hpp"

namespace backorderd::senders {

/// The bytes of a secret as Standard Webhooks writes it: `whsec_` and 24 to 64 bytes in base64.
/// nullopt: it is none.
std::optional<Secret> webhookKey(std::string_view secret);

/// The value of `webhook-signature` for an attempt: one signature for each key, with spaces
/// between.
/// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
std::string webhookSignature(const std::vector<Secret>& keys, std::string_view id, Timestamp at,
                             std::string_view body);

}  // namespace backorderd::senders

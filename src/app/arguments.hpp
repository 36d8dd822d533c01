#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "backorderd/store.hpp"

namespace backorderd::app {

/// An argument that is a text; empty where it was not given.
std::string textOf(const nlohmann::json& arguments, const char* name);
/// How many rows a list may have, from 1 to 10,000; 100 where nothing is said. Throws `Declined`.
int limitOf(const nlohmann::json& arguments);
/// Who does it and why, which stands in the audit trail for ever. Throws `Declined` where `author`
/// or `reason` is missing.
AuditEntry auditFor(const nlohmann::json& arguments, std::string_view action, std::string subject,
                    Timestamp now);

}  // namespace backorderd::app

#include "app/arguments.hpp"

#include <nlohmann/json.hpp>

#include "app/declined.hpp"

namespace backorderd::app {

std::string textOf(const nlohmann::json& arguments, const char* name) {
    return arguments.value(name, std::string{});
}

int limitOf(const nlohmann::json& arguments) {
    constexpr int kListMax = 10'000;
    const int limit = arguments.value("limit", 100);
    if (limit < 1 || limit > kListMax)
        throw Declined{"limit must be from 1 to " + std::to_string(kListMax)};
    return limit;
}

AuditEntry auditFor(const nlohmann::json& arguments, std::string_view action, std::string subject,
                    Timestamp now) {
    AuditEntry entry{now, textOf(arguments, "author"), std::string{action}, std::move(subject),
                     textOf(arguments, "reason")};
    if (entry.actor.empty()) throw Declined{"an author is needed: --author NAME"};
    if (entry.reason.empty()) throw Declined{"a reason is needed: --reason TEXT"};
    return entry;
}

}  // namespace backorderd::app

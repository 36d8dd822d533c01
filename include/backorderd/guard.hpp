#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "backorderd/notice.hpp"

namespace backorderd {

/// The guard that stops a storm: too many messages at once. Persisted: do not change.
inline constexpr const char* kBlastRadius = "blast_radius";

using SilenceId = std::int64_t;

/// An operator's order to say nothing about some lines for some time.
struct Silence {
    SilenceId id = 0;  ///< 0 until stored
    /// Conditions as the operator wrote them, `customer.id=C1`; a line that meets all is silenced.
    std::vector<std::string> matchers;
    std::string author;
    std::string reason;
    Timestamp starts_at{};
    Timestamp ends_at{};
    bool end_told = false;  ///< that it has ended was said

    bool isActive(Timestamp now) const { return starts_at <= now && now < ends_at; }
    /// Its name in `Notice::guard`. Persisted: do not change.
    std::string guardName() const { return "silence/" + std::to_string(id); }
    bool operator==(const Silence&) const = default;
};

/// How far a 'no' goes. Persisted by name: do not change.
enum class SuppressionKind {
    All,       ///< nothing goes to the address any more
    Optional,  ///< nothing but what the rules call critical, and what concerns our own people
};
std::string_view suppressionKindName(SuppressionKind kind);  ///< `all`
std::optional<SuppressionKind> parseSuppressionKind(std::string_view name);

/// A recipient who said no, or an address that does not exist. One for each channel and address.
struct Suppression {
    Channel channel = Channel::Email;
    std::string address;  ///< canonical, or `@DOMAIN` for all addresses of a domain
    SuppressionKind kind = SuppressionKind::All;
    std::string reason;
    std::string source;  ///< where it comes from: `operator`, `import`, `refused`
    std::string author;
    Timestamp at{};

    bool operator==(const Suppression&) const = default;
};

/// An address as suppressions are found by it: ASCII letters in lower case, without
/// spaces around it.
std::string canonicalAddress(std::string_view address);

}  // namespace backorderd

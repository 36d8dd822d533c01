#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "backorderd/line.hpp"
#include "backorderd/notice.hpp"
#include "backorderd/phone.hpp"
#include "backorderd/rule.hpp"

/// Whom a notice is for.
namespace backorderd::rules {

/// One mailbox, without spaces or control characters.
bool isPlausibleEmail(std::string_view address);
using backorderd::isPhoneNumber;

/// The contact on the first of the channels that reaches them, before all others on the one they
/// prefer, where it is among them; nullopt where none does. A phone number is taken as people write
/// it; the recipient's is that of E.164.
std::optional<Recipient> reachContact(const Contact& contact, const std::vector<Channel>& channels,
                                      std::optional<Channel> preferred = std::nullopt);
/// Why none does, for a person; lives as long as the program.
std::string_view whyUnreachable(const Contact& contact, const std::vector<Channel>& channels);

/// The addresses of a team for this line, or of the team that stands in for it; empty where there
/// is nobody. A team that has no addresses but a sender is one recipient, whose address the sender
/// knows.
std::vector<Recipient> reachTeam(const RuleSet& rules, std::string_view team,
                                 const OrderLine& line);

}  // namespace backorderd::rules

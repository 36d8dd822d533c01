#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "backorderd/line.hpp"
#include "backorderd/notice.hpp"
#include "backorderd/rule.hpp"

/// Whom a notice is for.
namespace backorderd::rules {

/// One mailbox, without spaces or control characters.
bool isPlausibleEmail(std::string_view address);
/// `+` and 7 to 15 digits, as E.164 has it.
bool isPhoneNumber(std::string_view number);

/// The contact on the first of the channels that reaches them; nullopt where none does.
std::optional<Recipient> reachContact(const Contact& contact, const std::vector<Channel>& channels);

/// The addresses of a team for this line, or of the team that stands in for it; empty where there
/// is nobody. A team that has no addresses but a sender is one recipient, whose address the sender
/// knows.
std::vector<Recipient> reachTeam(const RuleSet& rules, std::string_view team,
                                 const OrderLine& line);

}  // namespace backorderd::rules

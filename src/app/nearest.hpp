#pragma once

#include <optional>
#include <string>

#include "backorderd/decision.hpp"

namespace backorderd::app {

/// The condition that would change the outcome with the least change of the line: the first test
/// that failed of the rule that came nearest to holding, as a sentence. Empty where every rule that
/// looked at the line applies. `decision` must be in full words.
std::optional<std::string> nearestCondition(const Decision& decision, const RuleSet& rules);

/// 'promise.in_days must be at least 14, and is 5'; the name of the field is left out where a rule
/// as a whole must not hold.
std::string failureInWords(const FailedTest& failed);

}  // namespace backorderd::app

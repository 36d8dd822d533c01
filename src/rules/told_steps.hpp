#pragma once

#include <string>
#include <vector>

#include "rules/rules.hpp"

namespace backorderd::rules {

/// Under which number the notices of each step of a ladder are known: their keys are
/// `EPISODE/NUMBER/…`. Where the rule has not changed since the ladder started, that is the step's
/// place. Where a step was put in or taken out, a step that has notices keeps their number, found
/// by its template and by whom it reaches, so that nothing is told twice and nothing is passed
/// over; a new step gets a number that no notice has. `counted_from`: the moment from which `after`
/// counts.
std::vector<int> numberSteps(const RuleSet& rules, const EscalationRule& rule, const Case& subject,
                             const std::string& episode, Timestamp counted_from);

}  // namespace backorderd::rules

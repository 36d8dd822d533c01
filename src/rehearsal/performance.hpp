#pragma once

#include <vector>

#include "app/policy.hpp"
#include "config/scripts.hpp"
#include "rehearsal/rule_tests.hpp"

namespace backorderd::rehearsal {

/// Plays a test from its start to its last step, and says of each step where it went otherwise.
std::vector<StepReport> perform(const config::RuleTest& test, const app::Policy& policy,
                                const config::HouseSettings& house);

}  // namespace backorderd::rehearsal

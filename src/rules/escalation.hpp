#pragma once

#include "rules/evaluation.hpp"

namespace backorderd::rules {

/// The steps of all ladders of an open case. Every rule that matches applies; one that another
/// running ladder names in its `inhibits` is silent.
void decideEscalation(Evaluation& evaluation);

}  // namespace backorderd::rules

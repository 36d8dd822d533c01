#pragma once

#include "rules/evaluation.hpp"

namespace backorderd::rules {

/// What the people who buy and who allocate are told of an open case: that nothing on order covers
/// it, and that it is long overdue.
void decideAdvice(Evaluation& evaluation);

}  // namespace backorderd::rules

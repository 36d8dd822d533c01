#pragma once

#include "rules/evaluation.hpp"

namespace backorderd::rules {

/// What senders that keep an incident for each ladder are to hear of it: that somebody has taken
/// it on, and that the ladder has ended. Also of a case that is closed.
void decideIncidents(Evaluation& evaluation);

}  // namespace backorderd::rules

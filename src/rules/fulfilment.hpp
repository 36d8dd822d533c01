#pragma once

#include <string_view>

#include "backorderd/rule.hpp"

/// Advice on stock that arrived.
namespace backorderd::rules {

class Evaluation;

/// Tells the rule's team of the latest proposal for the case, while the line still waits for as
/// much as then. Older ones that have not been told are told no more. All lines of one item share a
/// message, unless the rule gathers its alerts anyhow.
void decideAllocation(Evaluation& evaluation, const FulfilmentRule& rule);

std::string_view strategyName(FulfilmentRule::Strategy strategy);  ///< `win`

}  // namespace backorderd::rules

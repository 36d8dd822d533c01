#pragma once

#include <string_view>

#include "backorderd/rule.hpp"

/// Advice on stock that arrived.
namespace backorderd::rules {

class Evaluation;

/// Tells the team of the fulfilment rule of the latest proposal for the case. Older ones that have
/// not been told are told no more. All lines of one proposal share a message.
void decideAllocation(Evaluation& evaluation);

std::string_view strategyName(FulfilmentRule::Strategy strategy);  ///< `win`

}  // namespace backorderd::rules

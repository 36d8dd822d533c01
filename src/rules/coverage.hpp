#pragma once

#include <vector>

#include "backorderd/rule.hpp"

/// What can be known of conditions before any line is looked at.
namespace backorderd::rules {

/// A condition with its segments and `all` groups written out. Points into the condition.
struct FlatCondition {
    std::vector<const Test*> tests;
    std::vector<const std::vector<Condition>*> any;
    std::vector<const Condition*> none;
};
FlatCondition flatten(const Condition& condition);

/// Whether every line that fits `narrow` fits `wide` as well. False also where that cannot be seen.
bool covers(const FlatCondition& wide, const FlatCondition& narrow);

/// Whether no line can pass both. False also where that cannot be seen.
bool contradicts(const Test& a, const Test& b);

}  // namespace backorderd::rules

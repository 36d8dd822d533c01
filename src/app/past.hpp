#pragma once

#include <string>
#include <vector>

#include "backorderd/case.hpp"

namespace backorderd::app {

/// A case as its log says it was at an earlier moment.
struct PastCase {
    bool known = false;  ///< false: the case began later; `subject` then says nothing
    Case subject;
    std::vector<std::string> unsure;  ///< what the log does not tell, in sentences
};

/// Takes back from a case, last things first, what came after `at`.
PastCase caseAt(const Case& subject, Timestamp at);

}  // namespace backorderd::app

#pragma once

#include <vector>

#include "backorderd/case.hpp"
#include "backorderd/rule.hpp"

namespace backorderd::app {

/// What becomes of one case by time alone.
struct Foreseen {
    Case then;  ///< as it will be at the end
    /// Notices that leave by then, in the order of leaving; `state_at` says when.
    std::vector<Notice> leaving;
};

/// Lets time pass from `now` to `until` on a copy of the case: nothing changes in the ERP, each
/// poll succeeds, nobody answers, each message leaves when it is due, and no stock is shared out.
Foreseen foresee(const RuleSet& rules, const Preferences& preferences, const Case& subject,
                 Timestamp now, Timestamp until);

}  // namespace backorderd::app

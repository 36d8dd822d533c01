#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "backorderd/decision.hpp"
#include "backorderd/rule.hpp"

namespace backorderd::app {

/// One climb of a ladder, as the log of its case tells it.
struct Ladder {
    std::string rule;
    int episode = 0;  ///< `seq` of the event that began it
    Timestamp started_at{};
    bool active = true;
    std::string stopped_by;  ///< where it is not active
    const Acknowledged* acknowledged = nullptr;  ///< the latest; points into the case
    Timestamp acknowledged_at{};
};
/// All climbs of a case, oldest first. Those of a closed case are not active.
std::vector<Ladder> laddersOf(const Case& subject);

/// The ladders of a case for lists and `explain`: the step each has come to, the next one, when, and
/// what holds it back. `decision` is the one on this case in full words.
nlohmann::json ladderRows(const Case& subject, const Decision& decision, const RuleSet& rules);

}  // namespace backorderd::app

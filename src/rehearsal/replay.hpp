#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "app/policy.hpp"
#include "rehearsal/difference.hpp"
#include "rehearsal/stage.hpp"

namespace backorderd::rehearsal {

struct ReplayOptions {
    Timestamp since{}, until{};
    std::chrono::seconds tick{300};  ///< as in SimulationOptions
};

/// The recorded history of a store, told twice.
struct Replay {
    Timestamp since{}, until{};
    std::size_t cases = 0;  ///< that were open within the time
    Difference difference;
    /// Sections of which one of the two has rules, and that rest on the stock of the past.
    std::vector<std::string> not_compared{};
};

/// Lets the history that a store has recorded since a moment pass under the rules in force and
/// under other ones. Both runs begin with what was known and told before that moment. The store is
/// only read. Not recorded, and so not replayed: stock and what came of it, which is offers and
/// proposals of allocation.
Replay replay(const Scene& scene, const app::Policy& in_force, const app::Policy& other,
              Store& recorded, const ReplayOptions& options);

std::string inWords(const Replay& replay, std::size_t examples);
nlohmann::json asJson(const Replay& replay);

}  // namespace backorderd::rehearsal

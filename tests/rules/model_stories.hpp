#pragma once

#include "rules/model.hpp"
#include "rules/timeline.hpp"

namespace backorderd::rules_test::model {

/// The same for the same seed.
Story ladderStory(unsigned seed);
Story cadenceStory(unsigned seed);
Story bothStory(unsigned seed);

/// Rules and deeds for a person.
std::string describe(const Story& story);

/// The same story for the real rules.
Timeline timelineOf(const Story& story);
/// What leaves by the real rules until the end, as `toldByModel` writes it.
std::vector<std::string> toldByRules(const Story& story,
                                     std::chrono::minutes step = std::chrono::minutes{0});

}  // namespace backorderd::rules_test::model

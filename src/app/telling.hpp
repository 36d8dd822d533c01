#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "app/engine.hpp"

namespace backorderd::app {

/// `explain` of one case: as it is now, or with `at` as it was then, or as it will be if nothing
/// changes. Beside the members of `explainCase`, `as_of` says of which moment the story is, and
///
/// | member | where |
/// |---|---|
/// | `silences` | those in force that fit the line, in words |
/// | `preferences` | how its contact wants to be written to, and who says so, in words |
/// | `unsure` | the past: what the log does not tell, in sentences |
/// | `foreseen` | the future: what will have left by then, with `at`, `topic`, `to`, `reason` |
/// | `not_yet` | the past: true where the line was not known yet; nothing else is there then |
nlohmann::json tellCase(Engine& engine, Store& store, const Case& subject, Timestamp now,
                        std::optional<Timestamp> at);

}  // namespace backorderd::app

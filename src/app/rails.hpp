#pragma once

#include <nlohmann/json_fwd.hpp>

#include "app/engine.hpp"

/// What operators do with guards: look at what is held and let it go, and order silence.
/// Arguments and answers as Operations has them; what cannot be done is thrown as `Declined`.
namespace backorderd::app {

/// What is held: `count`, counts `by_rule`, `by_template`, `by_domain`, `by_guard`, the `notices`
/// up to `limit`, and up to three rendered `samples`. Arguments: `guard` (empty: any), `ids`.
nlohmann::json listHeld(Engine& engine, Store& store, const nlohmann::json& arguments);
/// Lets go of what is held: of a `guard`, of these `ids`, or with `all` of everything.
nlohmann::json approveHeld(Store& store, const nlohmann::json& arguments, Timestamp now);

/// `match`, `for` or `until`, `from`, `author`, `reason`.
nlohmann::json addSilence(Engine& engine, Store& store, const nlohmann::json& arguments,
                          Timestamp now);
/// Those in force and to come; with `all` those that have ended as well.
nlohmann::json listSilences(Store& store, const nlohmann::json& arguments, Timestamp now);
/// Ends silence `id` now; what it put off is due at once.
nlohmann::json expireSilence(Store& store, const nlohmann::json& arguments, Timestamp now);
/// Open lines that `match` fits, and what is planned for them.
nlohmann::json previewSilence(Store& store, const nlohmann::json& arguments, Timestamp now);
/// The silences in force that fit a case, for `explain`.
nlohmann::json silencesOf(Store& store, const Case& subject, Timestamp now);

}  // namespace backorderd::app

#pragma once

#include <nlohmann/json_fwd.hpp>

#include "app/engine.hpp"

/// How contacts want to be written to, as operators note it. Arguments and answers as Operations
/// has them; what cannot be done is thrown as `Declined`.
namespace backorderd::app {

/// `contact`, and of `channel`, `language`, `digest` what is to be noted or, as `none`, noted no
/// longer; what is left out stays as it is.
nlohmann::json setPreference(Engine& engine, Store& store, const nlohmann::json& arguments,
                             Timestamp now);
/// `contact`; empty: all.
nlohmann::json listPreferences(Store& store, const nlohmann::json& arguments);
/// `contact`.
nlohmann::json clearPreference(Engine& engine, Store& store, const nlohmann::json& arguments,
                               Timestamp now);

/// What is noted of a contact, as a row of the list.
nlohmann::json preferenceRow(const Preference& preference);
/// What a line's contact prefers, and who says so, in sentences.
nlohmann::json preferenceWords(const Preferences& preferences, const OrderLine& line);

}  // namespace backorderd::app

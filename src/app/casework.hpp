#pragma once

#include <nlohmann/json_fwd.hpp>

#include "app/engine.hpp"

/// What people do to cases, and the lists that they work from. Arguments and answers as Operations
/// has them; what cannot be done is thrown as `Declined`.
namespace backorderd::app {

/// Acknowledges the active ladders of all open lines that fit `line`, or of those the rule `rule`.
nlohmann::json acknowledge(Engine& engine, Store& store, const nlohmann::json& arguments,
                           Timestamp now);

/// Writes down what a customer said of one line, and what they made of an offer. An offer that holds
/// no longer is withdrawn instead of accepted, and the operator is told why.
nlohmann::json respond(Engine& engine, Store& store, const nlohmann::json& arguments,
                       Timestamp now);

/// Offers of open lines: the open ones, or with `all` every one.
nlohmann::json listOffers(Engine& engine, Store& store, const nlohmann::json& arguments);

/// Active ladders of open lines, with the step they have come to and the next.
nlohmann::json listEscalations(Engine& engine, Store& store, const nlohmann::json& arguments,
                               Timestamp now);

}  // namespace backorderd::app

#pragma once

#include <nlohmann/json_fwd.hpp>

#include "app/engine.hpp"

namespace backorderd::app {

/// `forget`: removes a customer from all closed cases, messages and the audit trail, at once and
/// from the store's files. Open lines are a reason to refuse: the ERP would tell us all of it
/// again, and the customer would no longer be told of what they wait for. `even_open`: what is
/// closed is forgotten all the same, and the answer names what is left. Throws Declined.
nlohmann::json forgetCustomer(Engine& engine, Store& store, const nlohmann::json& arguments,
                              Timestamp now);

/// `export`: lines, events, notices, messages with their documents, and entries of the audit trail
/// that name the customer, and what their contacts prefer. Throws Declined where nothing is known.
nlohmann::json exportCustomer(Store& store, const nlohmann::json& arguments, Timestamp now);

}  // namespace backorderd::app

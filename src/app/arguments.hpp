#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace backorderd::app {

/// An argument that is a text; empty where it was not given.
std::string textOf(const nlohmann::json& arguments, const char* name);
/// How many rows a list may have, from 1 to 10,000; 100 where nothing is said. Throws `Declined`.
int limitOf(const nlohmann::json& arguments);

}  // namespace backorderd::app

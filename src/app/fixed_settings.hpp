#pragma once

#include <string>

#include "backorderd/problem.hpp"
#include "config/config.hpp"

namespace backorderd::app {

/// What a reload would change and a running process cannot change under its own feet: an error for
/// each such setting of `file`.
Problems fixedChanges(const config::Settings& was, const config::Settings& is,
                      const std::string& file);

}  // namespace backorderd::app

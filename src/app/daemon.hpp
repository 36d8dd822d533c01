#pragma once

#include <string>

namespace backorderd::app {

/// Runs the service until SIGTERM or SIGINT. Returns the exit status: 0 stopped as asked, 1 the
/// configuration is refused (the problems are on standard error), 3 the store cannot be had.
/// A database that fails while running is an exception, which ends the process.
int runDaemon(const std::string& settings_file);

}  // namespace backorderd::app

#pragma once

#include "app/engine.hpp"
#include "backorderd/clock.hpp"
#include "config/config.hpp"
#include "net/net.hpp"

namespace backorderd::app {

/// A whole configuration, read and checked: nothing of it is in force yet.
struct Setup {
    std::unique_ptr<config::Settings> settings;  ///< on the heap: the ends refer to it
    Policy policy;
    Ends ends;
    Problems warnings;
};

/// Reads the settings file and everything it points at, and makes the connectors and senders.
/// Every problem of every file at once. `net` and `clock` must outlive the ends.
Result<Setup> loadSetup(const std::string& settings_file, net::Net& net, const Clock& clock);

}  // namespace backorderd::app

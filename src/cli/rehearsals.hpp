#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cli/cli.hpp"

namespace CLI {
class App;
}

namespace backorderd::cli {

/// What `simulate` and `replay` work on: a copy of the store.
struct Rehearsed {
    std::string from;    ///< a file of `backorderd backup`; empty: the store of the settings
    std::string moment;  ///< instead of now, RFC 3339
};
struct SimulateOptions {
    Rehearsed rehearsed;
    int days = 30;
    std::string scenario, html;
    bool messages = false;
};
struct ReplayOptions {
    Rehearsed rehearsed;
    std::string rules, since = "90d";
    std::optional<std::size_t> extra_max;
    std::size_t examples = 3;
};

int testRules(const Common& common, std::vector<std::string> paths, const std::string& junit);
int simulate(const Common& common, const SimulateOptions& options);
int replay(const Common& common, const ReplayOptions& options);

/// Adds the three subcommands; `action` receives what the command line chose.
void addRehearsals(CLI::App& app, Common& common, std::function<int()>& action);

}  // namespace backorderd::cli

#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

/// Six weeks of a distributor's back orders in seconds. Only the ERP, the clock and the last hop
/// are simulated; engine, rules, templates, outbox and store are those of the service.
namespace backorderd::demo {

struct Options {
    std::string out = "demo-out";  ///< receives mail/, story.txt, store/ and backorderd.yaml
    std::string config_dir = BACKORDERD_DATA_DIR;  ///< holds rules.d/ and templates/
    std::uint32_t seed = 7;                        ///< the same seed tells the same story
};

/// Tells the story on standard output and in `OUT/story.txt`; with a progress display where
/// standard output is a terminal. `interesting` receives the `explain` of one line of it. Returns
/// an exit status: 1 where rules or templates have errors, 3 where `out` cannot be written.
int run(const Options& options, nlohmann::json& interesting);

}  // namespace backorderd::demo

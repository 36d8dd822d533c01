#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "app/system_clock.hpp"
#include "cli/rehearsals.hpp"
#include "rehearsal/rehearsal.hpp"

namespace backorderd::cli {
namespace {

using nlohmann::json;

/// Who writes, where there are no settings to say so.
config::HouseSettings exampleHouse() {
    config::HouseSettings house;
    house.name = "Example";
    house.from_name = "Example";
    house.from_address = "orders@example.com";
    house.language = "en";
    house.timezone = "UTC";
    return house;
}

struct Workshop {
    config::HouseSettings house = exampleHouse();
    std::string rules_dir, templates_dir;
};

/// Tests run on any machine: settings are used where there are some.
Result<Workshop> workshopOf(const std::string& file) {
    if (!std::filesystem::exists(file)) return Workshop{};
    const auto settings = config::loadSettings(file);
    if (!settings) return settings.error();
    return Workshop{settings->house, settings->rules_dir, settings->templates_dir};
}

int refuseRuleTests(const Problems& problems) {
    std::fputs(formatProblems(problems).c_str(), stderr);
    return kNo;
}

}  // namespace

int testRules(const Common& common, std::vector<std::string> paths, const std::string& junit) {
    const auto workshop = workshopOf(common.config);
    if (!workshop) return refuseRuleTests(workshop.error());
    if (paths.empty()) {
        if (workshop->rules_dir.empty()) {
            std::fprintf(stderr, "backorderd: name the tests, or the settings with --config\n");
            return kUsage;
        }
        paths.push_back(workshop->rules_dir + "/tests");
    }
    const auto files = rehearsal::findTests(paths);
    if (!files) return refuseRuleTests(files.error());
    const app::SystemClock clock;
    rehearsal::TestBench bench{workshop->house, workshop->templates_dir, clock};
    std::vector<rehearsal::TestReport> reports;
    for (const auto& file : *files) reports.push_back(bench.run(file));
    if (!junit.empty() && !(std::ofstream{junit} << rehearsal::asJunit(reports))) {
        std::fprintf(stderr, "backorderd: cannot write %s\n", junit.c_str());
        return kUnreachable;
    }
    if (common.json)
        std::printf(
            "%s\n",
            rehearsal::asJson(reports).dump(2, ' ', false, json::error_handler_t::replace).c_str());
    else
        std::fputs(rehearsal::inWords(reports).c_str(), stdout);
    const bool passed = std::all_of(reports.begin(), reports.end(),
                                    [](const auto& report) { return report.passed(); });
    return passed ? kDone : kNo;
}

}  // namespace backorderd::cli

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/rehearsals.hpp"

namespace backorderd::cli {
namespace {

CLI::App* command(CLI::App& app, Common& common, const char* name, const char* what) {
    auto* sub = app.add_subcommand(name, what);
    sub->add_option("-c,--config", common.config, "Settings file")->capture_default_str();
    sub->add_flag("--json", common.json, "Answer as JSON");
    return sub;
}

void addRehearsed(CLI::App& sub, Rehearsed& rehearsed, const char* moment, const char* what) {
    sub.add_option("--from", rehearsed.from,
                   "A file written by 'backorderd backup' (default: the store of the settings)");
    sub.add_option(moment, rehearsed.moment, what);
}

}  // namespace

void addRehearsals(CLI::App& app, Common& common, std::function<int()>& action) {
    // Shared with the callbacks, which live as long as the command line.
    const auto paths = std::make_shared<std::vector<std::string>>();
    const auto junit = std::make_shared<std::string>();
    auto* test = command(app, common, "test", "Run the tests of rules");
    test->add_option("file", *paths, "Tests, or folders of them (default: RULES_DIR/tests)");
    test->add_option("--junit", *junit, "Write the outcome to this file, as JUnit XML");
    test->callback([&common, &action, paths, junit] {
        action = [&common, paths, junit] { return testRules(common, *paths, *junit); };
    });

    const auto simulated = std::make_shared<SimulateOptions>();
    auto* days =
        command(app, common, "simulate", "What would be sent in the coming days; changes nothing");
    days->add_option("--days", simulated->days, "So many days")
        ->capture_default_str()
        ->check(CLI::Range(1, 366));
    days->add_option("--scenario", simulated->scenario,
                     "What changes meanwhile (default: nothing)");
    days->add_option("--html", simulated->html, "Write a page with a plot to this file");
    days->add_flag("--messages", simulated->messages, "List every message");
    addRehearsed(*days, simulated->rehearsed, "--start", "Begin at this moment (default: now)");
    days->callback([&common, &action, simulated] {
        action = [&common, simulated] { return simulate(common, *simulated); };
    });

    const auto replayed = std::make_shared<ReplayOptions>();
    auto* again = command(app, common, "replay",
                          "What other rules would have sent otherwise; changes nothing");
    again->add_option("--rules", replayed->rules, "The folder of the other rules")->required();
    again->add_option("--since", replayed->since, "So long ago, or since this date")
        ->capture_default_str();
    again->add_option("--max-extra", replayed->extra_max,
                      "Exit 1 where they would have sent more notices than so many in addition");
    again->add_option("--examples", replayed->examples, "Of each kind of change, show so many")
        ->capture_default_str();
    addRehearsed(*again, replayed->rehearsed, "--until", "Up to this moment (default: now)");
    again->callback([&common, &action, replayed] {
        action = [&common, replayed] { return replay(common, *replayed); };
    });
}

}  // namespace backorderd::cli

#include "rehearsal/rule_tests.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "rehearsal/performance.hpp"

namespace backorderd::rehearsal {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEnding = ".test.yaml";

/// The test files below a folder.
std::vector<std::string> testsBelow(const fs::path& folder) {
    std::vector<std::string> files;
    std::error_code error;
    fs::recursive_directory_iterator entries{folder, error};
    for (; !error && entries != fs::recursive_directory_iterator{}; entries.increment(error))
        if (entries->path().string().ends_with(kEnding)) files.push_back(entries->path().string());
    std::sort(files.begin(), files.end());
    return files;
}

}  // namespace

bool TestReport::passed() const {
    return problems.empty() && std::all_of(steps.begin(), steps.end(), [](const StepReport& step) {
               return step.failures.empty();
           });
}

TestBench::TestBench(config::HouseSettings house, std::string templates_dir, const Clock& clock)
    : house_{std::move(house)}, templates_dir_{std::move(templates_dir)}, clock_{clock} {}

TestReport TestBench::run(const std::string& file) {
    const auto started = clock_.steady();
    TestReport report;
    report.file = file;
    report.name = file;
    const auto test = config::loadRuleTest(file);
    if (!test) {
        report.problems = test.error();
        return report;
    }
    report.name = test->name;
    auto templates = test->templates_dir.empty() ? templates_dir_ : test->templates_dir;
    // The last names the folder that the ones before it are laid over.
    if (templates.empty())
        templates = (fs::path{test->rules.back()} / "../templates").lexically_normal().string();
    const auto& policy = policyOf(test->rules, templates);
    if (policy)
        report.steps = perform(*test, *policy, house_);
    else
        report.problems = policy.error();
    report.took = clock_.steady() - started;
    return report;
}

const Result<app::Policy>& TestBench::policyOf(const std::vector<std::string>& rules,
                                               const std::string& templates) {
    const std::pair key{rules, templates};
    const auto known = policies_.find(key);
    if (known != policies_.end()) return known->second;
    config::Settings settings;
    settings.templates_dir = templates;
    settings.house = house_;
    Problems warnings;
    return policies_.emplace(key, app::loadPolicy(rules, settings, warnings)).first->second;
}

Result<std::vector<std::string>> findTests(std::span<const std::string> paths) {
    std::vector<std::string> files;
    Problems problems;
    for (const auto& path : paths) {
        std::error_code error;
        if (fs::is_regular_file(path, error)) {
            files.push_back(path);
            continue;
        }
        const auto below =
            fs::is_directory(path, error) ? testsBelow(path) : std::vector<std::string>{};
        files.insert(files.end(), below.begin(), below.end());
        if (below.empty())
            problems.push_back({{path, 0, 0},
                                fmt::format("there is no test here: name a file, or a folder that "
                                            "holds files named *{}",
                                            kEnding)});
    }
    if (!problems.empty()) return problems;
    return files;
}

}  // namespace backorderd::rehearsal

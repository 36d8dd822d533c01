#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "app/policy.hpp"
#include "backorderd/clock.hpp"

namespace backorderd::rehearsal {

/// What became of one step of a test.
struct StepReport {
    std::string name;  ///< `at: +3d`
    Place place;
    std::size_t sent = 0;
    /// Each says what was expected and what came instead, with the decision that made the
    /// difference; several lines.
    std::vector<std::string> failures;
};

struct TestReport {
    std::string file, name;
    Problems problems;  ///< why it could not be run; then there are no steps
    std::vector<StepReport> steps;
    std::chrono::duration<double> took{};

    bool passed() const;
};

/// Runs tests of rules. Rules and templates that several tests share are read once.
class TestBench {
public:
    /// `templates_dir`: of tests that name none; empty: the folder `templates` beside the rules.
    /// The clock, which only measures how long tests take, must outlive the bench.
    TestBench(config::HouseSettings house, std::string templates_dir, const Clock& clock);

    TestReport run(const std::string& file);

private:
    const Result<app::Policy>& policyOf(const std::vector<std::string>& rules,
                                        const std::string& templates);

    config::HouseSettings house_;
    std::string templates_dir_;
    const Clock& clock_;
    std::map<std::pair<std::vector<std::string>, std::string>, Result<app::Policy>> policies_;
};

/// The test files that paths name: a file itself, and of a folder all `*.test.yaml` in it and
/// below, in name order. A path that does not exist, and a folder without tests, is a problem.
Result<std::vector<std::string>> findTests(std::span<const std::string> paths);

/// The reports as people read them; failures in full.
std::string inWords(std::span<const TestReport> reports);
/// The reports as continuous integration reads them: a suite for each file, a case for each step.
std::string asJunit(std::span<const TestReport> reports);
nlohmann::json asJson(std::span<const TestReport> reports);

}  // namespace backorderd::rehearsal

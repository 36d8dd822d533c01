#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "rehearsal/rule_tests.hpp"
#include "rehearsal/words.hpp"

namespace backorderd::rehearsal {
namespace {

using nlohmann::json;

/// Every line of a text, further to the right.
std::string indented(const std::string& text, std::string_view by) {
    std::string out;
    std::size_t from = 0;
    while (from < text.size()) {
        const auto end = std::min(text.find('\n', from), text.size());
        out += fmt::format("{}{}\n", by, text.substr(from, end - from));
        from = end + 1;
    }
    return out;
}

std::string failuresOf(const TestReport& report) {
    std::string text;
    if (!report.problems.empty()) text += indented(formatProblems(report.problems), "  ");
    for (const auto& step : report.steps)
        for (const auto& failure : step.failures)
            text += fmt::format("  {}:{}: step '{}'\n{}", step.place.file, step.place.line,
                                step.name, indented(failure, "    "));
    return text;
}

std::size_t failedSteps(const TestReport& report) {
    return static_cast<std::size_t>(
        std::count_if(report.steps.begin(), report.steps.end(),
                      [](const StepReport& step) { return !step.failures.empty(); }));
}

std::string junitStep(const TestReport& report, const StepReport& step) {
    const auto head = fmt::format(
        "    <testcase classname=\"{}\" name=\"{}\" file=\"{}\" line=\"{}\"", escaped(report.file),
        escaped(step.name), escaped(report.file), step.place.line);
    if (step.failures.empty()) return head + "/>\n";
    auto text = head + ">\n";
    for (const auto& failure : step.failures)
        text += fmt::format("      <failure message=\"{}\">{}</failure>\n",
                            escaped(failure.substr(0, failure.find('\n'))), escaped(failure));
    return text + "    </testcase>\n";
}

std::string junitSuite(const TestReport& report) {
    const bool broken = !report.problems.empty();
    auto text = fmt::format(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{:.3f}\">\n",
        escaped(report.name), broken ? 1 : report.steps.size(), failedSteps(report), broken ? 1 : 0,
        report.took.count());
    if (broken)
        text += fmt::format(
            "    <testcase classname=\"{}\" name=\"load\">\n"
            "      <error message=\"cannot be run\">{}</error>\n"
            "    </testcase>\n",
            escaped(report.file), escaped(formatProblems(report.problems)));
    for (const auto& step : report.steps) text += junitStep(report, step);
    return text + "  </testsuite>\n";
}

}  // namespace

std::string inWords(std::span<const TestReport> reports) {
    std::string text;
    std::size_t failed = 0, steps = 0;
    for (const auto& report : reports) {
        steps += report.steps.size();
        failed += report.passed() ? 0 : 1;
        text += fmt::format("{}  {}", report.passed() ? "ok    " : "FAILED", report.file);
        if (report.name != report.file && !report.file.ends_with('/' + report.name))
            text += fmt::format(" ({})", report.name);
        text += '\n' + failuresOf(report);
    }
    return text + fmt::format("{} test{}, {} steps: {}\n", reports.size(),
                              reports.size() == 1 ? "" : "s", steps,
                              failed == 0 ? "all passed" : fmt::format("{} failed", failed));
}

std::string asJunit(std::span<const TestReport> reports) {
    std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
    for (const auto& report : reports) text += junitSuite(report);
    return text + "</testsuites>\n";
}

json asJson(std::span<const TestReport> reports) {
    json rows = json::array();
    for (const auto& report : reports) {
        json problems = json::array(), steps = json::array();
        for (const auto& problem : report.problems) problems.push_back(formatProblem(problem));
        for (const auto& step : report.steps)
            steps.push_back({{"step", step.name},
                             {"line", step.place.line},
                             {"sent", step.sent},
                             {"failures", step.failures}});
        rows.push_back({{"file", report.file},
                        {"name", report.name},
                        {"passed", report.passed()},
                        {"seconds", report.took.count()},
                        {"problems", problems},
                        {"steps", steps}});
    }
    return rows;
}

}  // namespace backorderd::rehearsal

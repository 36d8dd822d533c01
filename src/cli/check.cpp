#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "app/coverage.hpp"
#include "app/source_check.hpp"
#include "app/system_clock.hpp"
#include "app/wiring.hpp"
#include "cli/cli.hpp"
#include "rules/rules.hpp"
#include "store/store.hpp"

namespace backorderd::cli {
namespace {

using nlohmann::json;

Problems readProblems(const json& rows) {
    Problems problems;
    for (const auto& row : rows)
        problems.push_back({{row.value("file", ""), row.value("line", 0), row.value("column", 0)},
                            row.value("text", ""),
                            Severity::Warning});
    return problems;
}

/// What of the rules comes to nothing on the lines of today. A daemon is asked; where none runs, a
/// copy of the store is read. One that cannot be read is a warning here.
Problems checkOnLines(const config::Settings& settings, const RuleSet& rules, const Clock& clock) {
    namespace fs = std::filesystem;
    const json arguments{{"rules_dir", fs::absolute(settings.rules_dir).string()}};
    if (const auto rows = askDaemon(settings.control_socket, "check", arguments))
        return readProblems(*rows);
    if (!fs::exists(fs::path{settings.data_dir} / store::kDatabaseFile)) return {};
    Problems problems;
    try {
        const auto copy = store::openScratchCopy(settings.data_dir);
        boost::asio::io_context context{1};
        boost::asio::co_spawn(context, app::findUncovered(rules, *copy, clock.now()),
                              [&](std::exception_ptr failure, Problems found) {
                                  if (failure) std::rethrow_exception(failure);
                                  problems = std::move(found);
                              });
        context.run();
    } catch (const store::StoreRefused& refused) {
        problems.push_back({{settings.data_dir, 0, 0},
                            std::string{"the lines could not be looked at: "} + refused.what(),
                            Severity::Warning});
    }
    return problems;
}

using Answers = std::vector<app::SourceAnswer>;

Answers askSources(const app::Setup& setup, boost::asio::io_context& context) {
    Answers answers;
    bool answered = false;
    boost::asio::co_spawn(context, app::askSources(setup.ends, setup.settings->preferences),
                          [&](std::exception_ptr failure, Answers all) {
                              if (failure) std::rethrow_exception(failure);
                              answers = std::move(all);
                              answered = true;
                          });
    while (!answered && context.run_one() > 0) {
    }
    return answers;
}

/// A settings file and everything it points at. `answers`: of its sources, where it is given.
Problems checkSettings(const std::string& path, Answers* answers) {
    boost::asio::io_context context{1};
    const app::SystemClock clock;
    net::Net net{context.get_executor()};
    const auto setup = app::loadSetup(path, net, clock);
    if (!setup) return setup.error();
    auto problems = setup->warnings;
    append(problems, checkOnLines(*setup->settings, setup->policy.rules, clock));
    if (answers)
        for (auto& answer : askSources(*setup, context)) answers->push_back(std::move(answer));
    return problems;
}

/// A directory of rules by itself.
Problems checkRules(const std::string& path) {
    Problems problems;
    const auto rules = config::loadRules(path, &problems);
    append(problems, rules ? rules::findProblems(*rules) : rules.error());
    return problems;
}

json row(const Problem& problem) {
    return {{"file", problem.place.file},
            {"line", problem.place.line},
            {"column", problem.place.column},
            {"severity", problem.severity == Severity::Error ? "error" : "warning"},
            {"text", problem.text}};
}

json row(const app::SourceAnswer& answer) {
    return {{"source", answer.source},
            {"ok", answer.ok()},
            {"probe", answer.probe.text},
            {"failure", answer.failure},
            {"lines", answer.lines},
            {"all_lines", answer.all_lines},
            {"unreadable", answer.unreadable},
            {"empty", answer.empty},
            {"not_understood", answer.not_understood}};
}

void print(const app::SourceAnswer& answer) {
    std::printf("%s: %s: %s\n", answer.source.c_str(), answer.ok() ? "ok" : "not ok",
                answer.probe.text.c_str());
    if (!answer.failure.empty())
        std::printf("  its lines cannot be read: %s\n", answer.failure.c_str());
    if (!answer.probe.ok || !answer.failure.empty()) return;
    std::printf("  %s%zu lines, %zu of them unreadable\n", answer.all_lines ? "" : "the first ",
                answer.lines, answer.unreadable);
    std::string empty;
    for (const auto& field : answer.empty) empty += (empty.empty() ? "" : ", ") + field;
    if (!empty.empty()) std::printf("  empty in each of them: %s\n", empty.c_str());
    for (const auto& sentence : answer.not_understood) std::printf("  %s\n", sentence.c_str());
}

/// Without `--online` a list of problems; with it an object, which has the sources as well.
json documentOf(const Problems& problems, const Answers& answers, bool online) {
    json rows = json::array();
    for (const auto& problem : problems) rows.push_back(row(problem));
    if (!online) return rows;
    json sources = json::array();
    for (const auto& answer : answers) sources.push_back(row(answer));
    return {{"problems", rows}, {"sources", sources}};
}

}  // namespace

int check(const Common& common, const std::vector<std::string>& paths, bool online) {
    Problems problems;
    Answers answers;
    const auto checkOne = [&](const std::string& path) {
        const bool settings = std::filesystem::path{path}.extension() == ".yaml" ||
                              std::filesystem::is_regular_file(path);
        append(problems,
               settings ? checkSettings(path, online ? &answers : nullptr) : checkRules(path));
    };
    if (paths.empty()) checkOne(common.config);
    for (const auto& path : paths) checkOne(path);
    if (common.json) {
        std::printf("%s\n", documentOf(problems, answers, online).dump(2).c_str());
    } else {
        std::fputs(formatProblems(problems).c_str(), stdout);
        if (!hasErrors(problems)) std::printf("no errors\n");
        for (const auto& answer : answers) print(answer);
    }
    const bool answered = std::ranges::all_of(answers, &app::SourceAnswer::ok);
    return hasErrors(problems) || !answered ? kNo : kDone;
}

}  // namespace backorderd::cli

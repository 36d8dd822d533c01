#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "app/system_clock.hpp"
#include "app/wiring.hpp"
#include "cli/cli.hpp"
#include "rules/rules.hpp"

namespace backorderd::cli {
namespace {

using nlohmann::json;

void append(Problems& all, const Problems& more) { all.insert(all.end(), more.begin(), more.end()); }

/// A settings file and everything it points at.
Problems checkSettings(const std::string& path) {
    boost::asio::io_context context{1};
    const app::SystemClock clock;
    net::Net net{context.get_executor()};
    const auto setup = app::loadSetup(path, net, clock);
    return setup ? setup->warnings : setup.error();
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

}  // namespace

int check(const Common& common, const std::vector<std::string>& paths) {
    Problems problems;
    const auto checkOne = [&](const std::string& path) {
        const bool settings = std::filesystem::path{path}.extension() == ".yaml" ||
                              std::filesystem::is_regular_file(path);
        append(problems, settings ? checkSettings(path) : checkRules(path));
    };
    if (paths.empty()) checkOne(common.config);
    for (const auto& path : paths) checkOne(path);
    if (common.json) {
        json rows = json::array();
        for (const auto& problem : problems) rows.push_back(row(problem));
        std::printf("%s\n", rows.dump(2).c_str());
    } else {
        std::fputs(formatProblems(problems).c_str(), stdout);
        if (!hasErrors(problems)) std::printf("no errors\n");
    }
    return hasErrors(problems) ? kNo : kDone;
}

}  // namespace backorderd::cli

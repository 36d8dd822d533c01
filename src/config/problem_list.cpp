#include "config/problem_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace backorderd::config {

Problems orderProblems(Problems problems) {
    const auto place = [](const Problem& problem) {
        return std::tie(problem.place.file, problem.place.line, problem.place.column);
    };
    std::ranges::stable_sort(problems, {}, place);
    // An alias makes one mistake stand in several places of the tree, but in one of the file.
    problems.erase(std::unique(problems.begin(), problems.end()), problems.end());
    if (problems.size() <= kProblemsMax) return problems;
    std::stable_partition(problems.begin(), problems.end(), [](const Problem& problem) {
        return problem.severity == Severity::Error;
    });
    const auto first_cut = problems.begin() + kProblemsMax;
    const Problem rest{
        {problems.front().place.file, 0, 0},
        fmt::format("{} more problems are not shown", problems.size() - kProblemsMax),
        first_cut->severity};
    problems.erase(first_cut, problems.end());
    std::ranges::stable_sort(problems, {}, place);
    problems.push_back(rest);
    return problems;
}

}  // namespace backorderd::config

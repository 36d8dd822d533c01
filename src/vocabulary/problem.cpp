#include "backorderd/problem.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace backorderd {
namespace {

/// Damerau-Levenshtein distance with adjacent transpositions.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before_last(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t cost = a[i - 1] == b[j - 1] ? 0 : 1;
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + cost});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before_last[j - 2] + 1);
        }
        before_last.swap(last);
        last.swap(row);
    }
    return last[b.size()];
}

}  // namespace

std::string formatProblem(const Problem& problem) {
    std::string text = problem.place.file;
    if (problem.place.line > 0) text += ':' + std::to_string(problem.place.line);
    if (problem.place.line > 0 && problem.place.column > 0)
        text += ':' + std::to_string(problem.place.column);
    if (!text.empty()) text += ": ";
    if (problem.severity == Severity::Warning) text += "warning: ";
    return text + problem.text;
}

std::string formatProblems(const Problems& problems) {
    std::string text;
    for (const auto& problem : problems) text += formatProblem(problem) + '\n';
    return text;
}

bool hasErrors(const Problems& problems) {
    return std::any_of(problems.begin(), problems.end(),
                       [](const Problem& p) { return p.severity == Severity::Error; });
}

std::string nearestWord(std::string_view word, const std::vector<std::string>& candidates) {
    // Longer words are nobody's typing error, and the table would grow with their square.
    constexpr std::size_t kWordMax = 64;
    constexpr std::size_t kDistanceMax = 3;
    if (word.empty() || word.size() > kWordMax) return {};
    std::size_t best = std::min(kDistanceMax, std::max<std::size_t>(1, word.size() / 3)) + 1;
    std::string nearest;
    for (const auto& candidate : candidates) {
        if (candidate.size() > kWordMax) continue;
        const std::size_t found = distance(word, candidate);
        if (found >= best) continue;
        best = found;
        nearest = candidate;
    }
    return nearest;
}

void throw_exception_from_error(const Problems& problems, const boost::source_location& where) {
    std::fprintf(stderr, "backorderd: a result with problems was used as a value at %s:%u\n%s",
                 where.file_name(), static_cast<unsigned>(where.line()),
                 formatProblems(problems).c_str());
    std::abort();
}

}  // namespace backorderd

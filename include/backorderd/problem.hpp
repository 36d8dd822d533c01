#pragma once

#include <boost/system/result.hpp>
#include <string>
#include <vector>

namespace backorderd {

/// Where in a file something stands. Lines and columns count from 1; 0 means 'the file as a whole'.
struct Place {
    std::string file;
    int line = 0;
    int column = 0;

    bool operator==(const Place&) const = default;
};

enum class Severity { Error, Warning };

/// One mistake of the user's, with its place and, in the text, the remedy.
struct Problem {
    Place place;
    std::string text;
    Severity severity = Severity::Error;

    bool operator==(const Problem&) const = default;
};

using Problems = std::vector<Problem>;

/// A value, or all the problems that kept it from being made.
template <class T>
using Result = boost::system::result<T, Problems>;

/// `file:line:column: text`, and `file:line:column: warning: text` for a warning; what is 0 in the
/// place is left out.
std::string formatProblem(const Problem& problem);
/// One problem a line.
std::string formatProblems(const Problems& problems);
inline void append(Problems& all, const Problems& more) {
    all.insert(all.end(), more.begin(), more.end());
}
/// Whether any of them is an error rather than a warning.
bool hasErrors(const Problems& problems);
/// The candidate nearest to a misspelt word, or empty where none is near enough to suggest
/// (Damerau-Levenshtein distance of at most a third of the word's length, and of at most 3).
std::string nearestWord(std::string_view word, const std::vector<std::string>& candidates);

/// Called by `Result::value()` on an error; our own bug, so it ends the process.
[[noreturn]] void throw_exception_from_error(const Problems& problems,
                                             const boost::source_location& where);

/// What the world did to us: a server that is down, refuses, stalls or answers nonsense.
struct Failure {
    enum class Again { Later, Never };

    Again again = Again::Later;
    std::string reason;  ///< for a person: what happened and what to do about it.

    bool operator==(const Failure&) const = default;
};

}  // namespace backorderd

#pragma once

#include "backorderd/problem.hpp"

namespace backorderd::config {

/// Sorted by file, line and column, repetitions left out, and cut behind kProblemsMax with a word
/// of how many more there are. Warnings are cut before errors, and warnings alone stay warnings.
constexpr std::size_t kProblemsMax = 200;
Problems orderProblems(Problems problems);

}  // namespace backorderd::config

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "backorderd/problem.hpp"

/// Looks at the bytes of a file, where the YAML parser says too little.
namespace backorderd::config {

/// The first byte that cannot stand in a text file (not UTF-8, or a control character).
std::optional<Problem> findNotText(std::string_view text, const std::string& file);
/// Whether the quoted scalar that begins at `offset` (or behind its anchor there) has an end:
/// yaml-cpp takes the rest of the file where it has none.
bool quoteCloses(std::string_view text, std::size_t offset);
/// Says in our words what the parser's reason means, and where the mistake really is.
Problem syntaxProblem(std::string_view text, Place place, std::string_view reason);

}  // namespace backorderd::config

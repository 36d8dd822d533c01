#pragma once

#include <string>
#include <string_view>

#include "render/variables.hpp"

/// Where in HTML a value may stand: escaping makes it harmless in text and in quoted attributes,
/// and nowhere else.
namespace backorderd::render {

/// Why a variable may not stand behind `before`, the HTML of the same part up to its tag; empty
/// where it may.
std::string whyNotInHtml(std::string_view before, const Variable& variable);

}  // namespace backorderd::render

#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "config/section.hpp"

/// What connectors to servers that speak JSON have in common.
namespace backorderd::connectors {

/// The value of a JSON text; a discarded one where it is none, or nests deeper than an honest
/// answer does.
nlohmann::json parseWithinLimits(const std::string& text);

/// The first words of a text that is not what was asked for, on one line.
std::string glimpse(std::string_view text);

/// The setting `url` of a server, with a slash at its end.
std::string readServerUrl(config::Section& section, const std::string& meaning);

}  // namespace backorderd::connectors

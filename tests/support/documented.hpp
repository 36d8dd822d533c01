#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "config/section.hpp"

/// Holds docs/configuration.md to the code: what a section declares by reading must stand below a
/// heading of the page as a row of a table, word for word, and nothing else may stand there.
namespace backorderd::testing_support {

/// The row of a setting. `prefix` is what stands before the section's own keys: `sources[].` for a
/// connector, whose section in a test is the top of its own text.
inline std::string documentedRow(const config::Section::Declared& setting,
                                 std::string_view prefix = "") {
    const std::string fallback = setting.fallback.empty()         ? "–"
                                 : setting.fallback == "required" ? "required"
                                                                  : "`" + setting.fallback + "`";
    const std::string bounds = setting.min.empty() && setting.max.empty()
                                   ? "–"
                                   : fmt::format("`{}` to `{}`", setting.min, setting.max);
    return fmt::format("| `{}{}` | {} | {} | {} | {} |", prefix, setting.path, setting.type,
                       fallback, bounds, setting.meaning);
}

/// The rows of settings below a heading (`## The mail sender`), up to the next of its level.
inline std::vector<std::string> rowsBelow(std::string_view heading) {
    std::ifstream page(std::string(BACKORDERD_SOURCE_DIR) + "/docs/configuration.md");
    const std::string level(heading.substr(0, heading.find(' ') + 1));
    std::vector<std::string> rows;
    bool inside = false;
    for (std::string line; std::getline(page, line);) {
        const bool ends = line.starts_with("#") && line.find(' ') < level.size();
        if (line == heading)
            inside = true;
        else if (ends)
            inside = false;
        if (inside && line.starts_with("| `")) rows.push_back(line);
    }
    return rows;
}

/// What differs between the page and the code, one line each, ready to be pasted; empty: nothing.
inline std::string undocumented(const std::vector<config::Section::Declared>& declared,
                                std::string_view heading, std::string_view prefix = "") {
    const auto rows = rowsBelow(heading);
    std::set<std::string> surplus(rows.begin(), rows.end());
    std::string text;
    for (const auto& setting : declared) {
        const std::string row = documentedRow(setting, prefix);
        if (surplus.erase(row) == 0 && std::ranges::find(rows, row) == rows.end())
            text += "missing: " + row + "\n";
    }
    for (const std::string& row : surplus) text += "not in the code: " + row + "\n";
    if (rows.size() != std::set<std::string>(rows.begin(), rows.end()).size())
        text += fmt::format("a setting stands twice below '{}'\n", heading);
    return text;
}

}  // namespace backorderd::testing_support

#pragma once

#include <fstream>
#include <string>
#include <vector>

namespace backorderd::config {

/// The YAML blocks of a page.
inline std::vector<std::string> blocksOf(const std::string& page) {
    std::ifstream in(page);
    std::vector<std::string> blocks;
    bool inside = false;
    for (std::string line; std::getline(in, line);) {
        if (line == "```yaml") {
            blocks.emplace_back();
            inside = true;
        } else if (line == "```") {
            inside = false;
        } else if (inside) {
            blocks.back() += line + "\n";
        }
    }
    return blocks;
}

}  // namespace backorderd::config

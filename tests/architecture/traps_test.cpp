#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

namespace backorderd::architecture {
namespace traps_test {

namespace fs = std::filesystem;

std::string textOf(const fs::path& path) {
    std::ifstream file{path};
    return {std::istreambuf_iterator<char>{file}, {}};
}

/// What the pattern's two groups say, as `Suite.Name`.
std::set<std::string> namesIn(const std::string& text, const std::regex& pattern) {
    std::set<std::string> names;
    for (std::sregex_iterator at{text.begin(), text.end(), pattern}, end; at != end; ++at)
        names.insert((*at)[1].str() + '.' + (*at)[2].str());
    return names;
}

TEST(Traps, EachTestThatThePageNamesIsThere) {
    const fs::path root{BACKORDERD_SOURCE_DIR};
    const std::regex test{R"(\bTEST(?:_F|_P)?\((\w+),\s*(\w+)\))"};
    std::set<std::string> tests;
    for (const auto& entry : fs::recursive_directory_iterator{root / "tests"})
        if (entry.path().extension() == ".cpp") tests.merge(namesIn(textOf(entry.path()), test));
    const auto named = namesIn(textOf(root / "docs/connectors/traps.md"),
                               std::regex{R"(`([A-Z]\w*)\.([A-Z]\w*)`)"});
    EXPECT_GT(named.size(), 40u) << "the page was not understood";
    for (const auto& name : named) EXPECT_TRUE(tests.contains(name)) << name;
}

}  // namespace traps_test
}  // namespace backorderd::architecture

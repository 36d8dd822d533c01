#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "cli/command.hpp"

// Each folder of tests/config/broken holds settings (`backorderd.yaml`) or rules (`rules.d`) with
// mistakes, and in `expected.txt` every word that `backorderd check` says of them.
// BACKORDERD_WRITE_EXPECTED=1 writes the files anew, to be read before they are kept.

namespace backorderd::cli_test {
namespace check_test {

namespace fs = std::filesystem;

fs::path corpus() { return fs::path{BACKORDERD_SOURCE_DIR} / "tests/config/broken"; }

std::vector<std::string> cases() {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator{corpus()})
        if (entry.is_directory()) names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
}

std::string textOf(const fs::path& path) {
    std::ifstream file{path, std::ios::binary};
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

class BrokenFiles : public testing::TestWithParam<std::string> {};

TEST_P(BrokenFiles, EachMistakeHasItsPlaceAndItsRemedy) {
    const auto folder = corpus() / GetParam();
    // The name says which of the two a case is.
    const bool settings = GetParam().find("-settings-") != std::string::npos;
    const auto checked = run("cd " + folder.string() + " && " +
                             backorderd("check " + std::string{settings ? "backorderd.yaml"
                                                                        : "rules.d"}));
    EXPECT_EQ(checked.exit, checked.output.find("no errors") == std::string::npos ? 1 : 0);
    if (std::getenv("BACKORDERD_WRITE_EXPECTED"))
        std::ofstream{folder / "expected.txt", std::ios::binary} << checked.output;
    EXPECT_EQ(checked.output, textOf(folder / "expected.txt"));
}

INSTANTIATE_TEST_SUITE_P(Corpus, BrokenFiles, testing::ValuesIn(cases()), [](const auto& case_) {
    std::string name = case_.param;
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
});

TEST(Check, TheShippedExampleHasNoErrors) {
    const auto checked = run(backorderd("check " BACKORDERD_SOURCE_DIR "/config/backorderd.yaml"));
    EXPECT_EQ(checked.exit, 0) << checked.output;
}

}  // namespace check_test
}  // namespace backorderd::cli_test

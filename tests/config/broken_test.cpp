#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "config/config.hpp"

// Each folder of tests/config/broken holds settings (`backorderd.yaml`) or rules (`rules.d`) with
// mistakes, and in `expected.txt` every word that a person reads about them. `backorderd check`
// prints the same. BACKORDERD_WRITE_EXPECTED=1 writes the files anew, to be read before they are
// kept.

namespace backorderd::config {
namespace {

namespace fs = std::filesystem;

std::string readText(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

/// What connectors and senders of these kinds read for themselves.
void readAsTheirOwners(Settings& settings) {
    for (SourceSettings& source : settings.sources)
        (void)source.section.path("folder", "", "Where the files are.");
    for (SenderSettings& sender : settings.senders) {
        (void)sender.section.text("url", "", "The server.");
        (void)sender.section.text("tls", "", "Whether TLS is required.");
        (void)sender.section.text("user", "", "Whom to log in as.");
        (void)sender.section.secret("password", "The password.");
    }
}

std::string problemsOfSettings() {
    Problems problems;
    auto settings = readSettings("backorderd.yaml", problems);
    if (!settings) return formatProblems(problems);
    readAsTheirOwners(*settings);
    return formatProblems(findUnread(*settings));
}

std::string problemsOfRules() {
    Problems warnings;
    const auto rules = loadRules("rules.d", &warnings);
    return formatProblems(rules ? warnings : rules.error());
}

class WorkingDirectory {
public:
    explicit WorkingDirectory(const fs::path& path) : before_(fs::current_path()) {
        fs::current_path(path);
    }
    ~WorkingDirectory() { fs::current_path(before_); }
    WorkingDirectory(const WorkingDirectory&) = delete;
    WorkingDirectory& operator=(const WorkingDirectory&) = delete;

private:
    fs::path before_;
};

std::vector<fs::path> brokenFolders() {
    std::vector<fs::path> folders;
    for (const auto& entry :
         fs::directory_iterator(fs::path(BACKORDERD_SOURCE_DIR) / "tests/config/broken"))
        folders.push_back(entry.path());
    std::ranges::sort(folders);
    return folders;
}

class Broken : public testing::TestWithParam<fs::path> {};

TEST_P(Broken, SaysWhatIsWrongAndWhere) {
    const WorkingDirectory here(GetParam());
    const bool rules = GetParam().filename().string().find("-rules-") != std::string::npos;
    const std::string said = rules ? problemsOfRules() : problemsOfSettings();
    if (std::getenv("BACKORDERD_WRITE_EXPECTED")) std::ofstream("expected.txt") << said;
    EXPECT_EQ(said, readText("expected.txt"));
    EXPECT_FALSE(said.empty());
}

INSTANTIATE_TEST_SUITE_P(Corpus, Broken, testing::ValuesIn(brokenFolders()),
                         [](const auto& instance) {
                             std::string name = instance.param.filename().string();
                             std::ranges::replace(name, '-', '_');
                             return "Case" + name;
                         });

TEST(BrokenCorpus, IsLargeEnoughToMatter) { EXPECT_GE(brokenFolders().size(), 45U); }

}  // namespace
}  // namespace backorderd::config

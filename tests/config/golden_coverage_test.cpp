#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <sstream>

#include "config/json_schema.hpp"
#include "config/scripts.hpp"

// Every key of the rule language stands in rules that a golden test plays over a timeline.

namespace backorderd::config {
namespace golden_coverage_test {

namespace fs = std::filesystem;
using nlohmann::json;
using Paths = std::set<std::string>;

const std::string kSource = BACKORDERD_SOURCE_DIR;
const Paths kConditions{"cadence/match",
                        "substitution/match",
                        "escalation/match",
                        "escalation/start",
                        "fulfilment/match",
                        "fulfilment/expedite/match",
                        "supply/match",
                        "substitution/candidates/exclude",
                        "segments/NAME",
                        "fulfilment/strategy/win",
                        "fulfilment/strategy/lose",
                        "fulfilment/strategy/gain",
                        "fulfilment/strategy/fill",
                        "fulfilment/strategy/redistribute"};
/// Mappings by names that the rules choose, and of topics, which have the same keys.
const Paths kNamed{"calendars", "teams", "segments", "substitution/candidates/items",
                   "cadence/messages"};

json rulesIn(const fs::path& file) {
    Problems problems;
    const auto node = parseYaml(textOfFile(file), file, problems);
    EXPECT_TRUE(node && problems.empty()) << formatProblems(problems);
    return node ? toJson(*node) : json{};
}

/// `cadence/messages/status/every`
void addPaths(const json& value, const std::string& path, Paths& paths) {
    if (!path.empty()) paths.insert(path);
    if (kConditions.contains(path)) return;
    if (value.is_array())
        for (const auto& item : value) addPaths(item, path, paths);
    if (!value.is_object()) return;
    const std::string below = path.empty() ? "" : path + '/';
    for (const auto& [key, child] : value.items())
        addPaths(child, below + (kNamed.contains(path) ? "NAME" : key), paths);
}

Paths pathsOf(const fs::path& file) {
    Paths paths;
    addPaths(rulesIn(file), "", paths);
    return paths;
}

TEST(GoldenTests, UseEveryKeyOfTheRuleLanguage) {
    Paths used;
    for (const auto& entry : fs::recursive_directory_iterator{kSource + "/tests/rehearsal/golden"})
        if (entry.path().filename() == "rules.yaml") used.merge(pathsOf(entry.path()));
    for (const auto& path : pathsOf(kSource + "/tests/config/every_key.yaml"))
        EXPECT_TRUE(used.contains(path)) << path << " is in no rules below tests/rehearsal/golden";
}

TEST(GoldenTests, ExpectEveryTopic) {
    std::set<Topic> expected;
    for (const auto& entry :
         fs::recursive_directory_iterator{kSource + "/tests/rehearsal/golden"}) {
        if (!entry.path().string().ends_with(".test.yaml")) continue;
        const auto test = loadRuleTest(entry.path());
        ASSERT_TRUE(test) << formatProblems(test.error());
        for (const auto& step : test->steps)
            for (const auto& message : step.expect.value_or(std::vector<ExpectedMessage>{}))
                if (message.topic) expected.insert(*message.topic);
    }
    for (int topic = 0; topic <= static_cast<int>(Topic::Uncovered); ++topic)
        EXPECT_TRUE(expected.contains(Topic{topic}))
            << "no golden test expects the topic " << topicName(Topic{topic});
}

}  // namespace golden_coverage_test
}  // namespace backorderd::config

#include <gmock/gmock.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "cli/command.hpp"

// `test`, `simulate` and `replay` from outside: on the shipped rules, and on the store that a demo
// left.

namespace backorderd::cli_test {
namespace rehearsal_test {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

const std::string kConfig = BACKORDERD_SOURCE_DIR "/config";

std::string textOf(const fs::path& path) {
    std::ifstream file{path, std::ios::binary};
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

/// Every file below a folder with its bytes.
std::map<std::string, std::string> bytesOf(const fs::path& folder) {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator{folder})
        if (entry.is_regular_file()) files[entry.path().string()] = textOf(entry.path());
    return files;
}

/// A folder for one suite, with the store of a demo, whose last day is 2026-04-12.
class Rehearsals : public testing::Test {
protected:
    static void SetUpTestSuite() {
        std::string pattern = fs::temp_directory_path() / "backorderd-rehearsal-XXXXXX";
        folder_ = mkdtemp(pattern.data());
        run(backorderd("demo --config " + kConfig + " --out " + (folder_ / "demo").string()));
    }
    static void TearDownTestSuite() { fs::remove_all(folder_); }

    static Ended onDemo(const std::string& command) {
        return run(
            backorderd(command + " --config " + (folder_ / "demo/backorderd.yaml").string()));
    }
    static std::string write(const std::string& name, const std::string& text) {
        const auto path = folder_ / name;
        fs::create_directories(path.parent_path());
        std::ofstream{path} << text;
        return path;
    }
    static std::string failingTest() {
        return write("failing.test.yaml", "rules: " + kConfig + R"(/rules.d
start: 2026-03-02T09:00:00-06:00
lines:
  - { line: SO1/1, customer: { id: "C<1>", email: a@example.com }, item: PX-100, ordered: 10,
      promise: 2026-04-20, supply: PO1 }
steps:
  - until: +3d
    expect: [ { template: opened } ]
  - at: +4d
    change: { SO1/1: { promise: +1d } }
    expect: [ { to: a@example.com, template: promise-changed } ]
  - at: +7d
    change: { SO1/1: { promise: +9d } }
    expect: []
)");
    }

    static inline fs::path folder_;
};

std::string tested(const std::string& arguments) {
    return backorderd("test " + arguments + " --config " + kConfig + "/backorderd.yaml");
}

TEST_F(Rehearsals, TheShippedRulesPassTheirTests) {
    const auto ended = run(tested(kConfig + "/rules.d/tests"));
    EXPECT_EQ(ended.exit, 0) << ended.output;
    EXPECT_THAT(ended.output, HasSubstr("all passed"));
    EXPECT_EQ(run(tested("")).output, ended.output) << "they are the default";
}

TEST_F(Rehearsals, AFailingTestShowsWhatWasExpectedWhatCameAndWhy) {
    const auto ended = run(tested(failingTest()));
    EXPECT_EQ(ended.exit, 1);
    for (const char* part :
         {"FAILED", ":9: step 'at: +4d'",
          "expected, and not sent: to a@example.com, template promise-changed (line 11)",
          "sent in this step: nothing", "cadence 'key accounts' does not apply: wanted",
          "promise_changed is not sent", "below_min_change", ":12: step 'at: +7d'",
          "sent, and not expected: ", "because of line SO1/1:", "1 test, 3 steps: 1 failed"})
        EXPECT_THAT(ended.output, HasSubstr(part));
}

TEST_F(Rehearsals, JUnitIsXmlThatAParserReads) {
    const auto junit = (folder_ / "junit.xml").string();
    run(tested(failingTest() + ' ' + kConfig + "/rules.d/tests --junit " + junit));
    const auto parsed =
        run("python3 -c \"import sys, xml.etree.ElementTree as tree\n"
            "root = tree.parse(sys.argv[1]).getroot()\n"
            "suite = root[0]\n"
            "print(root.tag, suite.get('tests'), suite.get('failures'), len(root) > 3)\n"
            "print(suite[1].get('name'), suite[1][0].tag, suite[1][0].get('message'))\" " +
            junit);
    EXPECT_EQ(parsed.output,
              "testsuites 3 2 True\n"
              "at: +4d failure expected, and not sent: to a@example.com, template promise-changed "
              "(line 11)\n");
}

TEST_F(Rehearsals, ATestThatCannotBeReadIsAFailureWithItsPlaces) {
    const auto broken = write("broken.test.yaml", "start: soon\nlines: []\nsteps: []\n");
    const auto ended = run(tested(broken + " --json"));
    EXPECT_EQ(ended.exit, 1);
    EXPECT_THAT(ended.output, HasSubstr("broken.test.yaml:1:8: 'start' must be a moment"));
    const auto nothing = run(tested((folder_ / "nowhere").string()));
    EXPECT_EQ(nothing.exit, 1);
    EXPECT_THAT(nothing.output, HasSubstr("there is no test here"));
}

TEST_F(Rehearsals, SimulateSaysWhatWouldBeSentAndChangesNothing) {
    const auto before = bytesOf(folder_ / "demo");
    const auto page = (folder_ / "page.html").string();
    const auto ended = onDemo("simulate --days 14 --start 2026-04-13T06:00:00Z --html " + page);
    EXPECT_EQ(ended.exit, 0) << ended.output;
    EXPECT_THAT(ended.output, HasSubstr("Mon 2026-04-13"));
    EXPECT_THAT(ended.output, HasSubstr(": status"));
    EXPECT_THAT(ended.output, HasSubstr("nothing changes"));
    EXPECT_EQ(bytesOf(folder_ / "demo"), before);
    EXPECT_THAT(textOf(page), HasSubstr("<rect"));
    // What it says comes out the same again.
    EXPECT_EQ(onDemo("simulate --days 14 --start 2026-04-13T06:00:00Z").output, ended.output);
}

TEST_F(Rehearsals, AScenarioChangesWhatWouldBeSent) {
    const auto scenario = write("scenario.yaml", "- { on: friday, item: PX-450, promise: +30d }\n");
    const auto ended =
        onDemo("simulate --days 14 --start 2026-04-13T06:00:00Z --scenario " + scenario);
    EXPECT_EQ(ended.exit, 0) << ended.output;
    EXPECT_THAT(ended.output, HasSubstr("2026-04-17T07:00:00Z  " + scenario + ":1: "));
    EXPECT_THAT(ended.output, HasSubstr("promise_changed"));
}

TEST_F(Rehearsals, ReplayOfTheSameRulesFindsNothing) {
    const auto before = bytesOf(folder_ / "demo");
    const auto ended = onDemo("replay --rules " + kConfig +
                              "/rules.d --since 30d --until 2026-04-13T00:00:00Z --max-extra 0");
    EXPECT_EQ(ended.exit, 0) << ended.output;
    EXPECT_THAT(ended.output, HasSubstr("Nothing would have been different."));
    EXPECT_THAT(ended.output, Not(HasSubstr(", 0 cases")));
    EXPECT_THAT(ended.output, HasSubstr("Not compared, because the stock of the past is not "
                                        "recorded: offers ('substitution')"));
    EXPECT_EQ(bytesOf(folder_ / "demo"), before);
}

TEST_F(Rehearsals, ReplayFindsAPlantedDifference) {
    fs::copy(kConfig + "/rules.d", folder_ / "rules.d", fs::copy_options::recursive);
    const auto file = folder_ / "rules.d/40-cadence.yaml";
    auto text = textOf(file);
    // Everybody else hears every second day instead of every tenth.
    const auto at = text.find("every: 10bd");
    ASSERT_NE(at, std::string::npos);
    text.replace(at, 11, "every: 2bd");
    std::ofstream{file} << text;
    const std::string command = "replay --rules " + (folder_ / "rules.d").string() +
                                " --since 30d --until 2026-04-13T00:00:00Z";
    const auto ended = onDemo(command + " --max-extra 1");
    EXPECT_EQ(ended.exit, 1) << ended.output;
    EXPECT_THAT(ended.output, HasSubstr("more notices, and --max-extra allows 1"));
    EXPECT_THAT(ended.output, HasSubstr("  more     2026-"));
    EXPECT_THAT(ended.output, HasSubstr("status to "));
    EXPECT_THAT(ended.output, HasSubstr("rule 'standard'"));
    EXPECT_EQ(onDemo(command + " --max-extra 100000").exit, 0);
}

TEST_F(Rehearsals, WhatIsAskedWronglyIsRefused) {
    EXPECT_EQ(onDemo("simulate --days 0").exit, 2);
    EXPECT_EQ(onDemo("simulate --start yesterday").exit, 2);
    EXPECT_EQ(onDemo("replay --rules x --since 5bd").exit, 2);
    EXPECT_EQ(onDemo("simulate --from " + (folder_ / "nowhere.db").string()).exit, 3);
}

}  // namespace rehearsal_test
}  // namespace backorderd::cli_test

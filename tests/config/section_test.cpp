#include "config/section.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>

#include "config/temporary_folder.hpp"

namespace backorderd::config {
namespace section_test {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Section sectionOf(std::string_view yaml) { return Section::fromText(yaml, "test.yaml"); }

std::string problemsOf(const Section& section) { return formatProblems(section.problems()); }

TEST(Section, ReadsEachTypeOfValue) {
    Section section = sectionOf(
        "wait: 2h\ncount: 7\npart: 0.25\non: true\nname: 'a: b'\nlist: [x, y]\none: x\n"
        "table: { b: 1, a: 2 }\nword: fast\nfile: keys/one\n");
    EXPECT_EQ(section.duration("wait", {1s, 1s, 24h}, ""), 2h);
    EXPECT_EQ(section.number("count", {1, 0, 10}, ""), 7);
    EXPECT_EQ(section.share("part", {0, 0, 1}, ""), 0.25);
    EXPECT_TRUE(section.flag("on", false, ""));
    EXPECT_EQ(section.text("name", "", ""), "a: b");
    EXPECT_THAT(section.texts("list", ""), ElementsAre("x", "y"));
    EXPECT_THAT(section.texts("one", ""), ElementsAre("x"));
    EXPECT_THAT(section.table("table", ""), ElementsAre(std::pair("b", "1"), std::pair("a", "2")));
    EXPECT_EQ(section.choice("word", {"slow", "fast"}, "slow", ""), "fast");
    EXPECT_EQ(section.path("file", "", ""), "keys/one");
    section.finish();
    EXPECT_EQ(problemsOf(section), "");
}

TEST(Section, KeepsToTheDefaultWhereAKeyIsMissing) {
    Section section = sectionOf("other: 1\n");
    EXPECT_EQ(section.duration("wait", {5min, 1s, 24h}, ""), 5min);
    EXPECT_EQ(section.number("count", {3, 0, 10}, ""), 3);
    EXPECT_EQ(section.text("name", "fallback", ""), "fallback");
    EXPECT_FALSE(section.secret("password", ""));
    EXPECT_TRUE(section.children("list", "").empty());
    EXPECT_EQ(section.child("part", "").number("count", {4, 0, 10}, ""), 4);
    EXPECT_FALSE(section.has("wait"));
    EXPECT_EQ(problemsOf(section), "");
}

struct Refusal {
    std::string yaml;
    std::string problem;
};
class Refused : public testing::TestWithParam<Refusal> {};

TEST_P(Refused, WithThePlaceAndTheBound) {
    Section section = sectionOf(GetParam().yaml);
    (void)section.duration("wait", {5min, 1s, 24h}, "");
    (void)section.number("count", {3, 0, 10}, "");
    (void)section.share("part", {0.5, 0, 1}, "");
    (void)section.texts("list", "");
    (void)section.table("table", "");
    (void)section.choice("sign", {"|", "tab", ""}, "|", "");
    Section part = section.child("inner", "");
    (void)part.flag("on", false, "");
    section.finish();
    EXPECT_EQ(problemsOf(section), GetParam().problem + "\n");
}

INSTANTIATE_TEST_SUITE_P(
    Section, Refused,
    testing::Values(
        Refusal{"wait: 25h", "test.yaml:1:7: 'wait' must be from 1s to 1d, not 25h"},
        Refusal{"wait: 0s", "test.yaml:1:7: 'wait' must be from 1s to 1d, not 0s"},
        Refusal{"wait: -5m",
                "test.yaml:1:7: 'wait' must be a duration such as 30s, 5m, 2h or 3d, not '-5m'"},
        Refusal{"wait: [1h]",
                "test.yaml:1:7: 'wait' must be a duration such as 30s, 5m, 2h or 3d, not a list"},
        Refusal{"count: 11", "test.yaml:1:8: 'count' must be from 0 to 10, not 11"},
        Refusal{"count: 3.0", "test.yaml:1:8: 'count' must be a whole number, not '3.0'"},
        Refusal{"count: 99999999999999999999",
                "test.yaml:1:8: 'count' must be a whole number, not '99999999999999999999'"},
        Refusal{"part: nan", "test.yaml:1:7: 'part' must be a number such as 0.2, not 'nan'"},
        Refusal{"part: 1.5", "test.yaml:1:7: 'part' must be from 0 to 1, not 1.5"},
        Refusal{"list: { a: b }", "test.yaml:1:7: 'list' must be a list of at most 1000 texts"},
        Refusal{"list: [[a]]", "test.yaml:1:8: 'list' must hold texts only"},
        Refusal{"table: { a: [b] }", "test.yaml:1:13: 'a' in 'table' must be a text"},
        Refusal{"sign: \",\"", "test.yaml:1:7: 'sign' must be '|', tab or '', not ','"},
        Refusal{"inner: { on: on }", "test.yaml:1:14: 'on' must be true or false, not 'on'"},
        Refusal{"inner: { no: true }",
                "test.yaml:1:10: unknown key 'no' in 'inner' (did you mean 'on'?)"},
        Refusal{
            "cuont: 1",
            "test.yaml:1:1: unknown key 'cuont' in the settings file (did you mean 'count'?)"}));

TEST(Section, ReportsAllProblemsAtOnceAndEachOnce) {
    Section section = sectionOf("a: x\nb: x\nc: x\n");
    (void)section.number("a", {1, 0, 10}, "");
    (void)section.number("b", {1, 0, 10}, "");
    section.finish();
    section.finish();
    EXPECT_EQ(section.problems().size(), 3U);
}

TEST(Section, SaysNothingOfTheKeysOfAKindThatDoesNotExist) {
    Section section = sectionOf("kind: smpt\nurl: x\n");
    (void)section.text("kind", "", "");
    section.problem("kind", "there is no sender of kind 'smpt'");
    section.finish();
    EXPECT_EQ(problemsOf(section), "test.yaml:1:1: there is no sender of kind 'smpt'\n");
}

TEST(Section, CopiesAreTheSameSection) {
    Section section = sectionOf("a: 1\n");
    Section copy = section;
    (void)copy.number("a", {1, 0, 10}, "");
    section.finish();
    EXPECT_EQ(problemsOf(copy), "");
}

TEST(Section, DeclaresWhatItReadsWithPathDefaultAndBounds) {
    Section section = sectionOf("");
    (void)section.child("outbox", "Retries.").duration("first", {90s, 1s, 26h}, "The first wait.");
    const auto declared = section.declared();
    ASSERT_EQ(declared.size(), 2U);
    EXPECT_EQ(declared[1].path, "outbox.first");
    EXPECT_EQ(declared[1].type, "duration");
    EXPECT_EQ(declared[1].fallback, "90s");
    EXPECT_EQ(declared[1].min, "1s");
    EXPECT_EQ(declared[1].max, "26h");
    EXPECT_EQ(declared[1].meaning, "The first wait.");
}

TEST(Secret, ComesFromAFileTheEnvironmentOrACredential) {
    const TemporaryFolder folder;
    const std::string file = folder.write("smtp", "s3cret\r\n");
    ASSERT_EQ(::chmod(file.c_str(), 0600), 0);
    ::setenv("BACKORDERD_TEST_SECRET", "from the environment", 1);
    ::setenv("CREDENTIALS_DIRECTORY", folder.path().c_str(), 1);
    Section section = Section::fromText(
        "a: { file: smtp }\nb: { env: BACKORDERD_TEST_SECRET }\nc: { credential: smtp }\n",
        folder.path() + "/backorderd.yaml");
    EXPECT_EQ(section.secret("a", ""), Secret{"s3cret"});
    EXPECT_EQ(section.secret("b", ""), Secret{"from the environment"});
    EXPECT_EQ(section.secret("c", ""), Secret{"s3cret"});
    EXPECT_EQ(problemsOf(section), "");
    ::unsetenv("CREDENTIALS_DIRECTORY");
}

TEST(Secret, IsNeverShownInAProblem) {
    const TemporaryFolder folder;
    (void)folder.write("empty", "\n");
    ::unsetenv("CREDENTIALS_DIRECTORY");
    ::setenv("BACKORDERD_TEST_SECRET", "", 1);
    Section section = Section::fromText(
        "plain: hunter2\nlist: [hunter2]\nempty: { file: empty }\n"
        "two: { env: A, file: B }\nunset: { env: BACKORDERD_TEST_UNSET }\n"
        "none: { credential: smtp }\nup: { credential: ../smtp }\nblank: { env: "
        "BACKORDERD_TEST_SECRET }\n",
        folder.path() + "/backorderd.yaml");
    for (const char* key : {"plain", "list", "empty", "two", "unset", "none", "up", "blank"})
        EXPECT_FALSE(section.secret(key, "")) << key;
    section.finish();
    EXPECT_EQ(section.problems().size(), 8U) << problemsOf(section);
    EXPECT_THAT(problemsOf(section), Not(HasSubstr("hunter2")));
    EXPECT_THAT(problemsOf(section), HasSubstr("{ file: PATH }"));
}

TEST(Secret, WarnsOfAFileThatEverybodyCanRead) {
    const TemporaryFolder folder;
    ASSERT_EQ(::chmod(folder.write("smtp", "s3cret").c_str(), 0644), 0);
    Section section = Section::fromText("a: { file: smtp }\n", folder.path() + "/backorderd.yaml");
    EXPECT_EQ(section.secret("a", ""), Secret{"s3cret"});
    ASSERT_EQ(section.problems().size(), 1U);
    EXPECT_EQ(section.problems()[0].severity, Severity::Warning);
}

}  // namespace section_test
}  // namespace backorderd::config

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "config/config.hpp"
#include "config/temporary_folder.hpp"

// Whoever writes a file must not be able to stop us with it.

namespace backorderd::config {
namespace limits_test {

using testing::HasSubstr;

constexpr std::string_view kPolicy =
    "  - { name: p, match: {}, messages: { opened: { template: opened } } }\n";

std::string problemsOf(std::string_view text) {
    const TemporaryFolder folder;
    const auto settings = loadSettings(folder.write("backorderd.yaml", text));
    return settings ? "" : formatProblems(settings.error());
}

TEST(Limits, AFileOfMoreThanFourMebibytesIsNotRead) {
    EXPECT_THAT(problemsOf("# " + std::string(5 << 20, 'x')), HasSubstr("larger than 4 MiB"));
}

TEST(Limits, APipeIsNotRead) {
    const TemporaryFolder folder;
    const std::string pipe = folder.path() + "/backorderd.yaml";
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    const auto settings = loadSettings(pipe);
    ASSERT_TRUE(settings.has_error());
    EXPECT_THAT(formatProblems(settings.error()), HasSubstr("not a regular file"));
}

TEST(Limits, ManyWarningsAreNoError) {
    const TemporaryFolder folder;
    std::string policies = "cadence:\n";
    for (int i = 0; i < 300; ++i)
        policies += "  - { name: p" + std::to_string(i) +
                    ", match: {}, messages: { status: { template: status, every: 5bd } } }\n";
    folder.write("rules.yaml", policies);
    Problems warnings;
    EXPECT_TRUE(loadRules(folder.path(), &warnings));
    EXPECT_GT(warnings.size(), 100u);
    // And an error among them is shown, wherever it stands.
    folder.write("rules.yaml", policies + "  - { name: last, match: {} }\n");
    const auto broken = loadRules(folder.path());
    ASSERT_TRUE(broken.has_error());
    EXPECT_THAT(formatProblems(broken.error()), HasSubstr("last"));
}

TEST(Limits, AsManyValuesAsFitAreTooMany) {
    std::string list = "sources: [";
    for (int i = 0; i < 300'000; ++i) list += "a,";
    EXPECT_THAT(problemsOf(list + "]"), HasSubstr("more than 250000 values"));
}

TEST(Limits, OpenBracketsAreNotFollowedWithoutEnd) {
    for (const char* bracket : {"[", "{", "- ", "? "}) {
        std::string text;
        for (int i = 0; i < 500'000; ++i) text += bracket;
        EXPECT_NE(problemsOf(text), "") << bracket;
    }
}

TEST(Limits, AKeyOfAnyLengthIsRefused) {
    EXPECT_THAT(problemsOf(std::string(500, 'k') + ": 1\n"), HasSubstr("at most 200 bytes"));
}

TEST(Limits, OnlySoManyProblemsAreShown) {
    std::string text;
    for (int i = 0; i < 5000; ++i) text += "key" + std::to_string(i) + ": 1\n";
    const TemporaryFolder folder;
    const auto settings = loadSettings(folder.write("backorderd.yaml", text));
    ASSERT_TRUE(settings.has_error());
    EXPECT_EQ(settings.error().size(), 201U);
    EXPECT_THAT(settings.error().back().text, HasSubstr("more problems are not shown"));
}

TEST(Limits, AProblemStaysOneLineWhateverItQuotes) {
    const std::string said =
        problemsOf("\"a\\nb\\e[31m\": 1\nlog: { level: \"" + std::string(3000, 'x') + "\\n\" }\n");
    std::istringstream lines(said);
    for (std::string line; std::getline(lines, line);) {
        EXPECT_THAT(line, HasSubstr("backorderd.yaml"));
        EXPECT_LT(line.size(), 400U);
        EXPECT_EQ(line.find('\x1b'), std::string::npos);
    }
}

TEST(Limits, AliasesAreFineInMeasure) {
    const TemporaryFolder folder;
    (void)folder.write("rules.yaml",
                       "segments:\n  a: &tier { customer.tier: [gold, platinum] }\n"
                       "  b: { any: [ *tier, { slips: { min: 2 } } ] }\ncadence:\n" +
                           std::string(kPolicy));
    const auto rules = loadRules(folder.path());
    ASSERT_TRUE(rules) << formatProblems(rules.error());
    EXPECT_EQ(rules->segments.at(1).second->any.at(0).at(0).tests.at(0).any_of.size(), 2U);
}

TEST(Limits, LinesAndByteOrderMarksOfOtherSystemsAreFine) {
    const TemporaryFolder folder;
    (void)folder.write("rules.yaml",
                       "\xEF\xBB\xBF"
                       "cadence:\r\n  - name: p # \xC3\xA4\r\n"
                       "    match: { \"customer.name\": \"J\xC3\xA4ger\" }\r\n"
                       "    messages: { opened: { template: opened } }\r\n");
    const auto rules = loadRules(folder.path());
    ASSERT_TRUE(rules) << formatProblems(rules.error());
    EXPECT_EQ(rules->cadence.at(0).name, "p");
    EXPECT_EQ(rules->cadence.at(0).match.tests.at(0).any_of.at(0), "J\xC3\xA4ger");
}

TEST(Limits, AThousandPoliciesAreRead) {
    std::string text = "cadence:\n";
    for (int i = 0; i < 1000; ++i)
        text += "  - { name: p" + std::to_string(i) + ", match: { customer.id: C" +
                std::to_string(i) +
                ", open_value: { min: 10, currency: USD } }, messages: { opened: { template: "
                "opened }, status: { template: status, every: 5d } } }\n";
    const TemporaryFolder folder;
    (void)folder.write("rules.yaml", text);
    const auto rules = loadRules(folder.path());
    ASSERT_TRUE(rules) << formatProblems(rules.error());
    EXPECT_EQ(rules->cadence.size(), 1000U);
}

}  // namespace limits_test
}  // namespace backorderd::config

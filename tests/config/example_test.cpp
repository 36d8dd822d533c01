#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "config/config.hpp"
#include "config/page_blocks.hpp"

// What is shipped in config/ and shown in docs/ must load.

namespace backorderd::config {
namespace example_test {

namespace fs = std::filesystem;
const std::string kSource = BACKORDERD_SOURCE_DIR;

TEST(Example, SettingsLoad) {
    const auto settings = loadSettings(kSource + "/config/backorderd.yaml");
    ASSERT_TRUE(settings) << formatProblems(settings.error());
    EXPECT_EQ(settings->rules_dir, kSource + "/config/rules.d");
    EXPECT_EQ(settings->templates_dir, kSource + "/config/templates");
    ASSERT_EQ(settings->sources.size(), 1U);
    EXPECT_EQ(settings->sources[0].kind, "files");
    ASSERT_EQ(settings->senders.size(), 1U);
    EXPECT_EQ(settings->senders[0].kind, "smtp");
}

TEST(Example, RulesLoadWithoutAWarning) {
    Problems warnings;
    const auto rules = loadRules(kSource + "/config/rules.d", &warnings);
    ASSERT_TRUE(rules) << formatProblems(rules.error());
    EXPECT_EQ(formatProblems(warnings), "");
    std::vector<std::string> names;
    for (const TemplateUse& use : templatesUsed(*rules)) names.push_back(use.name);
    EXPECT_THAT(
        names, testing::UnorderedElementsAre(
                   "opened", "promise-changed", "promise-lapsed", "status", "status-further",
                   "partly-available", "available", "partly-shipped", "shipped", "cancelled",
                   "digest", "no-contact", "preorder-opened", "preorder-changed", "preorder-status",
                   "offer", "offer-withdrawn", "offer-accepted", "rep-alert", "desk-alert",
                   "payment-lapses", "allocation-advice", "expedite", "uncovered-demand"));
}

/// A pack is copied up, among the rules that are shipped.
TEST(Example, ThePackLoadsWhereItIsSwitchedOn) {
    const fs::path folder = fs::path(testing::TempDir()) / "backorderd-pack";
    fs::remove_all(folder);
    fs::copy(kSource + "/config/rules.d", folder);
    fs::copy_file(kSource + "/config/rules.d/packs/us-ftc-435.yaml", folder / "35-us-ftc-435.yaml");
    Problems warnings;
    const auto rules = loadRules(folder.string(), &warnings);
    ASSERT_TRUE(rules) << formatProblems(rules.error());
    EXPECT_EQ(formatProblems(warnings), "");
    EXPECT_EQ(rules->cadence.front().name, "us ftc 435");
    for (const TemplateUse& use : templatesUsed(*rules))
        EXPECT_TRUE(fs::exists(kSource + "/config/templates/" + use.name + ".en.mustache"))
            << use.name;
}

TEST(Example, TheRulesPageShowsRulesThatLoad) {
    const fs::path folder = fs::path(testing::TempDir()) / "backorderd-rules-page";
    fs::remove_all(folder);
    fs::create_directories(folder);
    const auto blocks = blocksOf(kSource + "/docs/rules.md");
    ASSERT_GE(blocks.size(), 4U);
    for (std::size_t i = 0; i < blocks.size(); ++i)
        std::ofstream(folder / (std::to_string(i) + ".yaml")) << blocks[i];
    Problems warnings;
    const auto rules = loadRules(folder.string(), &warnings);
    ASSERT_TRUE(rules) << formatProblems(rules.error());
    EXPECT_EQ(formatProblems(warnings), "");
}

TEST(Example, TheConfigurationPageShowsSettingsThatLoad) {
    const auto blocks = blocksOf(kSource + "/docs/configuration.md");
    ASSERT_FALSE(blocks.empty());
    const std::string file = testing::TempDir() + "backorderd-configuration-page.yaml";
    std::ofstream(file) << blocks[0];
    const auto settings = loadSettings(file);
    ASSERT_TRUE(settings) << formatProblems(settings.error());
}

}  // namespace example_test
}  // namespace backorderd::config

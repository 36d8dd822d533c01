#include "cli/command.hpp"

#include <gmock/gmock.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

namespace backorderd::cli_test {
namespace command_test {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

/// One run of the demo, shared by the tests that look at what it left.
class Demo : public testing::Test {
protected:
    static void SetUpTestSuite() {
        std::string pattern = fs::temp_directory_path() / "backorderd-demo-XXXXXX";
        folder_ = mkdtemp(pattern.data());
        told_ = run(demo(folder_));
    }
    static void TearDownTestSuite() { fs::remove_all(folder_); }

    static std::string demo(const fs::path& out) {
        return backorderd("demo --config " BACKORDERD_SOURCE_DIR "/config --out " + out.string());
    }
    static std::string on(const std::string& command) {
        return backorderd(command + " --config " + (folder_ / "backorderd.yaml").string());
    }
    static std::size_t mails(const fs::path& out) {
        return static_cast<std::size_t>(std::distance(fs::directory_iterator{out / "mail"}, {}));
    }

    static inline fs::path folder_;
    static inline Ended told_;
};

TEST_F(Demo, TellsTheStoryAndExplainsALine) {
    EXPECT_EQ(told_.exit, 0) << told_.output;
    for (const char* part : {"Mon 2026-03-02", "mails went out in 6 weeks", "What happened",
                             "Rules that looked at it", "What comes next"})
        EXPECT_THAT(told_.output, HasSubstr(part));
    EXPECT_THAT(told_.output, HasSubstr(std::to_string(mails(folder_)) + " mails went out"));
}

TEST_F(Demo, TheSameSeedTellsTheSameStory) {
    const auto again = folder_ / "again";
    run(demo(again));
    std::ifstream first{folder_ / "story.txt"}, second{again / "story.txt"};
    const std::string one{std::istreambuf_iterator<char>{first}, {}};
    const std::string two{std::istreambuf_iterator<char>{second}, {}};
    EXPECT_FALSE(one.empty());
    EXPECT_EQ(one, two);
}

TEST_F(Demo, NoMailLeavesAVariableEmptyOrADatePast) {
    for (const auto& entry : fs::directory_iterator{folder_ / "mail"}) {
        std::ifstream file{entry.path()};
        const std::string mail{std::istreambuf_iterator<char>{file}, {}};
        EXPECT_THAT(mail, Not(HasSubstr("{{"))) << entry.path();
        EXPECT_THAT(mail, HasSubstr("Auto-Submitted: auto-generated")) << entry.path();
    }
}

TEST_F(Demo, TheStoreCanBeAskedWithoutADaemon) {
    const auto lines = run(on("lines --json"));
    EXPECT_EQ(lines.exit, 0) << lines.output;
    EXPECT_THAT(lines.output, HasSubstr("\"order\": \"SO"));
    const auto queue = run(on("queue list --state sent"));
    EXPECT_THAT(queue.output, HasSubstr("sent"));
    const auto preview = run(on("preview opened --language de"));
    EXPECT_EQ(preview.exit, 0) << preview.output;
    EXPECT_THAT(preview.output, HasSubstr("Language: de"));
}

TEST_F(Demo, AnOperatorsActNeedsAnAuthorAndAReason) {
    EXPECT_EQ(run(on("queue drop 1 --reason x")).exit, 2);
    const auto sent = run(on("queue drop 1 --author ann --reason x"));
    EXPECT_EQ(sent.exit, 1) << "what was sent cannot be dropped";
    EXPECT_THAT(sent.output, HasSubstr("not possible"));
}

TEST_F(Demo, WhatIsNotThereIsNamed) {
    const auto line = run(on("explain SO1/1"));
    EXPECT_EQ(line.exit, 1);
    EXPECT_THAT(line.output, HasSubstr("no line fits 'SO1/1'"));
    const auto source = run(on("poll epr"));
    EXPECT_EQ(source.exit, 1);
    EXPECT_THAT(source.output, HasSubstr("did you mean 'erp'"));
}

TEST(Command, UsageIsTwoAndUnreadableSettingsAreOne) {
    EXPECT_EQ(run(backorderd("")).exit, 2);
    EXPECT_EQ(run(backorderd("lines --colour")).exit, 2);
    EXPECT_EQ(run(backorderd("lines --config /nowhere.yaml")).exit, 1);
    EXPECT_EQ(run(backorderd("--help")).exit, 0);
    EXPECT_EQ(run(backorderd("version")).exit, 0);
}

TEST(Command, EverySubcommandHasHelp) {
    for (const char* command :
         {"run",         "check",       "poll",    "reload",        "status",
          "lines",       "explain",     "preview", "ack",           "respond",
          "offers",      "escalations", "backup",  "queue list",    "queue show",
          "queue retry", "queue drop",  "demo",    "connector try", "version"}) {
        const auto help = run(backorderd(std::string{command} + " --help"));
        EXPECT_EQ(help.exit, 0) << command;
        EXPECT_THAT(help.output, HasSubstr("Usage")) << command;
    }
}

}  // namespace command_test
}  // namespace backorderd::cli_test

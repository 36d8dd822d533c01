#include <gmock/gmock.h>
#include <stdlib.h>

#include <filesystem>

#include "cli/command.hpp"

// What people do to cases, from outside, on the store that a demo left.

namespace backorderd::cli_test {
namespace casework_test {

namespace fs = std::filesystem;
using testing::HasSubstr;

class Casework : public testing::Test {
protected:
    static void SetUpTestSuite() {
        std::string pattern = fs::temp_directory_path() / "backorderd-cases-XXXXXX";
        folder_ = mkdtemp(pattern.data());
        run(backorderd("demo --config " BACKORDERD_SOURCE_DIR "/config --out " + folder_.string()));
    }
    static void TearDownTestSuite() { fs::remove_all(folder_); }

    static Ended on(const std::string& command) {
        return run(backorderd(command + " --config " + (folder_ / "backorderd.yaml").string()));
    }
    /// The id of a line that is open.
    static std::string openLine() {
        const auto lines = on("lines --json --limit 1").output;
        const auto at = lines.find("\"line\": \"") + 9;
        return lines.substr(at, lines.find('"', at) - at);
    }

    static inline fs::path folder_;
};

TEST_F(Casework, ListsAnswerAsTablesAndAsJson) {
    for (const char* list : {"offers", "escalations"}) {
        const auto table = on(std::string{list} + " --all");
        EXPECT_EQ(table.exit, 0) << table.output;
        const auto json = on(std::string{list} + " --all --json");
        EXPECT_EQ(json.output.front(), '[') << json.output;
    }
}

TEST_F(Casework, AnAnswerIsWrittenDownAndTold) {
    const auto line = openLine();
    const auto said = on("respond " + line + " --answer call_me --author ann --note 'after lunch'");
    EXPECT_EQ(said.exit, 0) << said.output;
    EXPECT_THAT(said.output, HasSubstr("call_me"));
    const auto story = on("explain " + line);
    EXPECT_THAT(story.output, HasSubstr("The customer answered: call_me by ann: after lunch."));
}

TEST_F(Casework, WhatDoesNotFitIsRefusedInWords) {
    const auto line = openLine();
    EXPECT_EQ(on("respond " + line + " --answer call_me").exit, 2) << "an author is needed";
    EXPECT_EQ(on("respond " + line + " --accept X --decline --author ann").exit, 2);
    const auto word = on("respond " + line + " --answer cal_me --author ann");
    EXPECT_EQ(word.exit, 1);
    EXPECT_THAT(word.output, HasSubstr("did you mean 'call_me'"));
    const auto nobody = on("ack SO1/1 --author ann");
    EXPECT_EQ(nobody.exit, 1);
    EXPECT_THAT(nobody.output, HasSubstr("no line fits 'SO1/1'"));
}

TEST_F(Casework, ExplainLooksBackAndAhead) {
    const auto line = openLine();
    const auto ahead = on("explain " + line + " --at 2099-01-01");
    EXPECT_EQ(ahead.exit, 0) << ahead.output;
    EXPECT_THAT(ahead.output, HasSubstr("What will have left by 2099-01-01"));
    const auto back = on("explain " + line + " --at 2020-01-01");
    EXPECT_THAT(back.output, HasSubstr("not known before"));
    EXPECT_EQ(on("explain " + line + " --at soon").exit, 1);
}

TEST_F(Casework, ABackupIsAFileThatWasNotThere) {
    const auto file = (folder_ / "copy.db").string();
    EXPECT_EQ(on("backup " + file + " --author ann").exit, 0);
    EXPECT_TRUE(fs::exists(file));
    const auto again = on("backup " + file + " --author ann");
    EXPECT_EQ(again.exit, 1);
    EXPECT_THAT(again.output, HasSubstr("exists"));
}

TEST_F(Casework, InsistingOnAReloadNeedsAName) {
    EXPECT_EQ(on("reload --anyway").exit, 2);
    EXPECT_EQ(on("reload --anyway --author ann --reason x").exit, 1) << "no daemon runs";
}

}  // namespace casework_test
}  // namespace backorderd::cli_test

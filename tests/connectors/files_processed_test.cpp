#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connectors/files_fixture.hpp"

namespace backorderd::test {
namespace files_processed_test {

using namespace std::chrono_literals;
using testing::HasSubstr;
namespace fs = std::filesystem;

class Processed : public FilesTest {
protected:
    /// An export of these lines, under names that no other one has, and its marker.
    void exportLines(const std::string& name, const std::string& ids, std::chrono::seconds age) {
        std::string text{kHeader};
        for (const char id : ids) text += std::string{id} + ",SO1,PX-1,10,C1\n";
        write(name, text, age);
        write("done", "", age);
    }
    std::string readIds() { return idsOf(read(kSettings)); }
    std::string textOf(const fs::path& path) {
        std::ifstream file{folder_ / path};
        return {std::istreambuf_iterator<char>{file}, {}};
    }
    std::vector<std::string> namesIn(const std::string& folder) {
        std::vector<std::string> names;
        for (const auto& entry : fs::directory_iterator{folder_ / folder})
            names.push_back(entry.path().filename().string());
        std::sort(names.begin(), names.end());
        return names;
    }
    static constexpr const char* kSettings = "marker: done\nkeep_processed: 2";
};

TEST_F(Processed, AnExportIsTakenAndReadAgainUntilANewerOneIsWhole) {
    exportLines("lines-1.csv", "12", 3h);
    EXPECT_EQ(readIds(), "1 2");
    EXPECT_FALSE(fs::exists(folder_ / "lines-1.csv"));
    EXPECT_EQ(readIds(), "1 2") << "so that a poll can be repeated";

    write("lines-2.csv", kHeader, 2h);
    EXPECT_EQ(readIds(), "1 2") << "the next export has begun and is not whole";
    exportLines("lines-2.csv", "23", 1h);
    const auto whole = read(kSettings);
    EXPECT_EQ(idsOf(whole), "2 3") << "of the first nothing is left";
    EXPECT_TRUE(whole.end->complete);
    EXPECT_EQ(whole.end->as_of, clock_.at - 1h);
    EXPECT_EQ(namesIn(""), (std::vector<std::string>{"current", "processed"}));
}

TEST_F(Processed, WhatWasReplacedIsKeptWithItsResult) {
    exportLines("lines-1.csv", "1", 3h);
    EXPECT_EQ(readIds(), "1");
    exportLines("lines-2.csv", "2", 2h);
    EXPECT_EQ(readIds(), "2");
    const std::string first = "processed/20260302T060000Z";
    EXPECT_EQ(namesIn(first), (std::vector<std::string>{"done", "lines-1.csv", "result.json"}));
    const std::string result = textOf(first + "/result.json");
    EXPECT_THAT(result, HasSubstr("\"complete\": true"));
    EXPECT_THAT(result, HasSubstr("\"lines\": 1"));
    EXPECT_THAT(result, HasSubstr("\"as_of\": \"2026-03-02T06:00:00Z\""));
}

TEST_F(Processed, ABadRowStandsInTheResult) {
    write("lines.csv", std::string{kHeader} + "1,SO1,PX-1,ten,C1\n", 3h);
    write("done", "", 3h);
    (void)read(kSettings);
    exportLines("lines.csv", "1", 2h);
    EXPECT_EQ(readIds(), "1");
    const std::string result = textOf("processed/20260302T060000Z/result.json");
    EXPECT_THAT(result, HasSubstr("\"complete\": false"));
    EXPECT_THAT(result, HasSubstr("'ten' is not a number"));
}

TEST_F(Processed, SoManyAreKeptAndNoFolderOfSomebodyElse) {
    fs::create_directories(folder_ / "processed" / "mine");
    for (int hour = 9; hour > 4; --hour) {
        exportLines("lines.csv", "1", std::chrono::hours{hour});
        EXPECT_EQ(readIds(), "1");
    }
    EXPECT_EQ(namesIn("processed"),
              (std::vector<std::string>{"20260302T020000Z", "20260302T030000Z", "mine"}));
}

TEST_F(Processed, TwoExportsOfOneSecondAreBothKept) {
    for (int i = 0; i < 3; ++i) {
        exportLines("lines.csv", "1", 3h);
        EXPECT_EQ(readIds(), "1");
    }
    EXPECT_EQ(namesIn("processed"),
              (std::vector<std::string>{"20260302T060000Z", "20260302T060000Z-2"}));
}

TEST_F(Processed, WhatACrashInterruptedGoesOn) {
    exportLines("lines.csv", "1", 3h);
    EXPECT_EQ(readIds(), "1");
    // All files but the marker were moved.
    exportLines("lines.csv", "2", 2h);
    fs::create_directory(folder_ / ".taking");
    fs::rename(folder_ / "lines.csv", folder_ / ".taking/lines.csv");
    EXPECT_EQ(readIds(), "2");
    // All were moved, and the former export was put aside, or not yet.
    for (const bool aside : {false, true}) {
        exportLines("lines.csv", "3", 1h);
        fs::create_directory(folder_ / ".taking");
        for (const auto* name : {"lines.csv", "done"})
            fs::rename(folder_ / name, folder_ / ".taking" / name);
        if (aside) fs::rename(folder_ / "current", folder_ / "processed/20260302T080000Z");
        EXPECT_EQ(readIds(), "3");
        EXPECT_FALSE(fs::exists(folder_ / ".taking"));
    }
}

TEST_F(Processed, AMarkerWithoutLinesIsAFailure) {
    exportLines("lines.csv", "1", 3h);
    EXPECT_EQ(readIds(), "1");
    write("done", "", 2h);
    const auto whole = read(kSettings);
    ASSERT_TRUE(whole.failure);
    EXPECT_THAT(whole.failure->reason, HasSubstr("is named 'lines*'"));
}

TEST_F(Processed, AFolderThatCannotBeLookedAtIsAFailure) {
    folder_ /= "loop";
    fs::create_symlink(folder_, folder_);
    const auto whole = read(kSettings);
    folder_ = folder_.parent_path();
    ASSERT_TRUE(whole.failure);
    EXPECT_THAT(whole.failure->reason, HasSubstr("/loop'"));
}

TEST_F(Processed, ThePatternOfAllFilesDoesNotMeetTheResult) {
    const std::string settings = std::string{kSettings} + "\nlines: '*'";
    exportLines("export.csv", "1", 3h);
    for (int i = 0; i < 2; ++i) {
        const auto whole = read(settings);
        EXPECT_EQ(idsOf(whole), "1");
        EXPECT_TRUE(whole.end->complete);
    }
}

TEST_F(Processed, TheProbeLooksAtTheCurrentExport) {
    exportLines("lines.csv", "1", 3h);
    EXPECT_EQ(readIds(), "1");
    const auto probe = runCoroutine(io_, make(kSettings)->probe());
    EXPECT_TRUE(probe.ok) << probe.text;
    EXPECT_THAT(probe.text, HasSubstr("current/lines.csv: read are"));
}

}  // namespace files_processed_test
}  // namespace backorderd::test

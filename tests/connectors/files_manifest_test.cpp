#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connectors/files_fixture.hpp"

namespace backorderd::test {
namespace files_manifest_test {

using namespace std::chrono_literals;
using testing::HasSubstr;

/// What `sha256sum` prints for the text.
const std::string kLines = std::string{kHeader} + std::string{kRow};
constexpr std::string_view kLinesSum =
    "275d4f8c02147d2801b33175adac12d9098a1200d5964b44f9b9a7e8acca62ed";
/// Of `item.id,free\nPX-1,3\n`.
constexpr std::string_view kStockSum =
    "0e7f695cd728fef6aeffa20f98f43a5683df44183246b554440a841a25962d05";

std::string sumLine(std::string_view sum, std::string_view name) {
    return std::string{sum} + "  " + std::string{name} + "\n";
}

class Manifest : public FilesTest {
protected:
    std::string failureOf() {
        const auto whole = read(kSettings);
        EXPECT_TRUE(whole.failure) << "files were read";
        return whole.failure ? whole.failure->reason : "";
    }
    static constexpr const char* kSettings = "manifest: SHA256SUMS";
};

TEST_F(Manifest, OnlyWhatItNamesIsReadAndAtOnce) {
    write("lines.csv", kLines, 0s);
    write("stock.csv", "item.id,free\nPX-1,3\n", 0s);
    write("lines-of-yesterday.csv", kLines);
    write("SHA256SUMS", sumLine(kLinesSum, "lines.csv") + "# made by the export\n" +
                            std::string{kStockSum} + " *./stock.csv\r\n");
    const auto whole = read(kSettings);
    EXPECT_EQ(idsOf(whole), "1");
    ASSERT_TRUE(whole.end);
    EXPECT_TRUE(whole.end->complete) << whole.end->why_incomplete;
    EXPECT_EQ(whole.end->goods.stock.size(), 1u);
}

TEST_F(Manifest, NothingIsReadBeforeItIsThere) {
    write("lines.csv", kLines);
    EXPECT_THAT(failureOf(), HasSubstr("SHA256SUMS' is not there, so the export has not finished"));
}

TEST_F(Manifest, NothingIsReadWhileAFileIsMissing) {
    write("lines.csv", kLines);
    write("SHA256SUMS", sumLine(kLinesSum, "lines.csv") + sumLine(kStockSum, "stock.csv"));
    EXPECT_THAT(failureOf(), HasSubstr("names 'stock.csv', which is not there"));
}

TEST_F(Manifest, AFileThatWasCutOffIsNoticedEvenBetweenTwoLines) {
    write("lines.csv", kHeader);
    write("SHA256SUMS", sumLine(kLinesSum, "lines.csv"));
    EXPECT_THAT(failureOf(), HasSubstr("lines.csv' has the SHA-256"));
    write("lines.csv", kLines);
    EXPECT_EQ(idsOf(read(kSettings)), "1");
}

TEST_F(Manifest, AFileThatChangesLaterIsLookedAtAgain) {
    write("lines.csv", kLines);
    write("SHA256SUMS", sumLine(kLinesSum, "lines.csv"));
    const auto connector = make(kSettings);
    EXPECT_EQ(idsOf(readWhole(io_, *connector)), "1");
    EXPECT_EQ(idsOf(readWhole(io_, *connector)), "1");
    write("lines.csv", kHeader);
    const auto whole = readWhole(io_, *connector);
    ASSERT_TRUE(whole.failure);
    EXPECT_THAT(whole.failure->reason, HasSubstr("the manifest says"));
}

TEST_F(Manifest, WhatIsNoLineOfSumsIsNamedWithItsPlace) {
    write("lines.csv", kLines);
    for (const std::string line :
         {"lines.csv\n", "0123  lines.csv\n", "MD5 (lines.csv) = 0123\n", "../lines.csv\n"}) {
        write("SHA256SUMS", "\n" + line);
        EXPECT_THAT(failureOf(), HasSubstr("SHA256SUMS:2: this is no line of sha256sum")) << line;
    }
    write("SHA256SUMS", sumLine(kLinesSum, "lines.csv") + sumLine(kStockSum, "lines.csv"));
    EXPECT_THAT(failureOf(), HasSubstr("SHA256SUMS:2"));
    write("SHA256SUMS", sumLine(kLinesSum, "../lines.csv"));
    EXPECT_THAT(failureOf(), HasSubstr("SHA256SUMS:1"));
}

}  // namespace files_manifest_test
}  // namespace backorderd::test

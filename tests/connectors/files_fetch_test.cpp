#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connectors/files_fixture.hpp"
#include "support/file_servers.hpp"

namespace backorderd::test {
namespace files_fetch_test {

using testing::HasSubstr;
using testing::Not;
namespace fs = std::filesystem;

/// Two seconds that are long past for the clock of the tests.
constexpr long kEarlier = 1'772'430'000;
constexpr long kLater = 1'772'430'600;

class FilesFetched : public FilesTest {
protected:
    std::string sftp(const std::string& more = "") {
        return "fetch: { url: 'sftp://127.0.0.1:" + std::to_string(sshd_->port()) +
               room_.exported() + "', user: " + userName() +
               ", private_key: " + room_.path("user_key") + ", host_key: '" +
               fingerprintOf(room_, "host_key") + "' }\n" + more;
    }
    void serveLines(const std::string& name, const std::string& ids, long changed) {
        std::string text{kHeader};
        for (const char id : ids) text += std::string{id} + ",SO1,PX-1,10,C1\n";
        room_.serve(name, text, changed);
    }
    bool has(const std::string& name) { return fs::exists(folder_ / name); }

    ServerRoom room_;
    std::unique_ptr<SpawningServer> sshd_ = startSshd(io_, room_);
};

TEST_F(FilesFetched, TheFolderBecomesWhatTheServerHas) {
    serveLines("lines-1.csv", "1", kEarlier);
    room_.serve("readme.md", "not part of an export", kEarlier);
    const auto connector = make(sftp());
    auto whole = readWhole(io_, *connector);
    EXPECT_EQ(idsOf(whole), "1");
    ASSERT_TRUE(whole.end);
    EXPECT_TRUE(whole.end->complete) << whole.end->why_incomplete;
    EXPECT_EQ(whole.end->as_of, Timestamp{std::chrono::seconds{kEarlier}});
    EXPECT_FALSE(has("readme.md"));

    fs::remove(room_.path("export/lines-1.csv"));
    serveLines("lines-2.csv", "23", kLater);
    EXPECT_EQ(idsOf(readWhole(io_, *connector)), "2 3");
    EXPECT_FALSE(has("lines-1.csv")) << "what the server has no longer is no line any more";
    for (const auto& entry : fs::directory_iterator{folder_})
        EXPECT_EQ(entry.path().filename(), "lines-2.csv") << "nothing is left lying about";
}

TEST_F(FilesFetched, WhatIsAsItWasIsNotFetchedAgain) {
    serveLines("lines.csv", "1", kEarlier);
    const auto connector = make(sftp());
    EXPECT_EQ(idsOf(readWhole(io_, *connector)), "1");
    struct stat before {
    }, after{};
    ASSERT_EQ(::stat((folder_ / "lines.csv").c_str(), &before), 0);
    EXPECT_EQ(idsOf(readWhole(io_, *connector)), "1");
    ASSERT_EQ(::stat((folder_ / "lines.csv").c_str(), &after), 0);
    EXPECT_EQ(before.st_ino, after.st_ino);
}

TEST_F(FilesFetched, AServerThatFailsFailsThePollAndLeavesTheFolderAsItWas) {
    serveLines("lines.csv", "1", kEarlier);
    const auto settings = sftp();
    EXPECT_EQ(idsOf(read(settings)), "1");
    sshd_.reset();
    const auto whole = read(settings);
    ASSERT_TRUE(whole.failure);
    EXPECT_EQ(whole.failure->again, Failure::Again::Later);
    EXPECT_THAT(whole.failure->reason, HasSubstr("127.0.0.1"));
    EXPECT_TRUE(has("lines.csv"));
}

TEST_F(FilesFetched, WholeExportsAreTakenAndFetchedOnce) {
    const auto settings = sftp("marker: done\nkeep_processed: 3");
    serveLines("lines-1.csv", "1", kEarlier);
    room_.serve("done", "", kEarlier);
    EXPECT_EQ(idsOf(read(settings)), "1");
    EXPECT_TRUE(has("current/lines-1.csv"));
    EXPECT_EQ(idsOf(read(settings)), "1");
    EXPECT_FALSE(has("processed")) << "the same export is not fetched and taken twice";

    fs::remove(room_.path("export/lines-1.csv"));
    serveLines("lines-2.csv", "2", kLater);
    room_.serve("done", "", kLater);
    EXPECT_EQ(idsOf(read(settings)), "2");
    EXPECT_TRUE(has("processed/20260302T054000Z/lines-1.csv"));
}

TEST_F(FilesFetched, WhatDoesNotHaveItsSumIsFetchedAgain) {
    serveLines("lines.csv", "1", kEarlier);
    room_.serve("SHA256SUMS", std::string(64, '0') + "  lines.csv\n", kEarlier);
    const auto settings = sftp("manifest: SHA256SUMS");
    const auto whole = read(settings);
    ASSERT_TRUE(whole.failure);
    EXPECT_THAT(whole.failure->reason, HasSubstr("the manifest says 000000000000…"));
    EXPECT_FALSE(has("lines.csv"));
}

TEST_F(FilesFetched, TheProbeSaysWhatTheServerHas) {
    serveLines("lines.csv", "1", kEarlier);
    auto probe = runCoroutine(io_, make(sftp())->probe());
    EXPECT_TRUE(probe.ok) << probe.text;
    EXPECT_THAT(probe.text, HasSubstr("1 files of exports"));
    EXPECT_THAT(probe.text, HasSubstr("lines.csv ("));
    const auto connector = make(sftp());
    sshd_.reset();
    probe = runCoroutine(io_, connector->probe());
    EXPECT_FALSE(probe.ok);
    EXPECT_THAT(probe.text, HasSubstr("127.0.0.1"));
}

}  // namespace files_fetch_test
}  // namespace backorderd::test

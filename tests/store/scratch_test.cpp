#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <map>

#include "schema_one.hpp"
#include "temporary_directory.hpp"

namespace backorderd::store {
namespace scratch_test {

using testing::HasSubstr;
using Why = StoreRefused::Why;
namespace fs = std::filesystem;

class ScratchCopy : public testing::Test {
protected:
    std::string data() const { return directory_ / "data"; }
    std::string file() const { return data() + "/" + kDatabaseFile; }
    void make() { openStore(data())->setMeta("a", "1"); }

    /// Bytes and time of change of every file of the directory.
    using Files = std::map<std::string, std::pair<std::string, std::int64_t>>;
    Files files() const {
        Files files;
        for (const auto& entry : fs::directory_iterator{data()}) {
            std::ifstream in{entry.path(), std::ios::binary};
            struct stat status {};
            EXPECT_EQ(stat(entry.path().c_str(), &status), 0);
            files[entry.path().filename()] = {
                std::string{std::istreambuf_iterator<char>{in}, {}},
                status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec};
        }
        return files;
    }
    /// Ends a process with its store open, so that what it wrote last is in the log.
    void crash() {
        const pid_t child = fork();
        if (child == 0) {
            const auto store = openStore(data());
            store->setMeta("a", "2");
            _exit(0);
        }
        waitpid(child, nullptr, 0);
        ASSERT_GT(fs::file_size(file() + "-wal"), 0u);
    }
    void refused(const std::string& place, Why why, const std::vector<std::string>& words) {
        try {
            openScratchCopy(place);
            FAIL() << "it was copied";
        } catch (const StoreRefused& refusal) {
            EXPECT_EQ(refusal.why(), why) << refusal.what();
            for (const auto& word : words) EXPECT_THAT(refusal.what(), HasSubstr(word));
        }
    }

    TemporaryDirectory directory_;
};

TEST_F(ScratchCopy, ChangesNothingOfWhatItReads) {
    make();
    const auto before = files();
    {
        const auto copy = openScratchCopy(data());
        EXPECT_EQ(copy->meta("a"), "1");
        copy->setMeta("a", "changed");
        EXPECT_EQ(copy->meta("a"), "changed");
        EXPECT_EQ(files(), before);
    }
    EXPECT_EQ(files(), before);
    EXPECT_EQ(openScratchCopy(file())->meta("a"), "1") << "by the file's own name as well";
}

TEST_F(ScratchCopy, ReadsWhatACrashLeftInTheLogAndLeavesItThere) {
    make();
    crash();
    const auto before = files();
    EXPECT_EQ(openScratchCopy(data())->meta("a"), "2");
    EXPECT_EQ(files(), before);
    EXPECT_EQ(openStore(data())->meta("a"), "2");
}

TEST_F(ScratchCopy, IsRefusedWhileADaemonRunsAndNamesTheWay) {
    const auto store = openStore(data());
    store->setMeta("a", "1");
    refused(data(), Why::InUse, {file(), "backorderd backup FILE"});
    refused(file(), Why::InUse, {"backorderd backup FILE"});
    store->setMeta("a", "2");  // the daemon is none the worse

    const auto backup = data() + "/backup.db";
    store->backup(backup);
    struct stat status {};
    ASSERT_EQ(stat(backup.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600u) << "it holds customers' addresses";
    EXPECT_EQ(openScratchCopy(backup)->meta("a"), "2");
}

TEST_F(ScratchCopy, DoesNotKeepADaemonFromStarting) {
    make();
    const auto copy = openScratchCopy(data());
    const auto another = openScratchCopy(data());
    openStore(data())->setMeta("a", "2");
    EXPECT_EQ(copy->meta("a"), "1");
    EXPECT_EQ(openScratchCopy(data())->meta("a"), "2");
}

TEST_F(ScratchCopy, UpgradesTheCopyAlone) {
    makeStoreOfSchemaOne(data());
    const auto before = files();
    const auto copy = openScratchCopy(data());
    EXPECT_EQ(copy->goods("erp").stock.size(), 1u);
    EXPECT_TRUE(copy->casesWantingOffer("erp").empty());
    EXPECT_EQ(files(), before);
}

TEST_F(ScratchCopy, ReadsAnyName) {
    const auto strange = directory_ / "a %41?immutable=0#b";
    openStore(strange)->setMeta("a", "1");
    EXPECT_EQ(openScratchCopy(strange)->meta("a"), "1");
}

TEST_F(ScratchCopy, RefusesWhatIsNoStore) {
    refused(data(), Why::Missing, {data(), "no such file"});
    fs::create_directory(data());
    refused(data(), Why::Missing, {file()});
    std::ofstream{file()} << std::string(5000, 'x');
    refused(data(), Why::Damaged, {file(), "damaged"});
    fs::remove(file());
    SQLite::Database{file(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE}.exec(
        "CREATE TABLE theirs (a)");
    refused(data(), Why::Foreign, {file(), "another program"});
}

TEST_F(ScratchCopy, RefusesAStoreOfANewerVersion) {
    make();
    SQLite::Database{file(), SQLite::OPEN_READWRITE}.exec(
        "INSERT INTO schema_migration"
        " SELECT max(version) + 1, 'later-things', 'x' FROM schema_migration");
    refused(data(), Why::Newer, {file(), "later-things"});
}

TEST_F(ScratchCopy, RefusesAFileThatWasCutOff) {
    make();
    fs::resize_file(file(), 5000);
    refused(data(), Why::Damaged, {file(), "damaged"});
}

TEST(Scratch, EachIsItsOwn) {
    const auto a = openScratch(), b = openScratch();
    a->setMeta("a", "1");
    EXPECT_EQ(a->meta("a"), "1");
    EXPECT_EQ(b->meta("a"), "");
}

}  // namespace scratch_test
}  // namespace backorderd::store

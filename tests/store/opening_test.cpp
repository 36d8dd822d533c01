#include <SQLiteCpp/Database.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "store/store.hpp"
#include "temporary_directory.hpp"

namespace backorderd::store {
namespace opening_test {

using testing::AllOf;
using testing::HasSubstr;
using Why = StoreRefused::Why;

class Opening : public testing::Test {
protected:
    std::string data() const { return directory_ / "data"; }
    std::string file() const { return data() + "/" + kDatabaseFile; }
    void make() { openStore(data()).reset(); }
    void alter(const char* sql) { SQLite::Database{file(), SQLite::OPEN_READWRITE}.exec(sql); }

    /// Opening is refused for this reason, with all these words.
    void refused(Why why, const std::vector<std::string>& words, const OpenOptions& options = {}) {
        try {
            openStore(data(), options);
            FAIL() << "it was opened";
        } catch (const StoreRefused& refusal) {
            EXPECT_EQ(refusal.why(), why) << refusal.what();
            for (const auto& word : words) EXPECT_THAT(refusal.what(), HasSubstr(word));
        }
    }

    TemporaryDirectory directory_;
};

mode_t modeOf(const std::string& path) {
    struct stat status {};
    EXPECT_EQ(stat(path.c_str(), &status), 0) << path;
    return status.st_mode & 0777;
}

TEST_F(Opening, MakesADirectoryThatOthersCannotRead) {
    const auto old = umask(0);
    make();
    umask(old);
    EXPECT_EQ(modeOf(data()), 0750u);
    EXPECT_EQ(modeOf(file()), 0640u);
}

TEST_F(Opening, AReaderMakesNothing) {
    refused(Why::Missing, {data(), "backorderd run"}, {.create = false});
    EXPECT_FALSE(std::filesystem::exists(data()));
    std::filesystem::create_directory(data());
    refused(Why::Missing, {data(), "backorderd run"}, {.create = false});
    EXPECT_FALSE(std::filesystem::exists(file()));
    make();
    openStore(data(), {.create = false});
}

TEST_F(Opening, RefusesASecondOpeningInOneProcess) {
    const auto first = openStore(data());
    first->setMeta("a", "1");
    refused(Why::InUse, {data(), "process " + std::to_string(getpid())});
    first->setMeta("a", "2");  // the first is none the worse
}

TEST_F(Opening, RefusesASecondProcess) {
    auto first = openStore(data());
    const pid_t child = fork();
    if (child == 0) {
        int status = 1;
        try {
            openStore(data());
        } catch (const StoreRefused& refusal) {
            status = refusal.why() == Why::InUse ? 0 : 2;
        }
        _exit(status);
    }
    int status = -1;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
    first.reset();
    make();
}

TEST_F(Opening, ExactlyOneOfManyWins) {
    constexpr int kProcesses = 20;
    int ready[2];
    ASSERT_EQ(pipe(ready), 0);
    std::vector<pid_t> children;
    for (int i = 0; i < kProcesses; ++i) {
        const pid_t child = fork();
        if (child == 0) {
            close(ready[1]);
            char byte = 0;
            // All wait here until the parent closes the pipe.
            while (read(ready[0], &byte, 1) > 0) {
            }
            try {
                const auto store = openStore(data());
                while (true) pause();  // the winner holds on until it is killed
            } catch (const StoreRefused&) {
                _exit(0);
            }
            _exit(3);
        }
        children.push_back(child);
    }
    close(ready[0]);
    close(ready[1]);
    // All but one end by themselves.
    int refusals = 0;
    for (int status = 0; refusals < kProcesses - 1 && wait(&status) > 0; ++refusals)
        EXPECT_EQ(status, 0);
    EXPECT_EQ(refusals, kProcesses - 1);
    refused(Why::InUse, {data()});
    for (const auto child : children) kill(child, SIGKILL);
    while (wait(nullptr) > 0) {
    }
    make();
}

TEST_F(Opening, AnotherProgramCannotReadWhileItIsOpen) {
    const auto store = openStore(data());
    const pid_t child = fork();
    if (child == 0) {
        int status = 1;
        try {
            SQLite::Database other{file(), SQLite::OPEN_READWRITE};
            other.execAndGet("SELECT count(*) FROM line");
        } catch (const SQLite::Exception&) {
            status = 0;
        }
        _exit(status);
    }
    int status = -1;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
}

TEST_F(Opening, RefusesAStoreOfANewerVersion) {
    make();
    alter(
        "INSERT INTO schema_migration"
        " SELECT max(version) + 1, 'later-things', 'x' FROM schema_migration");
    refused(Why::Newer, {file(), "later-things", "newer backorderd", "backup"});
}

TEST_F(Opening, RefusesAHistoryWithAGap) {
    make();
    alter(
        "DELETE FROM schema_migration WHERE version = 1;"
        "INSERT INTO schema_migration VALUES (0, 'before-the-first', 'x')");
    refused(Why::Damaged, {file(), "migration 1", "backup"});
}

TEST_F(Opening, RefusesAnAlteredMigration) {
    make();
    alter("UPDATE schema_migration SET sha256 = 'x' WHERE version = 1");
    refused(Why::Altered, {file(), "0001-core", "differs"});
}

TEST_F(Opening, RefusesADamagedFile) {
    make();
    {
        std::fstream bytes{file(), std::ios::in | std::ios::out | std::ios::binary};
        bytes.write("no database here", 16);
    }
    refused(Why::Damaged, {data(), "damaged", "backup"});
}

TEST_F(Opening, RefusesADamagedSchema) {
    make();
    {
        std::fstream bytes{file(), std::ios::in | std::ios::out | std::ios::binary};
        bytes.seekp(100);
        for (int i = 0; i < 3000; ++i) bytes.put('\x55');
    }
    refused(Why::Damaged, {data(), "damaged", "backup"});
}

TEST_F(Opening, RefusesAFileThatWasCutOff) {
    make();
    std::filesystem::resize_file(file(), 5000);
    refused(Why::Damaged, {data(), "damaged", "backup"});
}

TEST_F(Opening, RefusesTheDatabaseOfAnotherProgram) {
    std::filesystem::create_directory(data());
    SQLite::Database{file(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE}.exec(
        "CREATE TABLE theirs (a)");
    refused(Why::Foreign, {data(), "another program"});
    SQLite::Database theirs{file(), SQLite::OPEN_READWRITE};
    EXPECT_EQ(theirs.execAndGet("PRAGMA journal_mode").getString(), "delete") << "untouched";
}

TEST_F(Opening, RefusesWhatIsNotADirectory) {
    std::ofstream{data()} << "x";
    refused(Why::Unusable, {data(), "not a directory"});
}

TEST_F(Opening, RefusesAFileItCannotWrite) {
    std::filesystem::create_directories(file());
    refused(Why::Unusable, {data(), "backorderd.db"});
}

TEST_F(Opening, AnInterruptedFirstStartIsTakenUp) {
    // The empty file, as a crash right after its creation leaves it.
    std::filesystem::create_directory(data());
    std::ofstream{file()};
    openStore(data())->setMeta("a", "1");
    EXPECT_EQ(openStore(data())->meta("a"), "1");
}

}  // namespace opening_test
}  // namespace backorderd::store

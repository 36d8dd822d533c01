#include "store/migrations.hpp"

#include <SQLiteCpp/Exception.h>
#include <gtest/gtest.h>

#include "store/store.hpp"

namespace backorderd::store {
namespace {

using Why = StoreRefused::Why;

constexpr Migration kThree[] = {
    {1, "0001-a", "aa", "CREATE TABLE a (x); INSERT INTO a VALUES (1);"},
    {2, "0002-b", "bb", "ALTER TABLE a ADD COLUMN y;"},
    {3, "0003-c", "cc", "CREATE TABLE c (x); INSERT INTO no_such_table VALUES (1);"},
};
constexpr std::span<const Migration> kAll{kThree};

class Migrations : public testing::Test {
protected:
    int number(const char* sql) { return database_.execAndGet(sql).getInt(); }
    void apply(std::span<const Migration> migrations) {
        applyMigrations(database_, "test.db", migrations);
    }

    SQLite::Database database_{":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
};

TEST_F(Migrations, AreAppliedOnceAndInOrder) {
    apply(kAll.first(1));
    EXPECT_EQ(number("PRAGMA user_version"), 1);
    apply(kAll.first(2));
    apply(kAll.first(2));
    EXPECT_EQ(number("PRAGMA user_version"), 2);
    EXPECT_EQ(number("SELECT count(*) FROM schema_migration"), 2);
    EXPECT_EQ(number("SELECT count(y IS NULL) FROM a"), 1);
}

TEST_F(Migrations, OneThatFailsLeavesNothingOfItself) {
    EXPECT_THROW(apply(kAll), SQLite::Exception);
    EXPECT_EQ(number("PRAGMA user_version"), 2);
    EXPECT_EQ(number("SELECT count(*) FROM schema_migration"), 2);
    EXPECT_FALSE(database_.tableExists("c"));
}

TEST_F(Migrations, AnOlderProgramIsRefused) {
    apply(kAll.first(2));
    try {
        apply(kAll.first(1));
        FAIL() << "it was opened";
    } catch (const StoreRefused& refusal) {
        EXPECT_EQ(refusal.why(), Why::Newer);
    }
}

TEST_F(Migrations, TheEmbeddedOnesCountFromOne) {
    int expected = 0;
    for (const auto& migration : embeddedMigrations()) {
        EXPECT_EQ(migration.version, ++expected);
        EXPECT_EQ(std::string{migration.sha256}.size(), 64u);
    }
    EXPECT_GE(expected, 1);
    apply(embeddedMigrations());
    EXPECT_EQ(number("PRAGMA user_version"), expected);
}

}  // namespace
}  // namespace backorderd::store

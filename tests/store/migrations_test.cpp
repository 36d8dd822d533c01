#include "store/migrations.hpp"

#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "schema_one.hpp"
#include "temporary_directory.hpp"

namespace backorderd::store {
namespace migrations_test {

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

TEST_F(Migrations, AStateOrChannelThatThereIsNotIsRefused) {
    apply(embeddedMigrations());
    const std::string message =
        "INSERT INTO message (stable_id, sender, channel, address, name, language, timezone, "
        "subject,"
        " envelope_from, state, state_reason, state_at, created_at, attempts, heard_at, last_reply)"
        " VALUES ('m', 'mail', '{channel}', '', '', '', '', '', '', '{state}', '', 1, 1, "
        "{attempts},"
        " {heard_at}, '')";
    const auto takes = [&](const char* channel, const char* state, int attempts,
                           const char* heard_at) {
        const SQLite::Transaction undone{database_};
        try {
            database_.exec(fmt::format(fmt::runtime(message), fmt::arg("channel", channel),
                                       fmt::arg("state", state), fmt::arg("attempts", attempts),
                                       fmt::arg("heard_at", heard_at)));
        } catch (const SQLite::Exception&) {
            return false;
        }
        return true;
    };
    EXPECT_TRUE(takes("email", "ready", 0, "NULL"));
    EXPECT_TRUE(takes("chat", "sent", 1, "1"));
    EXPECT_FALSE(takes("pigeon", "ready", 0, "NULL"));
    EXPECT_FALSE(takes("email", "planned", 0, "NULL"));
    EXPECT_FALSE(takes("email", "sent", 1, "NULL"));
    EXPECT_FALSE(takes("email", "claimed", 0, "NULL"));
    EXPECT_EQ(database_.execAndGet("PRAGMA integrity_check").getString(), "ok");
}

TEST_F(Migrations, AnIdThatWasSupersededBeforeTheUpgradeIsFree) {
    const auto all = embeddedMigrations();
    apply(all.first(10));
    const std::string message =
        "INSERT INTO message (stable_id, sender, channel, address, name, language, timezone,"
        " subject, envelope_from, state, state_reason, state_at, created_at, attempts, last_reply)"
        " VALUES ('{}', 'mail', 'email', '', '', '', '', '', '', '{}', '', 1, 1, 0, '')";
    const auto add = [&](const char* id, const char* state) {
        database_.exec(fmt::format(fmt::runtime(message), id, state));
    };
    add("a", "superseded");
    add("a", "superseded");
    add("a", "ready");
    add("b", "superseded");
    apply(all);
    EXPECT_EQ(number("SELECT sum(superseded) FROM message"), 3);
    add("b", "ready");
    EXPECT_THROW(add("a", "ready"), SQLite::Exception);
    EXPECT_THROW(add("b", "ready"), SQLite::Exception);
    EXPECT_EQ(database_.execAndGet("PRAGMA integrity_check").getString(), "ok");
}

// Such a table costs more than the row that is written.
TEST_F(Migrations, AStepOfOneRowBuildsNoTemporaryTable) {
    apply(embeddedMigrations());
    for (const auto* const step : {"UPDATE message SET state = 'claimed' WHERE id = 1",
                                   "UPDATE notice SET state = 'bundled' WHERE id = 1"}) {
        SQLite::Statement program{database_, std::string{"EXPLAIN "} + step};
        int rows = 0;
        for (; program.executeStep(); ++rows)
            EXPECT_NE(program.getColumn("opcode").getString(), "OpenEphemeral") << step;
        EXPECT_GT(rows, 100) << step;
    }
}

TEST(Upgrade, AStoreOfSchemaOneGoesOn) {
    TemporaryDirectory directory;
    const auto data = directory / "data";
    makeStoreOfSchemaOne(data);
    const CaseId id = 1;
    for (int opening = 0; opening < 2; ++opening) {
        const auto store = openStore(data);
        const auto subject = store->cases({&id, 1}).front();
        EXPECT_EQ(subject.line.order.number, "SO100");
        ASSERT_EQ(subject.notices.size(), 1u);
        EXPECT_EQ(subject.notices[0].recipient.sender, "");
        EXPECT_EQ(subject.notices[0].message_id, 1);
        EXPECT_TRUE(store->source("erp").baseline_done);
        EXPECT_EQ(store->goods("erp").stock,
                  (std::vector<StockLevel>{{"PX-110", "VIE", *Decimal::parse("2.5")}}));
        EXPECT_EQ(store->listMessages({}), std::vector<MessageId>{1});
        EXPECT_TRUE(store->heldStock("erp", Timestamp{}).empty());
    }
}

TEST(Upgrade, AStoreOfSchemaOneTakesWhatIsNew) {
    TemporaryDirectory directory;
    const auto data = directory / "data";
    makeStoreOfSchemaOne(data);
    const auto store = openStore(data);
    const CaseId id = 1;
    CaseChange change;
    change.after = store->cases({&id, 1}).front();
    const Timestamp now{std::chrono::seconds{1'772'449'200}};
    change.new_events = {{2, now, EscalationStarted{"prolonged"}}};
    change.wants_offer = true;
    change.holds = {{"PX-110", "VIE", Decimal{2}, now + std::chrono::hours{1}}};
    store->commit({&change, 1});
    EXPECT_EQ(store->casesWantingOffer("erp"), std::vector<CaseId>{1});
    EXPECT_EQ(store->heldStock("erp", now).size(), 1u);
    EXPECT_EQ(store->cases({&id, 1}).front().events.size(), 2u);
    Goods goods = store->goods("erp");
    goods.stock[0].free = Decimal{9};
    EXPECT_EQ(store->saveGoods("erp", goods).arrived, std::vector<std::string>{"PX-110"});
}

}  // namespace migrations_test
}  // namespace backorderd::store

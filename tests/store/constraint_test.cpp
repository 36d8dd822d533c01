#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "backorderd/line_fields.hpp"
#include "store/store.hpp"
#include "temporary_directory.hpp"

namespace backorderd::store {
namespace constraint_test {

/// The database by itself, as a careless program or a bug of ours would meet it.
class Constraint : public testing::Test {
protected:
    Constraint() {
        openStore(data_).reset();
        database_ =
            std::make_unique<SQLite::Database>(data_ + "/" + kDatabaseFile, SQLite::OPEN_READWRITE);
        database_->exec("PRAGMA foreign_keys = ON");
        database_->exec(
            "INSERT INTO source (id, name) VALUES (1, 'erp');"
            "INSERT INTO case_file (id, source_id, opened_at, adopted, customer_id, order_number,"
            " item_id, position) VALUES (1, 1, 100, 0, '', '', '', '');");
        database_->exec(message("ready"));
        database_->exec(message("sent", "attempts = 1, heard_at = 5"));
    }

    static std::string message(const std::string& state, const std::string& but = "") {
        static int number = 0;
        const std::string insert = fmt::format(
            "INSERT INTO message (stable_id, sender, channel, address, name, language, timezone,"
            " subject, envelope_from, state, state_reason, state_at, created_at, attempts,"
            " next_attempt_at, heard_at, last_reply)"
            " SELECT 's{}', 'mail', 'email', '', '', '', '', '', '', '{}', '', 1, 1, {}, {}, {}, "
            "''",
            ++number, state, value(but, "attempts", "0"), value(but, "next_attempt_at", "NULL"),
            value(but, "heard_at", "NULL"));
        return insert;
    }
    static std::string notice(const std::string& state, const std::string& message_id) {
        static int number = 0;
        return fmt::format(
            "INSERT INTO notice (case_id, key, topic, rule, template, channel, address, name,"
            " language, timezone, digest_key, fact_at, ready_at, due_at, reason, told_open, state,"
            " state_reason, state_at, message_id)"
            " VALUES (1, 'k{}', 'opened', '', '', 'email', '', '', '', '', '', 1, 1, 1, '', '0',"
            " '{}', '', 1, {})",
            ++number, state, message_id);
    }
    static std::string value(const std::string& but, const std::string& name,
                             const std::string& fallback) {
        const auto at = but.find(name + " = ");
        if (at == std::string::npos) return fallback;
        const auto begin = at + name.size() + 3;
        return but.substr(begin, but.find(',', begin) - begin);
    }
    void accepts(const std::string& sql) { EXPECT_NO_THROW(database_->exec(sql)) << sql; }
    void refuses(const std::string& sql) {
        EXPECT_THROW(database_->exec(sql), SQLite::Exception) << sql;
    }

    TemporaryDirectory directory_;
    std::string data_ = directory_ / "data";
    std::unique_ptr<SQLite::Database> database_;
};

TEST_F(Constraint, RefusesImpossibleMessages) {
    refuses(message("posted"));
    refuses(message("sent", "attempts = 1"));  // nobody heard it
    refuses(message("unknown", "attempts = 1"));
    refuses(message("claimed"));                   // without an attempt
    refuses(message("deferred", "attempts = 1"));  // without a next attempt
    refuses(message("ready", "next_attempt_at = 5"));
    refuses(message("ready", "attempts = -1"));
    accepts(message("deferred", "attempts = 1, next_attempt_at = 5"));
    refuses("INSERT INTO message_document VALUES (99, x'00')");
    refuses("UPDATE message SET stable_id = '' WHERE id = 1");
    refuses("UPDATE message SET channel = 'fax' WHERE id = 1");
    refuses("UPDATE message SET attempts = 'many' WHERE id = 1");
}

TEST_F(Constraint, RefusesImpossibleNotices) {
    accepts(notice("planned", "NULL"));
    accepts(notice("bundled", "1"));
    accepts(notice("superseded", "NULL"));
    refuses(notice("planned", "1"));
    refuses(notice("held", "1"));
    refuses(notice("bundled", "NULL"));
    refuses(notice("sent", "NULL"));
    refuses(notice("bundled", "99"));
    refuses(notice("lost", "NULL"));
    refuses("UPDATE notice SET case_id = 99");
    refuses("UPDATE notice SET told_from = '2026-03-02'");
    refuses("DELETE FROM message WHERE id = 1");  // a notice is in it
    refuses("DELETE FROM case_file");
}

TEST_F(Constraint, RefusesImpossibleCases) {
    refuses("INSERT INTO case_event VALUES (99, 1, 1, 'opened', '{}')");
    refuses("INSERT INTO case_event VALUES (1, 0, 1, 'opened', '{}')");
    refuses("UPDATE case_file SET adopted = 2");
    refuses("UPDATE case_file SET earlier_case_id = id");
    refuses("UPDATE case_file SET closed_at = 'yesterday'");
    refuses("INSERT INTO line VALUES (1, '', 0, 1, 1, 0)");
    refuses("INSERT INTO line VALUES (1, '8', 0, 0, 1, 0)");
    refuses("INSERT INTO look_again_walk VALUES (2, 1, 0, 9)");
    refuses("INSERT INTO look_again_walk VALUES (1, 1, 10, 9)");
    refuses(
        "INSERT INTO annotation (source, order_id, marker, text, state)"
        " VALUES ('', '', 'k', '', 'due')");
    refuses(
        "INSERT INTO annotation (source, order_id, marker, text, state)"
        " VALUES ('', '', 'k', '', 'given_up')");
}

struct Step {
    const char *from, *to;
    bool allowed;
};

TEST_F(Constraint, RefusesStepsThatAMessageCannotTake) {
    const Step kSteps[] = {
        {"sent", "ready", false},         {"sent", "dropped", false}, {"sent", "bounced", true},
        {"ready", "on_wire", false},      {"ready", "sent", false},   {"dropped", "ready", false},
        {"superseded", "ready", false},   {"unknown", "ready", true}, {"claimed", "on_wire", true},
        {"on_wire", "superseded", false}, {"refused", "ready", true}, {"dead", "sent", false},
        {"ready", "unknown", true},
    };
    for (const auto& [from, to, allowed] : kSteps) {
        database_->exec(message(from, "attempts = 1, heard_at = 5"));
        const auto id = database_->getLastInsertRowid();
        const auto step = fmt::format("UPDATE message SET state = '{}' WHERE id = {}", to, id);
        if (allowed)
            accepts(step);
        else
            refuses(step);
    }
}

TEST_F(Constraint, KeepsEveryStepWithTimeAndReason) {
    database_->exec(
        "UPDATE message SET state = 'claimed', attempts = 1, state_at = 7 WHERE id = 1");
    database_->exec(
        "UPDATE message SET state = 'refused', state_at = 8, state_reason = 'no such"
        " user' WHERE id = 1");
    database_->exec("UPDATE message SET last_reply = '550' WHERE id = 1");  // no step
    SQLite::Statement rows{*database_,
                           "SELECT seq, state, at, reason FROM message_transition"
                           " WHERE message_id = 1 ORDER BY seq"};
    std::string log;
    while (rows.executeStep())
        log +=
            fmt::format("{} {} {} {}\n", rows.getColumn(0).getInt(), rows.getColumn(1).getString(),
                        rows.getColumn(2).getInt(), rows.getColumn(3).getString());
    EXPECT_EQ(log, "1 claimed 7 \n2 refused 8 no such user\n");
    database_->exec(notice("planned", "NULL"));
    database_->exec("UPDATE notice SET state = 'held', state_at = 9");
    EXPECT_EQ(database_->execAndGet("SELECT count(*) FROM notice_transition").getInt(), 1);
}

TEST_F(Constraint, KnowsEveryStateByItsName) {
    const auto lists = [this](const char* table, std::string_view name) {
        const auto sql =
            database_
                ->execAndGet(fmt::format("SELECT sql FROM sqlite_schema WHERE name = '{}'", table))
                .getString();
        return sql.find(fmt::format("'{}'", name)) != std::string::npos;
    };
    for (int i = 0; i <= static_cast<int>(MessageState::Dropped); ++i)
        EXPECT_TRUE(lists("message", messageStateName(static_cast<MessageState>(i)))) << i;
    for (int i = 0; i <= static_cast<int>(NoticeState::Dropped); ++i)
        EXPECT_TRUE(lists("notice", noticeStateName(static_cast<NoticeState>(i)))) << i;
    for (int i = 0; i <= static_cast<int>(Channel::Chat); ++i)
        for (const auto* table : {"message", "notice"})
            EXPECT_TRUE(lists(table, channelName(static_cast<Channel>(i)))) << i;
}

}  // namespace constraint_test
}  // namespace backorderd::store

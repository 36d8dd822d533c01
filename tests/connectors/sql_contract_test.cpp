#include <gtest/gtest.h>

#include "connectors/sql_fixture.hpp"

namespace backorderd::test {
namespace sql_contract_test {

using Sql = PostgresTest;

TEST_F(Sql, HoldsTheContract) { exerciseConnector(io_, *make(), "erp"); }

TEST_F(Sql, ValuesArriveAsTheyAre) {
    query("UPDATE line SET ordered = 123456789.123456, note = repeat('ä', 5000) WHERE id = 1");
    const auto whole = readWhole(io_, *make());
    expectSoundSnapshot(whole, "erp");
    ASSERT_EQ(whole.lines.size(), 50u);
    EXPECT_EQ(whole.pages, 3);
    const auto& line = whole.lines[0];
    EXPECT_EQ(line.ordered, Decimal::parse("123456789.123456"));
    EXPECT_EQ(line.shipped, Decimal{});
    EXPECT_EQ(line.order.number, "SO1") << "blanks of CHAR(10)";
    EXPECT_EQ(line.promise, Promise::on(*parseDate("2026-04-02")));
    EXPECT_EQ(line.order.date, parseDate("2026-03-01"));
    EXPECT_FALSE(line.order.ship_complete);
    EXPECT_TRUE(whole.lines[1].order.ship_complete);
    EXPECT_EQ(line.attributes.at("note").size(), 10'000u);
    EXPECT_EQ(whole.lines[1].attributes.at("note"), "Grüße 2");
    ASSERT_TRUE(whole.end->goods_read);
    ASSERT_EQ(whole.end->goods.stock.size(), 2u);
    EXPECT_EQ(whole.end->goods.stock[0].free, Decimal::parse("3.5"));
}

TEST_F(Sql, WhatChangedSinceTheBookmarkIsReadAlone) {
    const auto connector = make();
    ASSERT_TRUE(connector->capabilities().changes);
    EXPECT_EQ(readWhole(io_, *connector).end->bookmark, "50");
    query("UPDATE line SET version = 51, ordered = 9 WHERE id = 7");
    const auto reader = connector->readChanges("50");
    const auto page = runCoroutine(io_, reader->next());
    ASSERT_TRUE(std::holds_alternative<Page>(page));
    ASSERT_EQ(std::get<Page>(page).records.size(), 1u);
    EXPECT_EQ(std::get<Page>(page).records[0].id, "7");
    const auto end = runCoroutine(io_, reader->next());
    ASSERT_TRUE(std::holds_alternative<SnapshotEnd>(end));
    EXPECT_FALSE(std::get<SnapshotEnd>(end).complete);
    EXPECT_TRUE(std::get<SnapshotEnd>(end).read_through);
    EXPECT_EQ(std::get<SnapshotEnd>(end).bookmark, "51");
}

TEST_F(Sql, ASnapshotIsOfOneMoment) {
    const auto connector = make();
    const auto reader = connector->read();
    (void)runCoroutine(io_, reader->next());
    query("DELETE FROM line WHERE id > 20; UPDATE stock SET free = 99");
    std::size_t lines = 20;
    for (;;) {
        auto step = runCoroutine(io_, reader->next());
        if (const auto* page = std::get_if<Page>(&step)) {
            lines += page->records.size();
            continue;
        }
        ASSERT_TRUE(std::holds_alternative<SnapshotEnd>(step));
        EXPECT_TRUE(std::get<SnapshotEnd>(step).complete);
        EXPECT_EQ(std::get<SnapshotEnd>(step).goods.stock[0].free, Decimal::parse("3.5"));
        break;
    }
    EXPECT_EQ(lines, 50u);
}

TEST_F(Sql, AConnectionThatBreaksIsAFailureAndNoEnd) {
    const auto connector = make();
    const auto reader = connector->read();
    (void)runCoroutine(io_, reader->next());
    query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
        "AND backend_type = 'client backend'");
    auto step = runCoroutine(io_, reader->next());
    ASSERT_TRUE(std::holds_alternative<Failure>(step));
    EXPECT_EQ(std::get<Failure>(step).again, Failure::Again::Later);
    expectSoundSnapshot(readWhole(io_, *connector), "erp");
}

TEST_F(Sql, NothingIsWritten) {
    query(
        "CREATE OR REPLACE FUNCTION spoil() RETURNS integer LANGUAGE sql AS "
        "$$ UPDATE line SET ordered = 1 RETURNING id $$");
    (void)readWhole(io_, *make(settings("prepare: ['SELECT spoil()']\n")));
    const auto whole = readWhole(io_, *make());
    ASSERT_EQ(whole.lines.size(), 50u);
    EXPECT_EQ(whole.lines[0].ordered, Decimal::parse("1.1"));
}

TEST_F(Sql, AQueryThatTakesTooLongEndsAndStopsNobody) {
    const auto connector = make(settings("timeout: 1s\n", "SELECT pg_sleep(60) AS line"));
    const auto whole = readWhole(io_, *connector);
    ASSERT_TRUE(whole.failure);
    EXPECT_NE(whole.failure->reason.find("'timeout'"), std::string::npos) << whole.failure->reason;
}

TEST_F(Sql, WhatIsLeftHangingStopsNeitherTheLoopNorTheEnd) {
    const auto began = std::chrono::steady_clock::now();
    {
        const auto connector = make(settings({}, "SELECT pg_sleep(20) AS line"));
        const auto reader = connector->read();
        EXPECT_THROW((void)runCoroutine(io_, reader->next(), std::chrono::seconds{1}),
                     std::runtime_error);
    }
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds{10});
    // Its locks would keep the next test waiting.
    query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
        "AND backend_type = 'client backend'");
}

TEST_F(Sql, MistakesAreNamed) {
    const auto reason = [&](const std::string& text) {
        const auto whole = readWhole(io_, *make(text));
        return whole.failure ? whole.failure->reason : std::string{"none"};
    };
    EXPECT_NE(reason(settings({}, "SELECT 1 AS lime")).find("'lime'"), std::string::npos);
    EXPECT_NE(reason(settings({}, "SELECT 1 AS line")).find("returns no column"),
              std::string::npos);
    EXPECT_NE(reason(settings({}, "SELECT * FROM nowhere")).find("nowhere"), std::string::npos);
    EXPECT_NE(reason("connection: Driver=Nobody\nlines: SELECT 1\n").find("odbc-postgresql"),
              std::string::npos);
}

TEST_F(Sql, ALineThatComesTwiceProvesNothing) {
    const auto whole = readWhole(
        io_, *make(settings({},
                            "SELECT 1 AS line, 2 AS \"order.number\", 3 AS \"item.id\", 4 AS "
                            "ordered, 5 AS \"customer.id\" FROM generate_series(1, 2)")));
    ASSERT_TRUE(whole.end);
    EXPECT_FALSE(whole.end->complete);
    EXPECT_EQ(whole.problems.size(), 1u);
}

TEST(SqlSettings, APasswordInTheConnectionStringIsRefused) {
    StillClock clock;
    boost::asio::io_context io;
    net::Net net{io.get_executor()};
    auto section =
        config::Section::fromText("connection: Driver=X;PWD=geheim\nlines: SELECT 1\n", "s.yaml");
    EXPECT_EQ(connectors::makeSql(section, {"erp", net, clock}), nullptr);
    EXPECT_EQ(formatProblems(section.problems()).find("geheim"), std::string::npos);
}

}  // namespace sql_contract_test
}  // namespace backorderd::test

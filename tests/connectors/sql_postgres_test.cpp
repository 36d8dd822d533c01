#include <gtest/gtest.h>

#include <boost/asio/post.hpp>

#include "connectors/sql_fixture.hpp"

namespace backorderd::test {
namespace sql_postgres_test {

using SqlOnPostgres = SqlTest<Postgres>;

constexpr const char* kEndOthers =
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
    "AND backend_type = 'client backend'";

TEST_F(SqlOnPostgres, AMomentBecomesADayInTheZoneThatTheQueryNames) {
    query(
        "ALTER TABLE line ALTER placed TYPE timestamptz; "
        "UPDATE line SET placed = '2026-03-01 23:30:00+00'");
    const auto whole = readWhole(
        io_, *make(settings({},
                            "SELECT id AS line, number AS \"order.number\", item AS \"item.id\", "
                            "ordered, customer AS \"customer.id\", (placed AT TIME ZONE "
                            "''Europe/Berlin'')::date AS \"order.date\" FROM line")));
    expectSoundSnapshot(whole, "erp");
    EXPECT_EQ(whole.lines.at(0).order.date, parseDate("2026-03-02"));
}

TEST_F(SqlOnPostgres, AConnectionThatBreaksIsAFailureAndNoEnd) {
    const auto connector = make();
    const auto reader = connector->read();
    (void)runCoroutine(io_, reader->next());
    query(kEndOthers);
    auto step = runCoroutine(io_, reader->next());
    ASSERT_TRUE(std::holds_alternative<Failure>(step));
    EXPECT_EQ(std::get<Failure>(step).again, Failure::Again::Later);
    expectSoundSnapshot(readWhole(io_, *connector), "erp");
}

TEST_F(SqlOnPostgres, NothingIsWritten) {
    query(
        "CREATE OR REPLACE FUNCTION spoil() RETURNS integer LANGUAGE sql AS "
        "$$ UPDATE line SET ordered = 1 RETURNING id $$");
    (void)readWhole(io_, *make(settings({}, "SELECT spoil() AS line")));
    const std::string refuse = "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY";
    const auto why = reason(settings("prepare: [" + refuse + "]\n", "SELECT spoil() AS line"));
    EXPECT_NE(why.find("read-only"), std::string::npos) << why;
    const auto whole = readWhole(io_, *make());
    ASSERT_EQ(whole.lines.size(), 50u);
    EXPECT_EQ(whole.lines[0].ordered, Decimal::parse("1.1"));
}

TEST_F(SqlOnPostgres, WhatIsLeftHangingStopsNeitherTheLoopNorTheEnd) {
    const auto began = std::chrono::steady_clock::now();
    {
        const auto connector = make(settings({}, Postgres::kSleeps));
        const auto reader = connector->read();
        EXPECT_THROW((void)runCoroutine(io_, reader->next(), std::chrono::seconds{1}),
                     std::runtime_error);
    }
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds{10});
    // Its locks would keep the next test waiting.
    query(kEndOthers);
}

TEST_F(SqlOnPostgres, AServerThatFallsSilentIsGivenUpAndFoundAgain) {
    const auto connector = make(settings("timeout: 1s\n"));
    {
        const auto reader = connector->read();
        (void)runCoroutine(io_, reader->next());
        server().freeze();
        bool loop_ran = false;
        boost::asio::post(io_, [&] { loop_ran = true; });
        auto step = runCoroutine(io_, reader->next());
        EXPECT_TRUE(loop_ran);
        ASSERT_TRUE(std::holds_alternative<Failure>(step));
        EXPECT_EQ(std::get<Failure>(step).again, Failure::Again::Later);
        EXPECT_NE(std::get<Failure>(step).reason.find("did not answer"), std::string::npos)
            << std::get<Failure>(step).reason;
    }
    server().resume();
    expectSoundSnapshot(readWhole(io_, *connector), "erp");
}

TEST_F(SqlOnPostgres, ALineThatComesTwiceProvesNothing) {
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

}  // namespace sql_postgres_test
}  // namespace backorderd::test

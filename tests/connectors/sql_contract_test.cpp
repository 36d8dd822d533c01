#include <gtest/gtest.h>

#include <cstdlib>

#include "connectors/sql_fixture.hpp"

/// What the connector does alike on every database, tried on each that is free to run here.
namespace backorderd::test {
namespace sql_contract_test {

template <class ServerKind>
class Sql : public SqlTest<ServerKind> {};
struct Names {
    template <class ServerKind>
    static std::string GetName(int) {
        return std::is_same_v<ServerKind, Postgres> ? "PostgreSQL" : "MariaDB";
    }
};
using Servers = testing::Types<Postgres, MariaDb>;
TYPED_TEST_SUITE(Sql, Servers, Names);

TYPED_TEST(Sql, HoldsTheContract) {
    const auto connector = this->make();
    exerciseConnector(this->io_, *connector, "erp");
}

TYPED_TEST(Sql, ValuesArriveAsTheyAre) {
    this->query(
        "UPDATE line SET ordered = 123456789.123456, note = repeat('ä', 5000), item = "
        "repeat('ü', 20) WHERE id = 1; UPDATE line SET promise = NULL, note = NULL WHERE id = 3");
    const auto whole = readWhole(this->io_, *this->make());
    expectSoundSnapshot(whole, "erp");
    ASSERT_EQ(whole.lines.size(), 50u);
    EXPECT_EQ(whole.pages, 3);
    const auto& line = whole.lines[0];
    EXPECT_EQ(line.ordered, Decimal::parse("123456789.123456")) << "no floating point";
    EXPECT_EQ(line.shipped, Decimal{}) << "NULL";
    EXPECT_EQ(line.order.number, "SO1") << "blanks of CHAR(10)";
    EXPECT_EQ(line.item.id.size(), 40u) << "20 characters of two bytes";
    EXPECT_EQ(line.promise, Promise::on(*parseDate("2026-04-02")));
    EXPECT_EQ(line.order.date, parseDate("2026-03-01"));
    EXPECT_FALSE(line.order.ship_complete);
    EXPECT_TRUE(whole.lines[1].order.ship_complete);
    EXPECT_EQ(line.attributes.at("note").size(), 10'000u);
    EXPECT_EQ(whole.lines[1].attributes.at("note"), "Grüße 2");
    EXPECT_FALSE(whole.lines[2].promise.known());
    ASSERT_TRUE(whole.end->goods_read);
    ASSERT_EQ(whole.end->goods.stock.size(), 2u);
    EXPECT_EQ(whole.end->goods.stock[0].free, Decimal::parse("3.5"));
}

TYPED_TEST(Sql, TheErpsWayOfWritingIsForTextAlone) {
    this->query("UPDATE line SET note = '12,5', shipped = 2.25, customer = '31.12.2026'");
    const auto whole = readWhole(
        this->io_,
        *this->make(this->settings("decimal: \",\"\ndate: \"%d.%m.%Y\"\n",
                                   "SELECT id AS line, number AS \"order.number\", item AS "
                                   "\"item.id\", note AS ordered, shipped, customer AS promise, "
                                   "placed AS \"order.date\", 9 AS \"customer.id\" FROM line")));
    expectSoundSnapshot(whole, "erp");
    ASSERT_EQ(whole.lines.size(), 50u);
    EXPECT_EQ(whole.lines[0].ordered, Decimal::parse("12.5"));
    EXPECT_EQ(whole.lines[0].shipped, Decimal::parse("2.25"));
    EXPECT_EQ(whole.lines[0].promise, Promise::on(*parseDate("2026-12-31")));
    EXPECT_EQ(whole.lines[0].order.date, parseDate("2026-03-01"));
    ASSERT_EQ(whole.end->goods.stock.size(), 2u);
    EXPECT_EQ(whole.end->goods.stock[0].free, Decimal::parse("3.5"));
}

TYPED_TEST(Sql, WhatChangedSinceTheBookmarkIsReadAlone) {
    const auto connector = this->make();
    ASSERT_TRUE(connector->capabilities().changes);
    EXPECT_EQ(readWhole(this->io_, *connector).end->bookmark, "50");
    this->query("UPDATE line SET version = 51, ordered = 9 WHERE id = 7");
    const auto reader = connector->readChanges("50");
    const auto page = runCoroutine(this->io_, reader->next());
    ASSERT_TRUE(std::holds_alternative<Page>(page));
    ASSERT_EQ(std::get<Page>(page).records.size(), 1u);
    EXPECT_EQ(std::get<Page>(page).records[0].id, "7");
    const auto end = runCoroutine(this->io_, reader->next());
    ASSERT_TRUE(std::holds_alternative<SnapshotEnd>(end));
    EXPECT_FALSE(std::get<SnapshotEnd>(end).complete);
    EXPECT_TRUE(std::get<SnapshotEnd>(end).read_through);
    EXPECT_EQ(std::get<SnapshotEnd>(end).bookmark, "51");
}

TYPED_TEST(Sql, ASnapshotIsOfOneMoment) {
    const auto connector = this->make();
    const auto reader = connector->read();
    (void)runCoroutine(this->io_, reader->next());
    this->query("DELETE FROM line WHERE id > 20; UPDATE stock SET free = 99");
    std::size_t lines = 20;
    for (;;) {
        auto step = runCoroutine(this->io_, reader->next());
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

TYPED_TEST(Sql, AQueryThatTakesTooLongEndsAndStopsNobody) {
    EXPECT_NE(this->reason(this->settings("timeout: 1s\n", TypeParam::kSleeps)).find("'timeout'"),
              std::string::npos);
}

TYPED_TEST(Sql, MistakesAreNamedWithWhatToDo) {
    const auto expectReason = [&](const std::string& text, const std::string& part) {
        const std::string why = this->reason(text);
        EXPECT_NE(why.find(part), std::string::npos) << why;
        EXPECT_EQ(why.find("wrong-one"), std::string::npos) << "a password";
    };
    expectReason(this->settings({}, "SELECT 1 AS lime"), "'lime'");
    expectReason(this->settings({}, "SELECT 1 AS line"), "returns no column \"order.number\"");
    expectReason(this->settings({}, "SELECT * FROM nowhere"), "nowhere");
    expectReason("connection: Driver=Nobody\nlines: SELECT 1\n", "odbc-postgresql");
    const std::string poor = this->server().connection("poor");
    const std::string with_password =
        this->settingsAs(poor, "password: { env: BACKORDERD_TEST_PASSWORD }\n");
    ::setenv("BACKORDERD_TEST_PASSWORD", "wrong-one", 1);
    expectReason(with_password, "check the user and the password");
    ::setenv("BACKORDERD_TEST_PASSWORD", "right", 1);
    expectReason(with_password, "grant the user SELECT");
}

TYPED_TEST(Sql, TheProbeSaysWhatAnswers) {
    const auto good = runCoroutine(this->io_, this->make()->probe());
    EXPECT_TRUE(good.ok) << good.text;
    EXPECT_NE(good.text.find("through"), std::string::npos) << good.text;
    const auto connector = this->make(this->settings("supply: SELECT 1 AS nothing\n"));
    const auto bad = runCoroutine(this->io_, connector->probe());
    EXPECT_FALSE(bad.ok);
    EXPECT_NE(bad.text.find("'supply'"), std::string::npos) << bad.text;
}

TYPED_TEST(Sql, TheProbeTriesTheQueriesThatAPollOfAllDoesNot) {
    const std::vector<std::pair<std::string, std::string>> mistakes{
        {"id = CAST(:line_id", "'find'"},
        {"version > CAST(:bookmark", "'changes'"},
        {"version) FROM", "'bookmark'"}};
    for (const auto& [column, name] : mistakes) {
        std::string text = this->settings();
        const auto at = text.find(column);
        ASSERT_NE(at, std::string::npos);
        text.insert(at, "no_such_");
        const auto connector = this->make(text);
        const auto bad = runCoroutine(this->io_, connector->probe());
        EXPECT_FALSE(bad.ok) << name;
        EXPECT_NE(bad.text.find(name), std::string::npos) << bad.text;
    }
}

}  // namespace sql_contract_test
}  // namespace backorderd::test

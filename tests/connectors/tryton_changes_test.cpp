#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connectors/tryton_fixture.hpp"

namespace backorderd::test {
namespace tryton_changes_test {

using json = nlohmann::json;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

json at(int hour, int minute, int second = 0) {
    return {{"__class__", "datetime"},
            {"year", 2026},
            {"month", 11},
            {"day", 23},
            {"hour", hour},
            {"minute", minute},
            {"second", second},
            {"microsecond", 5}};
}

class TrytonChanges : public TrytonTest {
protected:
    TrytonChanges() {
        for (const char* table : {"sale.line", "stock.move"})
            for (auto& record : server_.tables[table]) {
                record["create_date"] = at(6, 0);
                record["write_date"] = nullptr;
            }
        connector_ = make("changes: true\n");
    }

    struct Read {
        std::map<std::string, bool> lines;  ///< by id; whether it is no back order
        SnapshotEnd end;
        std::size_t calls = 0;
    };
    Read readSince(const std::string& bookmark) {
        const auto reader =
            bookmark.empty() ? connector_->read() : connector_->readChanges(bookmark);
        const auto calls_before = server_.calls.size();
        Read read;
        for (;;) {
            auto step = runCoroutine(io_, reader->next());
            if (auto* end = std::get_if<SnapshotEnd>(&step)) {
                read.end = std::move(*end);
                break;
            }
            const auto* page = std::get_if<Page>(&step);
            if (page == nullptr) {
                ADD_FAILURE() << std::get<Failure>(step).reason;
                break;
            }
            for (std::size_t i = 0; i < page->records.size(); ++i) {
                read.lines[std::string{page->records[i].id}] = page->records[i].known_only;
                lines_.insert_or_assign(std::string{page->records[i].id}, *reader->decode(i));
            }
        }
        read.calls = server_.calls.size() - calls_before;
        return read;
    }
    /// Behind a full read, and the first read of changes, which looks at everything once more.
    std::string settled() {
        const auto full = readSince("");
        EXPECT_TRUE(full.end.complete) << full.end.why_incomplete;
        return readSince(full.end.bookmark).end.bookmark;
    }

    std::unique_ptr<Connector> connector_;
    std::map<std::string, OrderLine> lines_;  ///< as they were read last
};

TEST_F(TrytonChanges, AReadThatFindsNothingCostsTwoCalls) {
    const auto bookmark = settled();
    ASSERT_NE(bookmark, "");
    const auto read = readSince(bookmark);
    EXPECT_EQ(read.calls, 2u);
    EXPECT_THAT(read.lines, IsEmpty());
    EXPECT_TRUE(read.end.read_through);
    EXPECT_FALSE(read.end.complete);
    EXPECT_TRUE(read.end.goods_read);
    EXPECT_THAT(read.end.goods.stock, Contains(StockLevel{"SE-018", "Warehouse", Decimal{98}}));
    EXPECT_EQ(read.end.bookmark, bookmark);
    EXPECT_EQ(read.end.as_of, clock_.now());
}

TEST_F(TrytonChanges, ALineThatWasShippedIsShownThoughItIsNoBackOrderAnyMore) {
    const auto bookmark = settled();
    auto& line = server_.tables["sale.line"][1];
    line["moves."][0]["state"] = "done";
    line["moves."][0]["write_date"] = at(8, 30);
    line["sale."]["state"] = "done";
    auto left = move(99, "storage", "done", 3, 3, "sale.line,2");
    left["write_date"] = at(8, 30);
    server_.tables["stock.move"].push_back(left);
    const auto read = readSince(bookmark);
    EXPECT_TRUE(read.end.read_through);
    EXPECT_FALSE(read.end.complete) << "a read of changes proves no absence";
    ASSERT_TRUE(read.lines.contains("2"));
    EXPECT_TRUE(read.lines.at("2"));
    EXPECT_FALSE(lines_.at("2").isOpen());
    EXPECT_EQ(lines_.at("2").shipped, Decimal{3});
    EXPECT_FALSE(read.lines.at("1"));
}

TEST_F(TrytonChanges, WhatComesInForOneLineIsReadForAll) {
    const auto bookmark = settled();
    server_.tables["stock.move"][0]["write_date"] = at(8, 31);
    const auto read = readSince(bookmark);
    EXPECT_TRUE(read.lines.contains("1"));
    EXPECT_NE(read.end.bookmark, bookmark);
    EXPECT_THAT(readSince(read.end.bookmark).lines, IsEmpty());
}

/// Its transaction began before another one that has been seen, and ended after it.
TEST_F(TrytonChanges, AChangeThatShowsLateIsSeen) {
    (void)settled();
    server_.tables["stock.move"][0]["write_date"] = at(8, 31, 30);
    const auto bookmark = readSince(settled()).end.bookmark;
    server_.tables["stock.move"][1]["write_date"] = at(8, 30, 10);
    EXPECT_TRUE(readSince(bookmark).lines.contains("1"));
}

TEST_F(TrytonChanges, AfterARestartEverythingIsLookedAtOnce) {
    const auto bookmark = settled();
    connector_ = make("changes: true\n");
    const auto read = readSince(bookmark);
    EXPECT_TRUE(read.lines.contains("1"));
    EXPECT_TRUE(read.end.goods_read);
    EXPECT_EQ(readSince(read.end.bookmark).calls, 2u);
}

TEST_F(TrytonChanges, AreReadOnlyWhereTheSettingSaysSo) {
    EXPECT_TRUE(connector_->capabilities().changes);
    connector_ = make();
    EXPECT_FALSE(connector_->capabilities().changes);
    EXPECT_EQ(readSince("").end.bookmark, "");
}

TEST_F(TrytonChanges, TheContractHoldsWithThem) { exerciseConnector(io_, *connector_, "erp"); }

using TrytonCompany = TrytonTest;

TEST_F(TrytonCompany, OneOfSeveralIsReadByItsName) {
    server_.tables["company.company"] = json::array({{{"id", 7}, {"party.name", "Other Ltd"}}});
    const auto whole = readWhole(io_, *make("company: Other Ltd\n"));
    ASSERT_FALSE(whole.failure) << whole.failure->reason;
    const json clause = json::array({"sale.company", "=", 7});
    for (const auto& call : server_.calls) {
        if (!call.method.ends_with(".search_read") ||
            call.method == "model.company.company.search_read")
            continue;
        EXPECT_EQ(call.params.back().at("company"), 7) << call.method;
        if (call.method == "model.sale.line.search_read") {
            EXPECT_THAT(call.params.at(0), Contains(clause));
        }
    }
}

TEST_F(TrytonCompany, OneThatTheUserDoesNotSeeIsAMistake) {
    EXPECT_THAT(failureOf(*make("company: Nobody\n"), Failure::Again::Never),
                HasSubstr("sees no company of the name 'Nobody'"));
}

TEST_F(TrytonCompany, TheUsersOwnNeedsNoName) {
    (void)readWhole(io_, *make("company: Nordhaus Technik\n"));
    const json clause = json::array({"sale.company", "=", 1});
    bool asked = false;
    for (const auto& call : server_.calls) {
        EXPECT_NE(call.method, "model.company.company.search_read");
        asked = asked || (call.method == "model.sale.line.search_read" &&
                          call.params.at(0).dump().find(clause.dump()) != std::string::npos);
    }
    EXPECT_TRUE(asked);
}

boost::asio::awaitable<bool> leave(Connector& connector) {
    co_await connector.leave();
    co_return true;
}

using TrytonSession = TrytonTest;

TEST_F(TrytonSession, LeavingEndsTheSessionAndTheNextQuestionBeginsAnother) {
    const auto connector = make();
    EXPECT_TRUE(runCoroutine(io_, leave(*connector)));
    EXPECT_THAT(server_.calls, IsEmpty()) << "there was no session";
    (void)readWhole(io_, *connector);
    EXPECT_NE(server_.session, "");
    EXPECT_TRUE(runCoroutine(io_, leave(*connector)));
    EXPECT_EQ(server_.session, "");
    expectSoundSnapshot(readWhole(io_, *connector), "erp");
    EXPECT_EQ(server_.logins, 2);
}

}  // namespace tryton_changes_test
}  // namespace backorderd::test

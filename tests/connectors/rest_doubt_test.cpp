#include <gmock/gmock.h>

#include "connectors/rest_expression.hpp"
#include "connectors/rest_fixture.hpp"

// What a server says in such a way that less than all of it may be true is not taken for the whole.

namespace backorderd::test {
namespace rest_doubt_test {

using testing::HasSubstr;

class RestDoubt : public RestTest {
protected:
    /// As by offset, and the read is proven by the server's own end.
    std::unique_ptr<Connector> byMore(const std::string& rest = {}) {
        auto made = make(
            "    query: { offset: '{offset}' }\n    paging: { kind: offset, size: 2, more: /more "
            "}\n",
            rest + "complete: end\n");
        EXPECT_NE(made, nullptr) << problems_;
        return made;
    }
    std::unique_ptr<Connector> byKeyset(const std::string& size = "2") {
        auto made =
            make("    query: { after: '{after}' }\n    paging: { kind: keyset, size: " + size +
                     ", after: /id, start: '0' }\n",
                 "complete: keyset\n");
        EXPECT_NE(made, nullptr) << problems_;
        return made;
    }
    void answerLines(HttpAnswer answer) {
        before_ = [answer = std::move(answer)](const HttpAsked& asked) {
            return asked.target.starts_with("/line") ? answer : HttpAnswer{0};
        };
    }
};

TEST_F(RestDoubt, AShortPageOfAKeysetIsNotTheLast) {
    const auto whole = readWhole(io_, *byKeyset("50"));
    expectSoundSnapshot(whole, "erp");
    EXPECT_EQ(whole.lines.size(), 5) << "the server gives two at a time, whatever it is asked for";
}

TEST_F(RestDoubt, OnlyTheServerItselfSaysThatSomethingIsNotThere) {
    const auto connector = byMore("empty_on_404: true\n");
    answerLines({404, R"({"error":"none"})"});
    EXPECT_TRUE(readWhole(io_, *connector).end->complete);
    answerLines({404, "<html>no such host"});
    EXPECT_TRUE(readWhole(io_, *connector).failure);
}

TEST_F(RestDoubt, ALineIsGoneOnlyWhereTheServerSaysSo) {
    const auto connector = byOffset("  one: { path: '/line/{id}' }\nfind: { request: one }\n");
    const auto find = [&](HttpAnswer answer) {
        answerLines(std::move(answer));
        return runCoroutine(io_, connector->find("1"));
    };
    EXPECT_TRUE(std::holds_alternative<LineGone>(find({404, R"({"error":"none"})"})));
    for (const char* body : {"<html>", ""})
        EXPECT_TRUE(std::holds_alternative<Failure>(find({404, body}))) << body;
    EXPECT_TRUE(std::holds_alternative<Failure>(find({200, ""})));
}

TEST_F(RestDoubt, ALookUpWhoseAnswerLacksItsListFindsNothingOut) {
    const auto connector =
        byOffset("  one: { path: '/line/{id}', records: /data }\nfind: { request: one }\n");
    answerLines({200, R"({"status":"maintenance"})"});
    EXPECT_TRUE(std::holds_alternative<Failure>(runCoroutine(io_, connector->find("1"))));
    answerLines({200, R"({"data":[]})"});
    EXPECT_TRUE(std::holds_alternative<LineGone>(runCoroutine(io_, connector->find("1"))));
}

TEST_F(RestDoubt, RecordsThatLackTheirOwnListHideLines) {
    const auto connector = make("    each: /parts\n", "complete: end\n");
    ASSERT_NE(connector, nullptr) << problems_;
    answerLines({200, R"({"data":[{"id":"a"},{"id":"b","parts":[]},{"id":"c","parts":null}]})"});
    const auto whole = readWhole(io_, *connector);
    ASSERT_TRUE(whole.end);
    EXPECT_FALSE(whole.end->complete);
    EXPECT_FALSE(whole.end->read_through);
    EXPECT_THAT(whole.end->why_incomplete, HasSubstr("1 record(s) of 'lines' came without"));
}

TEST_F(RestDoubt, CursorsThatLeadInACircleEnd) {
    int pages = 0;
    before_ = [&](const HttpAsked& asked) {
        if (!asked.target.starts_with("/lines")) return HttpAnswer{0};
        const json body{{"data", json::array({lines_[0]})},
                        {"page", ++pages},
                        {"mark", pages % 2 == 0 ? "even" : "odd"}};
        return HttpAnswer{200, body.dump()};
    };
    const auto connector =
        make("    query: { c: '{cursor}' }\n    paging: { kind: cursor, cursor: /mark }\n",
             "complete: end\n");
    ASSERT_NE(connector, nullptr) << problems_;
    const auto whole = readWhole(io_, *connector);
    ASSERT_TRUE(whole.failure);
    EXPECT_EQ(pages, 3);
}

TEST_F(RestDoubt, ARecordThatCannotBeReadLeavesTheOthersFresh) {
    lines_[1]["qty"] = "many";
    const auto whole = readWhole(io_, *byOffset());
    ASSERT_TRUE(whole.end);
    EXPECT_FALSE(whole.end->complete);
    EXPECT_TRUE(whole.end->read_through);
    EXPECT_THAT(whole.end->why_incomplete, HasSubstr("1 record(s) could not be read"));
}

// -- Changes -------------------------------------------------------------------------------------

constexpr const char* kChanges = "changes: { bookmark: /modified, format: iso }\n";

TEST_F(RestDoubt, ChangesThatAreNotWholeMoveNoBookmark) {
    const auto connector = byOffset(kChanges);
    before_ = [&](const HttpAsked& asked) {
        if (!asked.target.starts_with("/lines")) return HttpAnswer{0};
        return HttpAnswer{200, json{{"data", json::array({lines_[0]})}, {"total", 3}}.dump()};
    };
    const auto reader = connector->readChanges("1772359200");
    (void)runCoroutine(io_, reader->next());
    const auto end = std::get<SnapshotEnd>(runCoroutine(io_, reader->next()));
    EXPECT_FALSE(end.read_through) << "three were spoken of and one came";
    EXPECT_EQ(end.bookmark, "");
}

TEST_F(RestDoubt, AChangeInAFarFutureIsNoBookmark) {
    lines_[2]["modified"] = "2099-01-01 00:00:00";
    const auto whole = readWhole(io_, *byOffset(kChanges));
    ASSERT_TRUE(whole.end);
    EXPECT_EQ(whole.end->bookmark, "1772359500") << "2026-03-01T10:05:00Z, of the last line";
}

TEST_F(RestDoubt, AZoneWithoutAColonIsAZone) {
    for (json& line : lines_) line["modified"] = "2026-03-01T10:00:00.5+0200";
    EXPECT_EQ(readWhole(io_, *byOffset(kChanges)).end->bookmark, "1772352000");
}

// -- Goods ---------------------------------------------------------------------------------------

constexpr const char* kStock =
    "  stock: { path: /stock, total: 'header:x-total' }\n"
    "goods:\n  stock: { request: stock, item: /sku, warehouse: /wh, free: /free }\n";

TEST_F(RestDoubt, GoodsThatCannotBeCountedOrAreNotAllAreNotTaken) {
    const std::vector<std::pair<HttpAnswer, std::string>> answers{
        {{200, R"([{"sku":"PX-1","free":"1.234,5"}])", {{"X-Total", "1"}}}, "'1.234,5'"},
        {{200, R"([{"sku":"PX-1","free":9e12}])", {{"X-Total", "1"}}}, "no number to count with"},
        {{200, R"([{"sku":"PX-1","free":5}])", {{"X-Total", "9"}}}, "9 records of 'stock'"}};
    for (const auto& [answer, says] : answers) {
        before_ = [&](const HttpAsked& asked) {
            return asked.target.starts_with("/stock") ? answer : HttpAnswer{0};
        };
        const auto whole = readWhole(io_, *byOffset(kStock));
        ASSERT_TRUE(whole.end) << says;
        EXPECT_FALSE(whole.end->goods_read) << says;
        EXPECT_TRUE(whole.end->read_through) << says;
        EXPECT_THAT(whole.end->why_incomplete, HasSubstr(says));
    }
}

// -- Logging in ----------------------------------------------------------------------------------

constexpr const char* kToken = "auth: { kinds: [client_credentials], token_url: /token }\n";
constexpr const char* kAs = "user: me\npassword: { env: BACKORDERD_TEST_TOKEN }\n";

TEST_F(RestDoubt, AServerThatIsBusyRefusesNoLogin) {
    before_ = [](const HttpAsked& asked) {
        return asked.target == "/token" ? HttpAnswer{429, "", {{"Retry-After", "70"}}}
                                        : HttpAnswer{0};
    };
    const auto connector = byOffset(kToken, kAs);
    EXPECT_THAT(readWhole(io_, *connector).failure->reason, HasSubstr("left alone for 70 s"));
    const auto requests = server_.asked().size();
    EXPECT_THAT(readWhole(io_, *connector).failure->reason, HasSubstr("asked again in 70 s"));
    EXPECT_EQ(server_.asked().size(), requests);
    before_ = [](const HttpAsked& asked) {
        return asked.target == "/token" ? HttpAnswer{500, ""} : HttpAnswer{0};
    };
    EXPECT_THAT(readWhole(io_, *byOffset(kToken, kAs)).failure->reason,
                testing::Not(HasSubstr("credentials")));
}

TEST_F(RestDoubt, ATokensLifeMayBeAnyNumber) {
    for (const char* life : {"1e300", "-9223372036854775808", "18446744073709551615"}) {
        before_ = [&](const HttpAsked& asked) {
            if (asked.target != "/token") return HttpAnswer{0};
            return HttpAnswer{200,
                              std::string{R"({"access_token":"a","expires_in":)"} + life + "}"};
        };
        expectSoundSnapshot(readWhole(io_, *byOffset(kToken, kAs)), "erp");
    }
}

TEST_F(RestDoubt, AnAnswerThatNestsWithoutEndIsAFailure) {
    answerLines(
        {200, R"({"error":)" + std::string(500'000, '[') + std::string(500'000, ']') + "}"});
    EXPECT_THAT(readWhole(io_, *byOffset("error_at: /error\n")).failure->reason,
                HasSubstr("not JSON"));
}

// -- Mappings ------------------------------------------------------------------------------------

TEST_F(RestDoubt, AProofThatNothingGivesIsAMistake) {
    EXPECT_EQ(make("    paging: { kind: page }\n", "complete: end\n"), nullptr);
    EXPECT_THAT(problems_, HasSubstr("'end' needs paging"));
}

TEST_F(RestDoubt, AConditionThatIsEmptyIsAMistake) {
    EXPECT_EQ(make("", "only: ''\n"), nullptr);
    EXPECT_THAT(problems_, HasSubstr("'only' is empty"));
}

TEST_F(RestDoubt, AFunctionWithoutItsArgumentsIsAMistake) {
    EXPECT_EQ(make("", "only: lookup()\nbackorder: all(value, lookup)\n"), nullptr);
    EXPECT_THAT(problems_, HasSubstr("'lookup' needs 3 arguments"));
}

TEST_F(RestDoubt, WhatNothingFetchesIsAMistake) {
    EXPECT_EQ(make("    key: lookup(customers, /customer, /no)\n",
                   "changes: { bookmark: 'lookup(nobody, /id, /at)' }\n"),
              nullptr);
    EXPECT_THAT(problems_, HasSubstr("requests: looks into the request 'customers'"));
    EXPECT_THAT(problems_, HasSubstr("changes: there is no request 'nobody'"));
}

TEST(RestDoubtSum, WhatIsNoNumberComesOutInPlaceOfASum) {
    using connectors::rest::Row;
    connectors::rest::JsonTree record;
    std::string json = R"({"q":"1,5","list":[{"q":"1,5"}]})";
    ASSERT_TRUE(record.take(json));
    class Two final : public connectors::rest::Joins {
    public:
        explicit Two(const Row& row) : both_{row, row} {}
        std::span<const Row> rows(std::string_view, std::string_view) override { return both_; }

    private:
        std::vector<Row> both_;
    } joins{{&record.root(), nullptr}};
    const connectors::rest::Texts none;
    const connectors::rest::Scope scope{{&record.root(), nullptr}, joins, none, {}};
    for (const char* text : {"total(any, 'k', /q)", "sum(/list, /q)"}) {
        std::string fault;
        const auto expression = connectors::rest::parseExpression(text, fault);
        EXPECT_EQ(connectors::rest::evaluate(expression, scope), "1,5") << text << fault;
    }
}

}  // namespace rest_doubt_test
}  // namespace backorderd::test

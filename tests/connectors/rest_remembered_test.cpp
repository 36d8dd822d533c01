#include "connectors/rest_remembered.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "connectors/contract.hpp"
#include "connectors/rest.hpp"
#include "connectors/rest_split.hpp"
#include "support/http_stub.hpp"
#include "support/still_clock.hpp"

/// Records that came as before are not read anew, and nobody can tell but by the time it takes.
namespace backorderd::test {
namespace rest_remembered_test {

using json = nlohmann::json;
using namespace connectors::rest;
using testing::ElementsAre;
using testing::HasSubstr;

// -- Telling records apart -----------------------------------------------------------------------

struct SplitCase {
    std::string_view name, answer, pointer;
    std::string rest;  ///< empty: it is not split
    std::vector<std::string_view> records{};
};

class Split : public testing::TestWithParam<SplitCase> {};

TEST_P(Split, LeavesAnEmptyListInItsPlace) {
    std::string answer{GetParam().answer};
    const auto parts = splitAnswer(answer, pointerParts(GetParam().pointer));
    ASSERT_EQ(parts.has_value(), !GetParam().rest.empty());
    if (!parts) return;
    EXPECT_EQ(parts->rest, GetParam().rest);
    EXPECT_EQ(parts->records, GetParam().records);
}

INSTANTIATE_TEST_SUITE_P(
    Answers, Split,
    testing::Values(SplitCase{"Member",
                              R"({"data":[{"a":1},{"b":"]}"}],"total":2})",
                              "/data",
                              R"({"data":[],"total":2})",
                              {R"({"a":1})", R"({"b":"]}"})"}},
                    SplitCase{"Whole", R"([{"a":[1,{}]}])", "", "[]", {R"({"a":[1,{}]})"}},
                    SplitCase{
                        "Deep", R"({"x":{"y/z":[{}]}})", "/x/y~1z", R"({"x":{"y/z":[]}})", {"{}"}},
                    SplitCase{"Empty", R"({"data":[]})", "/data", R"({"data":[]})"},
                    SplitCase{"NoList", R"({"data":{}})", "/data", ""},
                    SplitCase{"NotThere", R"({"items":[]})", "/data", ""},
                    SplitCase{"NoObjects", R"({"data":[1,2]})", "/data", ""},
                    SplitCase{"CutOff", R"({"data":[{"a":1},{"b":)", "/data", ""},
                    SplitCase{"Html", "<!doctype html>", "/data", ""},
                    SplitCase{"Nothing", "", "", ""}),
    [](const auto& each) { return std::string{each.param.name}; });

// -- What is remembered --------------------------------------------------------------------------

TEST(Remembered, KeepsTheLinesOfARecordByItsHash) {
    RememberedRecords remembered;
    EXPECT_EQ(remembered.find(7), nullptr);
    for (std::uint64_t hash = 1; hash <= 5000; ++hash) {
        const std::string id = "L" + std::to_string(hash);
        const std::vector<RememberedLine> lines(hash % 3, {id, hash * 2, hash % 2 == 0});
        remembered.remember(hash, static_cast<std::int64_t>(hash), lines);
    }
    for (std::uint64_t hash = 1; hash <= 5000; ++hash) {
        const auto* found = remembered.find(hash);
        ASSERT_NE(found, nullptr);
        EXPECT_EQ(found->changed, static_cast<std::int64_t>(hash));
        ASSERT_EQ(remembered.lines(*found).size(), hash % 3);
        for (const auto& line : remembered.lines(*found)) {
            EXPECT_EQ(line.id, "L" + std::to_string(hash));
            EXPECT_EQ(line.fingerprint, hash * 2);
        }
    }
}

TEST(Remembered, ForgetsWhereMostOfItIsNoMore) {
    RememberedRecords remembered;
    for (std::uint64_t hash = 1; hash <= 30'000; ++hash)
        remembered.remember(hash, 0, std::vector<RememberedLine>{{"L", hash, false}});
    remembered.endOfRead(10'000);
    EXPECT_NE(remembered.find(1), nullptr);
    remembered.endOfRead(9'000);
    EXPECT_EQ(remembered.find(1), nullptr);
}

// -- Through the connector -----------------------------------------------------------------------

class RestAlone : public testing::Test {
protected:
    RestAlone() : server_{io_, [this](const HttpAsked& asked) { return page(asked); }} {
        for (int i = 1; i <= 5; ++i)
            orders_.push_back(
                {{"no", 100 + i}, {"lines", json::array({line(i * 10), line(i * 10 + 1)})}});
        orders_[4]["lines"][1]["type"] = "comment";
        orders_[3]["lines"][1]["done"] = 10;
        const std::string file = testing::TempDir() + "/alone.yaml";
        std::ofstream{file} << R"(title: Test ERP
requests:
  lines:
    path: /orders
    query: { offset: "{offset}", since: "{since}" }
    records: /data
    each: /lines
    paging: { kind: offset, size: 2 }
    total: /total
only: not(equals(/type, 'comment'))
fields:
  line: /id
  order.number: ^/no
  item.id: /sku
  ordered: /qty
  shipped: /done
  promise: date(/due, 'iso')
  customer.id: "'C1'"
complete: total
changes: { query: { }, bookmark: /modified, overlap: 0s }
)";
        const auto section = config::Section::fromText(
            "url: " + server_.url() + "\nmapping: " + file + "\n", "test.yaml");
        connector_ = connectors::makeRest(section, {"erp", net_, clock_});
        EXPECT_NE(connector_, nullptr) << formatProblems(section.problems());
    }

    static json line(int id) {
        return {{"id", std::to_string(id)},
                {"sku", "PX"},
                {"qty", 10},
                {"done", 2},
                {"due", "2026-12-03"},
                {"modified", "2026-03-01T10:00:00Z"}};
    }
    HttpAnswer page(const HttpAsked& asked) {
        const auto at = asked.target.find("offset=") + 7;
        const std::size_t offset = std::stoul(asked.target.substr(at));
        json data = json::array();
        for (std::size_t i = offset; i < orders_.size() && data.size() < 2; ++i)
            data.push_back(orders_[i]);
        return {200, json{{"data", data}, {"total", orders_.size()}}.dump()};
    }

    /// id, fingerprint and whether it is no back order, in the order in which they came.
    struct Told {
        std::vector<std::tuple<std::string, std::uint64_t, bool>> records;
        std::vector<std::string> raw, problems;
        std::vector<OrderLine> lines;
        SnapshotEnd end;
    };
    Told read() {
        Told told;
        const auto reader = connector_->read();
        for (;;) {
            auto step = runCoroutine(io_, reader->next());
            if (auto* end = std::get_if<SnapshotEnd>(&step)) {
                told.end = std::move(*end);
                return told;
            }
            const auto& page = std::get<Page>(step);
            for (std::size_t i = 0; i < page.records.size(); ++i) {
                const LineRecord& record = page.records[i];
                told.records.emplace_back(record.id, record.fingerprint, record.known_only);
                told.lines.push_back(*reader->decode(i));
                told.raw.push_back(reader->raw(i));
            }
            for (std::size_t i = 0; i < page.problems.size(); ++i)
                told.problems.push_back(formatProblem(page.problems[i]) + "\n" +
                                        reader->rawOfProblem(i));
        }
    }

    boost::asio::io_context io_;
    net::Net net_{io_.get_executor()};
    StillClock clock_;
    std::vector<json> orders_;
    HttpStub server_;
    std::unique_ptr<Connector> connector_;
};

TEST_F(RestAlone, TellsTheSameWhenNothingChanged) {
    const Told first = read();
    ASSERT_EQ(first.records.size(), 9u) << "a comment is no line";
    EXPECT_TRUE(std::get<2>(first.records[7])) << "nothing of it is open";
    const Told again = read();
    EXPECT_EQ(again.records, first.records);
    EXPECT_EQ(again.lines, first.lines);
    EXPECT_EQ(again.raw, first.raw);
    EXPECT_THAT(first.raw[8], HasSubstr(R"("no": 105)"));
    EXPECT_TRUE(again.end.complete) << again.end.why_incomplete;
    EXPECT_EQ(again.end.bookmark, first.end.bookmark);
    EXPECT_FALSE(first.end.bookmark.empty());
}

TEST_F(RestAlone, SeesWhatChangedAmongWhatDidNot) {
    const Told first = read();
    orders_[1]["lines"][0]["due"] = "2027-01-15";
    orders_[2]["lines"][1]["modified"] = "2026-03-02T10:00:00Z";
    const Told again = read();
    for (std::size_t i = 0; i < again.records.size(); ++i)
        EXPECT_EQ(again.records[i] == first.records[i], i != 2) << i;
    EXPECT_EQ(again.lines[2].promise, Promise::on(*parseDate("2027-01-15")));
    EXPECT_GT(again.end.bookmark, first.end.bookmark);
    EXPECT_EQ(read().end.bookmark, again.end.bookmark) << "also of what is remembered";
}

TEST_F(RestAlone, NamesWhatCannotBeReadEachTime) {
    orders_[0]["lines"][1]["due"] = "soon";
    for (int round = 0; round < 2; ++round) {
        const Told told = read();
        EXPECT_EQ(told.records.size(), 8u);
        EXPECT_THAT(told.problems, ElementsAre(HasSubstr("alone.yaml:17:3: line '11' of")));
        EXPECT_THAT(told.problems, ElementsAre(HasSubstr(R"("due": "soon")")));
        EXPECT_FALSE(told.end.complete);
    }
    orders_[0]["lines"][1]["due"] = "2026-12-03";
    EXPECT_TRUE(read().end.complete);
}

TEST_F(RestAlone, NoticesARecordThatComesTwice) {
    read();
    orders_[3] = orders_[1];
    for (int round = 0; round < 2; ++round) {
        const Told told = read();
        EXPECT_THAT(told.end.why_incomplete, HasSubstr("the line '20' came twice"));
        EXPECT_EQ(told.records.size(), 7u);
    }
}

TEST_F(RestAlone, ARecordThatIsNoJsonIsAFailure) {
    server_.answerWith([](const HttpAsked&) {
        return HttpAnswer{200, R"({"data":[{"no":1,"lines":[{"id":"1" "sku":"PX"}]}],"total":1})"};
    });
    const auto reader = connector_->read();
    const auto step = runCoroutine(io_, reader->next());
    ASSERT_TRUE(std::holds_alternative<Failure>(step));
    EXPECT_THAT(std::get<Failure>(step).reason, HasSubstr("not JSON"));
}

}  // namespace rest_remembered_test
}  // namespace backorderd::test

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "connectors/contract.hpp"
#include "connectors/rest.hpp"
#include "connectors/tryton_fixture.hpp"
#include "support/http_stub.hpp"
#include "support/still_clock.hpp"

// What ERPs do to whoever reads them. docs/connectors/traps.md says where each trap is tested; here
// are those that no other test of a connector meets.

namespace backorderd::test {
namespace traps_test {

using json = nlohmann::json;
using testing::HasSubstr;

constexpr std::string_view kMapping = R"(title: An ERP with traps
requests:
  lines:
    path: /lines
    records: /data
    query: { offset: '{offset}' }
    paging: { kind: offset, size: 100 }
    total: /total
complete: total
fields:
  line: /id
  order.number: /order
  item.id: /sku
  ordered: decimal(/qty, ',', '.')
  shipped: subtract(decimal(/delivered, ',', '.'), decimal(/returned, ',', '.'))
  unit: /unit
  promise: date(/due, 'iso', 'Europe/Berlin')
  customer.id: /customer
)";

class Traps : public testing::Test {
protected:
    Traps() { std::ofstream{file_} << kMapping; }

    json line(int id) {
        return {{"id", id},         {"order", "SO-1"},
                {"sku", "PX-1"},    {"qty", "10"},
                {"delivered", "2"}, {"returned", "0"},
                {"unit", "m"},      {"due", "2026-12-01T00:00:00+01:00"},
                {"customer", "C1"}};
    }
    void answerWith(const json& lines, std::size_t total) {
        server_.answerWith(
            [body = json{{"data", lines}, {"total", total}}.dump()](const HttpAsked&) {
                return HttpAnswer{200, body};
            });
    }
    WholeSnapshot read(const std::string& changes = {}) {
        std::ofstream{file_} << kMapping << changes;
        auto section = config::Section::fromText(
            "url: " + server_.url() + "\nmapping: " + file_ + "\n", "test.yaml");
        const auto connector = connectors::makeRest(section, {"erp", net_, clock_});
        EXPECT_NE(connector, nullptr) << formatProblems(section.problems());
        return connector ? readWhole(io_, *connector) : WholeSnapshot{};
    }

    const std::string file_ = testing::TempDir() + "/traps.yaml";
    boost::asio::io_context io_;
    HttpStub server_{io_, [](const HttpAsked&) { return HttpAnswer{404}; }};
    net::Net net_{io_.get_executor()};
    StillClock clock_;
};

/// A day in Berlin begins at 23:00 of the day before in UTC in winter, and at 22:00 in summer.
TEST_F(Traps, ADateAsLocalMidnightIsTheDayThatWasMeantOnBothSidesOfDaylightSaving) {
    const std::vector<std::pair<std::string, std::string>> days{
        {"2026-03-28T23:00:00Z", "2026-03-29"},
        {"2026-03-29T22:00:00Z", "2026-03-30"},
        {"2026-10-24T22:00:00Z", "2026-10-25"},
        {"2026-10-25T23:00:00Z", "2026-10-26"},
        {"2026-12-31T23:00:00Z", "2027-01-01"},
        {"2026-06-30T00:00:00+02:00", "2026-06-30"},
        {"2026-06-30", "2026-06-30"}};
    json lines = json::array();
    for (std::size_t i = 0; i < days.size(); ++i) {
        lines.push_back(line(static_cast<int>(i) + 1));
        lines.back()["due"] = days[i].first;
    }
    answerWith(lines, lines.size());
    const auto whole = read();
    ASSERT_EQ(whole.lines.size(), days.size()) << formatProblems(whole.problems);
    for (std::size_t i = 0; i < days.size(); ++i)
        EXPECT_EQ(whole.lines[i].promise, Promise::on(*parseDate(days[i].second))) << days[i].first;
}

TEST_F(Traps, NumbersAsTextAndWithADecimalCommaAreExact) {
    const std::vector<std::pair<json, std::string>> numbers{
        {"1.234,50", "1234.5"}, {"0,1", "0.1"}, {"12", "12"}, {json(12), "12"}, {"-0,0", "0"}};
    json lines = json::array();
    for (const auto& [text, number] : numbers) {
        lines.push_back(line(static_cast<int>(lines.size()) + 1));
        lines.back()["qty"] = text;
    }
    answerWith(lines, lines.size());
    const auto whole = read();
    ASSERT_EQ(whole.lines.size(), numbers.size()) << formatProblems(whole.problems);
    for (std::size_t i = 0; i < numbers.size(); ++i)
        EXPECT_EQ(whole.lines[i].ordered, *Decimal::parse(numbers[i].second)) << numbers[i].first;
}

/// A number that is written otherwise than the mapping says must not become another number.
TEST_F(Traps, ANumberInAnotherWritingIsNamedAndNotGuessed) {
    auto wrong = line(1);
    wrong["qty"] = "12 pcs";
    answerWith({wrong, line(2)}, 2);
    const auto whole = read();
    EXPECT_EQ(whole.lines.size(), 1u);
    EXPECT_THAT(formatProblems(whole.problems), HasSubstr("12 pcs"));
    EXPECT_FALSE(whole.end && whole.end->complete);
}

TEST_F(Traps, TheUnitOfALineIsTheOneOfItsQuantities) {
    auto in_boxes = line(1);
    in_boxes["unit"] = "box of 12";
    answerWith({in_boxes}, 1);
    const auto whole = read();
    ASSERT_EQ(whole.lines.size(), 1u);
    EXPECT_EQ(whole.lines[0].unit, "box of 12");
    EXPECT_EQ(whole.lines[0].ordered, Decimal{10});
}

TEST_F(Traps, WhatCameBackIsOpenAgain) {
    auto returned = line(1);
    returned["delivered"] = "10";
    returned["returned"] = "3";
    answerWith({returned}, 1);
    const auto whole = read();
    ASSERT_EQ(whole.lines.size(), 1u) << formatProblems(whole.problems);
    EXPECT_EQ(whole.lines[0].open(), Decimal{3});
}

TEST_F(Traps, LinesThatARightHidesLeaveTheSnapshotIncomplete) {
    answerWith({line(1), line(2)}, 5);
    const auto whole = read();
    ASSERT_TRUE(whole.end);
    EXPECT_FALSE(whole.end->complete);
    EXPECT_NE(whole.end->why_incomplete, "");
}

TEST_F(Traps, ATruncatedGzipIsAFailureAndNoEmptyList) {
    const std::string gzip{"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab\x56\x4a", 13};
    server_.answerWith([gzip](const HttpAsked& asked) {
        EXPECT_EQ(asked.headers.contains("accept-encoding"), false) << "nobody asked for gzip";
        return HttpAnswer{200, gzip, {{"Content-Encoding", "gzip"}}};
    });
    const auto whole = read();
    ASSERT_TRUE(whole.failure);
    EXPECT_EQ(whole.failure->again, Failure::Again::Later);
    EXPECT_THAT(whole.failure->reason, HasSubstr("not JSON"));
}

using TrytonTraps = TrytonTest;

TEST_F(TrytonTraps, AReturnIsNoBackOrderAndAnInvoiceNoShipment) {
    auto& lines = server_.tables["sale.line"];
    auto returned = lines.at(1);
    returned["id"] = 90;
    returned["quantity"] = -3.0;
    lines.push_back(returned);
    auto invoiced = lines.at(1);
    invoiced["id"] = 91;
    invoiced["sale."]["invoice_state"] = "paid";
    lines.push_back(invoiced);
    const auto whole = readWhole(io_, *make("backorder: any_open\n"));
    std::set<std::string> ids;
    for (const auto& line : whole.lines) ids.insert(line.key.id);
    EXPECT_FALSE(ids.contains("90"));
    EXPECT_TRUE(ids.contains("91"));
}

TEST_F(TrytonTraps, ArchivedProductsAreReadToo) {
    (void)readWhole(io_, *make());
    bool asked = false;
    for (const auto& call : server_.calls) {
        if (call.method != "model.product.product.search_read") continue;
        asked = true;
        EXPECT_EQ(call.params.back().value("active_test", true), false);
    }
    EXPECT_TRUE(asked);
}

}  // namespace traps_test
}  // namespace backorderd::test

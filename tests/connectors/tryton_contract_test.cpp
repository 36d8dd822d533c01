#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connectors/tryton_fixture.hpp"

namespace backorderd::test {
namespace tryton_contract_test {

using json = nlohmann::json;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

using TrytonContract = TrytonTest;

std::vector<std::string> lineIdsOf(const WholeSnapshot& whole) {
    std::vector<std::string> ids;
    for (const auto& line : whole.lines) ids.push_back(line.key.id);
    return ids;
}

const OrderLine& lineOf(const WholeSnapshot& whole, const std::string& id) {
    for (const auto& line : whole.lines)
        if (line.key.id == id) return line;
    throw std::runtime_error("no line " + id);
}

TEST_F(TrytonContract, Holds) { exerciseConnector(io_, *make(), "erp"); }

TEST_F(TrytonContract, YieldsWhatIsShort) {
    const auto whole = readWhole(io_, *make());
    // Lines 4 and 7 are covered by the 98 sensors in stock.
    EXPECT_THAT(lineIdsOf(whole), ElementsAre("1", "2", "3", "5", "6", "9"));
    const OrderLine& first = lineOf(whole, "1");
    EXPECT_EQ(first.item.id, "PX-100");
    EXPECT_EQ(first.warehouse, "Warehouse");
    EXPECT_EQ(first.contact.email, "buying@kestrel.example");
    EXPECT_EQ(first.promise, Promise::on(*parseDate("2026-12-19")));
    EXPECT_EQ(first.allocated, Decimal{4});
    EXPECT_EQ(first.supply.reference, "P15");
    EXPECT_EQ(lineOf(whole, "3").allocated, Decimal{2});
    EXPECT_EQ(lineOf(whole, "3").supply.reference, "P22");
    EXPECT_EQ(lineOf(whole, "2").contact.language, "de");
    EXPECT_EQ(lineOf(whole, "9").attributes.at("shipment_state"), "exception");
    EXPECT_FALSE(lineOf(whole, "9").promise.known());
    EXPECT_THAT(whole.end->goods.stock, Contains(StockLevel{"SE-018", "Warehouse", Decimal{98}}));
}

TEST_F(TrytonContract, YieldsAllThatIsOpenWhereTheSettingSaysSo) {
    const auto whole = readWhole(io_, *make("backorder: any_open\n"));
    EXPECT_THAT(lineIdsOf(whole), ElementsAre("1", "2", "3", "4", "5", "6", "7", "9"));
}

TEST_F(TrytonContract, ReadsPageByPage) {
    auto& lines = server_.tables["sale.line"];
    const json pattern = lines.at(1);
    for (int id = 10; id < 130; ++id) {
        lines.push_back(pattern);
        lines.back()["id"] = id;
    }
    const auto whole = readWhole(io_, *make("page_size: 50\n"));
    EXPECT_EQ(whole.lines.size(), 126u);
    EXPECT_TRUE(whole.end->complete);
    EXPECT_EQ(whole.pages, 3);
}

TEST_F(TrytonContract, IsNotCompleteWhereSalesChangeMeanwhile) {
    int questions = 0;
    server_.overlays["model.sale.line.search_read"] = [&](const FakeTryton::Call&) {
        if (++questions == 2) server_.tables["sale.line"].erase(0);
        return std::optional<FakeTryton::Reply>{};
    };
    const auto whole = readWhole(io_, *make());
    ASSERT_TRUE(whole.end);
    EXPECT_FALSE(whole.end->complete);
    EXPECT_FALSE(whole.end->read_through);
    EXPECT_THAT(whole.end->why_incomplete, HasSubstr("8 open lines before, 7 after"));
}

TEST_F(TrytonContract, NamesARecordThatCannotBeRead) {
    server_.tables["sale.line"][0]["quantity"] = "many";
    const auto whole = readWhole(io_, *make());
    ASSERT_TRUE(whole.end);
    EXPECT_FALSE(whole.end->complete);
    EXPECT_TRUE(whole.end->read_through) << "the others are all there";
    EXPECT_TRUE(whole.end->goods_read);
    EXPECT_THAT(formatProblems(whole.problems), HasSubstr("/erp/sale.line,1: quantity is not"));
    EXPECT_THAT(lineIdsOf(whole), ElementsAre("2", "3", "5", "6", "9"));
}

TEST_F(TrytonContract, ReadsAnErpWithoutOpenLinesAsComplete) {
    server_.tables["sale.line"] = json::array();
    const auto whole = readWhole(io_, *make());
    ASSERT_TRUE(whole.end);
    EXPECT_TRUE(whole.end->complete);
    EXPECT_TRUE(whole.lines.empty());
}

TEST_F(TrytonContract, FollowsALineUntilNothingIsLeftOfIt) {
    const auto connector = make();
    (void)readWhole(io_, *connector);
    server_.tables["product.product"][1]["quantity"] = 50;  // PX-200 came in; not reserved yet
    auto whole = readWhole(io_, *connector);
    ASSERT_THAT(lineIdsOf(whole), Contains("2"));
    EXPECT_EQ(lineOf(whole, "2").supply.reference, "stock");
    EXPECT_EQ(lineOf(whole, "2").allocated, Decimal{0});

    server_.tables["sale.line"][1]["moves."][0]["state"] = "done";
    whole = readWhole(io_, *connector);
    EXPECT_THAT(lineIdsOf(whole), Not(Contains("2")));
    EXPECT_TRUE(whole.end->complete);
}

TEST_F(TrytonContract, AfterARestartALineIsFollowedOnceItWasFound) {
    server_.tables["product.product"][1]["quantity"] = 50;
    const auto connector = make();
    EXPECT_THAT(lineIdsOf(readWhole(io_, *connector)), Not(Contains("2")));
    const auto found = runCoroutine(io_, connector->find("2"));
    EXPECT_TRUE(std::get<OrderLine>(found).isOpen());
    const auto whole = readWhole(io_, *connector);
    ASSERT_THAT(lineIdsOf(whole), Contains("2"));
    EXPECT_EQ(lineOf(whole, "2"), std::get<OrderLine>(found));
}

TEST_F(TrytonContract, FindsWhatBecameOfALine) {
    auto& lines = server_.tables["sale.line"];
    lines[1]["moves."][0]["state"] = "done";
    lines[1]["moves."][0]["effective_date"] = {
        {"__class__", "date"}, {"year", 2026}, {"month", 11}, {"day", 22}};
    lines[1]["sale."]["state"] = "done";
    server_.tables["stock.shipment.out"] =
        json::array({{{"id", 2},
                      {"number", "OUT2"},
                      {"reference", "TRK"},
                      {"carrier.", {{"party.", {{"name", "EuroParcel"}}}}}}});
    const auto connector = make();
    const auto shipped = std::get<OrderLine>(runCoroutine(io_, connector->find("2")));
    EXPECT_EQ(shipped.shipped, Decimal{3});
    EXPECT_FALSE(shipped.isOpen());
    EXPECT_EQ(shipped.item.id, "PX-200");
    EXPECT_EQ(shipped.shipment,
              (Shipment{"OUT2", parseDate("2026-11-22"), "EuroParcel", "TRK", ""}));

    lines[4]["moves."][0]["state"] = "cancelled";
    lines[4]["moves_ignored"] = json::array({lines[4]["moves."][0]["id"]});
    lines[4]["sale."]["state"] = "done";
    const auto cancelled = std::get<OrderLine>(runCoroutine(io_, connector->find("5")));
    EXPECT_EQ(cancelled.cancelled, cancelled.ordered);

    lines[2]["sale."]["state"] = "draft";
    EXPECT_TRUE(std::holds_alternative<LineGone>(runCoroutine(io_, connector->find("3"))));
    for (const char* id : {"4711", "", "1x", "99999999999999999999"})
        EXPECT_TRUE(std::holds_alternative<LineGone>(runCoroutine(io_, connector->find(id)))) << id;
}

TEST_F(TrytonContract, WritesANoteOnceAndKeepsItsMarker) {
    const auto connector = make();
    const Connector::Note note{"8", "The customer was told.", "bo-77"};
    for (int i = 0; i < 2; ++i) EXPECT_FALSE(runCoroutine(io_, connector->annotate(note)));
    ASSERT_EQ(server_.tables["ir.note"].size(), 1u);
    const json& written = server_.tables["ir.note"][0];
    EXPECT_EQ(written["resource"], "sale.sale,8");
    EXPECT_EQ(written["message"], "The customer was told.\n\nbo-77");
}

TEST_F(TrytonContract, ProbeSaysWhoAnswersAndWhatIsMissing) {
    auto probe = runCoroutine(io_, make()->probe());
    EXPECT_TRUE(probe.ok);
    EXPECT_THAT(probe.text, HasSubstr("Tryton 6.0.29"));
    EXPECT_THAT(probe.text, HasSubstr("of Nordhaus Technik."));

    server_.overlays["model.ir.model.access.get_access"] = [](const FakeTryton::Call& call) {
        json rights = json::object();
        for (const auto& model : call.params.at(0))
            rights[model.get<std::string>()] = {{"read", model != "stock.move"}, {"write", false}};
        return std::optional{FakeTryton::result(rights)};
    };
    server_.results["model.sale.line.fields_get"] = {
        {"quantity", {}}, {"unit", {}}, {"moves", {}}, {"moves_ignored", {}}};
    server_.results["common.server.version"] = "7.0.1";
    probe = runCoroutine(io_, make()->probe());
    EXPECT_FALSE(probe.ok);
    EXPECT_THAT(probe.text, HasSubstr("May not read stock.move."));
    EXPECT_THAT(probe.text, HasSubstr("May not write sale.sale"));
    EXPECT_THAT(probe.text, HasSubstr("sale_supply"));
    EXPECT_THAT(probe.text, HasSubstr("written for Tryton 6.0"));
}

}  // namespace tryton_contract_test
}  // namespace backorderd::test

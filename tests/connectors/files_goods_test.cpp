#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connectors/files_fixture.hpp"

namespace backorderd::test {
namespace files_goods_test {

using testing::ElementsAre;
using testing::HasSubstr;

class FilesGoods : public FilesTest {
protected:
    FilesGoods() { write("lines.csv", std::string{kHeader} + std::string{kRow}); }

    static CatalogueItem pump() {
        CatalogueItem pump;
        pump.item.id = "PX-1";
        pump.item.name = "Pump, blue";
        pump.item.category = "pumps";
        pump.item.attributes = {{"voltage", "12"}};
        pump.price = {*Decimal::parse("129.95"), "EUR"};
        pump.lead_time_days = 14;
        return pump;
    }
    static CatalogueItem bare(const std::string& id) {
        CatalogueItem item;
        item.item.id = id;
        return item;
    }
};

TEST_F(FilesGoods, TheCatalogueOfCsvIsHandedOn) {
    write("items.csv",
          "item.id,item.name,item.category,item.attributes.voltage,item.attributes.color,price,"
          "currency,lead_time_days\n"
          "PX-1,\"Pump, blue\",pumps,12,,129.95,EUR,14\nPX-2,,,,,,EUR,\n");
    const auto whole = read();
    EXPECT_EQ(told(whole.problems), "");
    EXPECT_TRUE(whole.end->complete);
    EXPECT_THAT(whole.end->goods.items, ElementsAre(pump(), bare("PX-2")))
        << "a currency alone is no price";
}

TEST_F(FilesGoods, TheCatalogueOfJsonIsHandedOn) {
    write("items-1.json",
          R"({"items":[{"item":{"id":"PX-1","name":"Pump, blue","category":"pumps",)"
          R"("attributes":{"voltage":12}},"price":129.95,"currency":"EUR","lead_time_days":14}]})");
    write("items-2.jsonl", R"({"item":"PX-2","price":null})");
    const auto whole = read();
    EXPECT_EQ(told(whole.problems), "");
    EXPECT_THAT(whole.end->goods.items, ElementsAre(pump(), bare("PX-2")));
}

TEST_F(FilesGoods, TheCatalogueIsReadByTheFilesOwnNames) {
    write("artikel.csv", "Artikel;Spannung;Preis;Währung;Tage\nPX-2;24;1.234,5;EUR;0\n");
    const auto whole = read(
        "items: artikel*\n"
        "items_columns: {item.id: Artikel, item.attributes.voltage: Spannung, price: Preis,"
        " currency: Währung, lead_time_days: Tage}\n"
        "csv: {decimal: ',', thousands: '.'}\n");
    EXPECT_EQ(told(whole.problems), "");
    auto wanted = bare("PX-2");
    wanted.item.attributes = {{"voltage", "24"}};
    wanted.price = {*Decimal::parse("1234.5"), "EUR"};
    wanted.lead_time_days = 0;
    EXPECT_THAT(whole.end->goods.items, ElementsAre(wanted));
}

TEST_F(FilesGoods, AlternatesAreHandedOnOnce) {
    write("alternates-1.csv", "item.id,substitute\nPX-1,PX-2\nPX-2,PX-1\n");
    write("alternates-2.json", R"({"alternates":[{"item":"PX-1","substitute":"PX-2"},)"
                               R"({"item":{"id":"PX-1"},"substitute":"PX-3"}]})");
    const auto whole = read();
    EXPECT_EQ(told(whole.problems), "");
    EXPECT_THAT(whole.end->goods.alternates,
                ElementsAre(Alternate{"PX-1", "PX-2"}, Alternate{"PX-2", "PX-1"},
                            Alternate{"PX-1", "PX-3"}));
}

TEST_F(FilesGoods, SupplyOfItemsIsHandedOnWhole) {
    write("supply.csv",
          "line,item.id,supply.reference,supply.expected,supply.quantity\n"
          ",PX-1,PO-2,2026-04-01,5\n1,PX-1,PO-1,2026-03-20,2\n,PX-1,PO-3,,\n");
    const auto whole = read();
    EXPECT_EQ(told(whole.problems), "");
    const Supply second{"PO-2", parseDate("2026-04-01"), Decimal{5}};
    EXPECT_THAT(whole.end->goods.supply,
                ElementsAre(ItemSupply{"PX-1", second}, ItemSupply{"PX-1", {"PO-3", {}, {}}}))
        << "what comes for one line comes for no other";
}

TEST_F(FilesGoods, AFileThatChangesMeanwhileMakesTheSnapshotIncomplete) {
    write("items.csv", "item.id\nPX-1\n");
    const auto connector = make();
    const auto reader = connector->read();
    (void)runCoroutine(io_, reader->next());
    write("items.csv", "item.id\nPX-1\nPX-2\n");
    for (;;) {
        auto step = runCoroutine(io_, reader->next());
        if (const auto* end = std::get_if<SnapshotEnd>(&step)) {
            EXPECT_FALSE(end->complete);
            EXPECT_THAT(end->why_incomplete, HasSubstr("were changed while they were read"));
            break;
        }
    }
}

TEST_F(FilesGoods, AFileThatIsStillBeingWrittenIsWaitedFor) {
    write("alternates.csv", "item.id,substitute\n", std::chrono::seconds{1});
    const auto whole = read();
    ASSERT_TRUE(whole.failure);
    EXPECT_THAT(whole.failure->reason, HasSubstr("alternates.csv"));
}

TEST_F(FilesGoods, LinesMayHaveAnyNameThatNoOtherKindHas) {
    write("items.csv", "item.id\nPX-1\n");
    write("alternates.csv", "item.id,substitute\nPX-1,PX-2\n");
    const auto whole = read("lines: '*'\n");
    EXPECT_EQ(told(whole.problems), "");
    EXPECT_EQ(idsOf(whole), "1");
}

TEST_F(FilesGoods, TheProbeLooksAtThem) {
    write("items.csv", "item.id,price,Farbe\nPX-1,1,rot\n");
    write("alternates.csv", "item.id,ersatz\nPX-1,PX-2\n");
    const auto probe = runCoroutine(io_, make()->probe());
    EXPECT_FALSE(probe.ok);
    EXPECT_THAT(probe.text, HasSubstr("1 file of items"));
    EXPECT_THAT(probe.text, HasSubstr("1 file of alternates"));
    EXPECT_THAT(probe.text, HasSubstr("items.csv: read are item.id, price; not known and not "
                                      "read: Farbe; not there: item.name"));
    EXPECT_THAT(probe.text, HasSubstr("the header has no column 'substitute'"));
}

struct BadGoods {
    const char* name;
    const char* file;
    const char* text;
    const char* told;
    const char* settings = "";
};

void PrintTo(const BadGoods& given, std::ostream* out) { *out << given.name; }

class FilesBadGoods : public FilesGoods, public testing::WithParamInterface<BadGoods> {};

TEST_P(FilesBadGoods, AreNamedAndTheLinesAreStillRead) {
    const auto& given = GetParam();
    write(given.file, given.text);
    const auto whole = read(given.settings);
    EXPECT_EQ(told(whole.problems), given.told);
    EXPECT_EQ(idsOf(whole), "1");
    EXPECT_FALSE(whole.end->complete);
}

INSTANTIATE_TEST_SUITE_P(
    All, FilesBadGoods,
    testing::Values(
        BadGoods{"ItemWithoutId", "items.csv", "item.id,price\n,1\n",
                 "items.csv:2:1: the row has no 'item.id'"},
        BadGoods{"ItemTwice", "items.csv", "item.id\nP\nQ\nP\n",
                 "items.csv:4:1: the item 'P' stands twice"},
        BadGoods{"ItemPrice", "items.csv", "item.id,price\nP,cheap\n",
                 "items.csv:2:1: 'cheap' cannot be read as 'price' the way this file writes "
                 "numbers and dates"},
        BadGoods{"ItemPriceBelowZero", "items.csv", "item.id,price\nP,-1\n",
                 "items.csv:2:1: the price of 'P' is below zero"},
        BadGoods{"ItemPriceBeyondReason", "items.csv", "item.id,price\nP,1000000001\n",
                 "items.csv:2:1: '1000000001' is beyond 1,000,000,000, the most that 'price' can "
                 "be"},
        BadGoods{"LeadTimeOfHalfADay", "items.csv", "item.id,lead_time_days\nP,1.5\n",
                 "items.csv:2:1: '1.5' is not a whole number from 0 to 3650, which "
                 "'lead_time_days' must be"},
        BadGoods{"LeadTimeBelowZero", "items.json", R"([{"item.id":"P","lead_time_days":-1}])",
                 "items.json:1:2: '-1' is not a whole number from 0 to 3650, which "
                 "'lead_time_days' must be"},
        BadGoods{"LeadTimeOfElevenYears", "items.csv", "item.id,lead_time_days\nP,4000\n",
                 "items.csv:2:1: '4000' is not a whole number from 0 to 3650, which "
                 "'lead_time_days' must be"},
        BadGoods{"ItemColumnMissing", "items.csv", "Artikel,price\nP,1\n",
                 "items.csv: the header has no column 'item.id': name the column that holds it "
                 "under 'items_columns'"},
        BadGoods{"ItemsCutOff", "items.json", R"({"items":[{"item.id":"P"})",
                 "items.json:1:26: the file ends before the list is closed: was it cut off?"},
        BadGoods{"AlternateOfNothing", "alternates.csv", "item.id,substitute\n,Q\n",
                 "alternates.csv:2:1: the row has no 'item.id'"},
        BadGoods{"AlternateWithoutSubstitute", "alternates.csv", "item.id,substitute\nP,\n",
                 "alternates.csv:2:1: the row has no 'substitute'"},
        BadGoods{"AlternateOfItself", "alternates.csv", "item.id,substitute\nP,P\n",
                 "alternates.csv:2:1: 'P' is named as a substitute of itself"},
        BadGoods{"StockBeyondReason", "stock.csv", "item.id,free\nP,9000000000000\n",
                 "stock.csv:2:1: '9000000000000' is beyond 1,000,000,000, the most that 'free' can "
                 "be"},
        BadGoods{"TooManyItems", "items.csv", "item.id\nP\nQ\n",
                 "items.csv:3:1: more rows than limits.joined_rows_max: this and what follows is "
                 "not read",
                 "limits: {joined_rows_max: 1}"}),
    [](const auto& test) { return test.param.name; });

TEST_F(FilesGoods, LinesCarryPaymentKitAndOrderPolicies) {
    write("lines.csv",
          "line,order.number,item.id,ordered,customer.id,payment.terms,payment.authorised_until,"
          "kit.id,kit.component,order.ship_complete,order.one_backorder\n"
          "1,SO1,PX-1,10,C1,authorised,2026-03-18,K1,2,true,\n"
          "2,SO1,PX-1,10,C1,,,,,0,TRUE\n");
    const auto whole = read();
    EXPECT_EQ(told(whole.problems), "");
    ASSERT_EQ(whole.lines.size(), 2u);
    EXPECT_EQ(whole.lines[0].payment, (Payment{"authorised", parseDate("2026-03-18")}));
    EXPECT_EQ(whole.lines[0].kit, (Kit{"K1", Decimal{2}}));
    EXPECT_TRUE(whole.lines[0].order.ship_complete);
    EXPECT_FALSE(whole.lines[0].order.one_backorder);
    EXPECT_FALSE(whole.lines[1].order.ship_complete);
    EXPECT_TRUE(whole.lines[1].order.one_backorder);
    write("lines.csv", std::string{kHeader} + "1,SO1,PX-1,10,C1\n");
    write("lines.json", R"([{"line":"2","order":{"number":"S","ship_complete":true},"item":"P",)"
                        R"("ordered":1,"customer.id":"C"}])");
    EXPECT_TRUE(read().lines[1].order.ship_complete);
    write("lines.json", R"([{"line":"2","order":{"number":"S","ship_complete":"perhaps"},)"
                        R"("item":"P","ordered":1,"customer.id":"C"}])");
    EXPECT_THAT(told(read().problems), HasSubstr("'perhaps' is not"));
}

}  // namespace files_goods_test
}  // namespace backorderd::test

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connectors/files_fixture.hpp"

namespace backorderd::test {
namespace files_join_test {

const std::string kSupplyHeader = "line,item.id,supply.reference,supply.expected,supply.quantity\n";

class Joins : public FilesTest {
protected:
    /// `reference expected quantity` of each line, with - for what is not known.
    std::string suppliesOf(const WholeSnapshot& whole) {
        std::string text;
        for (const auto& line : whole.lines) {
            const auto& supply = line.supply;
            text += line.key.id + ": " + (supply.covered() ? supply.reference : "-") + " " +
                    (supply.expected ? formatDate(*supply.expected) : "-") + " " +
                    (supply.quantity ? supply.quantity->toString() : "-") + "\n";
        }
        return text;
    }
    void writeTwoLines() {
        write("lines.csv", std::string{kHeader} + "1,SO1,PX-1,10,C1\n2,SO1,PX-2,10,C1\n");
    }
};

TEST_F(Joins, SupplyIsFoundByLineBeforeByItem) {
    writeTwoLines();
    write("supply.csv", kSupplyHeader +
                            ",PX-1,PO-9,2026-04-01,5\n1,,PO-1,2026-03-20,2\n"
                            ",PX-2,PO-2,,\n");
    const auto whole = read();
    EXPECT_EQ(told(whole.problems), "");
    EXPECT_EQ(suppliesOf(whole), "1: PO-1 2026-03-20 2\n2: PO-2 - -\n");
    EXPECT_TRUE(whole.end->complete);
}

TEST_F(Joins, OfSeveralSuppliesTheOneExpectedFirstCounts) {
    writeTwoLines();
    write("supply.csv", kSupplyHeader +
                            ",PX-1,PO-3,,\n,PX-1,PO-2,2026-04-01,\n"
                            ",PX-1,PO-1,2026-03-20,\n,PX-1,PO-4,2026-05-01,\n");
    EXPECT_EQ(suppliesOf(read()), "1: PO-1 2026-03-20 -\n2: - - -\n");
}

TEST_F(Joins, WhatTheLineSaysOfItsSupplyWins) {
    write("lines.csv",
          "line,order.number,item.id,ordered,customer.id,supply.reference,supply.expected\n"
          "1,SO1,PX-1,10,C1,,2026-03-11\n2,SO1,PX-1,10,C1,PO-1,\n3,SO1,PX-1,10,C1,PO-8,\n");
    write("supply.csv", kSupplyHeader + ",PX-1,PO-1,2026-03-20,5\n");
    EXPECT_EQ(suppliesOf(read()), "1: PO-1 2026-03-11 5\n2: PO-1 2026-03-20 5\n3: PO-8 - -\n");
}

TEST_F(Joins, JsonLinesAreJoinedByTheirNestedItem) {
    write("lines.jsonl",
          R"({"line":"1","order.number":"S","item":{"id":"P\u00e9"},"ordered":1,)"
          R"("customer.id":"C"})"
          "\n"
          R"({"line":"2","order.number":"S","item":"Q","ordered":1,"customer.id":"C"})");
    write("supply.json", R"({"supply":[{"item":"Pé","supply":{"reference":"PO-1","quantity":2}},)"
                         R"({"item.id":"Q","supply.reference":"PO-2"}]})");
    const auto whole = read();
    EXPECT_EQ(told(whole.problems), "");
    EXPECT_EQ(suppliesOf(whole), "1: PO-1 - 2\n2: PO-2 - -\n");
}

TEST_F(Joins, ALineWhoseSupplyChangesChangesItsFingerprint) {
    writeTwoLines();
    write("supply.csv", kSupplyHeader + ",PX-1,PO-1,2026-03-20,5\n");
    const auto before = read().fingerprints;
    write("supply.csv", kSupplyHeader + ",PX-1,PO-1,2026-03-27,5\n");
    const auto after = read().fingerprints;
    EXPECT_NE(after.at("1"), before.at("1"));
    EXPECT_EQ(after.at("2"), before.at("2"));
}

TEST_F(Joins, StockIsHandedOnWithTheEnd) {
    writeTwoLines();
    write("stock.csv", "Artikel;Lager;Frei\nPX-1;HAM;1,5\nPX-1;VIE;0\n");
    const auto whole = read(
        "stock_columns: {item.id: Artikel, warehouse: Lager, free: Frei}\n"
        "csv: {decimal: ','}");
    EXPECT_EQ(told(whole.problems), "");
    EXPECT_THAT(whole.end->goods.stock,
                testing::ElementsAre(StockLevel{"PX-1", "HAM", *Decimal::parse("1.5")},
                                     StockLevel{"PX-1", "VIE", Decimal{}}));
}

struct BadJoin {
    const char* name;
    const char* file;
    std::string text;
    const char* told;
    const char* settings = "";
};

void PrintTo(const BadJoin& given, std::ostream* out) { *out << given.name; }

class BadJoins : public Joins, public testing::WithParamInterface<BadJoin> {};

TEST_P(BadJoins, AreNamedAndTheLinesAreStillRead) {
    const auto& given = GetParam();
    writeTwoLines();
    write(given.file, given.text);
    const auto whole = read(given.settings);
    EXPECT_EQ(told(whole.problems), given.told);
    EXPECT_EQ(idsOf(whole), "1 2");
    EXPECT_FALSE(whole.end->complete);
}

INSTANTIATE_TEST_SUITE_P(
    All, BadJoins,
    testing::Values(
        BadJoin{"SupplyOfNothing", "supply.csv", kSupplyHeader + ",,PO-1,,\n",
                "supply.csv:2:1: the row names neither a 'line' nor an 'item.id'"},
        BadJoin{"SupplyWithoutReference", "supply.csv", kSupplyHeader + "1,,,,\n",
                "supply.csv:2:1: the row has no 'supply.reference'"},
        BadJoin{"SupplyDate", "supply.csv", kSupplyHeader + "1,,PO-1,soon,\n",
                "supply.csv:2:1: 'soon' cannot be read as 'supply.expected' the way this file "
                "writes numbers and dates"},
        BadJoin{"StockTwice", "stock.csv", "item.id,warehouse,free\nP,H,1\nP,H,2\n",
                "stock.csv:3:1: the free stock of 'P' in warehouse 'H' stands twice"},
        BadJoin{"StockWithoutQuantity", "stock.csv", "item.id,free\nP,\n",
                "stock.csv:2:1: the row says nothing of the free stock of 'P'"},
        BadJoin{"StockColumnMissing", "stock.csv", "item.id,frei\nP,1\n",
                "stock.csv: the header has no column 'free': name the column that holds it under "
                "'stock_columns'"},
        BadJoin{"StockJson", "stock.json", R"([{"item.id":"P","free":"x"}])",
                "stock.json:1:2: 'x' cannot be read as 'free' the way this file writes numbers and "
                "dates"},
        BadJoin{"TooManyRows", "stock.csv", "item.id,free\nP,1\nQ,1\n",
                "stock.csv:3:1: more rows than limits.joined_rows_max: this and what follows is "
                "not read",
                "limits: {joined_rows_max: 1}"}),
    [](const auto& test) { return test.param.name; });

}  // namespace files_join_test
}  // namespace backorderd::test

#include <gtest/gtest.h>

#include "connectors/files_fixture.hpp"

// Of a folder with something unreadable: whether all other lines were there, and all goods.

namespace backorderd::test {
namespace files_read_through_test {

struct Damage {
    const char* name;
    const char* file;
    const char* text;
    bool read_through;
    bool goods_read;
};

void PrintTo(const Damage& given, std::ostream* out) { *out << given.name; }

class FilesReadThrough : public FilesTest, public testing::WithParamInterface<Damage> {};

TEST_P(FilesReadThrough, TellsABadRecordFromAFileThatLacksSome) {
    const auto& given = GetParam();
    write("lines-1.csv", std::string{kHeader} + "1,S,P,1,C\n2,S,P,1,C\n");
    write(given.file, given.text);
    const auto whole = read("");
    ASSERT_TRUE(whole.end);
    EXPECT_FALSE(whole.end->complete);
    EXPECT_EQ(whole.end->read_through, given.read_through);
    EXPECT_EQ(whole.end->goods_read, given.goods_read);
}

INSTANTIATE_TEST_SUITE_P(
    All, FilesReadThrough,
    testing::Values(
        Damage{"ValueThatIsNoNumber", "lines-2.csv",
               "line,order.number,item.id,ordered,customer.id\n3,S,P,ten,C\n", true, true},
        Damage{"RowWithTooManyColumns", "lines-2.csv",
               "line,order.number,item.id,ordered,customer.id\n3,S,P,1,C,more\n4,S,P,1,C\n", true,
               true},
        Damage{"BadLastRowWithItsLineEnd", "lines-2.csv",
               "line,order.number,item.id,ordered,customer.id\n3,S,P,1,C\n4,S\n", true, true},
        Damage{"LastRowCutOff", "lines-2.csv",
               "line,order.number,item.id,ordered,customer.id\n3,S,P,1,C\n4,S", false, true},
        Damage{"QuoteThatNeverEnds", "lines-2.csv",
               "line,order.number,item.id,ordered,customer.id\n3,S,P,1,C\n4,\"S,P", false, true},
        Damage{"EmptyFile", "lines-2.csv", "", false, true},
        Damage{"HeaderWithoutARequiredColumn", "lines-2.csv", "line,ordered\n3,1\n", false, true},
        Damage{"StockThatIsNoNumber", "stock.csv", "item.id,free\nP,many\n", true, false},
        Damage{"SupplyOfWhichARowIsBad", "supply.csv",
               "line,supply.reference,supply.quantity\n1,PO-1,many\n2,PO-1,1\n", true, false},
        Damage{"SupplyCutOff", "supply.csv", "line,supply.reference,supply.quantity\n2,PO-1,1\n1",
               false, false}),
    [](const auto& given) { return given.param.name; });

class JsonReadThrough : public FilesTest, public testing::WithParamInterface<Damage> {};

TEST_P(JsonReadThrough, TellsABadRecordFromAFileThatLacksSome) {
    const auto& given = GetParam();
    write(given.file, given.text);
    const auto whole = read("");
    ASSERT_TRUE(whole.end);
    EXPECT_FALSE(whole.end->complete);
    EXPECT_EQ(whole.end->read_through, given.read_through);
}

#define OBJECT(id) \
    R"({"line":")" id R"(","order":{"number":"S"},"item":"P","ordered":1,"customer.id":"C"})"

INSTANTIATE_TEST_SUITE_P(
    All, JsonReadThrough,
    testing::Values(Damage{"ObjectWithoutLineId", "lines.json",
                           "[" OBJECT("1") R"(,{"ordered":1}])", true, true},
                    Damage{"ListNotClosed", "lines.json", "[" OBJECT("1") "\n", false, true},
                    Damage{"CutOffWithinAnObject", "lines.jsonl", OBJECT("1") "\n{\"line\":\"2\"",
                           false, true},
                    Damage{"TextBehindTheList", "lines.json", "[" OBJECT("1") "]x", false, true},
                    Damage{"EmptyFile", "lines.json", "", false, true}),
    [](const auto& given) { return given.param.name; });

#undef OBJECT

}  // namespace files_read_through_test
}  // namespace backorderd::test

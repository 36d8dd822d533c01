#include <gtest/gtest.h>

#include <functional>
#include <ostream>
#include <string>

#include "lines/lines.hpp"
#include "lines/sample_line.hpp"

namespace backorderd {
namespace lineage_test {

struct LineageCase {
    const char* name;
    std::function<void(OrderLine&)> appeared;
    bool same;
};
void PrintTo(const LineageCase& lineage_case, std::ostream* out) { *out << lineage_case.name; }

class Lineage : public testing::TestWithParam<LineageCase> {};

TEST_P(Lineage, OfALineThatVanished) {
    const OrderLine vanished = sampleLine();
    OrderLine appeared = vanished;
    appeared.key.id = "4712";
    GetParam().appeared(appeared);
    EXPECT_EQ(lines::looksRenumbered(vanished, appeared), GetParam().same);
}

std::string nameOf(const testing::TestParamInfo<LineageCase>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(
    Cases, Lineage,
    testing::Values(
        LineageCase{"Renumbered", [](OrderLine&) {}, true},
        LineageCase{"PositionAndPromiseMayDiffer",
                    [](OrderLine& l) {
                        l.position = "2";
                        l.promise = {};
                    },
                    true},
        LineageCase{"PartOfASplit", [](OrderLine& l) { l.ordered = Decimal{3}; }, true},
        LineageCase{"Merge", [](OrderLine& l) { l.ordered = Decimal{25}; }, true},
        LineageCase{"NothingOpen", [](OrderLine& l) { l.shipped = Decimal{10}; }, false},
        LineageCase{"TheSameLine", [](OrderLine& l) { l.key.id = "4711"; }, false},
        LineageCase{"AnotherSource", [](OrderLine& l) { l.key.source = "other"; }, false},
        LineageCase{"AnotherOrder",
                    [](OrderLine& l) {
                        l.order.id = "100";
                        l.order.number = "SO101";
                    },
                    false},
        LineageCase{"TheSameNumberInAnotherCompany", [](OrderLine& l) { l.order.id = "100"; },
                    false},
        LineageCase{"AnotherItem", [](OrderLine& l) { l.item.id = "PX-110"; }, false},
        LineageCase{"AnotherUnit", [](OrderLine& l) { l.unit = "box"; }, false},
        LineageCase{"AnotherCustomer", [](OrderLine& l) { l.customer.id = "C2"; }, false}),
    nameOf);

TEST(LineageOfOrdersWithoutNumber, RestsOnTheirId) {
    OrderLine vanished = sampleLine();
    vanished.order.number.clear();
    OrderLine appeared = vanished;
    appeared.key.id = "4712";
    EXPECT_TRUE(lines::looksRenumbered(vanished, appeared));
    vanished.order.id.clear();
    appeared.order.id.clear();
    EXPECT_FALSE(lines::looksRenumbered(vanished, appeared));
}

}  // namespace lineage_test
}  // namespace backorderd

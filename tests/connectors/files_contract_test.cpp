#include <gtest/gtest.h>

#include <algorithm>

#include "connectors/connectors.hpp"
#include "connectors/files_fixture.hpp"

namespace backorderd::test {
namespace files_contract_test {

using FilesContract = FilesTest;

TEST_F(FilesContract, HoldsForCsv) {
    write("lines-1.csv", std::string{kHeader} + std::string{kRow});
    write("lines-2.csv", std::string{kHeader} + "2,SO1,PX-2,4.5,C1\n");
    write("stock.csv", "item.id,warehouse,free\nPX-9,H,3\n");
    write("supply.csv", "item.id,supply.reference,supply.expected\nPX-1,PO-1,2026-04-01\n");
    write("items.csv", "item.id,price,currency,lead_time_days\nPX-1,2,EUR,3650\nPX-2,,,\n");
    write("alternates.csv", "item.id,substitute\nPX-1,PX-2\n");
    exerciseConnector(io_, *make(), "erp");
}

TEST_F(FilesContract, HoldsForJson) {
    write("lines.json", R"({"lines":[{"line":1,"order.number":"S","item":{"id":"P"},"ordered":1,)"
                        R"("customer.id":"C"}]})");
    exerciseConnector(io_, *make(), "erp");
}

TEST_F(FilesContract, FilesNeitherFindNorAnnotateAndSaySo) {
    const auto connector = make();
    EXPECT_FALSE(connector->capabilities().find);
    EXPECT_FALSE(connector->capabilities().annotate);
    const auto found = runCoroutine(io_, connector->find("1"));
    EXPECT_EQ(std::get<Failure>(found).again, Failure::Again::Never);
    const Connector::Note note{"S", "text", "marker"};
    const auto annotated = runCoroutine(io_, connector->annotate(note));
    ASSERT_TRUE(annotated);
    EXPECT_EQ(annotated->again, Failure::Again::Never);
}

/// More than the memory that a reader has, so that records lie across its edges.
class LargeFiles : public FilesTest, public testing::WithParamInterface<const char*> {
protected:
    static constexpr int kLines = 30'000;

    static std::string record(const std::string& layout, int number) {
        const std::string id = std::to_string(number);
        const std::string filler(static_cast<std::size_t>(200 + number % 700), 'x');
        if (layout == "csv")
            return id + ",S,P,1,C,\"" + filler + (number % 50 == 0 ? "\n\"\"," : "") + "\"\n";
        return R"({"line":)" + id + R"(,"order.number":"S","item.id":"P","ordered":1,)" +
               R"("customer.id":"C","unit":")" + filler + (number % 50 == 0 ? R"(}]\")" : "") +
               "\"}";
    }
    static std::string text(const std::string& layout) {
        std::string all = layout == "csv" ? "line,order.number,item.id,ordered,customer.id,unit\n"
                          : layout == "list" ? "["
                                             : "";
        for (int i = 0; i < kLines; ++i) {
            if (layout == "list" && i > 0) all += ",\n";
            all += record(layout, i);
            if (layout == "lines") all += "\n";
        }
        return all + (layout == "list" ? "]" : "");
    }
};

TEST_P(LargeFiles, AreReadWholeAcrossTheEdgesOfMemory) {
    const std::string layout = GetParam();
    write(layout == "csv" ? "lines.csv" : "lines.json", text(layout));
    const auto whole = read();
    expectSoundSnapshot(whole, "erp");
    ASSERT_EQ(whole.lines.size(), static_cast<std::size_t>(kLines));
    EXPECT_GE(whole.pages, 3);
    for (int i = 0; i < kLines; ++i) {
        const auto& line = whole.lines[static_cast<std::size_t>(i)];
        ASSERT_EQ(line.key.id, std::to_string(i));
        ASSERT_GE(line.unit.size(), static_cast<std::size_t>(200 + i % 700)) << i;
    }
}

TEST_P(LargeFiles, ABadRecordFarInsideIsNamedWithItsLine) {
    const std::string layout = GetParam();
    auto all = text(layout);
    const auto at = all.find(layout == "csv" ? "\n29999," : "{\"line\":29999,");
    ASSERT_NE(at, std::string::npos);
    const auto one = all.find(layout == "csv" ? ",1,C," : "\"ordered\":1,", at);
    all.replace(one, layout == "csv" ? 2 : 11, layout == "csv" ? ",?" : "\"ordered\":{");
    write(layout == "csv" ? "lines.csv" : "lines.json", all);
    const auto lines =
        std::count(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(one), '\n');
    const auto whole = read();
    ASSERT_FALSE(whole.problems.empty());
    EXPECT_EQ(whole.problems.front().place.line, lines + 1) << told(whole.problems);
}

INSTANTIATE_TEST_SUITE_P(All, LargeFiles, testing::Values("csv", "lines", "list"),
                         [](const auto& test) { return std::string{test.param}; });

TEST(ConnectorKinds, AreKnownByName) {
    const auto kinds = connectors::connectorKinds();
    EXPECT_NE(std::find(kinds.begin(), kinds.end(), "files"), kinds.end());
    EXPECT_NE(std::find(kinds.begin(), kinds.end(), "tryton"), kinds.end());
}

}  // namespace files_contract_test
}  // namespace backorderd::test

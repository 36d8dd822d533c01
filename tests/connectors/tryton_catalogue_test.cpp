#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connectors/tryton_fixture.hpp"

namespace backorderd::test {
namespace tryton_catalogue_test {

using json = nlohmann::json;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string kCatalogue = "catalogue: true\n";

json money(const char* amount) { return {{"__class__", "Decimal"}, {"decimal", amount}}; }
json span(double days) { return {{"__class__", "timedelta"}, {"seconds", days * 86400}}; }

class TrytonCatalogue : public TrytonTest {
protected:
    /// Besides what lines wait for, the pump PX-110, of which seven lie in stock.
    TrytonCatalogue() {
        server_.tables["company.company"] =
            json::array({{{"id", 1}, {"currency.", {{"code", "EUR"}}}}});
        auto pump = product(9, "PX-110", 7);
        pump["list_price"] = money("131.50");
        pump["template."] = {
            {"categories.", json::array({{{"id", 1}, {"name", "Pumps"}}})},
            {"product_suppliers.",
             json::array({supplier(1, 20, nullptr, span(9)), supplier(2, 10, 8, span(1)),
                          supplier(3, 10, 9, span(14.5)),
                          supplier(4, nullptr, nullptr, span(2))})}};
        server_.tables["product.product"].push_back(pump);
    }

    static json supplier(int id, json sequence, json product, json lead_time) {
        return {{"id", id}, {"sequence", sequence}, {"product", product}, {"lead_time", lead_time}};
    }
    const CatalogueItem& itemOf(const WholeSnapshot& whole, const std::string& id) {
        for (const auto& item : whole.end->goods.items)
            if (item.item.id == id) return item;
        throw std::runtime_error("no item " + id);
    }
    json& lastProduct() { return server_.tables["product.product"].back(); }
};

TEST_F(TrytonCatalogue, ContractHoldsWithIt) { exerciseConnector(io_, *make(kCatalogue), "erp"); }

TEST_F(TrytonCatalogue, YieldsStockPriceAndLeadTimeOfWhatNobodyWaitsFor) {
    const auto whole = readWhole(io_, *make(kCatalogue));
    ASSERT_TRUE(whole.end);
    EXPECT_TRUE(whole.end->complete) << whole.end->why_incomplete;
    CatalogueItem pump;
    pump.item.id = pump.item.name = "PX-110";
    pump.item.category = "Pumps";
    pump.price = {*Decimal::parse("131.5"), "EUR"};
    pump.lead_time_days = 15;  // of its own first supplier; a day that has begun counts
    EXPECT_EQ(itemOf(whole, "PX-110"), pump);
    EXPECT_EQ(itemOf(whole, "PX-100").price, Money{});
    EXPECT_EQ(itemOf(whole, "PX-100").lead_time_days, std::nullopt);
    EXPECT_EQ(whole.end->goods.items.size(), 6u);
    EXPECT_THAT(whole.end->goods.stock, Contains(StockLevel{"PX-110", "Warehouse", Decimal{7}}));
    EXPECT_THAT(whole.end->goods.alternates, IsEmpty());
}

TEST_F(TrytonCatalogue, IsNotAskedForUnlessTheSettingSaysSo) {
    (void)readWhole(io_, *make());
    for (const auto& call : server_.calls) {
        EXPECT_NE(call.method, "model.company.company.search_read");
        if (call.method == "model.product.product.search_read") {
            EXPECT_THAT(call.params.at(0).dump(), Not(HasSubstr("salable")));
        }
    }
    (void)readWhole(io_, *make(kCatalogue));
    const auto asked = [&](const FakeTryton::Call& call) {
        return call.method == "model.product.product.search_read" &&
               call.params.at(0).dump().find("salable") != std::string::npos;
    };
    EXPECT_EQ(std::count_if(server_.calls.begin(), server_.calls.end(), asked), 1);
}

TEST_F(TrytonCatalogue, SupplyOfItemsComesWithAndWithoutIt) {
    const auto whole = readWhole(io_, *make());
    EXPECT_THAT(whole.end->goods.supply,
                ElementsAre(ItemSupply{"MO-24", {"P22", {}, Decimal{3}}},
                            ItemSupply{"PX-100", {"P15", {}, Decimal{20}}}));
    EXPECT_THAT(whole.end->goods.items, IsEmpty());
}

TEST_F(TrytonCatalogue, OneThatIsTooLongIsLeftAloneAndSaidToBe) {
    const auto whole = readWhole(io_, *make(kCatalogue + "catalogue_max: 5\n"));
    ASSERT_TRUE(whole.end);
    EXPECT_EQ(whole.lines.size(), 6u) << "lines are read all the same";
    EXPECT_FALSE(whole.end->complete);
    EXPECT_THAT(whole.end->why_incomplete, HasSubstr("more than 5 products can be sold: raise "
                                                     "`catalogue_max`"));
    EXPECT_THAT(whole.end->goods.items, IsEmpty());
    EXPECT_TRUE(readWhole(io_, *make(kCatalogue + "catalogue_max: 6\n")).end->complete);
}

TEST_F(TrytonCatalogue, TwoProductsOfOneCodeAreOneItem) {
    auto twin = product(10, "PX-110", 3);
    twin["list_price"] = money("1");
    server_.tables["product.product"].push_back(twin);
    const auto whole = readWhole(io_, *make(kCatalogue));
    EXPECT_EQ(whole.end->goods.items.size(), 6u);
    EXPECT_EQ(itemOf(whole, "PX-110").price.amount, *Decimal::parse("131.5"));
    EXPECT_THAT(whole.end->goods.stock, Contains(StockLevel{"PX-110", "Warehouse", Decimal{10}}));
    lastProduct()["list_price"] = money("-1");
    EXPECT_TRUE(readWhole(io_, *make(kCatalogue)).end->complete);
}

TEST_F(TrytonCatalogue, AProductThatCannotBeReadIsNamed) {
    for (const auto& [member, nonsense] : std::vector<std::pair<std::string, json>>{
             {"list_price", "much"},
             {"list_price", money("1e12")},
             {"name", 7},
             {"template.", {{"product_suppliers.", 7}}},
             {"template.", {{"product_suppliers.", json::array({supplier(1, 1, nullptr, 7)})}}},
             {"template.",
              {{"product_suppliers.", json::array({supplier(1, 1, nullptr, span(1e20))})}}}}) {
        const json good = lastProduct();
        lastProduct()[member] = nonsense;
        const auto whole = readWhole(io_, *make(kCatalogue));
        lastProduct() = good;
        if (whole.failure) {  // its name is needed for stock as well
            EXPECT_THAT(whole.failure->reason, HasSubstr("product.product"));
            continue;
        }
        EXPECT_FALSE(whole.end->complete) << member << nonsense;
        EXPECT_THAT(formatProblems(whole.problems), HasSubstr("/erp/product.product,9: "));
        EXPECT_EQ(whole.end->goods.items.size(), 5u);
    }
}

TEST_F(TrytonCatalogue, ALeadTimeBeyondReasonIsNotKnown) {
    for (const double days : {-1.0, 4000.0}) {
        lastProduct()["template."]["product_suppliers."] =
            json::array({supplier(1, 1, nullptr, span(days))});
        EXPECT_EQ(itemOf(readWhole(io_, *make(kCatalogue)), "PX-110").lead_time_days, std::nullopt);
    }
    lastProduct()["template."]["product_suppliers."] = json::array({supplier(1, 1, nullptr, {})});
    EXPECT_EQ(itemOf(readWhole(io_, *make(kCatalogue)), "PX-110").lead_time_days, std::nullopt);
}

TEST_F(TrytonCatalogue, WithoutThePurchaseModuleNobodyIsAskedForLeadTimes) {
    server_.results["model.stock.move.fields_get"] = {
        {"uom", {}}, {"planned_date", {}}, {"internal_quantity", {}}};
    (void)readWhole(io_, *make(kCatalogue));
    for (const auto& call : server_.calls)
        EXPECT_THAT(call.whole.dump(), Not(HasSubstr("product_suppliers")));
}

TEST_F(TrytonCatalogue, TheProbeSaysWhichRightIsMissing) {
    server_.overlays["model.ir.model.access.get_access"] = [](const FakeTryton::Call& call) {
        json rights = json::object();
        for (const auto& model : call.params.at(0))
            rights[model.get<std::string>()] = {{"read", model != "purchase.product_supplier"},
                                                {"write", true}};
        return std::optional{FakeTryton::result(rights)};
    };
    auto probe = runCoroutine(io_, make(kCatalogue)->probe());
    EXPECT_FALSE(probe.ok);
    EXPECT_THAT(probe.text, HasSubstr("May not read purchase.product_supplier."));
    EXPECT_TRUE(runCoroutine(io_, make()->probe()).ok);
}

}  // namespace tryton_catalogue_test
}  // namespace backorderd::test

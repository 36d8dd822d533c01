#include <gmock/gmock.h>

#include "rules/goods_samples.hpp"

namespace backorderd::rules_test {
namespace substitution_test {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Warehouse = SubstitutionRule::Candidates::Warehouse;
using Rank = SubstitutionRule::Rank;

/// One line and what is there; a test changes what it is about.
struct Candidates : ::testing::Test {
    RuleSet rules = rulesOf({});
    SubstitutionRule rule = plainSubstitution();
    Case subject = caseNumbered(7);
    Goods goods = plainGoods();
    std::vector<StockHold> held;
    Timestamp now = at("2026-03-09T08:00:00Z");

    std::vector<rules::Candidate> find() const {
        return rules::findCandidates(rules, rule, subject, goods, held, now);
    }
    /// `PX-110`, or `PX-110: why not`.
    std::vector<std::string> found() const {
        std::vector<std::string> words;
        for (const auto& candidate : find())
            words.push_back(candidate.item.item.id +
                            (candidate.fits ? "" : ": " + candidate.why_not));
        return words;
    }
};

// -- Sources ----------------------------------------------------------------------------------

TEST_F(Candidates, AlternatesOfTheErpAreRankedByPrice) {
    EXPECT_THAT(found(), ElementsAre("PX-120", "PX-110"));
    const auto best = find().at(0);
    EXPECT_EQ(best.item.item.name, "Name of PX-120");
    EXPECT_EQ(best.warehouse, "MAIN");
    EXPECT_EQ(best.free, Decimal{50});
    EXPECT_EQ(best.price_ratio, number("0.96"));
}

TEST_F(Candidates, AnAlternateCountsInOneDirectionOnly) {
    goods.alternates = {{"PX-110", "PX-100"}};
    EXPECT_THAT(found(), IsEmpty());
}

TEST_F(Candidates, TheRuleListsItemsForAnItem) {
    rule.candidates.from_erp = false;
    rule.candidates.items = {{"PX-100", {"PX-110"}}, {"PX-900", {"PX-120"}}};
    EXPECT_THAT(found(), ElementsAre("PX-110"));
    rule.candidates.from_rule = false;
    EXPECT_THAT(found(), IsEmpty());
}

TEST_F(Candidates, EqualRanksStayInTheOrderOfTheRulesList) {
    rule.rank = {};
    rule.candidates.items = {{"PX-100", {"PX-120", "PX-110"}}};
    EXPECT_THAT(found(), ElementsAre("PX-120", "PX-110"));
}

TEST_F(Candidates, AnItemOfTwoSourcesIsOneCandidate) {
    rule.candidates.items = {{"PX-100", {"PX-110"}}};
    rule.candidates.same = {"item.category"};
    EXPECT_THAT(found(), ElementsAre("PX-120", "PX-110"));
}

TEST_F(Candidates, ItemsOfTheSameCategoryAndAttributeAreFoundInTheCatalogue) {
    goods.alternates.clear();
    rule.candidates.same = {"item.category", "item.attributes.voltage"};
    subject.line.item.attributes["voltage"] = "230";
    goods.items[1].item.attributes["voltage"] = "230";
    goods.items[2].item.attributes["voltage"] = "110";
    EXPECT_THAT(found(), ElementsAre("PX-110"));
    goods.items[1].item.category = "valves";
    EXPECT_THAT(found(), IsEmpty());
}

TEST_F(Candidates, WhatIsNotKnownAgreesWithNothing) {
    goods.alternates.clear();
    rule.candidates.same = {"item.attributes.voltage"};
    EXPECT_THAT(found(), IsEmpty());
}

TEST_F(Candidates, TheLinesOwnItemIsNeverOne) {
    goods.alternates = {{"PX-100", "PX-100"}};
    goods.stock.push_back(stock("PX-100", "MAIN", "50"));
    rule.candidates.items = {{"PX-100", {"PX-100"}}};
    rule.candidates.same = {"item.category"};
    EXPECT_THAT(found(), ElementsAre("PX-120", "PX-110"));
}

TEST_F(Candidates, AnItemThatTheCatalogueLacksIsKnownByItsNumber) {
    goods.items.clear();
    EXPECT_THAT(found(), ElementsAre("PX-110", "PX-120"));
    EXPECT_EQ(find().at(0).price_ratio, std::nullopt);
}

// -- Tests ------------------------------------------------------------------------------------

TEST_F(Candidates, APriceBeyondTheRatioDoesNotFit) {
    rule.candidates.price_max_ratio = number("1.03");
    rule.candidates.price_min_ratio = number("0.97");
    EXPECT_THAT(found(), ElementsAre("PX-120: its price is 0.96 times the line's, less than 0.97",
                                     "PX-110: its price is 1.04 times the line's, more than 1.03"));
}

TEST_F(Candidates, TheBoundsOfAPriceAreInclusive) {
    rule.candidates.price_max_ratio = number("1.04");
    rule.candidates.price_min_ratio = number("0.96");
    EXPECT_THAT(found(), ElementsAre("PX-120", "PX-110"));
}

TEST_F(Candidates, AnUnknownPriceFailsABoundAndNothingElse) {
    goods.items[1].price = {};
    goods.items[2].price.currency = "EUR";
    EXPECT_THAT(found(), ElementsAre("PX-110", "PX-120"));
    rule.candidates.price_max_ratio = Decimal{2};
    EXPECT_THAT(found(), ElementsAre("PX-110: its price cannot be compared with the line's",
                                     "PX-120: its price cannot be compared with the line's"));
}

TEST_F(Candidates, APriceThatIsASlipOfThePenIsNotCompared) {
    subject.line.unit_price.amount = number("0.000001");
    goods.items[1].price.amount = number("1000000000");
    subject.line.ordered = Decimal{10};
    EXPECT_EQ(find().at(1).price_ratio, std::nullopt);
    subject.line.unit_price.amount = {};
    EXPECT_EQ(find().at(0).price_ratio, std::nullopt);
}

TEST_F(Candidates, TheStockMustCoverAllThatIsOpen) {
    goods.stock = {stock("PX-110", "MAIN", "9"), stock("PX-120", "MAIN", "10")};
    EXPECT_THAT(found(), ElementsAre("PX-120", "PX-110: 9 are free in one warehouse, 10 are open"));
    rule.candidates.cover_full = false;
    EXPECT_THAT(found(), ElementsAre("PX-120", "PX-110"));
}

TEST_F(Candidates, TwoWarehousesDoNotAddUp) {
    goods.stock = {stock("PX-110", "MAIN", "6"), stock("PX-110", "WEST", "6")};
    EXPECT_THAT(found(), ElementsAre("PX-110: 6 are free in one warehouse, 10 are open",
                                     "PX-120: nothing of it is free where the rule looks"));
}

TEST_F(Candidates, LevelsOfOneWarehouseAddUp) {
    goods.stock = {stock("PX-110", "MAIN", "6"), stock("PX-110", "MAIN", "6")};
    EXPECT_EQ(find().at(0).free, Decimal{12});
    EXPECT_TRUE(find().at(0).fits);
}

TEST_F(Candidates, OfTheWarehousesThatCoverTheLinesOwnIsTaken) {
    goods.stock = {stock("PX-110", "EAST", "90"), stock("PX-110", "MAIN", "10"),
                   stock("PX-110", "WEST", "99")};
    goods.alternates = {{"PX-100", "PX-110"}};
    EXPECT_EQ(find().at(0).warehouse, "MAIN");
    goods.stock[1].free = Decimal{9};
    EXPECT_EQ(find().at(0).warehouse, "WEST");
}

TEST_F(Candidates, TheRuleNamesWhereItLooks) {
    goods.stock = {stock("PX-110", "WEST", "50"), stock("PX-120", "MAIN", "50")};
    rule.candidates.warehouse = Warehouse::Same;
    EXPECT_THAT(found(),
                ElementsAre("PX-120", "PX-110: nothing of it is free where the rule looks"));
    rule.candidates.warehouse = Warehouse::Named;
    rule.candidates.warehouse_name = "WEST";
    EXPECT_THAT(found(),
                ElementsAre("PX-110", "PX-120: nothing of it is free where the rule looks"));
}

TEST_F(Candidates, WhatIsKeptBackAndHeldIsNotFree) {
    rule.candidates.keep_back = Decimal{5};
    held = {{"PX-110", "MAIN", Decimal{36}, now},
            {"PX-120", "MAIN", Decimal{35}, now},
            {"PX-120", "WEST", Decimal{99}, now}};
    EXPECT_THAT(found(), ElementsAre("PX-120", "PX-110: 9 are free in one warehouse, 10 are open"));
    EXPECT_EQ(find().at(0).free, Decimal{10});
}

TEST_F(Candidates, WhatIsSoldInAnotherUnitDoesNotFit) {
    goods.items[1].item.attributes["unit"] = "box";
    goods.items[2].item.attributes["unit"] = "pcs";
    EXPECT_THAT(found(), ElementsAre("PX-120", "PX-110: it is sold in box, the line in pcs"));
}

TEST_F(Candidates, TheRuleIsValidOnDaysOfItsCalendar) {
    rule.candidates.valid_from = day("2026-03-10");
    rule.candidates.valid_to = day("2026-03-11");
    now = at("2026-03-09T22:59:59Z");
    EXPECT_EQ(found().at(0), "PX-120: the rule is valid from 2026-03-10 to 2026-03-11");
    now = at("2026-03-09T23:00:00Z");  // midnight in Vienna
    EXPECT_EQ(found().at(0), "PX-120");
    now = at("2026-03-11T22:59:59Z");
    EXPECT_EQ(found().at(0), "PX-120");
    now = at("2026-03-11T23:00:00Z");
    EXPECT_EQ(found().at(0), "PX-120: the rule is valid from 2026-03-10 to 2026-03-11");
}

TEST_F(Candidates, ALineThatTheRuleExcludesHasNone) {
    auto refuses = test("customer.attributes.no_substitutes");
    refuses.any_of = {"true"};
    rule.candidates.exclude = condition({refuses});
    EXPECT_EQ(found().at(0), "PX-120");
    subject.line.customer.attributes["no_substitutes"] = "true";
    EXPECT_EQ(found().at(0),
              "PX-120: the rule excludes the line (customer.attributes.no_substitutes: true)");
}

// -- Rank -------------------------------------------------------------------------------------

TEST_F(Candidates, TheFirstRankDecidesThenTheNext) {
    goods.stock = {stock("PX-110", "MAIN", "20"), stock("PX-120", "WEST", "50")};
    rule.rank = {Rank::SameWarehouse, Rank::Price};
    EXPECT_THAT(found(), ElementsAre("PX-110", "PX-120"));
    rule.rank = {Rank::Price};
    EXPECT_THAT(found(), ElementsAre("PX-120", "PX-110"));
    goods.items[2].price.amount = Decimal{13};
    EXPECT_THAT(found(), ElementsAre("PX-110", "PX-120"));
    rule.rank = {Rank::Price, Rank::Stock};
    EXPECT_THAT(found(), ElementsAre("PX-120", "PX-110"));
}

TEST_F(Candidates, AnUnknownPriceRanksLast) {
    goods.items[2].price = {};
    EXPECT_THAT(found(), ElementsAre("PX-110", "PX-120"));
}

TEST_F(Candidates, WhatDoesNotFitStandsBehind) {
    goods.stock = {stock("PX-110", "MAIN", "50")};
    EXPECT_EQ(found().at(0), "PX-110");
}

}  // namespace substitution_test
}  // namespace backorderd::rules_test

#include <gmock/gmock.h>

#include "rules/goods_samples.hpp"

namespace backorderd::rules_test {
namespace fulfilment_test {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Strategy = FulfilmentRule::Strategy;
using Rank = FulfilmentRule::Rank;

/// Three lines of ten PX-100 each, as old and as valuable as one another, and what arrived.
struct Allocate : ::testing::Test {
    RuleSet rules = rulesOf({});
    std::vector<Case> cases{caseNumbered(1), caseNumbered(2), caseNumbered(3)};
    Goods goods;
    Timestamp now = at("2026-03-09T08:00:00Z");

    Allocate() {
        rules.tiers = {"platinum", "gold"};
        FulfilmentRule rule;
        rule.name = "pumps";
        rule.team = "sales_desk";
        rules.fulfilment = {rule};
        arrived("25");
    }

    FulfilmentRule& rule() { return rules.fulfilment.front(); }
    void arrived(std::string_view quantity) { goods.stock = {stock("PX-100", "MAIN", quantity)}; }
    /// The strategy of lines whose `attributes.s` says so.
    void strategyBy(std::string_view word, Strategy strategy) {
        auto named = test("attributes.s");
        named.any_of = {std::string{word}};
        rule().strategies.emplace_back(strategy, condition({named}));
    }
    OrderLine& line(std::size_t number) { return cases.at(number - 1).line; }

    auto proposed() const { return allocationOf(rules, cases, "PX-100", goods, now); }
    /// `2: 10`
    std::vector<std::string> shares() const {
        std::vector<std::string> words;
        for (const auto& [id, proposal] : proposed())
            words.push_back(fmt::format("{}: {}", id, proposal.quantity.toString()));
        return words;
    }
    /// Without the rank.
    std::string reason(CaseId id) const {
        for (const auto& [its_id, proposal] : proposed())
            if (its_id == id) return proposal.reason.substr(0, proposal.reason.find("; tier"));
        return "not mentioned";
    }
};

// -- Who is asked -----------------------------------------------------------------------------

TEST_F(Allocate, AProposalSaysAllThatAPersonNeeds) {
    const auto all = proposed();
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[2].first, 3);
    EXPECT_EQ(all[2].second,
              (AllocationProposed{"MAIN", Decimal{5}, Decimal{10}, 3, 3, "fill",
                                  "what is left behind 2 lines; tier gold, promised for "
                                  "2026-03-20, waiting since 2026-03-02, 125 USD open"}));
}

TEST_F(Allocate, NothingIsProposedWhereFewerThanTwoWait) {
    line(1).allocated = Decimal{10};
    log(cases[1], now, Cancelled{Decimal{10}});
    EXPECT_THAT(proposed(), IsEmpty());
}

TEST_F(Allocate, LinesThatNoRuleMatchesAreNotMentioned) {
    auto tier = test("customer.tier");
    tier.any_of = {"gold"};
    rule().match = condition({tier});
    line(2).customer.tier = "silver";
    EXPECT_THAT(shares(), ElementsAre("1: 10", "3: 10"));
    rules.fulfilment.clear();
    EXPECT_THAT(proposed(), IsEmpty());
}

TEST_F(Allocate, OnlyWhatIsNotReservedIsWaitedFor) {
    line(1).allocated = Decimal{7};
    EXPECT_THAT(shares(), ElementsAre("1: 3", "2: 10", "3: 10"));
    EXPECT_EQ(proposed()[0].second.open, Decimal{3});
}

TEST_F(Allocate, LinesOfOtherItemsAndMissingOnesAreNotServed) {
    line(1).item.id = "PX-200";
    EXPECT_THAT(shares(), ElementsAre("2: 10", "3: 10"));
    cases[1].missing_since = now;
    EXPECT_THAT(proposed(), IsEmpty());
}

TEST_F(Allocate, ALineIsServedFromItsOwnWarehouse) {
    line(1).warehouse = "WEST";
    EXPECT_THAT(shares(), ElementsAre("2: 10", "3: 10"));
    goods.stock.push_back(stock("PX-100", "WEST", "4"));
    EXPECT_THAT(shares(), ElementsAre("1: 4", "2: 10", "3: 10"));
    EXPECT_EQ(proposed()[0].second.warehouse, "WEST");
}

TEST_F(Allocate, StockOfNoNamedWarehouseServesEverybody) {
    goods.stock[0].warehouse = "";
    EXPECT_THAT(shares(), ElementsAre("1: 10", "2: 10", "3: 5"));
}

TEST_F(Allocate, ALineWithoutAWarehouseIsServedFromTheFullest) {
    for (std::size_t number = 1; number <= 3; ++number) line(number).warehouse = "";
    goods.stock = {stock("PX-100", "EAST", "12"), stock("PX-100", "MAIN", "15")};
    EXPECT_THAT(shares(), ElementsAre("1: 10", "2: 10", "3: 5"));
    EXPECT_EQ(proposed()[1].second.warehouse, "EAST");
}

// -- Rank -------------------------------------------------------------------------------------

TEST_F(Allocate, ByTierThenPromiseThenAgeThenValue) {
    line(3).customer.tier = "platinum";
    line(1).promise = Promise::on(day("2026-03-21"));
    EXPECT_THAT(shares(), ElementsAre("3: 10", "2: 10", "1: 5"));
    line(2).promise = {};
    EXPECT_THAT(shares(), ElementsAre("3: 10", "1: 10", "2: 5"));
    line(1).promise = line(2).promise;
    cases[1].opened_at -= std::chrono::hours{24};
    EXPECT_THAT(shares(), ElementsAre("3: 10", "2: 10", "1: 5"));
    cases[1].opened_at = cases[0].opened_at;
    line(1).unit_price.amount = Decimal{1};
    EXPECT_THAT(shares(), ElementsAre("3: 10", "2: 10", "1: 5"));
}

TEST_F(Allocate, TheRuleSaysWhatRanks) {
    rule().rank = {Rank::OpenValue};
    line(1).customer.tier = "platinum";
    line(3).unit_price.amount = Decimal{99};
    EXPECT_THAT(shares(), ElementsAre("3: 10", "1: 10", "2: 5"));
}

TEST_F(Allocate, LinesOfAnEarlierRuleComeFirst) {
    auto later = rule();
    auto tier = test("customer.tier");
    tier.any_of = {"silver"};
    rule().match = condition({tier});
    rules.fulfilment.push_back(later);
    line(3).customer.tier = "silver";
    EXPECT_THAT(shares(), ElementsAre("3: 10", "1: 10", "2: 5"));
}

// -- Strategies -------------------------------------------------------------------------------

TEST_F(Allocate, StrategiesAreServedInTheirOrder) {
    for (const auto& [word, strategy] :
         {std::pair{"lose", Strategy::Lose}, std::pair{"gain", Strategy::Gain},
          std::pair{"win", Strategy::Win}})
        strategyBy(word, strategy);
    line(1).attributes["s"] = "lose";
    line(3).attributes["s"] = "gain";
    cases.push_back(caseNumbered(4));
    line(4).attributes["s"] = "win";
    EXPECT_THAT(shares(), ElementsAre("4: 10", "3: 10", "2: 5", "1: 0"));
    EXPECT_EQ(reason(4), "all that it waits for");
    EXPECT_EQ(reason(1), "by the rule it gets nothing");
    EXPECT_EQ(proposed()[1].second.strategy, "gain");
}

TEST_F(Allocate, AWinnerIsCoveredAlsoFromWhatOthersHaveReserved) {
    strategyBy("win", Strategy::Win);
    line(3).attributes["s"] = "win";
    line(2).allocated = Decimal{8};
    arrived("4");
    EXPECT_THAT(shares(), ElementsAre("3: 10", "1: 0", "2: 0"));
    EXPECT_EQ(reason(3), "all that it waits for, 6 of it from what SO2/1 has reserved");
    EXPECT_EQ(reason(2),
              "nothing is left behind 2 lines; 6 of what it has reserved are proposed for SO3/1");
}

TEST_F(Allocate, TheLastInLineGivesFirst) {
    strategyBy("win", Strategy::Win);
    strategyBy("lose", Strategy::Lose);
    line(1).attributes["s"] = "lose";
    line(1).allocated = Decimal{4};
    line(2).allocated = Decimal{10};  // waits for nothing, and still gives
    line(3).attributes["s"] = "win";
    arrived("1");
    EXPECT_EQ(reason(3),
              "all that it waits for, 4 of it from what SO1/1 has reserved, 5 of it "
              "from what SO2/1 has reserved");
}

TEST_F(Allocate, WhatAGainerHasStays) {
    strategyBy("win", Strategy::Win);
    strategyBy("gain", Strategy::Gain);
    line(1).attributes["s"] = "win";
    line(2).attributes["s"] = "gain";
    line(2).allocated = Decimal{8};
    line(3).warehouse = "WEST";
    line(3).allocated = Decimal{8};
    arrived("4");
    EXPECT_THAT(shares(), ElementsAre("1: 4", "2: 0"));
}

TEST_F(Allocate, EqualsShareInProportion) {
    rule().fallback = Strategy::Redistribute;
    rule().rank = {Rank::Tier};
    line(1).ordered = Decimal{30};
    arrived("26");
    EXPECT_THAT(shares(), ElementsAre("1: 16", "2: 5", "3: 5"));
    EXPECT_EQ(reason(1), "its share among 3 lines of the same rank");
    line(3).customer.tier = "platinum";
    EXPECT_THAT(shares(), ElementsAre("3: 10", "1: 12", "2: 4"));
    arrived("60");
    EXPECT_THAT(shares(), ElementsAre("3: 10", "1: 30", "2: 10"));
}

TEST_F(Allocate, WhatIsMeasuredIsSharedToTheThousandth) {
    rule().fallback = Strategy::Redistribute;
    rule().rank = {};
    line(1).ordered = number("2.5");
    line(2).ordered = number("2.5");
    line(3).ordered = number("2.5");
    arrived("1");
    EXPECT_THAT(shares(), ElementsAre("1: 0.334", "2: 0.333", "3: 0.333"));
}

TEST_F(Allocate, SharesOfLargeQuantitiesStayExact) {
    rule().fallback = Strategy::Redistribute;
    rule().rank = {};
    for (std::size_t number = 1; number <= 3; ++number) line(number).ordered = Decimal{900'000'000};
    arrived("1000000000");
    EXPECT_THAT(shares(), ElementsAre("1: 333333334", "2: 333333333", "3: 333333333"));
}

// -- All or nothing ---------------------------------------------------------------------------

TEST_F(Allocate, AnOrderThatTakesOneBackOrderGetsAllOfTheLineOrNothing) {
    rule().one_backorder = true;
    line(1).order.one_backorder = true;
    line(1).ordered = Decimal{30};
    EXPECT_THAT(shares(), ElementsAre("1: 0", "2: 10", "3: 10"));
    EXPECT_EQ(reason(1),
              "its order allows one more delivery only, and there is not enough of PX-100");
    rule().one_backorder = false;
    EXPECT_THAT(shares(), ElementsAre("1: 25", "2: 0", "3: 0"));
}

/// Case 9 is line 2 of order SO1, for another item.
struct AllocateOrders : Allocate {
    AllocateOrders() {
        rule().ship_complete = true;
        line(1).order.ship_complete = true;
        auto other = cases[0];
        other.id = 9;
        other.line.key.id = "SO1/2";
        other.line.position = "2";
        other.line.item.id = "PX-200";
        other.line.ordered = Decimal{5};
        cases.push_back(other);
    }
    void otherStock(std::string_view quantity) {
        goods.stock.push_back(stock("PX-200", "MAIN", quantity));
    }
};

TEST_F(AllocateOrders, OneThatShipsCompleteGetsNothingWhileALineOfItIsShort) {
    otherStock("4");
    EXPECT_THAT(shares(), ElementsAre("1: 0", "2: 10", "3: 10"));
    EXPECT_EQ(reason(1), "its order ships complete, and there is not enough of PX-200");
    rule().ship_complete = false;
    EXPECT_THAT(shares(), ElementsAre("1: 10", "2: 10", "3: 5"));
}

TEST_F(AllocateOrders, OneThatShipsCompleteIsServedWhenAllOfItCanBe) {
    otherStock("5");
    EXPECT_THAT(shares(), ElementsAre("1: 10", "2: 10", "3: 5"));
    EXPECT_EQ(reason(1), "its order can ship complete");
}

TEST_F(AllocateOrders, ALineThatIsReservedOrClosedIsNoObstacle) {
    line(4).allocated = Decimal{5};
    EXPECT_EQ(shares().at(0), "1: 10");
    line(4).allocated.reset();
    log(cases[3], now, Shipped{Decimal{5}, {}});
    EXPECT_EQ(shares().at(0), "1: 10");
}

TEST_F(AllocateOrders, TwoLinesOfAnOrderAreServedTogetherOrNotAtAll) {
    line(4).item.id = "PX-100";
    line(4).ordered = Decimal{16};
    EXPECT_THAT(shares(), ElementsAre("9: 0", "1: 0", "2: 10", "3: 10"));
    line(4).ordered = Decimal{15};
    EXPECT_THAT(shares(), ElementsAre("9: 15", "1: 10", "2: 0", "3: 0"));
    // The order stands where its last line does.
    line(4).promise = Promise::on(day("2026-03-21"));
    EXPECT_THAT(shares(), ElementsAre("2: 10", "3: 10", "1: 0", "9: 0"));
    arrived("45");
    EXPECT_THAT(shares(), ElementsAre("2: 10", "3: 10", "1: 10", "9: 15"));
}

TEST_F(AllocateOrders, ALineOfTheItemThatIsNotServedStandsInTheWay) {
    line(4).item.id = "PX-100";
    line(4).warehouse = "WEST";
    EXPECT_EQ(reason(1), "its order ships complete, and there is not enough of PX-100");
}

TEST_F(AllocateOrders, TwoOrdersDoNotCountOnTheSameUnits) {
    line(2).order.ship_complete = true;
    auto other = cases[3];
    other.id = 8;
    other.line.order = line(2).order;
    cases.push_back(other);
    otherStock("7");
    EXPECT_THAT(shares(), ElementsAre("1: 10", "2: 0", "3: 10"));
}

/// Order SO1 is a kit of four PX-100 and one PX-200 each, three times.
struct AllocateKits : AllocateOrders {
    AllocateKits() {
        line(1).order.ship_complete = line(4).order.ship_complete = false;
        line(1).ordered = Decimal{12};
        line(1).kit = {"K1", Decimal{4}};
        line(4).kit = {"K1", std::nullopt};
        line(4).ordered = Decimal{3};
        otherStock("3");
    }
};

TEST_F(AllocateKits, AreCountedWhole) {
    arrived("11");
    otherStock("3");
    EXPECT_THAT(shares(), ElementsAre("1: 8", "2: 3", "3: 0"));
    EXPECT_EQ(reason(1), "2 whole kits, for more there is not enough of PX-100");
}

TEST_F(AllocateKits, NeedAllTheirComponents) {
    goods.stock.back() = stock("PX-200", "MAIN", "1");
    EXPECT_THAT(shares(), ElementsAre("1: 4", "2: 10", "3: 10"));
    EXPECT_EQ(reason(1), "1 whole kit, for more there is not enough of PX-200");
    goods.stock.pop_back();
    EXPECT_EQ(shares().at(0), "1: 0");
    EXPECT_EQ(reason(1), "no whole kit can be made, there is not enough of PX-200");
}

TEST_F(AllocateKits, AreMadeUpFromWhatIsReserved) {
    line(1).allocated = Decimal{3};
    line(4).allocated = Decimal{3};
    arrived("6");
    EXPECT_THAT(shares(), ElementsAre("1: 5", "2: 1", "3: 0"));
}

TEST_F(AllocateKits, AllOfThemWhereTheOrderTakesOneBackOrder) {
    rule().one_backorder = true;
    line(1).order.one_backorder = true;
    arrived("11");
    otherStock("3");
    EXPECT_THAT(shares(), ElementsAre("1: 0", "2: 10", "3: 1"));
    EXPECT_EQ(reason(1), "not every kit can be made, there is not enough of PX-100");
}

TEST_F(AllocateKits, LessThanOneKitIsNotServed) {
    line(1).ordered = Decimal{3};
    EXPECT_EQ(shares().at(2), "1: 0");
    EXPECT_EQ(reason(1), "what is open is no whole number of kits");
}

TEST_F(AllocateKits, OneComponentOnTwoLinesIsServedTogether) {
    line(4).item.id = "PX-100";
    line(4).kit.component = Decimal{1};
    arrived("14");
    EXPECT_THAT(shares(), ElementsAre("2: 10", "3: 4", "1: 0", "9: 0"));
    line(2).promise = line(3).promise = Promise::on(day("2026-04-20"));
    EXPECT_THAT(shares(), ElementsAre("1: 8", "9: 2", "2: 4", "3: 0"));
}

TEST_F(AllocateKits, NoUnitIsTakenOutOfOneForAWinner) {
    strategyBy("win", Strategy::Win);
    line(3).attributes["s"] = "win";
    line(1).allocated = Decimal{8};
    arrived("4");
    EXPECT_EQ(shares().at(0), "3: 4");
}

}  // namespace fulfilment_test
}  // namespace backorderd::rules_test

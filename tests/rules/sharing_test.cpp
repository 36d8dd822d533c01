#include <gmock/gmock.h>

#include "rules/goods_samples.hpp"

namespace backorderd::rules_test {
namespace sharing_test {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct ShareOut : ::testing::Test {
    RuleSet rules = rulesOf({});
    SubstitutionRule rule = plainSubstitution();
    std::vector<Case> cases{caseNumbered(1), caseNumbered(2), caseNumbered(3)};
    Goods goods = plainGoods();
    std::vector<StockHold> held;
    Timestamp now = at("2026-03-09T08:00:00Z");

    ShareOut() {
        rules.tiers = {"platinum", "gold"};
        goods.alternates = {{"PX-100", "PX-110"}};
    }

    std::vector<std::pair<CaseId, OfferMade>> made() const {
        std::vector<rules::OfferWish> wishes;
        for (const auto& subject : cases) wishes.push_back({&subject, &rule});
        return rules::OfferRound{rules, wishes, goods, held, now}.serve(wishes.size());
    }
    /// `2: 10 PX-110`
    std::vector<std::string> shared() const {
        std::vector<std::string> words;
        for (const auto& [id, offer] : made()) {
            auto text = fmt::format("{}:", id);
            for (const auto& item : offer.items)
                text += fmt::format(" {} {}", item.quantity.toString(), item.item);
            words.push_back(std::move(text));
        }
        return words;
    }
};

TEST_F(ShareOut, AnOfferNamesItemsQuantitiesPricesAndTimes) {
    goods = plainGoods();
    cases.resize(1);
    const auto all = made();
    ASSERT_EQ(all.size(), 1U);
    const auto& offer = all[0].second;
    EXPECT_EQ(offer.rule, "same family");
    EXPECT_THAT(
        offer.items,
        ElementsAre(
            OfferedItem{"PX-120", "Name of PX-120", "MAIN", Decimal{10}, {Decimal{12}, "USD"}},
            OfferedItem{"PX-110", "Name of PX-110", "MAIN", Decimal{10}, {Decimal{13}, "USD"}}));
    EXPECT_EQ(offer.hold_until, at("2026-03-11T08:00:00Z"));
    EXPECT_EQ(offer.answer_by, at("2026-03-16T08:00:00Z"));
}

TEST_F(ShareOut, AnAnswerIsNeverDueBeforeTheHoldEnds) {
    rule.answer_within = period("1h");
    EXPECT_EQ(made().at(0).second.answer_by, made().at(0).second.hold_until);
}

TEST_F(ShareOut, OffersAtMostSoManyItems) {
    goods = plainGoods();
    rule.max = 1;
    EXPECT_THAT(shared(), ElementsAre("1: 10 PX-120", "2: 10 PX-120", "3: 10 PX-120"));
}

TEST_F(ShareOut, ScarceUnitsGoToTheBetterTier) {
    goods.stock = {stock("PX-110", "MAIN", "25")};
    cases[0].line.customer.tier = "";
    cases[1].line.customer.tier = "bronze";
    cases[2].line.customer.tier = "platinum";
    EXPECT_THAT(shared(), ElementsAre("3: 10 PX-110", "2: 10 PX-110"));
}

TEST_F(ShareOut, ThenToTheOlderLineThenToTheLargerValue) {
    goods.stock = {stock("PX-110", "MAIN", "25")};
    cases[2].opened_at -= std::chrono::hours{1};
    cases[1].line.unit_price.amount = Decimal{13};
    EXPECT_THAT(shared(), ElementsAre("3: 10 PX-110", "2: 10 PX-110"));
}

TEST_F(ShareOut, ThenByCase) {
    goods.stock = {stock("PX-110", "MAIN", "25")};
    EXPECT_THAT(shared(), ElementsAre("1: 10 PX-110", "2: 10 PX-110"));
}

TEST_F(ShareOut, ALineThatTheRestDoesNotCoverLeavesItToTheNext) {
    goods.stock = {stock("PX-110", "MAIN", "12")};
    cases[1].line.ordered = Decimal{2};
    EXPECT_THAT(shared(), ElementsAre("1: 10 PX-110", "2: 2 PX-110"));
}

TEST_F(ShareOut, APartIsOfferedWhereTheRuleAllowsIt) {
    goods.stock = {stock("PX-110", "MAIN", "12")};
    rule.candidates.cover_full = false;
    EXPECT_THAT(shared(), ElementsAre("1: 10 PX-110", "2: 2 PX-110"));
}

TEST_F(ShareOut, WhatOthersHoldIsNotOffered) {
    held = {{"PX-110", "MAIN", Decimal{41}, now}};
    EXPECT_THAT(shared(), IsEmpty());
}

}  // namespace sharing_test
}  // namespace backorderd::rules_test

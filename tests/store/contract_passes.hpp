#pragma once

#include "contract.hpp"

namespace backorderd::store {

/// So much of item PX-100, and of another.
inline Goods stocked(int free) {
    Goods goods;
    goods.stock = {{"OTHER", "", Decimal{1}}, {"PX-100", "", Decimal{free}}};
    return goods;
}

TEST_P(StoreContract, ArrivalsAreKeptUntilTheyAreServed) {
    store().saveGoods("erp", stocked(1));
    EXPECT_TRUE(store().arrivals("erp").empty()) << "a first reading is no arrival";
    store().saveGoods("erp", stocked(5));
    store().saveGoods("erp", stocked(4));
    reopen();
    EXPECT_EQ(store().arrivals("erp"), std::vector<std::string>{"PX-100"});
    EXPECT_TRUE(store().arrivals("other").empty());

    // Advice for the last in line serves it, other events do not.
    const auto id = open("1");
    auto change = changing(id);
    change.new_events = {{2, kNow, EscalationStarted{"prolonged"}}};
    commit(change);
    EXPECT_FALSE(store().arrivals("erp").empty());
    change = changing(id);
    change.new_events = {{3, kNow, AllocationProposed{"", {}, Decimal{1}, 1, 2, "fill", ""}}};
    commit(change);
    EXPECT_FALSE(store().arrivals("erp").empty()) << "one more waits for it";
    change = changing(id);
    change.new_events = {{4, kNow, AllocationProposed{"", {}, Decimal{1}, 2, 2, "fill", ""}}};
    commit(change);
    EXPECT_TRUE(store().arrivals("erp").empty());

    store().saveGoods("erp", stocked(9));
    store().forgetArrivals("erp", std::vector<std::string>{"OTHER"});
    EXPECT_FALSE(store().arrivals("erp").empty());
    store().forgetArrivals("erp", std::vector<std::string>{"PX-100"});
    reopen();
    EXPECT_TRUE(store().arrivals("erp").empty());
}

TEST_P(StoreContract, CasesWithOffersAndLaddersAreFound) {
    const auto offered = open("1"), escalated = open("2"), closed = open("3");
    open("4");
    const auto add = [&](CaseId id, const Event& event, bool close = false) {
        auto change = changing(id);
        change.new_events = {{change.after.events.back().seq + 1, kNow, event}};
        if (close) change.after.closed_at = kNow;
        commit(change);
    };
    add(offered, OfferMade{"same family", {{"PX-110", "", "", Decimal{1}, {}}}, kNow, kNow});
    add(offered, OfferMade{"same family", {{"PX-110", "", "", Decimal{1}, {}}}, kNow, kNow});
    add(escalated, EscalationStarted{"prolonged"});
    add(closed, OfferMade{"same family", {{"PX-110", "", "", Decimal{1}, {}}}, kNow, kNow});
    add(closed, Cancelled{Decimal{10}}, true);
    EXPECT_EQ(store().casesOffered("erp"), std::vector{offered});
    EXPECT_EQ(store().casesEscalated("erp"), std::vector{escalated});
    EXPECT_TRUE(store().casesOffered("other").empty());
}

}  // namespace backorderd::store

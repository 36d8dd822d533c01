#pragma once

#include <fstream>

#include "contract.hpp"

namespace backorderd::store {

/// Goods of every kind, as a source may have them.
inline Goods someGoods() {
    Goods goods;
    goods.stock = {{"A", "GRZ", Decimal{2}}, {"A", "VIE", Decimal{1}}, {"B", "", {}}};
    CatalogueItem pump;
    pump.item.id = "A";
    pump.item.name = "Pump \"12 V\"";
    pump.item.category = "pumps";
    pump.item.attributes = {{"empty", ""}, {"voltage", "12"}};
    pump.price = {*Decimal::parse("129.95"), "EUR"};
    pump.lead_time_days = 0;
    CatalogueItem bare;
    bare.item.id = "C";
    goods.items = {pump, bare};
    goods.alternates = {{"A", "B"}, {"A", "C"}, {"B", "A"}};
    goods.supply = {
        {"A", {"PO1", kDay, Decimal{5}}}, {"A", {"PO2", {}, {}}}, {"C", {"PO3", {}, {}}}};
    return goods;
}

TEST_P(StoreContract, GoodsAreKeptWhole) {
    const auto goods = someGoods();
    EXPECT_EQ(store().goods("erp"), Goods{});
    EXPECT_TRUE(store().saveGoods("erp", goods).any);
    EXPECT_FALSE(store().saveGoods("erp", goods).any);
    reopen();
    EXPECT_EQ(store().goods("erp"), goods);
    EXPECT_FALSE(store().saveGoods("erp", goods).any);
    EXPECT_EQ(store().goods("other"), Goods{});
}

TEST_P(StoreContract, GoodsAreReplaced) {
    store().saveGoods("erp", someGoods());
    store().saveGoods("other", someGoods());
    const std::function<void(Goods&)> kSteps[] = {
        [](Goods& goods) { goods.stock[0].free = *Decimal::parse("0.5"); },
        [](Goods& goods) { goods.stock.erase(goods.stock.begin()); },
        [](Goods& goods) { goods.items[0].item.name = "Pump"; },
        [](Goods& goods) { goods.items[0].item.category = ""; },
        [](Goods& goods) { goods.items[0].item.attributes.erase("voltage"); },
        [](Goods& goods) { goods.items[0].price.amount = Decimal{130}; },
        [](Goods& goods) { goods.items[0].price.currency = "USD"; },
        [](Goods& goods) { goods.items[0].lead_time_days = 3650; },
        [](Goods& goods) { goods.items[0].lead_time_days.reset(); },
        [](Goods& goods) { goods.items.pop_back(); },
        [](Goods& goods) { goods.alternates[0].substitute = "D"; },
        [](Goods& goods) { goods.alternates.pop_back(); },
        [](Goods& goods) { goods.supply[1].supply.expected = kDay; },
        [](Goods& goods) { goods.supply.erase(goods.supply.begin()); },
        [](Goods& goods) {
            goods.supply.push_back({"D", {"PO9", {}, Decimal{1}}});
        },
        [](Goods& goods) { goods = {}; },
    };
    auto goods = someGoods();
    for (std::size_t i = 0; i < std::size(kSteps); ++i) {
        kSteps[i](goods);
        std::sort(goods.alternates.begin(), goods.alternates.end());
        EXPECT_TRUE(store().saveGoods("erp", goods).any) << i;
        EXPECT_EQ(store().goods("erp"), goods) << i;
        EXPECT_FALSE(store().saveGoods("erp", goods).any) << i;
    }
    EXPECT_EQ(store().goods("other"), someGoods()) << "of another source, they stay";
}

TEST_P(StoreContract, GoodsOfSomeItems) {
    const auto all = someGoods();
    store().saveGoods("erp", all);
    const std::vector<std::string> kWanted{"C", "B", "no such item", "B", "\"] --"};
    Goods wanted;
    wanted.stock = {all.stock[2]};
    wanted.items = {all.items[1]};
    wanted.alternates = {all.alternates[2]};
    wanted.supply = {all.supply[2]};
    EXPECT_EQ(store().goodsOf("erp", kWanted), wanted);
    EXPECT_EQ(store().goodsOf("erp", {}), Goods{}) << "of no item, nothing";
    EXPECT_EQ(store().goodsOf("other", kWanted), Goods{});
}

TEST_P(StoreContract, ArrivalsAreItemsOfWhichMoreIsFree) {
    using Levels = std::vector<StockLevel>;
    const struct {
        const char* what;
        Levels before, now;
        std::vector<std::string> arrived;
    } kCases[] = {
        {"the first reading", {}, {{"A", "", Decimal{5}}}, {}},
        {"as before", {{"A", "", Decimal{5}}}, {{"A", "", Decimal{5}}}, {}},
        {"more", {{"A", "", Decimal{5}}}, {{"A", "", *Decimal::parse("5.000001")}}, {"A"}},
        {"less", {{"A", "", Decimal{5}}}, {{"A", "", Decimal{4}}}, {}},
        {"gone", {{"A", "", Decimal{5}}}, {}, {}},
        {"a new item, and none of another",
         {{"A", "", Decimal{5}}},
         {{"A", "", Decimal{5}}, {"B", "", Decimal{1}}, {"C", "", Decimal{0}}},
         {"B"}},
        {"a transfer",
         {{"A", "GRZ", Decimal{5}}, {"A", "VIE", Decimal{0}}},
         {{"A", "GRZ", Decimal{2}}, {"A", "VIE", Decimal{3}}},
         {}},
        {"a transfer that grew on its way",
         {{"A", "GRZ", Decimal{5}}},
         {{"A", "GRZ", Decimal{2}}, {"A", "VIE", Decimal{4}}},
         {"A"}},
        {"less than nothing becomes less of it",
         {{"A", "", Decimal{-5}}, {"B", "", Decimal{-5}}},
         {{"A", "", Decimal{-2}}, {"B", "", Decimal{1}}},
         {"B"}},
    };
    for (const auto& [what, before, now, arrived] : kCases) {
        store().saveGoods(what, {before, {}, {}, {}});
        EXPECT_EQ(store().saveGoods(what, {now, {}, {}, {}}).arrived, arrived) << what;
    }
}

TEST_P(StoreContract, WhatOffersHoldIsAddedUpUntilItsEnd) {
    const auto a = open("8"), b = open("9");
    const auto hold = [&](CaseId id, std::vector<StockHold> holds) {
        auto change = changing(id);
        change.holds = std::move(holds);
        commit(change);
    };
    const auto soon = kNow + hours{1}, late = kNow + hours{2};
    hold(a, {{"X", "GRZ", Decimal{2}, soon}, {"Y", "", Decimal{1}, late}});
    hold(b, {{"X", "GRZ", *Decimal::parse("0.5"), late}, {"X", "VIE", Decimal{4}, late}});
    reopen();
    using Holds = std::vector<StockHold>;
    EXPECT_EQ(store().heldStock("erp", kNow), (Holds{{"X", "GRZ", *Decimal::parse("2.5"), {}},
                                                     {"X", "VIE", Decimal{4}, {}},
                                                     {"Y", "", Decimal{1}, {}}}));
    EXPECT_EQ(store().heldStock("erp", kNow, b),
              (Holds{{"X", "GRZ", Decimal{2}, {}}, {"Y", "", Decimal{1}, {}}}));
    EXPECT_EQ(store().heldStock("erp", soon, b), (Holds{{"Y", "", Decimal{1}, {}}}))
        << "from its end on, a unit is free";
    EXPECT_EQ(store().heldStock("erp", late), Holds{});
    EXPECT_EQ(store().heldStock("other", kNow), Holds{});

    commit(changing(b));  // says nothing of holds
    hold(a, {{"Y", "", Decimal{3}, late}});
    EXPECT_EQ(store().heldStock("erp", soon - minutes{1}, 0),
              (Holds{{"X", "GRZ", *Decimal::parse("0.5"), {}},
                     {"X", "VIE", Decimal{4}, {}},
                     {"Y", "", Decimal{3}, {}}}));
    hold(b, {});
    EXPECT_EQ(store().heldStock("erp", kNow), (Holds{{"Y", "", Decimal{3}, {}}}));
}

TEST_P(StoreContract, ANewCaseMayHoldAndWishAtOnce) {
    auto change = opening(line("8"));
    change.holds = {{"X", "GRZ", Decimal{2}, kNow + hours{1}}};
    change.wants_offer = true;
    const auto id = commit(change);
    EXPECT_EQ(store().heldStock("erp", kNow).size(), 1u);
    EXPECT_EQ(store().casesWantingOffer("erp"), Ids{id});
}

TEST_P(StoreContract, FindsWhoWantsAnOffer) {
    const auto a = open("8"), b = open("9"), c = open("10");
    const auto wish = [&](CaseId id, bool wants, bool closed = false) {
        auto change = changing(id);
        change.wants_offer = wants;
        if (closed) change.after.closed_at = kNow;
        commit(change);
    };
    EXPECT_EQ(store().casesWantingOffer("erp"), Ids{});
    wish(c, true);
    wish(a, true);
    wish(b, true, true);
    reopen();
    EXPECT_EQ(store().casesWantingOffer("erp"), (Ids{a, c})) << "a closed case waits for nothing";
    EXPECT_EQ(store().casesWantingOffer("other"), Ids{});
    wish(a, false);
    EXPECT_EQ(store().casesWantingOffer("erp"), Ids{c});
}

TEST_P(StoreContract, FindsWhoWaitsForItems) {
    const auto a = open("8"), b = open("9");
    auto other = opening(line("10"));
    other.after.line.item.id = "PX-\"200\"";
    const auto c = commit(other);
    auto closing = changing(b);
    closing.after.closed_at = kNow;
    commit(closing);
    const auto waiting = [&](const char* source, std::vector<std::string> items) {
        return store().openCasesOfItems(source, items);
    };
    EXPECT_EQ(waiting("erp", {"PX-100"}), Ids{a});
    EXPECT_EQ(waiting("erp", {"PX-\"200\"", "PX-100", "PX-100", "X"}), (Ids{a, c}));
    EXPECT_EQ(waiting("erp", {}), Ids{});
    EXPECT_EQ(waiting("other", {"PX-100"}), Ids{});
}

TEST_P(StoreContract, ANoticeKeepsTheSenderThatATeamNames) {
    const auto id = open("8");
    auto alert = notice("escalation/2/1");
    alert.topic = Topic::Escalation;
    alert.recipient = {Channel::Webhook, "", "night", "", "", "ops_webhook"};
    const auto notice_id = plan(id, alert);
    reopen();
    EXPECT_EQ(noticeOf(notice_id).recipient, alert.recipient);
    auto change = changing(id);
    change.after.notices.front().recipient.sender = "desk_webhook";
    change.changed_notices = {change.after.notices.front()};
    commit(change);
    EXPECT_EQ(noticeOf(notice_id).recipient.sender, "desk_webhook");
}

TEST_P(StoreContract, WhatASenderTookIsNotHeardThroughAnother) {
    const auto it = onWire("8");
    settle(outcome(it.message_id, MessageState::Sent));
    Recipient to{Channel::Email, "erika@example.com", "", "", "", ""};
    EXPECT_EQ(store().heardBy(to, kNow - hours{1}).size(), 1u);
    to.sender = "mail";
    EXPECT_EQ(store().heardBy(to, kNow - hours{1}).size(), 1u);
    to.sender = "another";
    EXPECT_TRUE(store().heardBy(to, kNow - hours{1}).empty());
}

TEST_P(StoreContract, ABackupIsAWholeStoreOfTheMoment) {
    const auto it = frozen("8");
    store().saveGoods("erp", someGoods());
    store().setMeta("a", "1");
    const auto file = place().newFile();
    store().backup(file);
    store().setMeta("a", "2");  // goes on, and changes nothing in the copy
    open("9");

    const auto copy = place().openBackup(file);
    EXPECT_EQ(copy->meta("a"), "1");
    EXPECT_EQ(copy->goods("erp"), someGoods());
    EXPECT_EQ(copy->listCases({}), Ids{it.case_id});
    EXPECT_EQ(copy->cases({&it.case_id, 1}).front(), one(it.case_id));
    EXPECT_EQ(copy->messages({&it.message_id, 1}).front(), messageOf(it.message_id));
}

TEST_P(StoreContract, ABackupReplacesNothing) {
    open("8");
    const auto file = place().newFile();
    std::ofstream{file} << "precious";
    EXPECT_THROW(store().backup(file), std::runtime_error);
    std::string text;
    std::ifstream{file} >> text;
    EXPECT_EQ(text, "precious");
    EXPECT_THROW(store().backup(place().newFile() + "/no/such/folder"), std::runtime_error);
    EXPECT_EQ(store().listCases({}).size(), 1u) << "the store is none the worse";
}

}  // namespace backorderd::store

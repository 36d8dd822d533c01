#include <gmock/gmock.h>

#include "rig.hpp"
#include "rules/rules.hpp"

// What is decided over many cases together: who is offered scarce stock, and who should get what
// arrived.

namespace backorderd::app::test {
namespace passes_test {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;
using State = rules::OfferView::State;

constexpr const char* kOfferRules = R"(version: 1
tiers: [platinum, gold, silver]
teams:
  desk: { email: [desk@house.example] }
cadence:
  - name: everyone
    match: {}
    messages:
      cancelled: { template: cancelled }
substitution:
  - name: alternates
    match: { kind: backorder }
    candidates: { from: [erp], stock: { cover: full } }
    offer: { max: 1, template: status, answer_within: 5d, hold: 48h }
    withdrawn: { template: status }
    accepted: { to: desk, template: no-contact }
)";

/// Lines of PX-100, which an alternate in stock could replace.
OrderLine waiting(const std::string& id, const std::string& tier, int quantity) {
    auto line = sampleLine(id);
    line.order.number = "SO" + id;
    line.order.id = "o" + id;
    line.customer.tier = tier;
    line.customer.id = "C" + id;
    line.contact.email = id + "@example.com";
    line.ordered = Decimal{quantity};
    return line;
}

void stockUp(Rig& rig, const std::string& item, int free) {
    auto& stock = rig.erp.goods.stock;
    std::erase_if(stock, [&](const StockLevel& level) { return level.item == item; });
    stock.push_back({item, "main", Decimal{free}});
}

/// An ERP with an alternate, and so much of it.
void offerable(Rig& rig, int free) {
    rig.erp.goods.alternates = {{"PX-100", "PX-110"}};
    rig.erp.goods.items = {{{"PX-110", "Other pump", "pumps", "", {}}, {}, {}}};
    stockUp(rig, "PX-110", free);
}

std::optional<State> stateOf(Rig& rig, const std::string& line_id) {
    const auto subject = rig.caseOf(line_id);
    const auto offers = rules::offersOf(subject);
    if (offers.empty()) return std::nullopt;
    return offers.back().state;
}

std::vector<std::string> addresses(const FakeMailbox& box) {
    std::vector<std::string> list;
    for (const auto& message : box.received) list.push_back(message.recipient.address);
    return list;
}

TEST(Sharing, ScarceStockGoesToTheBestTierAndNoUnitTwice) {
    Rig rig{kOfferRules};
    rig.erp.lines = {waiting("1", "silver", 10), waiting("2", "platinum", 10),
                     waiting("3", "gold", 10)};
    offerable(rig, 20);
    rig.poll();
    rig.work();
    EXPECT_THAT(addresses(rig.mailbox), UnorderedElementsAre("2@example.com", "3@example.com"));
    EXPECT_EQ(stateOf(rig, "1"), std::nullopt);
    const auto held = rig.store->heldStock("erp", rig.clock.now());
    ASSERT_THAT(held, SizeIs(1));
    EXPECT_EQ(held[0].quantity, Decimal{20});
}

TEST(Sharing, WhatIsHeldIsNotOfferedInALaterCycleAndNewStockIs) {
    Rig rig{kOfferRules};
    rig.erp.lines = {waiting("1", "silver", 10)};
    offerable(rig, 15);
    rig.poll();
    rig.work();
    EXPECT_EQ(stateOf(rig, "1"), State::Open);
    rig.erp.lines.push_back(waiting("2", "platinum", 10));
    rig.poll();
    rig.work();
    EXPECT_EQ(stateOf(rig, "2"), std::nullopt) << "5 of 15 are free";
    stockUp(rig, "PX-110", 20);
    rig.poll();
    rig.work();
    EXPECT_EQ(stateOf(rig, "1"), State::Open);
    EXPECT_EQ(stateOf(rig, "2"), State::Open);
}

TEST(Sharing, WhatWasHeldForALineThatShippedIsOfferedToTheNext) {
    Rig rig{kOfferRules};
    rig.erp.can_find = true;
    rig.erp.lines = {waiting("1", "silver", 10)};
    offerable(rig, 10);
    rig.poll();
    rig.work();
    ASSERT_EQ(stateOf(rig, "1"), State::Open);
    auto shipped = rig.erp.line("1");
    shipped.shipped = shipped.ordered;
    rig.erp.closed = {shipped};
    rig.erp.lines.clear();
    rig.poll();
    rig.work();
    EXPECT_THAT(rig.store->heldStock("erp", rig.clock.now()), IsEmpty());
    rig.erp.lines.push_back(waiting("2", "silver", 10));
    rig.poll();
    rig.work();
    EXPECT_EQ(stateOf(rig, "2"), State::Open);
}

TEST(Sharing, AnIdleDaemonRunsNoPass) {
    Rig rig{kOfferRules};
    rig.erp.lines = {waiting("1", "silver", 10), waiting("2", "gold", 10)};
    offerable(rig, 10);
    rig.poll();
    rig.work();
    EXPECT_THAT(rig.store->casesWantingOffer("erp"), SizeIs(1)) << "one is still unserved";
    EXPECT_FALSE(rig.engine->work());
    ASSERT_TRUE(rig.engine->quietFor());
    EXPECT_GT(*rig.engine->quietFor(), 1h);
}

TEST(Sharing, AnEndedHoldServesTheNext) {
    Rig rig{kOfferRules};
    rig.erp.lines = {waiting("1", "gold", 10), waiting("2", "silver", 10)};
    offerable(rig, 10);
    rig.poll();
    rig.work();
    EXPECT_EQ(stateOf(rig, "2"), std::nullopt);
    rig.ask("respond", {{"line", "1"}, {"decline", true}, {"author", "ann"}});
    rig.work();
    EXPECT_EQ(stateOf(rig, "1"), State::Declined);
    EXPECT_EQ(stateOf(rig, "2"), State::Open);
}

TEST(Sharing, AnOfferEndsByItself) {
    Rig rig{kOfferRules};
    rig.erp.lines = {waiting("1", "gold", 10)};
    offerable(rig, 10);
    rig.poll();
    rig.work();
    for (int day = 0; day < 6; ++day) {
        rig.pass(24h);
        rig.poll();
        rig.work();
    }
    EXPECT_EQ(stateOf(rig, "1"), State::Expired);
    EXPECT_THAT(rig.store->heldStock("erp", rig.clock.now()), IsEmpty());
}

TEST(Sharing, WhatIsGoneIsWithdrawnAndOnlyAsMuchAsIsMissing) {
    Rig rig{kOfferRules};
    rig.erp.lines = {waiting("1", "gold", 10), waiting("2", "silver", 10)};
    offerable(rig, 20);
    rig.poll();
    rig.work();
    ASSERT_THAT(rig.mailbox.received, SizeIs(2));
    stockUp(rig, "PX-110", 10);
    rig.poll();
    rig.work();
    EXPECT_EQ(stateOf(rig, "1"), State::Open);
    EXPECT_EQ(stateOf(rig, "2"), State::Withdrawn);
    EXPECT_THAT(rig.topics(rig.mailbox), ElementsAre("offer", "offer", "offer_withdrawn"));
}

TEST(Sharing, AnOfferThatIsGoneBeforeItLeavesIsNeverTold) {
    Rig rig{kOfferRules};
    rig.mailbox.next = {TryLater{"greylisted", std::nullopt}};
    rig.erp.lines = {waiting("1", "gold", 10)};
    offerable(rig, 10);
    rig.poll();
    rig.work();
    ASSERT_THAT(rig.mailbox.received, IsEmpty());
    stockUp(rig, "PX-110", 3);
    rig.poll();
    rig.pass(2h);
    EXPECT_EQ(stateOf(rig, "1"), State::Withdrawn);
    EXPECT_THAT(rig.mailbox.received, IsEmpty()) << "nobody had heard of it";
}

TEST(Sharing, ACrashBetweenPollAndPassLosesNoOffer) {
    Rig rig{kOfferRules};
    rig.erp.lines = {waiting("1", "gold", 10)};
    offerable(rig, 10);
    rig.poll();
    rig.crash();
    rig.start();
    rig.work();
    EXPECT_EQ(stateOf(rig, "1"), State::Open);
    rig.crash();
    rig.start();
    rig.poll();
    rig.work();
    EXPECT_THAT(rules::offersOf(rig.caseOf("1")), SizeIs(1));
    EXPECT_THAT(rig.mailbox.received, SizeIs(1));
}

TEST(Sharing, AnAcceptedOfferIsATaskAndANote) {
    Rig rig{kOfferRules};
    rig.erp.lines = {waiting("1", "gold", 10)};
    offerable(rig, 10);
    rig.poll();
    rig.work();
    const auto answer =
        rig.ask("respond",
                {{"line", "SO1/1"}, {"accept", "PX-110"}, {"author", "ann"}, {"note", "gladly"}});
    ASSERT_TRUE(answer.value("ok", false)) << answer.dump();
    rig.work();
    EXPECT_EQ(stateOf(rig, "1"), State::Accepted);
    EXPECT_THAT(rig.topics(rig.mailbox), ElementsAre("offer", "offer_answered"));
    EXPECT_EQ(rig.mailbox.received.back().recipient.address, "desk@house.example");
    ASSERT_THAT(rig.erp.notes, testing::Not(IsEmpty()));
    EXPECT_THAT(rig.erp.notes.back().text, AllOf(HasSubstr("PX-110"), HasSubstr("gladly")));
    EXPECT_EQ(rig.store->auditTrail(1).at(0).actor, "ann");
    EXPECT_EQ(rig.caseOf("1").line.item.id, "PX-100") << "demand stays on the original item";
}

TEST(Sharing, WhatIsNoLongerTrueCannotBeAccepted) {
    Rig rig{kOfferRules};
    rig.erp.lines = {waiting("1", "gold", 10)};
    offerable(rig, 10);
    rig.poll();
    rig.work();
    const Goods nothing;
    rig.store->saveGoods("erp", nothing);
    const auto answer =
        rig.ask("respond", {{"line", "1"}, {"accept", "PX-110"}, {"author", "ann"}});
    EXPECT_FALSE(answer.value("ok", true));
    EXPECT_THAT(answer.value("error", ""), HasSubstr("withdrawn"));
    EXPECT_EQ(stateOf(rig, "1"), State::Withdrawn);
    const auto other = rig.ask("respond", {{"line", "1"}, {"accept", "PX-999"}, {"author", "ann"}});
    EXPECT_FALSE(other.value("ok", true));
}

constexpr const char* kAdviceRules = R"(version: 1
tiers: [platinum, gold, silver]
teams:
  warehouse: { sender: ops }
cadence:
  - name: everyone
    match: {}
    messages:
      cancelled: { template: cancelled }
fulfilment:
  - name: all
    match: {}
    strategy: { default: fill }
    rank: [customer.tier]
    to: warehouse
    template: status
)";

int proposals(Rig& rig) {
    int count = 0;
    CaseFilter filter;
    for (const auto& subject : rig.store->cases(rig.store->listCases(filter)))
        for (const auto& entry : subject.events)
            count += std::holds_alternative<AllocationProposed>(entry.event) ? 1 : 0;
    return count;
}

/// Two lines wait, and there has been no stock so far.
void wait(Rig& rig) {
    rig.erp.lines = {waiting("1", "silver", 10), waiting("2", "platinum", 10)};
    stockUp(rig, "OTHER", 5);
    rig.poll();
    rig.work();
    stockUp(rig, "PX-100", 12);
}

TEST(Allocating, ArrivedStockIsProposedToTheWarehouseOnce) {
    Rig rig{kAdviceRules};
    wait(rig);
    rig.poll();
    rig.work();
    EXPECT_EQ(proposals(rig), 2);
    ASSERT_THAT(rig.ops.received, SizeIs(1)) << "one message for the item";
    EXPECT_THAT(rig.mailbox.received, IsEmpty());
    rig.poll();
    rig.pass(48h);
    EXPECT_EQ(proposals(rig), 2);
    EXPECT_THAT(rig.ops.received, SizeIs(1));
    EXPECT_THAT(rig.store->arrivals("erp"), IsEmpty());
}

TEST(Allocating, ACrashBetweenPollAndPassLosesNoAdvice) {
    Rig rig{kAdviceRules};
    wait(rig);
    rig.poll();
    rig.crash();
    rig.start();
    rig.work();
    EXPECT_EQ(proposals(rig), 2);
    rig.crash();
    rig.start();
    rig.work();
    EXPECT_EQ(proposals(rig), 2);
}

TEST(Allocating, OneLineNeedsNoAdvice) {
    Rig rig{kAdviceRules};
    wait(rig);
    rig.erp.lines.pop_back();
    rig.poll();
    rig.poll();
    rig.work();
    EXPECT_EQ(proposals(rig), 0);
    EXPECT_THAT(rig.store->arrivals("erp"), IsEmpty());
}

}  // namespace passes_test
}  // namespace backorderd::app::test

#include <gmock/gmock.h>

#include "rig.hpp"

// What waits in a frozen message, for a receiver or for the clock, while the world goes on.

namespace backorderd::app::test {
namespace waiting_test {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

/// A first message that its receiver refuses for now.
void refuseTheFirst(Rig& rig) {
    rig.mailbox.next = {TryLater{"450 later", {}}};
    rig.erp.lines = {sampleLine("1")};
    rig.poll();
    rig.work();
}

TEST(Waiting, AnAddressThatIsSuppressedMeanwhileGetsNothing) {
    Rig rig;
    refuseTheFirst(rig);
    Suppression entry;
    entry.address = "ann@example.com";
    entry.reason = "asked";
    entry.source = "operator";
    entry.author = "ann";
    entry.at = rig.clock.now();
    rig.store->suppress(std::vector{entry}, {entry.at, "ann", "suppress", entry.address, "asked"});
    rig.pass(6h);
    EXPECT_THAT(rig.mailbox.received, IsEmpty());
    EXPECT_EQ(rig.onlyCase().notices.at(0).state, NoticeState::Suppressed);
}

TEST(Waiting, ASilenceThatBeginsMeanwhileHolds) {
    Rig rig;
    refuseTheFirst(rig);
    const nlohmann::json silence{
        {"match", {"customer.id=C1"}}, {"for", "12h"}, {"author", "ann"}, {"reason", "talks"}};
    ASSERT_TRUE(rig.ask("silence.add", silence).value("ok", false));
    rig.pass(11h);
    EXPECT_THAT(rig.mailbox.received, IsEmpty());
    rig.pass(2h);
    EXPECT_THAT(rig.topics(rig.mailbox), ElementsAre("opened"));
}

TEST(Waiting, AStatusLeavesOnFreshDataOnly) {
    Rig rig;
    rig.erp.lines = {sampleLine("1")};
    rig.poll();
    rig.work();
    days(rig, 4);
    rig.mailbox.always = TryLater{"450 later", {}};
    days(rig, 1);
    ASSERT_THAT(rig.topics(rig.mailbox), ElementsAre("opened"));
    rig.pass(30h);
    rig.mailbox.always.reset();
    rig.pass(8h);
    EXPECT_THAT(rig.topics(rig.mailbox), ElementsAre("opened")) << "nobody has read for 38 hours";
    rig.poll();
    rig.pass(1h);
    EXPECT_THAT(rig.topics(rig.mailbox), ElementsAre("opened", "status"));
}

TEST(Waiting, WhatMayHaveArrivedIsNotPlannedAnew) {
    Rig rig;
    rig.mailbox.next = {Unknown{"cut off"}};
    rig.erp.lines = {sampleLine("1")};
    rig.poll();
    rig.work();
    rig.erp.line("1").promise = Promise::on(*parseDate("2026-04-20"));
    rig.poll();
    rig.pass(1h);
    EXPECT_THAT(rig.topics(rig.mailbox), ElementsAre("opened", "promise_changed"));
    EXPECT_EQ(rig.onlyCase().notices.at(0).state, NoticeState::Unknown);
}

TEST(Waiting, APartOfTheListOpensNoLineThatMayBeAnothersNewId) {
    Rig rig;
    rig.erp.lines = {sampleLine("1")};
    rig.poll();
    rig.work();
    rig.erp.line("1").key.id = "99";
    rig.erp.complete = false;
    rig.poll();
    rig.work();
    EXPECT_THAT(rig.topics(rig.mailbox), ElementsAre("opened"));
    rig.erp.complete = true;
    rig.poll();
    rig.work();
    EXPECT_THAT(rig.topics(rig.mailbox), ElementsAre("opened"));
    EXPECT_EQ(rig.onlyCase().line.key.id, "99");
}

constexpr const char* kOffers = R"(version: 1
cadence:
  - name: everyone
    match: {}
    messages:
      cancelled: { template: cancelled }
substitution:
  - name: alternates
    match: {}
    candidates: { from: [erp] }
    offer: { max: 1, template: offer, answer_within: 48h, hold: 48h }
)";

TEST(Waiting, AnOfferIsHeldThroughHoursOfAWrongClock) {
    Rig rig{kOffers};
    rig.erp.goods.alternates = {{"PX-100", "PX-110"}};
    rig.erp.goods.items = {{{"PX-110", "Other pump", "pumps", "", {}}, {}, {}}};
    rig.erp.goods.stock = {{"PX-110", "main", Decimal{10}}};
    rig.erp.lines = {sampleLine("1")};
    rig.poll();
    rig.work();
    ASSERT_THAT(rig.topics(rig.mailbox), ElementsAre("offer"));
    rig.pass(46h);
    rig.clock.wall += 5h;
    rig.pass(1h);
    rig.clock.wall -= 5h;
    rig.work();
    EXPECT_THAT(rig.store->heldStock("erp", rig.clock.now()), SizeIs(1));
    rig.pass(2h);
    EXPECT_THAT(rig.store->heldStock("erp", rig.clock.now()), IsEmpty());
}

}  // namespace waiting_test
}  // namespace backorderd::app::test

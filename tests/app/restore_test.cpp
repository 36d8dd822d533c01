#include <gmock/gmock.h>

#include "gates_rig.hpp"

namespace backorderd::app::test {
namespace restore_test {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// The one line that there is ships whole, and is gone from what the ERP lists.
void shipAll(Rig& rig) {
    auto shipped = rig.erp.lines.front();
    shipped.shipped = shipped.ordered;
    rig.erp.closed = {shipped};
    rig.erp.lines.clear();
}

TEST(Restore, WhatLeftAfterTheBackupIsNotSentAgainAndTheRestWaits) {
    Rig rig;
    openAnother(rig, "1");
    rig.store->backup(rig.folder / "copy.db");
    rig.clock.advance(1h);
    openAnother(rig, "2");
    rig.clock.advance(1h);
    openAnother(rig, "3");
    ASSERT_THAT(rig.mailbox.received, SizeIs(3));
    restore(rig, rig.folder / "copy.db");
    EXPECT_THAT(gatesUp(rig), ElementsAre("restored"));
    openAnother(rig, "4");
    rig.pass(2h);
    EXPECT_THAT(rig.mailbox.received, SizeIs(3)) << "everything waits";
    EXPECT_EQ(rig.caseOf("2").notices.front().state, NoticeState::Sent) << "known at once";
    EXPECT_EQ(rig.caseOf("4").notices.front().state, NoticeState::Planned);
    ASSERT_TRUE(resume(rig, "restored").value("ok", false));
    rig.pass(1h);
    ASSERT_THAT(rig.mailbox.received, SizeIs(4)) << "only what never left";
    EXPECT_THAT(rig.mailbox.received.back().document, HasSubstr("SO104"));
    for (const auto* id : {"2", "3"}) {
        const auto notice = rig.caseOf(id).notices.front();
        EXPECT_EQ(notice.state, NoticeState::Sent);
        EXPECT_THAT(notice.state_reason, HasSubstr("the send journal says that it left on"));
    }
    // What the customer was told counts: the story ends for them as it began.
    rig.erp.can_find = true;
    auto shipped = rig.erp.line("2");
    shipped.shipped = shipped.ordered;
    rig.erp.closed = {shipped};
    std::erase_if(rig.erp.lines, [](const OrderLine& line) { return line.key.id == "2"; });
    rig.poll();
    rig.work();
    EXPECT_EQ(rig.topics(rig.mailbox).back(), "shipped");
}

TEST(Restore, WhatHadLeftIsNoStorm) {
    Rig rig{kRules, false, false};
    rig.settings.guards.blast_radius_max = 2;
    rig.start();
    rig.store->backup(rig.folder / "copy.db");
    for (const auto* id : {"1", "2", "3"}) {
        openAnother(rig, id);
        rig.clock.advance(1h);
    }
    restore(rig, rig.folder / "copy.db");
    resume(rig, "restored");
    rig.poll();
    rig.work();
    EXPECT_THAT(rig.store->heldNotices("", 10), IsEmpty()) << "three are due at once, and had left";
    openAnother(rig, "4");
    openAnother(rig, "5");
    EXPECT_THAT(rig.mailbox.received, SizeIs(5)) << "as many as are allowed";
}

TEST(Restore, WhatTheCopyHoldsAndHadLeftIsKnown) {
    Rig rig{kRules, false, false};
    rig.settings.guards.blast_radius_max = 1;
    rig.start();
    rig.erp.lines = {sampleLine("1"), sampleLine("2")};
    rig.poll();
    rig.work();
    rig.store->backup(rig.folder / "copy.db");
    const auto held = rig.store->heldNotices("", 10);
    ASSERT_THAT(held, SizeIs(2));
    rig.store->approve(std::vector{held[0].id, held[1].id},
                       {rig.clock.now(), "anna", "approve", "", "looked at"});
    rig.work();
    ASSERT_THAT(rig.mailbox.received, SizeIs(2));
    restore(rig, rig.folder / "copy.db");
    EXPECT_THAT(rig.store->heldNotices("", 10), IsEmpty());
    EXPECT_EQ(rig.caseOf("1").notices.front().state, NoticeState::Sent);
}

TEST(Restore, TheEndIsToldOfALineThatEndsBeforeAnythingMayLeave) {
    Rig rig;
    rig.erp.can_find = true;
    rig.store->backup(rig.folder / "copy.db");
    openAnother(rig, "1");
    ASSERT_THAT(rig.topics(rig.mailbox), ElementsAre("opened"));
    restore(rig, rig.folder / "copy.db");
    rig.poll();
    rig.work();
    shipAll(rig);
    rig.poll();
    rig.work();
    resume(rig, "restored");
    rig.work();
    EXPECT_THAT(rig.topics(rig.mailbox), ElementsAre("opened", "shipped"));
}

TEST(Restore, WhatWaitedInTheBackupForItsHourIsKnownToHaveLeftAlsoWhereItsLineEndsFirst) {
    std::string rules = kRules;
    rules.replace(rules.find("    messages:"), 0,
                  "    send_window: { hours: \"08:00-18:00\", in: customer }\n");
    Rig rig{rules, false, false};
    rig.erp.can_find = true;
    rig.clock.wall = *parseTimestamp("2026-03-02T20:00:00Z");
    rig.start();
    openAnother(rig, "1");
    rig.store->backup(rig.folder / "copy.db");
    rig.pass(24h);
    ASSERT_THAT(rig.topics(rig.mailbox), ElementsAre("opened"));
    shipAll(rig);
    restore(rig, rig.folder / "copy.db");
    rig.poll();
    resume(rig, "restored");
    rig.pass(24h);
    EXPECT_THAT(rig.topics(rig.mailbox), ElementsAre("opened", "shipped"));
}

TEST(Restore, TheNextStatusIsCountedFromWhatHadLeft) {
    Rig rig;
    rig.store->backup(rig.folder / "copy.db");
    openAnother(rig, "1");
    const auto heard_at = rig.clock.now();
    days(rig, 3);
    restore(rig, rig.folder / "copy.db");
    rig.poll();
    resume(rig, "restored");
    rig.work();
    EXPECT_EQ(rig.onlyCase().notices.front().state_at, heard_at);
    days(rig, 2);
    EXPECT_THAT(rig.topics(rig.mailbox), ElementsAre("opened", "status"));
}

TEST(Restore, ADateThatNobodyWasToldIsToldThoughAnotherHadItsPlaceInTheLog) {
    Rig rig;
    openAnother(rig, "1");
    rig.store->backup(rig.folder / "copy.db");
    const auto moveTo = [&](const char* date) {
        rig.clock.advance(24h);
        rig.erp.lines.front().promise = Promise::on(*parseDate(date));
        rig.poll();
        rig.work();
    };
    moveTo("2026-04-10");
    ASSERT_THAT(rig.topics(rig.mailbox), ElementsAre("opened", "promise_changed"));
    restore(rig, rig.folder / "copy.db");
    moveTo("2026-04-20");
    resume(rig, "restored");
    rig.work();
    ASSERT_THAT(rig.topics(rig.mailbox),
                ElementsAre("opened", "promise_changed", "promise_changed"));
    EXPECT_THAT(rig.mailbox.received.back().document, HasSubstr("20 April"));
}

TEST(Restore, AnEndThatHadLeftIsNotToldAgainFromAnotherPlaceOfTheLog) {
    Rig rig;
    rig.erp.can_find = true;
    openAnother(rig, "1");
    rig.store->backup(rig.folder / "copy.db");
    rig.clock.advance(24h);
    rig.erp.lines.front().promise = Promise::on(*parseDate("2026-04-10"));
    rig.poll();
    rig.work();
    shipAll(rig);
    rig.poll();
    rig.work();
    ASSERT_EQ(rig.topics(rig.mailbox).back(), "shipped");
    const auto told = rig.mailbox.received.size();
    restore(rig, rig.folder / "copy.db");
    rig.erp.closed.front().promise = Promise::on(*parseDate("2026-03-20"));
    rig.clock.advance(24h);
    rig.poll();
    resume(rig, "restored");
    rig.work();
    EXPECT_THAT(rig.mailbox.received, SizeIs(told));
}

TEST(Restore, ADateThatHadLeftIsNotToldAgainWhereLessIsOpenByNow) {
    Rig rig;
    openAnother(rig, "1");
    rig.store->backup(rig.folder / "copy.db");
    rig.clock.advance(24h);
    rig.erp.lines.front().promise = Promise::on(*parseDate("2026-04-10"));
    rig.poll();
    rig.work();
    ASSERT_THAT(rig.topics(rig.mailbox), ElementsAre("opened", "promise_changed"));
    restore(rig, rig.folder / "copy.db");
    rig.erp.lines.front().shipped = Decimal{4};
    rig.poll();
    resume(rig, "restored");
    rig.pass(1h);
    EXPECT_THAT(rig.topics(rig.mailbox), ElementsAre("opened", "promise_changed"));
}

TEST(Restore, AnAlertThatHadLeftIsNotToldAgainByALadderThatStartsAtAnotherPlaceOfTheLog) {
    Rig rig{std::string{kRules} +
            "teams:\n  rep: { email: [rep@house.example] }\n"
            "escalation:\n  - name: long\n    match: {}\n    start: { age: { min: 3d } }\n"
            "    steps: [{ to: rep, template: rep-alert }]\n"};
    openAnother(rig, "1");
    rig.store->backup(rig.folder / "copy.db");
    rig.clock.advance(24h);
    rig.erp.lines.front().promise = Promise::on(*parseDate("2026-04-10"));
    rig.poll();
    rig.work();
    days(rig, 3);
    ASSERT_THAT(rig.topics(rig.mailbox), ElementsAre("opened", "promise_changed", "escalation"));
    restore(rig, rig.folder / "copy.db");
    rig.erp.lines.front().promise = Promise::on(*parseDate("2026-03-20"));
    rig.poll();
    resume(rig, "restored");
    rig.pass(1h);
    EXPECT_THAT(rig.mailbox.received, SizeIs(3));
}

TEST(Restore, AMessageThatWaitedInTheBackupHasLeft) {
    Rig rig;
    rig.mailbox.next = {TryLater{"421 busy", {}}};
    openAnother(rig, "1");
    rig.store->backup(rig.folder / "copy.db");
    rig.pass(10min);
    ASSERT_THAT(rig.mailbox.received, SizeIs(1));
    restore(rig, rig.folder / "copy.db");
    const auto waiting = rig.store->messages(rig.store->listMessages({})).front();
    EXPECT_EQ(waiting.state, MessageState::Sent);
    EXPECT_THAT(waiting.state_reason, HasSubstr("the send journal says"));
    resume(rig, "restored");
    rig.pass(24h);
    EXPECT_THAT(rig.mailbox.received, SizeIs(1));
}

TEST(Restore, WhatWasRefusedOnTheWireAfterTheBackupMayStillLeave) {
    Rig rig;
    rig.store->backup(rig.folder / "copy.db");
    rig.mailbox.next = {Unknown{"no answer"}, Unknown{"no answer"}};
    openAnother(rig, "1");
    rig.pass(1h);
    ASSERT_THAT(rig.mailbox.received, SizeIs(2)) << "a mail goes once more";
    restore(rig, rig.folder / "copy.db");
    rig.poll();
    resume(rig, "restored");
    rig.pass(24h);
    EXPECT_THAT(rig.mailbox.received, SizeIs(2)) << "it may have arrived twice already";
    EXPECT_EQ(rig.caseOf("1").notices.front().state, NoticeState::Unknown);
}

TEST(Restore, ABackupAfterWhichNothingLeftHoldsNothing) {
    Rig rig;
    openAnother(rig, "1");
    rig.store->backup(rig.folder / "copy.db");
    restore(rig, rig.folder / "copy.db");
    EXPECT_THAT(gatesUp(rig), IsEmpty());
}

TEST(Restore, ARestartIsNoRestore) {
    Rig rig;
    openAnother(rig, "1");
    for (int i = 0; i < 3; ++i) {
        rig.crash();
        rig.start();
        EXPECT_THAT(gatesUp(rig), IsEmpty());
    }
    openAnother(rig, "2");
    EXPECT_THAT(rig.mailbox.received, SizeIs(2));
}

TEST(Restore, AJournalThatIsGoneHoldsEverything) {
    Rig rig;
    openAnother(rig, "1");
    rig.crash();
    std::filesystem::remove_all(rig.folder / "journal");
    rig.start();
    EXPECT_THAT(gatesUp(rig), ElementsAre("journal"));
    openAnother(rig, "2");
    EXPECT_THAT(rig.mailbox.received, SizeIs(1));
    rig.crash();
    rig.start();
    EXPECT_THAT(gatesUp(rig), ElementsAre("journal")) << "a restart lowers nothing";
    resume(rig, "journal");
    rig.reload();
    EXPECT_THAT(gatesUp(rig), IsEmpty()) << "an operator has looked at it";
    rig.work();
    EXPECT_THAT(rig.mailbox.received, SizeIs(2));
}

}  // namespace restore_test
}  // namespace backorderd::app::test

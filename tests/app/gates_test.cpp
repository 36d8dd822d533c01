#include "app/gates.hpp"

#include <gmock/gmock.h>

#include <cerrno>

#include "rig.hpp"

namespace backorderd::app::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<std::string> gatesUp(const Rig& rig) {
    std::vector<std::string> names;
    for (const auto& gate : rig.engine->gates().up()) names.emplace_back(gateText(gate.name));
    return names;
}

/// One more back order, of an order of its own.
void openAnother(Rig& rig, const std::string& id) {
    auto line = sampleLine(id);
    line.order = {"o" + id, "SO10" + id, "", {}};
    rig.erp.lines.push_back(line);
    rig.poll();
    rig.work();
}

nlohmann::json resume(Rig& rig, const std::string& gate) {
    const nlohmann::json arguments{{"gate", gate}, {"author", "anna"}, {"reason", "looked at"}};
    return rig.ask("resume", arguments);
}

/// Puts a backup in place of the database, as docs/operations.md says.
void restore(Rig& rig, const std::string& backup) {
    rig.crash();
    const auto database = rig.settings.data_dir + "/" + store::kDatabaseFile;
    for (const auto* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(database + suffix);
    std::filesystem::copy_file(backup, database);
    rig.start();
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

TEST(Restore, TheEndIsToldOfALineThatEndsBeforeAnythingMayLeave) {
    Rig rig;
    rig.erp.can_find = true;
    rig.store->backup(rig.folder / "copy.db");
    openAnother(rig, "1");
    ASSERT_THAT(rig.topics(rig.mailbox), ElementsAre("opened"));
    restore(rig, rig.folder / "copy.db");
    rig.poll();
    rig.work();
    auto shipped = rig.erp.lines.front();
    shipped.shipped = shipped.ordered;
    rig.erp.closed = {shipped};
    rig.erp.lines.clear();
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
    Rig rig{rules};
    rig.erp.can_find = true;
    rig.clock.wall = *parseTimestamp("2026-03-02T20:00:00Z");
    openAnother(rig, "1");
    rig.store->backup(rig.folder / "copy.db");
    rig.pass(24h);
    ASSERT_THAT(rig.topics(rig.mailbox), ElementsAre("opened"));
    auto shipped = rig.erp.lines.front();
    shipped.shipped = shipped.ordered;
    rig.erp.closed = {shipped};
    rig.erp.lines.clear();
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
    auto shipped = rig.erp.lines.front();
    shipped.shipped = shipped.ordered;
    rig.erp.closed = {shipped};
    rig.erp.lines.clear();
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
    rig.work();
    EXPECT_THAT(rig.mailbox.received, SizeIs(2));
}

/// The disk fails, or is full, when the journal is to be made durable.
TEST(JournalFailure, EndsTheProcessAndNothingIsOnTheWire) {
    for (const int error : {EIO, ENOSPC}) {
        Rig rig;
        rig.crash();
        store::JournalOptions options;
        bool fails = false;
        options.sync = [&fails, error](int) {
            errno = error;
            return fails ? -1 : 0;
        };
        rig.journal_options = options;
        rig.start();
        fails = true;
        EXPECT_THROW(openAnother(rig, "1"), StoreBroken);
        EXPECT_THAT(rig.mailbox.received, IsEmpty());
        rig.crash();
        fails = false;
        rig.start();
        rig.pass(1h);
        // The store alone knows of it: it counts as unknown, and a mail goes once more.
        EXPECT_THAT(rig.mailbox.received, SizeIs(1));
    }
}

TEST(GatePaused, HoldsWhatIsDueAndLooksAgainBeforeItLeaves) {
    Rig rig;
    rig.erp.lines = {sampleLine("1")};
    EXPECT_FALSE(rig.ask("pause", {{"author", "anna"}}).value("ok", false)) << "a reason is needed";
    const nlohmann::json why{{"author", "anna"}, {"reason", "the mail server moves"}};
    ASSERT_TRUE(rig.ask("pause", why).value("ok", false));
    rig.poll();
    rig.pass(2h);
    EXPECT_THAT(rig.mailbox.received, IsEmpty());
    const auto status = rig.ask("status", nlohmann::json::object())["result"];
    EXPECT_EQ(status["gates"][0]["gate"], "paused");
    EXPECT_EQ(status["gates"][0]["reason"], "anna: the mail server moves");
    const auto story = rig.ask("explain", {{"line", "1"}})["result"][0];
    EXPECT_EQ(story["gates"][0]["gate"], "paused");
    rig.erp.line("1").promise = Promise::on(*parseDate("2026-05-08"));
    rig.poll();
    ASSERT_TRUE(resume(rig, "paused").value("ok", false));
    rig.work();
    ASSERT_FALSE(rig.mailbox.received.empty());
    EXPECT_THAT(rig.mailbox.received.front().document, HasSubstr("8 May"));
    const auto trail = rig.store->auditTrail(2);
    EXPECT_EQ(trail[0].action, "resume");
    EXPECT_EQ(trail[1].action, "pause");
}

TEST(GateEnvironment, ADatabaseOfAnotherEnvironmentSendsNothing) {
    Rig rig;
    openAnother(rig, "1");
    rig.crash();
    rig.settings.environment = "staging";
    rig.start();
    EXPECT_THAT(gatesUp(rig), ElementsAre("environment"));
    openAnother(rig, "2");
    EXPECT_THAT(rig.mailbox.received, SizeIs(1));
    resume(rig, "environment");
    rig.work();
    EXPECT_THAT(rig.mailbox.received, SizeIs(2));
    rig.crash();
    rig.start();
    EXPECT_THAT(gatesUp(rig), IsEmpty()) << "it belongs here now";
}

TEST(GateEnvironment, ADatabaseFromAnotherFolderSendsNothing) {
    Rig rig;
    openAnother(rig, "1");
    rig.crash();
    std::filesystem::rename(rig.settings.data_dir, rig.folder / "elsewhere");
    rig.settings.data_dir = rig.folder / "elsewhere";
    rig.start();
    EXPECT_THAT(gatesUp(rig), ElementsAre("environment"));
}

struct StepCase {
    const char* name;
    std::chrono::seconds step;
    bool holds;
};

TEST(GateClock, HoldsAfterAStepAndFallsWhenTheClockIsRightAgain) {
    for (const auto& it :
         {StepCase{"a correction back", -4min, false}, StepCase{"back", -6min, true},
          StepCase{"far back", -400 * 24h, true}, StepCase{"a correction forward", 59min, false},
          StepCase{"forward", 61min, true}, StepCase{"far forward", 400 * 24h, true}}) {
        Rig rig;
        rig.work();
        rig.clock.wall += it.step;
        openAnother(rig, "1");
        EXPECT_THAT(rig.mailbox.received, SizeIs(it.holds ? 0 : 1)) << it.name;
        EXPECT_EQ(gatesUp(rig).size(), it.holds ? 1u : 0u) << it.name;
        if (!it.holds) continue;
        rig.clock.wall -= it.step;
        rig.work();
        EXPECT_THAT(gatesUp(rig), IsEmpty()) << it.name;
        // What was read while the clock was far off keeps its dates: it waits for them, or is old.
        if (std::chrono::abs(it.step) > 24h) continue;
        rig.poll();
        rig.pass(2h);
        EXPECT_THAT(rig.mailbox.received, SizeIs(1)) << it.name;
    }
}

TEST(GateClock, DriftIsNoStep) {
    Rig rig;
    for (int i = 0; i < 100; ++i) {
        rig.clock.advance(60s);
        rig.clock.wall += 30s;
        rig.work();
    }
    EXPECT_THAT(gatesUp(rig), IsEmpty());
}

TEST(GateClock, AStartBeforeTheLastPollHoldsUntilTheClockIsSet) {
    Rig rig;
    rig.erp.lines = {sampleLine("1")};
    rig.poll();
    rig.crash();
    rig.clock.wall -= 10 * 365 * 24h;
    rig.start();
    rig.work();
    EXPECT_THAT(gatesUp(rig), ElementsAre("clock"));
    EXPECT_THAT(rig.mailbox.received, IsEmpty());
    rig.clock.wall += 10 * 365 * 24h;
    rig.work();
    EXPECT_THAT(gatesUp(rig), IsEmpty());
    EXPECT_THAT(rig.mailbox.received, SizeIs(1));
}

TEST(GateClock, AnOperatorMayAcceptIt) {
    Rig rig;
    rig.work();
    rig.clock.wall += 48h;
    openAnother(rig, "1");
    ASSERT_THAT(gatesUp(rig), ElementsAre("clock"));
    ASSERT_TRUE(resume(rig, "clock").value("ok", false));
    rig.work();
    EXPECT_THAT(gatesUp(rig), IsEmpty());
    EXPECT_THAT(rig.mailbox.received, SizeIs(1));
}

}  // namespace
}  // namespace backorderd::app::test

#include "app/gates.hpp"

#include <gmock/gmock.h>

#include <cerrno>

#include "gates_rig.hpp"

namespace backorderd::app::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

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

TEST(GateJournal, AReloadDoesNotMissTheJournalThatTheFirstRunBegan) {
    Rig rig;
    openAnother(rig, "1");
    rig.reload();
    EXPECT_THAT(gatesUp(rig), IsEmpty());
    openAnother(rig, "2");
    EXPECT_THAT(rig.mailbox.received, SizeIs(2));
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

TEST(GateClock, WhatASilencePutOffWhileTheClockWasAheadLeavesWhenItIsRight) {
    Rig rig;
    rig.work();
    rig.ask("pause", {{"author", "anna"}, {"reason", "not yet"}});
    openAnother(rig, "1");
    rig.clock.wall += 10 * 24h;
    rig.poll();
    rig.work();
    ASSERT_TRUE(resume(rig, "clock").value("ok", false));
    const nlohmann::json silence{{"match", {"customer.id=C1"}},
                                 {"for", "90d"},
                                 {"author", "anna"},
                                 {"reason", "stock-taking"}};
    ASSERT_TRUE(rig.ask("silence.add", silence).value("ok", false));
    ASSERT_TRUE(resume(rig, "paused").value("ok", false));
    rig.work();
    ASSERT_THAT(rig.mailbox.received, IsEmpty());
    ASSERT_GT(rig.caseOf("1").notices.front().due_at, rig.clock.now() + 80 * 24h);
    rig.clock.wall -= 10 * 24h;
    rig.poll();
    rig.work();
    ASSERT_THAT(gatesUp(rig), ElementsAre("clock"));
    ASSERT_TRUE(resume(rig, "clock").value("ok", false));
    rig.work();
    EXPECT_THAT(rig.mailbox.received, SizeIs(1)) << "no silence holds by the right clock";
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

TEST(GateClock, AStartBeforeTheNewestMessageHoldsAsWell) {
    Rig rig;
    rig.erp.lines = {sampleLine("1")};
    rig.poll();
    rig.clock.advance(3h);
    rig.engine->work();  // Frozen, and not sent.
    rig.crash();
    rig.clock.wall -= 2h;
    rig.start();
    rig.work();
    EXPECT_THAT(gatesUp(rig), ElementsAre("clock"));
    EXPECT_THAT(rig.mailbox.received, IsEmpty());
    rig.clock.wall += 2h;
    rig.work();
    EXPECT_THAT(rig.mailbox.received, SizeIs(1));
}

TEST(GateClock, AStepRightBehindTheStartIsSeen) {
    Rig rig;
    rig.erp.lines = {sampleLine("1")};
    rig.poll();
    rig.crash();
    rig.start();
    rig.clock.wall += 5h;
    rig.work();
    EXPECT_THAT(gatesUp(rig), ElementsAre("clock"));
    EXPECT_THAT(rig.mailbox.received, IsEmpty());
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

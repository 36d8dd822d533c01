#include "app/poll_schedule.hpp"

#include <gmock/gmock.h>

#include "rig.hpp"

// When sources are polled, and what several in one daemon do to one another.

namespace backorderd::app::test {
namespace poll_schedule_test {

using testing::ElementsAre;
using End = PollReport::End;

config::SourceSettings settingsOf(std::chrono::seconds poll_every) {
    config::SourceSettings settings;
    settings.name = "erp";
    settings.poll_every = poll_every;
    settings.poll_jitter = 0;
    return settings;
}

TEST(PollSchedule, ThePollAtTheStartIsDueAtOnceAndTheNextAtItsInterval) {
    const auto settings = settingsOf(5min);
    FakeClock clock;
    PollSchedule schedule{settings};
    EXPECT_EQ(schedule.dueIn(clock.now(), clock.steady()), 0s);
    schedule.ended(/*failed=*/false, clock.steady());
    EXPECT_EQ(schedule.dueIn(clock.now(), clock.steady()), 5min);
    clock.advance(4min);
    EXPECT_EQ(schedule.dueIn(clock.now(), clock.steady()), 1min);
    clock.wall -= 1h;  // A clock that is set back delays nothing.
    clock.advance(0s);
    EXPECT_EQ(schedule.dueIn(clock.now(), clock.steady()), 1min);
    clock.advance(2min);
    EXPECT_EQ(schedule.dueIn(clock.now(), clock.steady()), 0s);
}

TEST(PollSchedule, FailuresWaitTwiceAsLongEachTimeUpToABound) {
    auto settings = settingsOf(5min);
    settings.poll_retry_longest = 60s;
    FakeClock clock;
    PollSchedule schedule{settings};
    std::vector<std::chrono::seconds> waits;
    for (int i = 0; i < 5; ++i) {
        schedule.ended(/*failed=*/true, clock.steady());
        waits.push_back(schedule.dueIn(clock.now(), clock.steady()));
    }
    EXPECT_THAT(waits, ElementsAre(10s, 20s, 40s, 60s, 60s));
    schedule.ended(/*failed=*/false, clock.steady());
    EXPECT_EQ(schedule.dueIn(clock.now(), clock.steady()), 5min);
    schedule.ended(/*failed=*/true, clock.steady());
    EXPECT_EQ(schedule.dueIn(clock.now(), clock.steady()), 10s) << "it begins anew";
}

TEST(PollSchedule, AFrequentPollThatFailsIsTriedLessOften) {
    const auto settings = settingsOf(1s);
    FakeClock clock;
    PollSchedule schedule{settings};
    for (int i = 0; i < 20; ++i) schedule.ended(/*failed=*/true, clock.steady());
    EXPECT_EQ(schedule.dueIn(clock.now(), clock.steady()), 15min);
}

TEST(PollSchedule, IntervalsVaryByTheirJitterAndNeverBeyond) {
    auto settings = settingsOf(100s);
    settings.poll_jitter = 0.2;
    FakeClock clock;
    PollSchedule schedule{settings};
    std::set<std::chrono::seconds> waits;
    for (int i = 0; i < 50; ++i) {
        schedule.ended(/*failed=*/false, clock.steady());
        waits.insert(schedule.dueIn(clock.now(), clock.steady()));
    }
    EXPECT_GT(waits.size(), 5U);
    EXPECT_GE(*waits.begin(), 80s);
    EXPECT_LE(*waits.rbegin(), 100s);
}

TEST(PollSchedule, InQuietHoursNothingIsRead) {
    auto settings = settingsOf(5min);
    settings.quiet = {{{60, 180}, "Europe/Vienna"}};  // 01:00-03:00, which is 00:00-02:00 UTC
    PollSchedule schedule{settings};
    FakeClock clock;
    clock.wall = *parseTimestamp("2026-03-02T00:30:00Z");
    EXPECT_EQ(schedule.dueIn(clock.now(), clock.steady()), 90min);
    EXPECT_EQ(schedule.quietUntil(clock.now()), parseTimestamp("2026-03-02T02:00:00Z"));
    clock.wall = *parseTimestamp("2026-03-01T23:58:00Z");
    EXPECT_EQ(schedule.dueIn(clock.now(), clock.steady()), 0s);
    schedule.ended(/*failed=*/false, clock.steady());
    EXPECT_EQ(schedule.dueIn(clock.now(), clock.steady()), 122min) << "it would fall into them";
}

TEST(PollSchedule, QuietHoursOverMidnightAreTwoEntries) {
    auto settings = settingsOf(5min);
    settings.quiet = {{{22 * 60, 24 * 60}, "UTC"}, {{0, 2 * 60}, "UTC"}};
    const PollSchedule schedule{settings};
    EXPECT_EQ(schedule.quietUntil(*parseTimestamp("2026-03-02T23:00:00Z")),
              parseTimestamp("2026-03-03T02:00:00Z"));
}

TEST(PollSchedule, HoursThatAreQuietAllDayEndNoLoop) {
    auto settings = settingsOf(5min);
    settings.quiet = {{{0, 24 * 60}, "UTC"}};
    const PollSchedule schedule{settings};
    EXPECT_TRUE(schedule.quietUntil(*parseTimestamp("2026-03-02T23:00:00Z")));
}

/// 'erp', and 'shop' beside it.
class TwoSources : public Rig {
public:
    TwoSources() {
        crash();
        settings.sources[0].poll_jitter = 0;
        auto other = settings.sources[0];
        other.name = "shop";
        other.poll_every = 600s;
        settings.sources.push_back(other);
        shop.clock = &clock;
        shop.lines = {sampleLine("s1")};
        shop.lines[0].key.source = "shop";
        more_ends = [this](Ends& ends, asio::io_context&) {
            ends.sources.push_back({"shop", std::make_unique<FakeConnector>(shop)});
        };
        start();
    }
    std::chrono::seconds dueIn(const std::string& name) { return engine->pollDueIn(name); }
    /// A mail about a line of 'erp' was frozen 25 hours before a start. `before_start` says what is
    /// otherwise by then.
    void freezeAndRestart(const std::function<void()>& before_start) {
        begin("shop");
        work();
        mailbox.received.clear();
        mailbox.next = {TryLater{"451 busy", std::nullopt}};
        erp.lines = {sampleLine("1")};
        begin("erp");
        work();
        crash();
        clock.advance(25h);
        before_start();
        start();
        begin("erp");
    }
    /// Begins a poll, and lets it go as far as it gets.
    void begin(const std::string& name) {
        asio::co_spawn(*context, engine->poll(name),
                       [this, name](std::exception_ptr failure, std::optional<PollReport> said) {
                           if (failure) std::rethrow_exception(failure);
                           if (said)
                               ends.push_back(name + " " + std::string{endName(said->end)});
                           else
                               ends.push_back(name + " is being polled");
                       });
        context->restart();
        context->poll();
    }

    FakeErp shop;
    std::vector<std::string> ends;
};

TEST(SeveralSources, EachHasAnIntervalOfItsOwn) {
    TwoSources rig;
    rig.begin("erp");
    rig.begin("shop");
    EXPECT_EQ(rig.dueIn("erp"), 60s);
    EXPECT_EQ(rig.dueIn("shop"), 600s);
}

TEST(SeveralSources, OneThatFailsHoldsUpNoOther) {
    TwoSources rig;
    rig.shop.fails_after_page = "down";
    rig.erp.lines = {sampleLine("1")};
    rig.begin("shop");
    rig.begin("erp");
    rig.work();
    EXPECT_THAT(rig.ends, ElementsAre("shop failed", "erp complete"));
    EXPECT_EQ(rig.dueIn("shop"), 10s);
    EXPECT_EQ(rig.dueIn("erp"), 60s);
    EXPECT_FALSE(rig.mailbox.received.empty());
}

TEST(SeveralSources, OneThatHangsHoldsUpNoOther) {
    TwoSources rig;
    rig.shop.hangs = true;
    rig.erp.lines = {sampleLine("1")};
    rig.begin("shop");
    rig.begin("erp");
    rig.begin("shop");
    EXPECT_THAT(rig.ends, ElementsAre("erp complete", "shop is being polled"));
    while (rig.engine->work()) {
    }
    rig.context->restart();
    rig.context->poll();
    EXPECT_FALSE(rig.mailbox.received.empty());
    EXPECT_THAT(rig.shop.reads, ElementsAre("all")) << "never two at once";
}

TEST(SeveralSources, AnOperatorsPollPostponesTheNextRegularOne) {
    TwoSources rig;
    rig.begin("erp");
    rig.clock.advance(50s);
    rig.ask("poll", {{"source", "erp"}});
    EXPECT_EQ(rig.dueIn("erp"), 60s);
}

/// What was frozen before a start waits for sources that may know better, but not for ever.
TEST(SeveralSources, AfterARestartQuietHoursOfOneSourceHoldUpNoMail) {
    TwoSources rig;
    rig.freezeAndRestart([&] { rig.settings.sources[1].quiet = {{{0, 24 * 60}, "UTC"}}; });
    rig.pass(5min);
    EXPECT_FALSE(rig.mailbox.received.empty());
}

TEST(SeveralSources, WhatWasFrozenWaitsForOneThatHangsAsLongAsItsSettingsSay) {
    TwoSources rig;
    rig.freezeAndRestart([&] {
        rig.settings.sources[1].first_poll_wait = 10min;
        rig.shop.hangs = true;
    });
    rig.begin("shop");
    // While the poll hangs, the engine never comes to rest.
    const auto passes = [&](std::chrono::minutes span) {
        rig.clock.advance(span);
        for (int turn = 0; turn < 20; ++turn) {
            rig.engine->work();
            rig.context->restart();
            rig.context->poll();
        }
    };
    passes(9min);
    EXPECT_TRUE(rig.mailbox.received.empty());
    passes(1min);
    EXPECT_FALSE(rig.mailbox.received.empty());
}

}  // namespace poll_schedule_test
}  // namespace backorderd::app::test

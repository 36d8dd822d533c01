// The dispatcher alone: what is durable before the wire, and whom one sender holds up.

#include "app/dispatching_fixture.hpp"

namespace backorderd::app {
namespace dispatching_test {

using namespace app::test;

TEST_F(Dispatching, StoreAndJournalKnowBeforeTheFirstByte) {
    int left = 0;
    watch("mail", [&](MessageId id) {
        ++left;
        EXPECT_EQ(store->messages({&id, 1}).front().state, MessageState::OnWire);
        EXPECT_EQ(journal->lastSeq(), store->journalSeq());
        int marks = 0;
        for (const auto& record : journal->after(0))
            marks += record.what == store::JournalRecord::What::Wire ? 1 : 0;
        EXPECT_GE(marks, left);
    });
    freeze("mail", 20);
    start();
    EXPECT_EQ(left, 20);
    EXPECT_EQ(inState(MessageState::Sent), 20);
    EXPECT_TRUE(dispatcher->idle());
    // Each left once, and the journal says of each what became of it.
    EXPECT_EQ(journal->after(0).size(), 40u);
}

TEST_F(Dispatching, OutcomesAndMarksOfOneMomentAreOneWrite) {
    watch("mail", [](MessageId) {});
    freeze("mail", 30);
    int syncs = 0;
    countSyncs(syncs);
    start();
    EXPECT_EQ(inState(MessageState::Sent), 30);
    EXPECT_EQ(syncs, 10) << "three at a time";
}

TEST_F(Dispatching, WhileManyLeaveSomeAreMarkedAheadOfTheirTurn) {
    int left = 0, syncs = 0;
    const auto look_at = [&](MessageId id) {
        ++left;
        EXPECT_EQ(store->messages({&id, 1}).front().state, MessageState::OnWire);
        EXPECT_LE(inState(MessageState::OnWire), 40 + 3);
    };
    watch("mail", look_at, OnUnknown::SendAgainOnce);
    freeze("mail", 400);
    countSyncs(syncs);
    Dispatcher::Settings settings;
    settings.mark_ahead = 40;
    start(settings);
    EXPECT_EQ(left, 400);
    EXPECT_EQ(inState(MessageState::Sent), 400);
    EXPECT_LT(syncs, 20) << "far more than three at a time";
    EXPECT_EQ(mostAttempts(), 1);
    EXPECT_EQ(mayHaveLeft(), 0);
    EXPECT_TRUE(dispatcher->idle());
}

TEST_F(Dispatching, NothingIsMarkedAheadThatWouldCostAPersonsTime) {
    std::int64_t on_wire = 0;
    watch("sms", [&](MessageId) { on_wire = std::max(on_wire, inState(MessageState::OnWire)); });
    freeze("sms", 100);
    Dispatcher::Settings settings;
    settings.mark_ahead = 40;
    start(settings);
    EXPECT_EQ(inState(MessageState::Sent), 100);
    EXPECT_EQ(on_wire, 3);
}

TEST_F(Dispatching, WhatACrashCaughtIsNotMarkedAheadOnceMore) {
    const std::size_t caught = 200;
    freeze("mail", static_cast<int>(caught));
    const auto claimed = store->claimReady("mail", clock.now(), static_cast<int>(caught));
    std::vector<MessageId> ids;
    for (const auto& message : claimed) ids.push_back(message.id);
    store->settleAndMark({}, {}, ids, clock.now());
    std::int64_t on_wire = 0;
    watch(
        "mail", [&](MessageId) { on_wire = std::max(on_wire, inState(MessageState::OnWire)); },
        OnUnknown::SendAgainOnce);
    Dispatcher::Settings settings;
    settings.mark_ahead = 40;
    start(settings);
    dispatcher->recover();
    look();
    EXPECT_EQ(inState(MessageState::Sent), static_cast<std::int64_t>(caught));
    EXPECT_EQ(on_wire, 3) << "another crash leaves no more in doubt than there are connections";
}

TEST_F(Dispatching, WhatWasMarkedAheadIsGivenBackWhereItDoesNotLeave) {
    int left = 0;
    const auto stop_at_last = [&](MessageId) {
        if (++left == 30) dispatcher->stop();
    };
    watch("mail", stop_at_last, OnUnknown::SendAgainOnce);
    freeze("mail", 400);
    Dispatcher::Settings settings;
    settings.mark_ahead = 40;
    start(settings);
    EXPECT_TRUE(dispatcher->idle());
    EXPECT_EQ(inState(MessageState::Sent), left);
    EXPECT_EQ(inState(MessageState::Ready), 400 - left);
    EXPECT_EQ(mayHaveLeft(), 0);
    MessageFilter ready;
    ready.state = MessageState::Ready;
    ready.limit = 400;
    for (const auto& message : store->messages(store->listMessages(ready)))
        EXPECT_EQ(message.attempts, 0);
}

TEST_F(Dispatching, WhatWasMarkedAheadCanBeTakenBack) {
    int left = 0;
    std::vector<MessageId> taken;
    const auto take_back = [&](MessageId id) {
        ++left;
        EXPECT_FALSE(std::ranges::count(taken, id)) << "it was taken back";
        if (left != 30) return;
        for (MessageId other = 1; other <= 400; ++other) taken.push_back(other);
        dispatcher->giveBack(taken);
        std::erase_if(taken, [&](MessageId other) {
            return store->messages({&other, 1}).front().state != MessageState::Ready;
        });
        store->supersede(taken, "no longer true", clock.now());
    };
    watch("mail", take_back, OnUnknown::SendAgainOnce);
    freeze("mail", 400);
    Dispatcher::Settings settings;
    settings.mark_ahead = 40;
    start(settings);
    EXPECT_EQ(inState(MessageState::Sent), left);
    EXPECT_EQ(inState(MessageState::Superseded), 400 - left);
    EXPECT_GT(taken.size(), 300u);
    EXPECT_EQ(mayHaveLeft(), 0);
}

TEST_F(Dispatching, OneThatHangsHoldsUpNobody) {
    int hung = 0, left = 0;
    senders.push_back({"hook", std::make_unique<HangingSender>(hung)});
    watch("mail", [&left](MessageId) { ++left; });
    freeze("hook", 500);
    freeze("mail", 500);
    start();
    EXPECT_EQ(left, 500);
    EXPECT_EQ(hung, 3);
    EXPECT_FALSE(dispatcher->idle());
}

TEST_F(Dispatching, ASenderKeepsItsRate) {
    int left = 0, others = 0;
    watch("mail", [&left](MessageId) { ++left; });
    watch("other", [&others](MessageId) { ++others; });
    freeze("mail", 50);
    freeze("other", 50);
    Dispatcher::Settings settings;
    settings.terms["mail"].rate = {2, 10};
    start(settings);
    EXPECT_EQ(left, 10) << "a burst";
    EXPECT_EQ(others, 50) << "the limit is one sender's alone";
    ASSERT_TRUE(dispatcher->rateOpensAt());
    EXPECT_EQ(*dispatcher->rateOpensAt() - clock.steady(), 500ms);
    look();
    EXPECT_EQ(left, 10);
    clock.advance(2s);
    look();
    EXPECT_EQ(left, 14);
    for (int i = 0; i < 30; ++i) {
        clock.advance(1s);
        look();
    }
    EXPECT_EQ(left, 50);
    EXPECT_FALSE(dispatcher->rateOpensAt()) << "nothing waits";
}

TEST_F(Dispatching, ADomainThatHasReachedItsRateIsOvertaken) {
    std::map<std::string, int> left;
    watch("mail", [&](MessageId id) {
        const auto& address = store->messages({&id, 1}).front().recipient.address;
        ++left[address.substr(address.find('@') + 1)];
    });
    freeze("mail", 250, "slow.example");
    freeze("mail", 5, "other.example");
    Dispatcher::Settings settings;
    settings.terms["mail"].domain_rate = {1, 5};
    start(settings);
    EXPECT_EQ(left["slow.example"], 5);
    EXPECT_EQ(left["other.example"], 5) << "250 older ones stand before them";
    clock.advance(3s);
    look();
    EXPECT_EQ(left["slow.example"], 8);
    dispatcher->stop();
    context.restart();
    context.poll();
    EXPECT_EQ(inState(MessageState::Ready), 242) << "what waited has not been tried";
}

/// Never says the same time twice, as a real one.
class RunningClock final : public Clock {
public:
    Timestamp now() const override { return FakeClock{}.wall; }
    SteadyTime steady() const override { return monotonic_ += 1us; }

private:
    mutable SteadyTime monotonic_{};
};

TEST_F(Dispatching, TimePassesBetweenTwoLooksAtTheClock) {
    int left = 0;
    watch("mail", [&left](MessageId) { ++left; });
    freeze("mail", 20);
    const RunningClock running;
    Dispatcher real{context.get_executor(), *store, running, log, senders, {}, nullptr};
    real.kick();
    context.restart();
    context.poll();
    EXPECT_EQ(left, 20);
}

TEST(OwnSchedule, IsThatOfItsSenderAlone) {
    Rig rig;
    config::SenderSettings mail;
    mail.name = rig.mail_sender;
    mail.schedule = {10s, 1h, 3.0, 5 * 24h};
    rig.settings.senders.push_back(mail);
    rig.crash();
    rig.start();
    rig.erp.lines.push_back(sampleLine("L1"));
    rig.mailbox.next = {TryLater{"busy"}, TryLater{"busy"}};
    rig.poll();
    rig.work();
    EXPECT_EQ(rig.mailbox.attempts, 1);
    rig.pass(9s);
    EXPECT_EQ(rig.mailbox.attempts, 1);
    rig.pass(1s);
    EXPECT_EQ(rig.mailbox.attempts, 2);
    rig.pass(29s);
    EXPECT_EQ(rig.mailbox.attempts, 2);
    rig.pass(1s);
    EXPECT_EQ(rig.mailbox.attempts, 3);
    EXPECT_EQ(rig.mailbox.received.size(), 1u);
}

TEST(OwnRate, ALoopThatSleepsUntilItIsDueSendsAll) {
    Rig rig;
    config::SenderSettings mail;
    mail.name = rig.mail_sender;
    mail.schedule = {60s, 4h, 2.0, 5 * 24h};
    mail.rate = {0.5, 2};
    rig.settings.senders.push_back(mail);
    rig.crash();
    rig.start();
    for (int i = 0; i < 6; ++i) {
        auto line = sampleLine("L" + std::to_string(i));
        line.order.number = "SO" + std::to_string(i);
        rig.erp.lines.push_back(line);
    }
    rig.poll();
    rig.work();
    const auto at_once = rig.mailbox.received.size();
    rig.pass(8s);
    EXPECT_EQ(at_once, 2u);
    EXPECT_EQ(rig.mailbox.received.size(), 6u);
}

}  // namespace dispatching_test
}  // namespace backorderd::app

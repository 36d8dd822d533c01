#include "app/engine.hpp"

#include <gmock/gmock.h>

#include "rig.hpp"

namespace backorderd::app::test {
namespace engine_test {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<std::string> topics(const Rig& rig) {
    std::vector<std::string> list;
    for (const auto& message : rig.mailbox.received)
        for (const auto& notice : rig.store->notices(message.notices))
            list.emplace_back(topicName(notice.topic));
    return list;
}

TEST(Engine, ANewBackOrderIsToldOnce) {
    Rig rig;
    rig.erp.lines = {sampleLine("1")};
    const auto report = rig.poll();
    EXPECT_EQ(report.end, PollReport::End::Complete);
    EXPECT_EQ(report.opened, 1U);
    rig.work();
    ASSERT_THAT(rig.mailbox.received, SizeIs(1));
    EXPECT_EQ(rig.mailbox.received[0].recipient.address, "ann@example.com");
    EXPECT_THAT(rig.mailbox.received[0].document, HasSubstr("SO100"));
    rig.poll();
    rig.work();
    EXPECT_THAT(rig.mailbox.received, SizeIs(1));
}

TEST(Engine, TheBaselineIsSilent) {
    Rig rig{kRules, /*adopt=*/true};
    rig.erp.lines = {sampleLine("1"), sampleLine("2")};
    rig.poll();
    rig.pass(24h);
    EXPECT_THAT(rig.mailbox.received, IsEmpty());
    rig.erp.lines.push_back(sampleLine("3"));
    rig.erp.lines.back().order.number = "SO101";
    rig.poll();
    rig.work();
    EXPECT_THAT(topics(rig), ElementsAre("opened"));
}

TEST(Engine, ASlipIsToldAndADayIsNot) {
    Rig rig;
    rig.erp.lines = {sampleLine("1")};
    rig.poll();
    rig.work();
    rig.clock.advance(1h);
    rig.erp.line("1").promise = Promise::on(*parseDate("2026-03-21"));
    rig.poll();
    rig.work();
    EXPECT_THAT(topics(rig), ElementsAre("opened"));
    rig.erp.line("1").promise = Promise::on(*parseDate("2026-04-10"));
    rig.poll();
    rig.work();
    EXPECT_THAT(topics(rig), ElementsAre("opened", "promise_changed"));
    EXPECT_THAT(rig.mailbox.received[1].document, HasSubstr("10 April"));
}

TEST(Engine, APartialSnapshotClosesNothing) {
    Rig rig;
    rig.erp.lines = {sampleLine("1")};
    rig.poll();
    rig.erp.lines.clear();
    rig.erp.complete = false;
    for (int i = 0; i < 3; ++i) EXPECT_EQ(rig.poll().end, PollReport::End::Partial);
    EXPECT_FALSE(rig.onlyCase().closed_at);
    rig.erp.complete = true;
    rig.erp.fails_after_page = "connection reset";
    for (int i = 0; i < 3; ++i) {
        const auto report = rig.poll();
        EXPECT_EQ(report.end, PollReport::End::Failed);
        EXPECT_EQ(report.reason, "connection reset");
    }
    EXPECT_FALSE(rig.onlyCase().closed_at);
}

TEST(Engine, TwoProvenSnapshotsAgreeBeforeALineVanishes) {
    Rig rig;
    rig.erp.lines = {sampleLine("1")};
    rig.poll();
    rig.work();
    rig.erp.lines.clear();
    EXPECT_EQ(rig.poll().missing, 1U);
    EXPECT_FALSE(rig.onlyCase().closed_at);
    EXPECT_EQ(rig.poll().closed, 1U);
    EXPECT_TRUE(rig.onlyCase().closed_at);
    rig.pass(30 * 24h);
    EXPECT_THAT(topics(rig), ElementsAre("opened")) << "nobody knows why it vanished";
}

TEST(Engine, ALineThatComesBackWasNeverGone) {
    Rig rig;
    rig.erp.lines = {sampleLine("1")};
    rig.poll();
    rig.work();
    const auto kept = rig.erp.lines;
    rig.erp.lines.clear();
    rig.poll();
    rig.erp.lines = kept;
    rig.poll();
    EXPECT_FALSE(rig.onlyCase().missing_since);
    rig.erp.lines.clear();
    rig.poll();
    EXPECT_FALSE(rig.onlyCase().closed_at) << "one absence at a time";
}

TEST(Engine, TheErpIsAskedWhatBecameOfALine) {
    Rig rig;
    rig.erp.can_find = true;
    rig.erp.lines = {sampleLine("1")};
    rig.poll();
    rig.work();
    auto shipped = rig.erp.lines.front();
    shipped.shipped = shipped.ordered;
    shipped.shipment = {"DN1", parseDate("2026-03-03"), "DHL", "TRACK1", ""};
    rig.erp.lines.clear();
    rig.erp.closed = {shipped};
    rig.poll();
    rig.work();
    EXPECT_THAT(topics(rig), ElementsAre("opened", "shipped"));
    EXPECT_THAT(rig.mailbox.received[1].document, HasSubstr("TRACK1"));
}

TEST(Engine, AShipmentBeforeTheFirstWordIsNotTold) {
    Rig rig{R"(version: 1
cadence:
  - name: patient
    match: {}
    channels: [email]
    grace: 2d
    messages: { opened: { template: opened }, shipped: { template: shipped } }
)"};
    rig.erp.lines = {sampleLine("1")};
    rig.poll();
    rig.pass(24h);
    rig.erp.line("1").shipped = Decimal{10};
    rig.poll();
    rig.pass(10 * 24h);
    EXPECT_THAT(rig.mailbox.received, IsEmpty());
    EXPECT_TRUE(rig.onlyCase().closed_at);
}

TEST(Engine, ARenumberedLineKeepsItsStory) {
    Rig rig;
    rig.erp.lines = {sampleLine("1")};
    rig.poll();
    rig.work();
    rig.erp.line("1").key.id = "99";
    rig.poll();
    rig.work();
    EXPECT_THAT(topics(rig), ElementsAre("opened"));
    EXPECT_EQ(rig.onlyCase().line.key.id, "99");
    EXPECT_FALSE(rig.onlyCase().closed_at);
}

TEST(Engine, ARefusedAttemptIsTriedAgainOnTheMonotonicClock) {
    Rig rig;
    rig.mailbox.next = {TryLater{"450 later", {}}};
    rig.erp.lines = {sampleLine("1")};
    rig.poll();
    rig.work();
    EXPECT_THAT(rig.mailbox.received, IsEmpty());
    rig.clock.wall += 30min;  // Somebody sets the clock: no reason to hurry.
    rig.work();
    EXPECT_EQ(rig.mailbox.attempts, 1);
    rig.clock.monotonic += 61s;
    rig.work();
    EXPECT_THAT(rig.mailbox.received, SizeIs(1));
}

TEST(Engine, EveryAttemptSendsTheSameBytesUnderTheSameId) {
    Rig rig;
    rig.mailbox.next = {Unknown{"no answer"}};
    rig.erp.lines = {sampleLine("1")};
    rig.poll();
    rig.pass(3h);
    ASSERT_THAT(rig.mailbox.received, SizeIs(2)) << "an unknown outcome is sent once more";
    EXPECT_EQ(rig.mailbox.received[0].stable_id, rig.mailbox.received[1].stable_id);
    EXPECT_EQ(rig.mailbox.received[0].document, rig.mailbox.received[1].document);
}

TEST(Engine, AnUnknownOutcomeIsNotTriedAThirdTime) {
    Rig rig;
    rig.mailbox.next = {Unknown{"no answer"}, Unknown{"no answer"}, Unknown{"no answer"}};
    rig.erp.lines = {sampleLine("1")};
    rig.poll();
    rig.pass(48h);
    EXPECT_EQ(rig.mailbox.attempts, 2);
    EXPECT_EQ(rig.onlyCase().notices.front().state, NoticeState::Unknown);
}

TEST(Engine, WhatIsOutdatedIsNotSentWhenTheReceiverRecovers) {
    Rig rig;
    rig.mailbox.next = {TryLater{"connection refused", {}}};
    rig.erp.lines = {sampleLine("1")};
    rig.poll();
    rig.work();
    rig.erp.line("1").promise = Promise::on(*parseDate("2026-05-04"));
    rig.poll();
    rig.pass(3h);
    ASSERT_THAT(rig.mailbox.received, SizeIs(1));
    EXPECT_THAT(rig.mailbox.received[0].document, HasSubstr("4 May"));
    EXPECT_THAT(rig.mailbox.received[0].document, testing::Not(HasSubstr("20 March")));
}

TEST(Engine, NothingIsSentForALineThatClosedWhileTheReceiverWasDown) {
    Rig rig;
    rig.mailbox.next = {TryLater{"connection refused", {}}};
    rig.erp.lines = {sampleLine("1")};
    rig.poll();
    rig.work();
    rig.erp.line("1").cancelled = Decimal{10};
    rig.poll();
    rig.pass(48h);
    EXPECT_THAT(rig.mailbox.received, IsEmpty());
}

TEST(Engine, ARestartNeitherLosesNorDoubles) {
    Rig rig;
    rig.mailbox.next = {TryLater{"450 later", {}}};
    rig.erp.lines = {sampleLine("1")};
    rig.poll();
    rig.work();
    rig.crash();
    rig.start();
    rig.pass(10min);
    EXPECT_THAT(rig.mailbox.received, SizeIs(1));
    rig.crash();
    rig.start();
    rig.poll();
    rig.pass(10min);
    EXPECT_THAT(rig.mailbox.received, SizeIs(1));
}

TEST(Engine, AMessageOnTheWireDuringACrashIsSentOnceMoreAndSaidSo) {
    Rig rig;
    rig.erp.lines = {sampleLine("1")};
    rig.poll();
    rig.engine->work();
    // The gate is open and the bytes are out; the answer never comes.
    while (rig.mailbox.received.empty()) {
        rig.context->restart();
        rig.context->poll_one();
    }
    rig.crash();
    rig.start();
    rig.pass(10min);
    ASSERT_THAT(rig.mailbox.received, SizeIs(2));
    EXPECT_EQ(rig.mailbox.received[0].stable_id, rig.mailbox.received[1].stable_id);
    const auto message = rig.store->messages(std::vector{rig.mailbox.received[1].id}).front();
    EXPECT_EQ(message.unknown_outcomes, 1);
}

TEST(Engine, StatusWaitsForFreshData) {
    Rig rig;
    rig.erp.lines = {sampleLine("1")};
    rig.poll();
    rig.work();
    rig.pass(8 * 24h);  // The ERP was last read eight days ago.
    EXPECT_THAT(topics(rig), ElementsAre("opened"));
    rig.poll();
    rig.work();
    EXPECT_THAT(topics(rig), ElementsAre("opened", "status"));
}

TEST(Engine, WhatWasToldIsNotedOnTheOrder) {
    Rig rig;
    rig.erp.lines = {sampleLine("1")};
    rig.poll();
    rig.work();
    rig.work();
    ASSERT_THAT(rig.erp.notes, SizeIs(1));
    EXPECT_EQ(rig.erp.notes[0].order_id, "o1");
    EXPECT_THAT(rig.erp.notes[0].text, HasSubstr(rig.mailbox.received[0].subject));
}

TEST(Engine, WhatMayHaveArrivedIsNotedAndOperationsAreCalled) {
    Rig rig;
    rig.crash();
    rig.settings.operations.email = "ops@house.example";
    rig.start();
    rig.erp.lines = {sampleLine("1")};
    rig.mailbox.next = {Unknown{"no answer came"}, Unknown{"no answer came"}};
    rig.poll();
    rig.work();
    rig.pass(10min);
    ASSERT_THAT(rig.erp.notes, SizeIs(1));
    EXPECT_THAT(rig.erp.notes[0].text, HasSubstr("nobody knows whether it arrived"));
    ASSERT_FALSE(rig.mailbox.received.empty());
    const auto& call = rig.mailbox.received.back();
    EXPECT_EQ(call.recipient.address, "ops@house.example");
    EXPECT_THAT(call.subject, HasSubstr("nobody knows whether a message arrived"));
    const auto told = rig.mailbox.received.front().id;
    EXPECT_TRUE(rig.store->retryMessage(told, {rig.clock.now(), "anna", "retry", "1", "asked"}));
    rig.pass(10min);
    ASSERT_THAT(rig.erp.notes, SizeIs(2)) << "sent after all";
    EXPECT_THAT(rig.erp.notes[1].text, HasSubstr("Customer told by"));
}

TEST(Engine, TheLimitHoldsTheFourthMailBack) {
    Rig rig{R"(version: 1
cadence:
  - name: limited
    match: {}
    channels: [email]
    messages:
      opened: { template: opened }
      promise_changed: { template: promise-changed }
    limit: { max: 2, per: 7d }
)"};
    rig.erp.lines = {sampleLine("1")};
    rig.poll();
    rig.work();
    for (const char* date : {"2026-04-10", "2026-04-20", "2026-05-02"}) {
        rig.clock.advance(1h);
        rig.erp.line("1").promise = Promise::on(*parseDate(date));
        rig.poll();
        rig.work();
    }
    EXPECT_THAT(rig.mailbox.received, SizeIs(2));
    for (int day = 0; day < 8; ++day) {
        rig.pass(24h);
        rig.poll();
    }
    ASSERT_THAT(rig.mailbox.received, SizeIs(3));
    EXPECT_THAT(rig.mailbox.received[2].document, HasSubstr("2 May")) << "the latest truth alone";
}

TEST(Engine, ADigestIsOneMail) {
    Rig rig{R"(version: 1
cadence:
  - name: digest
    match: {}
    channels: [email]
    messages: { opened: { template: opened } }
    digest: { by: customer, window: 30m }
)"};
    rig.erp.lines = {sampleLine("1"), sampleLine("2"), sampleLine("3")};
    rig.erp.lines[1].order.number = "SO101";
    rig.erp.lines[2].order.number = "SO102";
    rig.poll();
    rig.work();
    EXPECT_THAT(rig.mailbox.received, IsEmpty());
    rig.pass(31min);
    ASSERT_THAT(rig.mailbox.received, SizeIs(1));
    for (const char* order : {"SO100", "SO101", "SO102"})
        EXPECT_THAT(rig.mailbox.received[0].document, HasSubstr(order));
}

TEST(Engine, NewRulesApplyToWhatIsOpen) {
    Rig rig{R"(version: 1
cadence:
  - name: silent
    match: {}
    channels: [email]
    messages: { cancelled: { template: cancelled } }
)"};
    rig.erp.lines = {sampleLine("1")};
    rig.poll();
    rig.work();
    EXPECT_THAT(rig.mailbox.received, IsEmpty());
    rig.writeRules(kRules);
    rig.engine->usePolicy(rig.policy());
    rig.work();
    EXPECT_THAT(topics(rig), ElementsAre("opened"));
}

TEST(Engine, AThousandLinesAreTakenInSlices) {
    Rig rig{kRules, /*adopt=*/true};
    rig.settings.slice_lines = 100;
    for (int i = 0; i < 1050; ++i) {
        rig.erp.lines.push_back(sampleLine(std::to_string(i)));
        rig.erp.lines.back().order.number = "SO" + std::to_string(i);
    }
    const auto report = rig.poll();
    EXPECT_EQ(report.opened, 1050U);
    EXPECT_EQ(rig.poll().changed, 0U);
}

TEST(Engine, ContradictingDuplicatesAreNamedAndProveNothing) {
    Rig rig;
    rig.erp.lines = {sampleLine("1"), sampleLine("1")};
    rig.erp.lines[1].ordered = Decimal{99};
    const auto report = rig.poll();
    EXPECT_EQ(report.end, PollReport::End::Partial);
    ASSERT_THAT(report.problems, SizeIs(1));
    EXPECT_THAT(report.problems[0].text, HasSubstr("'1' came twice"));
}

}  // namespace engine_test
}  // namespace backorderd::app::test

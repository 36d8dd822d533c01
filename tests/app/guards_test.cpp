#include <gmock/gmock.h>

#include "app/suppressing.hpp"
#include "rig.hpp"

namespace backorderd::app::test {
namespace guards_test {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// Each on an order of its own, for a contact of its own.
void openLines(Rig& rig, int count, int first = 1) {
    for (int i = first; i < first + count; ++i) {
        auto line = sampleLine(std::to_string(i));
        line.order.number = "SO" + std::to_string(i);
        line.order.id = "o" + std::to_string(i);
        line.contact.email = "c" + std::to_string(i) + "@example.com";
        rig.erp.lines.push_back(line);
    }
    rig.poll();
    rig.work();
}

json said(Rig& rig, const std::string& operation, json arguments) {
    arguments["author"] = "anna";
    arguments["reason"] = "because";
    const auto answer = rig.ask(operation, arguments);
    EXPECT_TRUE(answer.value("ok", false)) << answer.dump();
    return answer.value("result", json());
}

std::string refusal(Rig& rig, const std::string& operation, json arguments) {
    arguments["author"] = "anna";
    arguments["reason"] = "because";
    return rig.ask(operation, arguments).value("error", "");
}

json silence(Rig& rig, const std::string& match, const std::string& span = "4h") {
    return said(rig, "silence.add", {{"match", {match}}, {"for", span}});
}

TEST(BlastRadius, AsManyAsAllowedLeave) {
    Rig rig;
    rig.settings.guards.blast_radius_max = 3;
    openLines(rig, 3);
    EXPECT_THAT(rig.mailbox.received, SizeIs(3));
}

TEST(BlastRadius, OneTooManyHoldsAllThatAreDue) {
    Rig rig;
    rig.settings.guards.blast_radius_max = 3;
    openLines(rig, 4);
    EXPECT_THAT(rig.mailbox.received, IsEmpty());
    const auto held = said(rig, "queue.held", json::object());
    EXPECT_EQ(held["count"], 4);
    EXPECT_EQ(held["by_rule"]["everyone"], 4);
    EXPECT_EQ(held["by_template"]["opened"], 4);
    EXPECT_EQ(held["by_domain"]["example.com"], 4);
    ASSERT_THAT(held["samples"], SizeIs(1));
    EXPECT_THAT(held["samples"][0]["text"].get<std::string>(), HasSubstr("Circulation pump"));
    EXPECT_THAT(rig.onlyCase().notices.front().state_reason, HasSubstr("blast_radius.max is 3"));
}

TEST(BlastRadius, CountsWhatLeftShortlyBefore) {
    Rig rig;
    rig.settings.guards.blast_radius_max = 3;
    openLines(rig, 3);
    rig.clock.advance(5min);
    openLines(rig, 1, 4);
    EXPECT_THAT(rig.mailbox.received, SizeIs(3));
    rig.clock.advance(20min);
    openLines(rig, 1, 5);
    EXPECT_THAT(rig.mailbox.received, SizeIs(4)) << "the earlier ones are long gone";
}

TEST(BlastRadius, WhatIsApprovedLeavesOnceAndIsNotHeldAgain) {
    Rig rig;
    rig.settings.guards.blast_radius_max = 3;
    openLines(rig, 5);
    EXPECT_THAT(refusal(rig, "queue.approve", json::object()), HasSubstr("--all"));
    EXPECT_EQ(said(rig, "queue.approve", {{"guard", kBlastRadius}})["approved"], 5);
    rig.work();
    EXPECT_THAT(rig.mailbox.received, SizeIs(5));
    EXPECT_THAT(refusal(rig, "queue.approve", {{"all", true}}), HasSubstr("nothing"));
    openLines(rig, 2, 6);
    EXPECT_THAT(rig.mailbox.received, SizeIs(7)) << "what was approved counts no more";
}

TEST(BlastRadius, WhatIsNoLongerTrueDoesNotLeaveWhenApproved) {
    Rig rig;
    rig.settings.guards.blast_radius_max = 1;
    openLines(rig, 2);
    auto shipped = rig.erp.lines[0];
    shipped.shipped = shipped.ordered;
    rig.erp.lines[0] = shipped;
    rig.poll();
    rig.work();
    said(rig, "queue.approve", {{"all", true}});
    rig.work();
    ASSERT_THAT(rig.mailbox.received, SizeIs(1));
    EXPECT_EQ(rig.mailbox.received[0].recipient.address, "c2@example.com");
}

TEST(BlastRadius, OperationsAreCalledOnceAnHour) {
    Rig rig;
    rig.settings.guards.blast_radius_max = 1;
    rig.settings.operations.email = "ops@house.example";
    openLines(rig, 2);
    ASSERT_THAT(rig.mailbox.received, SizeIs(1));
    EXPECT_EQ(rig.mailbox.received[0].recipient.address, "ops@house.example");
    EXPECT_THAT(rig.mailbox.received[0].document, HasSubstr("2 notices are held"));
    rig.clock.advance(10min);
    openLines(rig, 2, 3);
    EXPECT_THAT(rig.mailbox.received, SizeIs(1));
    rig.clock.advance(2h);
    openLines(rig, 2, 5);
    EXPECT_THAT(rig.mailbox.received, SizeIs(2));
}

TEST(Silences, PutOffWhatTheyFitAndNothingElse) {
    Rig rig;
    silence(rig, "order.number=SO1");
    openLines(rig, 2);
    ASSERT_THAT(rig.mailbox.received, SizeIs(1));
    EXPECT_EQ(rig.mailbox.received[0].recipient.address, "c2@example.com");
    const auto story = said(rig, "explain", {{"line", "1"}})[0];
    EXPECT_THAT(story["silences"][0].get<std::string>(), HasSubstr("silence 1 of anna"));
    EXPECT_THAT(story["planned"][0]["state_reason"].get<std::string>(), HasSubstr("because"));
    rig.pass(5h);
    EXPECT_THAT(rig.mailbox.received, SizeIs(2)) << "it leaves when the silence has ended";
}

TEST(Silences, EndedEarlyLetGoAtOnce) {
    Rig rig;
    silence(rig, "item.id~PX-*", "3d");
    openLines(rig, 2);
    EXPECT_THAT(rig.mailbox.received, IsEmpty());
    EXPECT_EQ(said(rig, "silence.expire", {{"id", 1}})["due"], 2);
    rig.work();
    EXPECT_THAT(rig.mailbox.received, SizeIs(2));
    EXPECT_THAT(refusal(rig, "silence.expire", {{"id", 1}}), HasSubstr("has not ended"));
}

TEST(Silences, ClosingPassesWhereTheOpeningWasHeard) {
    Rig rig;
    openLines(rig, 1);
    silence(rig, "customer.id=C1", "3d");
    rig.clock.advance(1h);
    rig.erp.line("1").shipped = Decimal{10};
    rig.poll();
    rig.work();
    EXPECT_THAT(rig.topics(rig.mailbox), ElementsAre("opened", "shipped"));
}

TEST(Silences, AreListedToWhoeverHoldsThemDayByDay) {
    Rig rig;
    rig.crash();
    rig.settings.guards.silence_digest = 24h;
    rig.settings.operations.email = "ops@house.example";
    rig.start();
    silence(rig, "order.number=SO1", "9d");
    rig.ask("silence.add", {{"match", {"order.number=SO2"}},
                            {"for", "9d"},
                            {"author", "bea@house.example"},
                            {"reason", "I call them"}});
    openLines(rig, 2);
    EXPECT_THAT(rig.mailbox.received, IsEmpty()) << "nobody forgets within a day";
    rig.clock.advance(25h);
    rig.work();
    ASSERT_THAT(rig.mailbox.received, SizeIs(2));
    const auto& ops = rig.mailbox.received[0];
    EXPECT_EQ(ops.recipient.address, "ops@house.example");
    EXPECT_THAT(ops.document, HasSubstr("silence 1 of anna"));
    EXPECT_THAT(ops.document, HasSubstr("holds back 1 notices"));
    EXPECT_THAT(ops.document, testing::Not(HasSubstr("SO2")));
    EXPECT_EQ(rig.mailbox.received[1].recipient.address, "bea@house.example");
    rig.crash();
    rig.start();
    rig.clock.advance(1h);
    rig.work();
    EXPECT_THAT(rig.mailbox.received, SizeIs(2)) << "not twice a day, also after a restart";
}

TEST(Silences, SayWhatIsWrongWithAMatcher) {
    Rig rig;
    const json wrong{{"match", {"custmer.id=C1"}}, {"for", "4h"}};
    EXPECT_THAT(refusal(rig, "silence.add", wrong), HasSubstr("did you mean 'customer.id'"));
    EXPECT_THAT(refusal(rig, "silence.add", {{"match", {"customer.id"}}, {"for", "4h"}}),
                HasSubstr("write customer.id=C1"));
    EXPECT_THAT(refusal(rig, "silence.add", {{"match", {"customer.id=C1"}}}),
                HasSubstr("say how long"));
    EXPECT_THAT(refusal(rig, "silence.add", {{"match", json::array()}, {"for", "4h"}}),
                HasSubstr("from 1 to"));
}

TEST(Silences, ArePreviewedAndListed) {
    Rig rig;
    openLines(rig, 3);
    EXPECT_EQ(said(rig, "silence.preview", {{"match", {"order.number=SO2"}}})["count"], 1);
    silence(rig, "customer.id=C1");
    ASSERT_THAT(said(rig, "silence.list", json::object()), SizeIs(1));
    EXPECT_EQ(said(rig, "silence.list", json::object())[0]["state"], "active");
    rig.clock.advance(5h);
    EXPECT_THAT(said(rig, "silence.list", json::object()), IsEmpty());
    EXPECT_EQ(said(rig, "silence.list", {{"all", true}})[0]["state"], "ended");
}

TEST(Silences, TheirEndIsToldOnce) {
    Rig rig;
    rig.settings.operations.email = "ops@house.example";
    silence(rig, "customer.id=C9");
    rig.pass(12h);
    ASSERT_THAT(rig.mailbox.received, SizeIs(1));
    EXPECT_THAT(rig.mailbox.received[0].subject, HasSubstr("A silence has ended"));
}

json entry(const std::string& address, const std::string& kind) {
    return {{"entries", {{{"address", address}, {"kind", kind}}}}};
}

TEST(Suppressions, NothingGoesToWhomItIsNot) {
    Rig rig;
    said(rig, "suppress.add", entry("C1@example.com", "all"));
    openLines(rig, 2);
    ASSERT_THAT(rig.mailbox.received, SizeIs(1));
    EXPECT_EQ(rig.mailbox.received[0].recipient.address, "c2@example.com");
    const auto notices = rig.caseOf("1").notices;
    ASSERT_THAT(notices, SizeIs(1));
    EXPECT_EQ(notices[0].state, NoticeState::Suppressed);
    EXPECT_THAT(notices[0].state_reason, HasSubstr("by operator"));
}

TEST(Suppressions, WhoSaysNoWhileMailWaitsForItsTurnGetsNone) {
    Rig rig;
    rig.mailbox.parallel = 1;
    for (const char* id : {"1", "2"}) {
        auto line = sampleLine(id);
        line.order = {std::string{"o"} + id, std::string{"SO"} + id, "", {}};
        line.contact.email = std::string{"c"} + id + "@example.com";
        rig.erp.lines.push_back(line);
    }
    rig.poll();
    rig.engine->work();  // Both are claimed, and there is one connection.
    said(rig, "suppress.add", entry("c2@example.com", "all"));
    rig.work();
    ASSERT_THAT(rig.mailbox.received, SizeIs(1));
    EXPECT_EQ(rig.mailbox.received[0].recipient.address, "c1@example.com");
    EXPECT_EQ(rig.caseOf("2").notices.at(0).state, NoticeState::Suppressed);
}

TEST(Suppressions, HoldForWhatWasReadyWhenTheDaemonEnded) {
    Rig rig;
    rig.erp.lines = {sampleLine("1")};
    rig.poll();
    rig.engine->work();
    rig.crash();
    const AuditEntry why{rig.clock.now(), "anna", "suppress", "", "asked"};
    store::openStore(rig.settings.data_dir)
        ->suppress(std::vector{suppressionOf({"", "ann@example.com", "", "", "", ""}, why)}, why);
    rig.start();
    rig.pass(1h);
    EXPECT_THAT(rig.mailbox.received, IsEmpty());
    EXPECT_EQ(rig.onlyCase().notices.at(0).state, NoticeState::Suppressed);
}

TEST(Suppressions, WhatIsCriticalPassesOptionalOnes) {
    const std::string rules = R"(version: 1
cadence:
  - name: everyone
    match: {}
    channels: [email]
    messages:
      opened: { template: opened }
      cancelled: { template: cancelled, critical: true }
)";
    Rig rig{rules};
    openLines(rig, 2);
    said(rig, "suppress.add", entry("c1@example.com", "optional"));
    said(rig, "suppress.add", entry("c2@example.com", "all"));
    for (auto& line : rig.erp.lines) line.cancelled = line.ordered;
    rig.poll();
    rig.pass(1h);
    EXPECT_THAT(rig.topics(rig.mailbox), ElementsAre("opened", "opened", "cancelled"));
    EXPECT_EQ(rig.mailbox.received.back().recipient.address, "c1@example.com");
}

TEST(Suppressions, AnAddressThatDoesNotExistIsWrittenToOnce) {
    Rig rig;
    rig.mailbox.next = {Refused{"550 5.1.1 no such user", true}};
    openLines(rig, 1);
    rig.clock.advance(1h);
    rig.erp.line("1").promise = Promise::on(*parseDate("2026-04-20"));
    rig.poll();
    rig.pass(1h);
    EXPECT_EQ(rig.mailbox.attempts, 1);
    const auto list = said(rig, "suppress.list", json::object());
    ASSERT_THAT(list, SizeIs(1));
    EXPECT_EQ(list[0]["source"], "refused");
    said(rig, "suppress.remove", {{"address", "c1@example.com"}});
    EXPECT_THAT(refusal(rig, "suppress.add", entry("@", "all")), HasSubstr("no address"));
}

TEST(Superseding, APromiseThatCameBackBeforeAnythingLeftTellsNothing) {
    Rig rig;
    openLines(rig, 1);
    silence(rig, "order.number=SO1", "1d");
    rig.clock.advance(1h);
    for (const char* date : {"2026-04-20", "2026-03-20"}) {
        rig.erp.line("1").promise = Promise::on(*parseDate(date));
        rig.poll();
        rig.work();
        rig.clock.advance(1h);
    }
    rig.pass(48h);
    EXPECT_THAT(rig.topics(rig.mailbox), ElementsAre("opened"));
}

}  // namespace guards_test
}  // namespace backorderd::app::test

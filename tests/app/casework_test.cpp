#include <gmock/gmock.h>

#include "app/ladders.hpp"
#include "rig.hpp"

// What people do to cases, and the lists they work from.

namespace backorderd::app::test {
namespace casework_test {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* kLadderRules = R"(version: 1
teams:
  rep: { from: line.sales_rep }
  night: { sender: ops }
cadence:
  - name: everyone
    match: {}
    messages:
      cancelled: { template: cancelled }
escalation:
  - name: prolonged
    match: { kind: backorder }
    start: { any: [ { age: { min: 2d } }, { answer: cancel_requested } ] }
    steps:
      - { to: rep, template: no-contact }
      - { to: night, template: no-contact, after: 2d, unless: acknowledged }
    stop: [available]
)";

Rig& escalated(Rig& rig) {
    rig.erp.lines = {sampleLine("1")};
    rig.poll();
    days(rig, 3);
    return rig;
}

TEST(Casework, ALadderReachesARepAndThenANamedSender) {
    Rig rig{kLadderRules};
    escalated(rig);
    EXPECT_THAT(rig.topics(rig.mailbox), ElementsAre("escalation"));
    EXPECT_EQ(rig.mailbox.received[0].recipient.address, "rep@house.example");
    EXPECT_THAT(rig.ops.received, IsEmpty());
    days(rig, 2);
    ASSERT_THAT(rig.ops.received, SizeIs(1));
    EXPECT_EQ(rig.ops.received[0].sender, "ops");
    days(rig, 5);
    EXPECT_THAT(rig.mailbox.received, SizeIs(1));
    EXPECT_THAT(rig.ops.received, SizeIs(1));
}

TEST(Casework, AnAcknowledgementStopsWhatIsPlanned) {
    Rig rig{kLadderRules};
    escalated(rig);
    const auto before = rig.ask("escalations", json::object());
    ASSERT_THAT(before["result"], SizeIs(1)) << before.dump();
    EXPECT_EQ(before["result"][0]["rule"], "prolonged");
    EXPECT_EQ(before["result"][0]["step"], 1) << before.dump();
    EXPECT_FALSE(before["result"][0]["next_at"].is_null()) << before.dump();
    const auto done = rig.ask("ack", {{"line", "1"}, {"author", "ann"}, {"note", "on it"}});
    ASSERT_TRUE(done.value("ok", false)) << done.dump();
    const auto after = rig.ask("escalations", json::object());
    EXPECT_EQ(after["result"][0]["acknowledged_by"], "ann");
    days(rig, 10);
    EXPECT_THAT(rig.ops.received, IsEmpty());
    EXPECT_EQ(rig.store->auditTrail(1).at(0).action, "ack");
    EXPECT_EQ(rig.store->auditTrail(1).at(0).reason, "on it");
}

TEST(Casework, WhatIsNotThereCannotBeAcknowledged) {
    Rig rig{kLadderRules};
    rig.erp.lines = {sampleLine("1")};
    rig.poll();
    rig.work();
    const auto none = rig.ask("ack", {{"line", "1"}, {"author", "ann"}});
    EXPECT_THAT(none.value("error", ""), HasSubstr("no escalation is active"));
    days(rig, 3);
    const auto other = rig.ask("ack", {{"line", "1"}, {"author", "ann"}, {"rule", "prolongd"}});
    EXPECT_THAT(other.value("error", ""), HasSubstr("active: prolonged"));
    const auto nobody = rig.ask("ack", {{"line", "1"}});
    EXPECT_THAT(nobody.value("error", ""), HasSubstr("author"));
    const auto nowhere = rig.ask("ack", {{"line", "9"}, {"author", "ann"}});
    EXPECT_THAT(nowhere.value("error", ""), HasSubstr("no line fits '9'"));
}

TEST(Casework, AnAnswerStartsALadder) {
    Rig rig{kLadderRules};
    rig.erp.lines = {sampleLine("1")};
    rig.poll();
    rig.work();
    const auto said = rig.ask("respond", {{"line", "1"},
                                          {"answer", "cancel_requested"},
                                          {"sentiment", "negative"},
                                          {"author", "ann"},
                                          {"note", "had enough"}});
    ASSERT_TRUE(said.value("ok", false)) << said.dump();
    rig.work();
    EXPECT_THAT(rig.topics(rig.mailbox), ElementsAre("escalation"));
    const auto ladders = laddersOf(rig.caseOf("1"));
    ASSERT_THAT(ladders, SizeIs(1));
    EXPECT_TRUE(ladders[0].active);
}

TEST(Casework, AnAnswerMustMakeSense) {
    Rig rig{kLadderRules};
    rig.erp.lines = {sampleLine("1"), sampleLine("2")};
    rig.erp.lines[1].position = "2";
    rig.poll();
    rig.work();
    const auto error = [&](json arguments) {
        arguments["author"] = "ann";
        return rig.ask("respond", arguments).value("error", "");
    };
    EXPECT_THAT(error({{"line", "1"}, {"answer", "keep_wating"}}),
                HasSubstr("did you mean 'keep_waiting'"));
    EXPECT_THAT(error({{"line", "1"}}), HasSubstr("--answer"));
    EXPECT_THAT(error({{"line", "1"}, {"accept", "X"}}), HasSubstr("nothing was offered"));
    EXPECT_THAT(error({{"line", "1"}, {"accept", "X"}, {"decline", true}}),
                HasSubstr("exclude each other"));
    EXPECT_THAT(error({{"line", "SO100"}, {"answer", "call_me"}}), HasSubstr("SO100/2"));
}

TEST(Casework, AMissingSenderIsAReasonToWaitAndNotALoss) {
    const std::string rules = kLadderRules;
    Rig rig{std::string{rules}.replace(rules.find("sender: ops"), 11, "sender: oops")};
    escalated(rig);
    days(rig, 3);
    EXPECT_THAT(rig.ops.received, IsEmpty());
    const auto planned = rig.store->listPlanned(10);
    ASSERT_THAT(planned, SizeIs(1));
    EXPECT_THAT(planned[0].state_reason, HasSubstr("no sender 'oops'"));
}

TEST(Casework, ABackupIsACompleteStore) {
    Rig rig;
    rig.erp.lines = {sampleLine("1")};
    rig.poll();
    rig.work();
    const auto file = rig.folder / "copy.db";
    const json arguments{{"file", file}, {"author", "ann"}};
    EXPECT_TRUE(rig.ask("backup", arguments).value("ok", false));
    EXPECT_TRUE(std::filesystem::exists(file));
    EXPECT_THAT(rig.ask("backup", arguments).value("error", ""), HasSubstr("exists"));
    EXPECT_EQ(rig.store->auditTrail(1).at(0).action, "backup");
}

}  // namespace casework_test
}  // namespace backorderd::app::test

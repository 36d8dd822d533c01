#include "rules/escalation_samples.hpp"

namespace backorderd::rules_test {
namespace escalation_stop_test {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Stop = EscalationRule::Stop;

Timeline stoppedBy(std::vector<Stop> stop) {
    auto ladder = plainLadder();
    ladder.stop = std::move(stop);
    return climbing(std::move(ladder));
}

// -- stop -------------------------------------------------------------------------------------

TEST(StopCondition, AStateStopsTheLadderWhileItLasts) {
    auto line = climbing();
    line.event(at("2026-03-05T08:00:00Z"), Available{Decimal{10}}, setAvailable);
    line.event(at("2026-03-12T08:00:00Z"), AvailabilityLost{Decimal{10}, Decimal{}}, loseStock);
    line.run(at("2026-03-11T00:00:00Z"));
    EXPECT_EQ(line.subject.events.at(3).event,
              (Event{EscalationStopped{"prolonged", "available"}}));
    EXPECT_THAT(reasonsOf(line.look(), "prolonged"), ElementsAre("stopped"));
    EXPECT_THAT(line.run(at("2026-03-13T00:00:00Z")),
                ElementsAre("2026-03-04T08:00:00Z escalation/2/0/0/0 rob@example.com",
                            "2026-03-12T08:00:00Z escalation/6/0/0/0 rob@example.com"));
}

TEST(StopCondition, ALineThatIsAvailableStartsNone) {
    auto line = climbing();
    line.event(at("2026-03-03T08:00:00Z"), Available{Decimal{10}}, setAvailable);
    EXPECT_THAT(line.run(at("2026-03-20T00:00:00Z")), IsEmpty());
    EXPECT_THAT(reasonsOf(line.look(), "prolonged"), ElementsAre("stopped"));
}

TEST(StopCondition, APartStopsOnlyWhereThePartIsNamed) {
    for (const auto stop : {Stop::Available, Stop::PartlyAvailable}) {
        auto line = stoppedBy({stop});
        line.event(at("2026-03-05T08:00:00Z"), PartlyAvailable{Decimal{4}, Decimal{10}},
                   [](OrderLine& its) { its.allocated = Decimal{4}; });
        line.run(at("2026-03-06T12:00:00Z"));
        EXPECT_EQ(line.sent.size(), stop == Stop::Available ? 3U : 1U);
    }
}

TEST(StopCondition, AnOccurrenceStopsTheLadderForGood) {
    auto line = stoppedBy({Stop::PromiseChanged});
    line.movePromise(at("2026-03-03T08:00:00Z"), "2026-03-25");  // before the start: no stop
    line.movePromise(at("2026-03-05T08:00:00Z"), "2026-03-27");
    EXPECT_THAT(line.run(at("2026-04-20T00:00:00Z")),
                ElementsAre("2026-03-04T08:00:00Z escalation/3/0/0/0 rob@example.com"));
    EXPECT_EQ(line.subject.events.at(4).event,
              (Event{EscalationStopped{"prolonged", "promise_changed"}}));
    EXPECT_THAT(reasonsOf(line.look(), "prolonged"), ElementsAre("stopped"));
}

TEST(StopCondition, AnAnswerOfAnyKindCounts) {
    for (const Event& answer : {Event{Responded{"keep_waiting", "", "", ""}},
                                Event{OfferAnswered{1, "PX-110", "Ann", ""}}}) {
        auto line = stoppedBy({Stop::Answered});
        line.event(at("2026-03-05T08:00:00Z"), answer);
        line.run(at("2026-04-01T00:00:00Z"));
        EXPECT_EQ(line.sent.size(), 1U) << describeEvent(answer);
    }
    auto line = stoppedBy({Stop::Answered});
    line.event(at("2026-03-05T08:00:00Z"), Responded{"", "negative", "", ""});
    line.run(at("2026-03-07T00:00:00Z"));
    EXPECT_EQ(line.sent.size(), 3U);
}

TEST(StopCondition, AnAnswerIsNotForgottenForAStateOfTheSameMoment) {
    auto line = stoppedBy({Stop::Available, Stop::Answered});
    line.event(at("2026-03-05T08:00:00Z"), Responded{"keep_waiting", "", "", ""});
    line.event(at("2026-03-05T08:00:00Z"), Available{Decimal{10}}, setAvailable);
    line.event(at("2026-03-09T08:00:00Z"), AvailabilityLost{Decimal{10}, Decimal{}}, loseStock);
    EXPECT_THAT(line.run(at("2026-03-20T00:00:00Z")),
                ElementsAre("2026-03-04T08:00:00Z escalation/2/0/0/0 rob@example.com"));
}

TEST(StopCondition, WhatIsPlannedIsTakenBack) {
    auto ladder = plainLadder();
    ladder.digest.at_minute = 9 * 60 + 30;
    auto line = climbing(ladder);
    line.event(at("2026-03-04T08:10:00Z"), Available{Decimal{10}}, setAvailable);
    EXPECT_THAT(line.run(at("2026-03-20T00:00:00Z")), IsEmpty());
    EXPECT_EQ(line.subject.notices.at(0).state, NoticeState::Superseded);
}

// -- acknowledgement --------------------------------------------------------------------------

TEST(Acknowledgement, StopsTheStepsThatSaySo) {
    auto ladder = plainLadder();
    ladder.steps[2].unless_acknowledged = false;
    auto line = climbing(ladder);
    line.event(at("2026-03-05T08:00:00Z"), Acknowledged{"prolonged", "Rob", "I call them."});
    line.run(at("2026-03-07T00:00:00Z"));
    const auto decision = line.look();
    EXPECT_THAT(reasonsOf(decision, "prolonged"), ElementsAre("acknowledged", "step_not_due"));
    EXPECT_EQ(withheldBy(decision, "prolonged")[0]->detail,
              "Step 2: Rob has taken it on at 2026-03-05T08:00:00Z.");
    // The last step comes all the same, and is not repeated.
    EXPECT_THAT(line.run(at("2026-04-01T00:00:00Z")),
                ElementsAre("2026-03-04T08:00:00Z escalation/2/0/0/0 rob@example.com",
                            "2026-03-10T08:00:00Z escalation/2/2/0/0 ops_webhook"));
    EXPECT_THAT(reasonsOf(line.look(), "prolonged"), ElementsAre("acknowledged", "acknowledged"));
}

TEST(Acknowledgement, TakesBackWhatIsPlanned) {
    auto ladder = plainLadder();
    ladder.digest.at_minute = 11 * 60;
    ladder.steps[1].after = period("1h");
    auto line = climbing(ladder);
    line.event(at("2026-03-04T12:00:00Z"), Acknowledged{"", "Rob", ""});
    line.run(at("2026-03-04T11:30:00Z"));
    EXPECT_EQ(line.subject.notices.at(1).due_at, at("2026-03-05T10:00:00Z"));
    EXPECT_THAT(line.run(at("2026-03-20T00:00:00Z")),
                ElementsAre("2026-03-04T10:00:00Z escalation/2/0/0/0 rob@example.com"));
    EXPECT_EQ(line.subject.notices.at(1).state, NoticeState::Superseded);
    EXPECT_EQ(line.subject.notices.at(2).state, NoticeState::Superseded);
}

TEST(Acknowledgement, TakesBackAFrozenMessage) {
    auto line = climbing();
    line.on_wire = std::chrono::minutes{120};
    line.event(at("2026-03-06T11:00:00Z"), Acknowledged{"", "Rob", ""});
    EXPECT_THAT(line.run(at("2026-03-20T00:00:00Z")),
                ElementsAre("2026-03-04T10:00:00Z escalation/2/0/0/0 rob@example.com"));
    for (std::size_t i = 1; i < line.subject.notices.size(); ++i)
        EXPECT_EQ(line.subject.notices[i].state, NoticeState::Superseded);
}

TEST(Acknowledgement, OfAnotherRuleOrOfAnEarlierClimbCountsForNothing) {
    auto line = climbing();
    line.event(at("2026-03-03T08:00:00Z"), Acknowledged{"", "Rob", ""});
    line.event(at("2026-03-05T08:00:00Z"), Acknowledged{"another", "Rob", ""});
    line.run(at("2026-03-07T00:00:00Z"));
    EXPECT_EQ(line.sent.size(), 3U);
}

// -- inhibition -------------------------------------------------------------------------------

TEST(Inhibition, ALowerRuleIsSilentWhileTheHigherOneIsActive) {
    auto low = plainLadder();
    auto high = plainLadder();
    high.name = "urgent";
    high.start = olderThan("3bd");
    high.steps = {step("sales_desk", "0s")};
    high.inhibits = {"prolonged"};
    high.stop = {Stop::PromiseChanged};
    Timeline line{ladderRules({low, high}), plainCase()};
    line.movePromise(at("2026-03-11T08:00:00Z"), "2026-03-27");
    line.run(at("2026-03-10T12:00:00Z"));
    EXPECT_THAT(reasonsOf(line.look(), "prolonged"), ElementsAre("inhibited"));
    EXPECT_THAT(line.run(at("2026-03-14T00:00:00Z")),
                ElementsAre("2026-03-04T08:00:00Z escalation/2/0/0/0 rob@example.com",
                            "2026-03-05T08:00:00Z escalation/3/0/0/0 desk@example.com",
                            "2026-03-05T08:00:00Z escalation/3/0/0/1 two@example.com",
                            "2026-03-11T08:00:00Z escalation/2/1/0/0 desk@example.com",
                            "2026-03-11T08:00:00Z escalation/2/1/0/1 two@example.com",
                            "2026-03-13T08:00:00Z escalation/2/2/0/0 ops_webhook"));
}

TEST(Inhibition, AllRulesThatMatchApply) {
    auto second = plainLadder();
    second.name = "second";
    second.steps.resize(1);
    Timeline line{ladderRules({plainLadder(), second}), plainCase()};
    EXPECT_THAT(line.run(at("2026-03-05T00:00:00Z")),
                ElementsAre("2026-03-04T08:00:00Z escalation/2/0/0/0 rob@example.com",
                            "2026-03-04T08:00:00Z escalation/3/0/0/0 rob@example.com"));
}

}  // namespace escalation_stop_test
}  // namespace backorderd::rules_test

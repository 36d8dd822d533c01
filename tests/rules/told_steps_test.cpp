#include "rules/escalation_samples.hpp"

// Ladders whose steps are edited while they run.

namespace backorderd::rules_test {
namespace told_steps_test {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

EscalationRule::Step stepOf(std::string_view team, std::string_view after,
                            std::string_view template_name) {
    auto made = step(team, after, false);
    made.template_name = template_name;
    return made;
}

/// The representative at once, the desk two days later.
EscalationRule twoSteps() {
    auto rule = plainLadder();
    rule.steps = {stepOf("sales_rep", "0s", "rep-alert"),
                  stepOf("sales_desk", "2bd", "desk-alert")};
    return rule;
}

class EditedLadder : public ::testing::Test {
protected:
    EditedLadder() : line{ladderRules({twoSteps()}), plainCase()} {
        line.rules.teams[1].email = {"desk@example.com"};
        line.rules.teams.push_back({"boss", false, {"boss@example.com"}, "", "", "", {}});
    }

    /// Who was told by Wednesday, when the ladder started, and by Friday, when its second step
    /// came.
    void runToBoth() {
        line.run(at("2026-03-06T12:00:00Z"));
        ASSERT_EQ(line.sent.size(), 2U);
        line.sent.clear();
    }
    std::vector<EscalationRule::Step>& steps() { return line.rules.escalation[0].steps; }
    /// What is told once the steps are edited.
    const std::vector<std::string>& afterwards() { return line.run(at("2026-03-20T00:00:00Z")); }

    Timeline line;
};

TEST_F(EditedLadder, AStepPutInAboveIsToldAndNobodyIsToldTwice) {
    runToBoth();
    steps().insert(steps().begin(), stepOf("boss", "0s", "rep-alert"));
    EXPECT_THAT(afterwards(),
                ElementsAre("2026-03-06T12:00:00Z escalation/2/3/0/0 boss@example.com"));
}

TEST_F(EditedLadder, AStepPutInBetweenIsTold) {
    runToBoth();
    steps().insert(steps().begin() + 1, stepOf("night", "1bd", "desk-alert"));
    EXPECT_THAT(afterwards(), ElementsAre("2026-03-06T12:00:00Z escalation/2/3/0/0 ops_webhook"));
}

TEST_F(EditedLadder, AStepTakenOutHidesNoneThatIsStillToCome) {
    line.run(at("2026-03-04T12:00:00Z"));
    ASSERT_THAT(line.sent, ElementsAre("2026-03-04T08:00:00Z escalation/2/0/0/0 rob@example.com"));
    line.sent.clear();
    steps().erase(steps().begin());
    EXPECT_THAT(afterwards(),
                ElementsAre("2026-03-06T08:00:00Z escalation/2/1/0/0 desk@example.com"));
}

TEST_F(EditedLadder, AStepTakenOutMakesNobodyHearTwice) {
    runToBoth();
    steps().erase(steps().begin());
    EXPECT_THAT(afterwards(), IsEmpty());
}

TEST_F(EditedLadder, StepsThatChangePlacesAreNotToldAgain) {
    steps()[1].after = period("0s");
    line.run(at("2026-03-04T12:00:00Z"));
    ASSERT_EQ(line.sent.size(), 2U);
    line.sent.clear();
    std::swap(steps()[0], steps()[1]);
    EXPECT_THAT(afterwards(), IsEmpty());
}

TEST_F(EditedLadder, AnAddressOrATemplateThatWasCorrectedTellsNobodyAgain) {
    runToBoth();
    line.rules.teams[1].email = {"new-desk@example.com"};
    steps()[0].template_name = "rep-alert-2";
    EXPECT_THAT(afterwards(), IsEmpty());
}

TEST_F(EditedLadder, ARepeatGoesOnUnderItsOwnNumber) {
    steps()[1].repeat = period("2bd");
    runToBoth();
    steps().insert(steps().begin(), stepOf("boss", "0s", "rep-alert"));
    EXPECT_THAT(line.run(at("2026-03-11T00:00:00Z")),
                ElementsAre("2026-03-06T12:00:00Z escalation/2/3/0/0 boss@example.com",
                            "2026-03-10T08:00:00Z escalation/2/1/1/0 desk@example.com"));
}

// -- when the clock starts a ladder -----------------------------------------------------------

TEST(Ladder, WhatTheClockBringsAtMidnightWaitsForTheCalendarsHours) {
    auto ladder = twoSteps();
    auto close = test("promise.in_days");
    close.max = Decimal{10};
    ladder.start = condition({close});
    auto line = climbing(ladder);
    line.rules.teams[1].email = {"desk@example.com"};
    EXPECT_THAT(line.run(at("2026-03-20T00:00:00Z")),
                ElementsAre("2026-03-10T07:00:00Z escalation/2/0/0/0 rob@example.com",
                            "2026-03-12T07:00:00Z escalation/2/1/0/0 desk@example.com"));
    EXPECT_EQ(line.subject.events.at(1).at, at("2026-03-09T23:00:00Z"));
}

TEST(Ladder, WhatHappensAtNightIsToldAtNight) {
    auto ladder = twoSteps();
    auto slips = test("slips");
    slips.min = Decimal{1};
    ladder.start = condition({slips});
    auto line = climbing(ladder);
    line.movePromise(at("2026-03-10T02:00:00Z"), "2026-04-10");
    EXPECT_THAT(line.run(at("2026-03-10T12:00:00Z")),
                ElementsAre("2026-03-10T02:00:00Z escalation/3/0/0/0 rob@example.com"));
}

TEST(Ladder, ALookAMomentBehindTheOpeningLosesNoDay) {
    auto ladder = twoSteps();
    ladder.digest.at_minute = 9 * 60 + 30;
    ladder.steps[1].repeat = period("1bd");
    auto line = climbing(ladder);
    line.rules.teams[1].email = {"desk@example.com"};
    line.late = std::chrono::seconds{1};
    EXPECT_THAT(line.run(at("2026-03-10T00:00:00Z")),
                ElementsAre("2026-03-04T08:30:01Z escalation/2/0/0/0 rob@example.com",
                            "2026-03-06T08:30:01Z escalation/2/1/0/0 desk@example.com",
                            "2026-03-09T08:30:01Z escalation/2/1/1/0 desk@example.com"));
}

}  // namespace told_steps_test
}  // namespace backorderd::rules_test

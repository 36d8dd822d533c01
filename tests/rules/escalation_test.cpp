#include "rules/escalation_samples.hpp"

namespace backorderd::rules_test {
namespace escalation_test {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Ladder, ClimbsStepByStepAndRepeatsTheLast) {
    auto line = climbing();
    EXPECT_THAT(line.run(at("2026-03-15T00:00:00Z")),
                ElementsAre("2026-03-04T08:00:00Z escalation/2/0/0/0 rob@example.com",
                            "2026-03-06T08:00:00Z escalation/2/1/0/0 desk@example.com",
                            "2026-03-06T08:00:00Z escalation/2/1/0/1 two@example.com",
                            "2026-03-10T08:00:00Z escalation/2/2/0/0 ops_webhook",
                            "2026-03-12T08:00:00Z escalation/2/2/1/0 ops_webhook"));
    EXPECT_EQ(line.subject.events.at(1).event, Event{EscalationStarted{"prolonged"}});
    EXPECT_EQ(line.subject.events.at(1).at, at("2026-03-04T08:00:00Z"));
    const auto& notice = line.subject.notices.at(0);
    EXPECT_EQ(notice.topic, Topic::Escalation);
    EXPECT_EQ(notice.rule, "prolonged");
    EXPECT_EQ(notice.template_name, "rep-alert");
    EXPECT_EQ(notice.reason, "Step 1 of prolonged, which started on 2026-03-04.");
    EXPECT_EQ(line.subject.notices.at(3).recipient,
              (Recipient{Channel::Webhook, "", "night", "", "", "ops_webhook"}));
}

TEST(Ladder, SaysWhyEachStepIsNotTold) {
    auto line = climbing();
    EXPECT_THAT(reasonsOf(line.look(), "prolonged"), ElementsAre("not_started"));
    EXPECT_EQ(line.look().look_again, at("2026-03-04T08:00:00Z"));
    const auto look = line.look().looks.at(0);
    EXPECT_EQ(look.rule.section, "escalation");
    EXPECT_FALSE(look.applied);
    EXPECT_EQ(look.failed->wanted, "at least 2bd");
    line.run(at("2026-03-04T09:00:00Z"));
    const auto decision = line.look();
    EXPECT_THAT(reasonsOf(decision, "prolonged"), ElementsAre("step_not_due", "step_not_due"));
    EXPECT_EQ(withheldBy(decision, "prolonged")[0]->until, at("2026-03-06T08:00:00Z"));
    EXPECT_EQ(withheldBy(decision, "prolonged")[0]->detail,
              "Step 2: It is due at 2026-03-06T08:00:00Z.");
    EXPECT_EQ(withheldBy(decision, "prolonged")[1]->until, at("2026-03-10T08:00:00Z"));
    EXPECT_EQ(decision.look_again, at("2026-03-06T08:00:00Z"));
}

TEST(Ladder, LinesThatTheRuleDoesNotMatchAreLeftAlone) {
    auto ladder = plainLadder();
    auto tier = test("customer.tier");
    tier.any_of = {"platinum"};
    ladder.match = condition({tier});
    auto line = climbing(ladder);
    EXPECT_THAT(line.run(at("2026-04-01T00:00:00Z")), IsEmpty());
    EXPECT_EQ(line.look().looks.at(0).failed->wanted, "platinum");
    EXPECT_THAT(line.look().withheld, IsEmpty());
}

TEST(Ladder, PausesWhileTheRuleDoesNotMatchAndSkipsNothing) {
    auto ladder = plainLadder();
    auto tier = test("customer.tier");
    tier.any_of = {"gold"};
    ladder.match = condition({tier});
    auto line = climbing(ladder);
    const auto setTier = [](const char* to) {
        return [to](Timeline& its) { its.subject.line.customer.tier = to; };
    };
    line.change(at("2026-03-05T12:00:00Z"), setTier("silver"));
    line.change(at("2026-03-11T12:00:00Z"), setTier("gold"));
    line.run(at("2026-03-06T12:00:00Z"));
    EXPECT_THAT(reasonsOf(line.look(), "prolonged"), ElementsAre("not_true_any_more"));
    EXPECT_THAT(line.run(at("2026-03-14T00:00:00Z")),
                ElementsAre("2026-03-04T08:00:00Z escalation/2/0/0/0 rob@example.com",
                            "2026-03-11T12:00:00Z escalation/2/1/0/0 desk@example.com",
                            "2026-03-11T12:00:00Z escalation/2/1/0/1 two@example.com",
                            "2026-03-13T12:00:00Z escalation/2/2/0/0 ops_webhook"));
}

TEST(Ladder, AWeekOfDowntimeNeitherSkipsNorCrowds) {
    auto line = climbing();
    line.down = {at("2026-03-05T00:00:00Z"), at("2026-03-16T08:00:00Z")};
    EXPECT_THAT(line.run(at("2026-03-19T00:00:00Z")),
                ElementsAre("2026-03-04T08:00:00Z escalation/2/0/0/0 rob@example.com",
                            "2026-03-16T08:00:00Z escalation/2/1/0/0 desk@example.com",
                            "2026-03-16T08:00:00Z escalation/2/1/0/1 two@example.com",
                            "2026-03-18T08:00:00Z escalation/2/2/0/0 ops_webhook"));
}

TEST(Ladder, StartsByFreshDataOnly) {
    auto line = climbing();
    line.fresh_until = [](Timestamp now) -> std::optional<Timestamp> {
        if (now < at("2026-03-05T10:20:00Z")) return at("2026-03-03T00:00:00Z");
        return now + std::chrono::hours{1};
    };
    line.run(at("2026-03-04T09:00:00Z"));
    EXPECT_THAT(reasonsOf(line.look(), "prolonged"), ElementsAre("data_not_fresh"));
    EXPECT_THAT(line.run(at("2026-03-06T00:00:00Z")),
                ElementsAre("2026-03-05T10:30:00Z escalation/2/0/0/0 rob@example.com"));
}

TEST(Ladder, WhatACustomerSaysIsActedOnWhateverTheDataAre) {
    auto ladder = plainLadder();
    auto answer = test("answer");
    answer.any_of = {"cancel_requested"};
    ladder.start = {};
    ladder.start.any = {{condition({answer}), olderThan("10bd")}};
    auto line = climbing(ladder);
    line.fresh_until = [](Timestamp) { return std::nullopt; };
    line.event(at("2026-03-03T07:00:00Z"), Responded{"cancel_requested", "negative", "", "Ann"});
    EXPECT_THAT(line.run(at("2026-03-20T00:00:00Z")),
                ElementsAre("2026-03-03T07:00:00Z escalation/3/0/0/0 rob@example.com"));
    EXPECT_THAT(reasonsOf(line.look(), "prolonged"),
                ElementsAre("data_not_fresh", "data_not_fresh", "step_not_due"));
}

TEST(Ladder, WhatACustomerSaysBringsNoOtherAlertFromOldData) {
    auto line = climbing();
    line.fresh_until = [](Timestamp) { return std::nullopt; };
    line.event(at("2026-03-05T07:00:00Z"), Responded{"keep_waiting", "", "", "Ann"});
    EXPECT_THAT(line.run(at("2026-03-20T00:00:00Z")), IsEmpty());
    EXPECT_THAT(reasonsOf(line.look(), "prolonged"), ElementsAre("data_not_fresh"));
}

TEST(Ladder, ATeamThatNobodyCanReachDoesNotStandInTheWay) {
    auto ladder = plainLadder();
    ladder.steps[1].team = "nobody";
    auto line = climbing(ladder);
    line.rules.teams.push_back({"nobody", false, {"not an address"}, "", "", "", {}});
    line.run(at("2026-03-06T12:00:00Z"));
    EXPECT_THAT(reasonsOf(line.look(), "prolonged"), ElementsAre("no_contact", "step_not_due"));
    EXPECT_THAT(line.run(at("2026-03-11T00:00:00Z")),
                ElementsAre("2026-03-04T08:00:00Z escalation/2/0/0/0 rob@example.com",
                            "2026-03-10T08:00:00Z escalation/2/2/0/0 ops_webhook"));
}

TEST(Ladder, EndsWithTheCase) {
    auto line = climbing();
    line.event(at("2026-03-05T08:00:00Z"), Shipped{Decimal{10}, {}},
               [](OrderLine& its) { its.shipped = its.ordered; });
    EXPECT_THAT(line.run(at("2026-04-01T00:00:00Z")),
                ElementsAre("2026-03-04T08:00:00Z escalation/2/0/0/0 rob@example.com"));
    EXPECT_EQ(line.subject.events.size(), 3U);
    EXPECT_EQ(line.look().look_again, std::nullopt);
}

TEST(Ladder, AdoptedLinesAreCalledOutOnlyForWhatIsNew) {
    auto ladder = plainLadder();
    ladder.start = {};
    ladder.start.any = {{isTrue("uncovered"), olderThan("3bd")}};
    auto subject = plainCase();
    subject.adopted = true;
    subject.line.supply = {};
    auto line = climbing(ladder, subject);
    EXPECT_THAT(reasonsOf(line.look(), "prolonged"), ElementsAre("adopted"));
    EXPECT_THAT(line.run(at("2026-03-06T00:00:00Z")),
                ElementsAre("2026-03-05T08:00:00Z escalation/2/0/0/0 rob@example.com"));
    auto changed = climbing(ladder, subject);
    changed.movePromise(at("2026-03-03T08:00:00Z"), "2026-04-01");
    EXPECT_THAT(changed.run(at("2026-03-04T00:00:00Z")),
                ElementsAre("2026-03-03T08:00:00Z escalation/3/0/0/0 rob@example.com"));
}

TEST(Ladder, ARuleThatIsGoneTakesBackWhatItPlannedAndLosesNothing) {
    auto ladder = plainLadder();
    ladder.digest.at_minute = 9 * 60 + 30;
    auto line = climbing(ladder);
    line.run(at("2026-03-04T08:10:00Z"));
    EXPECT_EQ(line.subject.notices.at(0).due_at, at("2026-03-04T08:30:00Z"));
    const auto rules = line.rules;
    line.change(at("2026-03-04T08:15:00Z"), [](Timeline& its) { its.rules.escalation.clear(); });
    line.change(at("2026-03-04T08:20:00Z"), [rules](Timeline& its) { its.rules = rules; });
    EXPECT_THAT(line.run(at("2026-03-05T00:00:00Z")),
                ElementsAre("2026-03-04T08:30:00Z escalation/2/0/0/0/1 rob@example.com"));
    EXPECT_EQ(line.subject.notices.at(0).state, NoticeState::Superseded);
}

// -- digests ----------------------------------------------------------------------------------

TEST(AlertDigests, LeaveAtTheTimeOfDayOnBusinessDays) {
    auto ladder = plainLadder();
    ladder.digest.at_minute = 8 * 60;  // 7:00 UTC; the ladder starts on Wednesday at 8:00 UTC
    auto line = climbing(ladder);
    EXPECT_THAT(line.run(at("2026-03-14T00:00:00Z")),
                ElementsAre("2026-03-05T07:00:00Z escalation/2/0/0/0 rob@example.com",
                            "2026-03-09T07:00:00Z escalation/2/1/0/0 desk@example.com",
                            "2026-03-09T07:00:00Z escalation/2/1/0/1 two@example.com",
                            "2026-03-11T07:00:00Z escalation/2/2/0/0 ops_webhook",
                            "2026-03-13T07:00:00Z escalation/2/2/1/0 ops_webhook"));
    EXPECT_EQ(line.subject.notices.at(0).digest_key, "alert:|email|rob@example.com||rep-alert");
}

TEST(AlertDigests, LateOnesLeaveUntilTheDaysBusinessIsOver) {
    auto ladder = plainLadder();
    ladder.digest.at_minute = 10 * 60;
    for (const auto& [up, sent] : {std::pair{"2026-03-04T12:00:00Z", "2026-03-04T12:00:00Z"},
                                   std::pair{"2026-03-04T17:00:00Z", "2026-03-05T09:00:00Z"}}) {
        auto line = climbing(ladder);
        line.down = {at("2026-03-04T08:30:00Z"), at(up)};
        EXPECT_THAT(line.run(at("2026-03-06T00:00:00Z")),
                    ElementsAre(HasSubstr(std::string{sent} + " escalation/2/0")));
    }
}

TEST(AlertDigests, AStepThatWasDueDaysAgoWaitsNoLongerThanOneOfToday) {
    auto ladder = plainLadder();
    ladder.digest.at_minute = 10 * 60;
    ladder.steps.resize(2);
    auto line = climbing(ladder);
    // The second step is due on Friday; the daemon is back on Monday at 13:00 in Vienna.
    line.down = {at("2026-03-05T08:00:00Z"), at("2026-03-09T12:00:00Z")};
    EXPECT_THAT(line.run(at("2026-03-11T00:00:00Z")),
                ElementsAre("2026-03-04T09:00:00Z escalation/2/0/0/0 rob@example.com",
                            "2026-03-09T12:00:00Z escalation/2/1/0/0 desk@example.com",
                            "2026-03-09T12:00:00Z escalation/2/1/0/1 two@example.com"));
}

TEST(AlertDigests, HalfAnHourOfOldDataDoesNotCostTheNextStepADay) {
    auto ladder = plainLadder();
    ladder.digest.at_minute = 8 * 60 + 30;  // 7:30 UTC; the ladder starts on Wednesday at 8:00 UTC
    ladder.steps = {step("sales_rep", "0d"), step("night", "1d")};
    auto line = climbing(ladder);
    line.fresh_until = [](Timestamp now) -> std::optional<Timestamp> {
        if (now >= at("2026-03-05T07:20:00Z") && now < at("2026-03-05T07:55:00Z"))
            return at("2026-03-05T07:20:00Z");
        return now + std::chrono::hours{1};
    };
    EXPECT_THAT(line.run(at("2026-03-10T00:00:00Z")),
                ElementsAre("2026-03-05T08:00:00Z escalation/2/0/0/0 rob@example.com",
                            "2026-03-06T07:30:00Z escalation/2/1/0/0 ops_webhook"));
}

TEST(AlertDigests, MissingLinesWait) {
    auto line = climbing();
    line.change(at("2026-03-04T07:00:00Z"),
                [](Timeline& its) { its.subject.missing_since = its.now; });
    line.change(at("2026-03-04T11:30:00Z"), [](Timeline& its) { its.subject.missing_since = {}; });
    EXPECT_THAT(line.run(at("2026-03-05T00:00:00Z")),
                ElementsAre("2026-03-04T11:30:00Z escalation/2/0/0/0 rob@example.com"));
}

}  // namespace escalation_test
}  // namespace backorderd::rules_test

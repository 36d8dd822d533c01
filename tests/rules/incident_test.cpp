#include "rules/escalation_samples.hpp"

// What senders that keep an incident for each ladder hear of it.

namespace backorderd::rules_test {
namespace incident_test {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// The sender of the last step keeps incidents.
Timeline paging(EscalationRule ladder = plainLadder()) {
    auto line = climbing(std::move(ladder));
    line.rules.incident_senders = {"ops_webhook"};
    return line;
}

/// What that sender got until a moment, without its name.
std::vector<std::string> paged(Timeline& line, std::string_view until) {
    constexpr std::string_view kBehind = " ops_webhook";
    std::vector<std::string> found;
    for (const auto& one : line.run(at(until)))
        if (one.ends_with(kBehind)) found.push_back(one.substr(0, one.size() - kBehind.size()));
    return found;
}

void cancel(OrderLine& line) { line.cancelled = line.ordered; }

TEST(Incident, IsOverWhenTheLadderStops) {
    auto line = paging();
    line.event(at("2026-03-11T09:00:00Z"), Available{Decimal{10}}, setAvailable);
    EXPECT_THAT(paged(line, "2026-03-20T00:00:00Z"),
                ElementsAre("2026-03-10T08:00:00Z escalation/2/2/0/0",
                            "2026-03-11T09:00:00Z escalation_ended/2/ops_webhook"));
    EXPECT_EQ(line.subject.notices.back().reason, "prolonged has ended: available.");
}

TEST(Incident, IsOverWhenTheLineIsClosed) {
    auto line = paging();
    line.event(at("2026-03-11T09:00:00Z"), Cancelled{Decimal{10}}, cancel);
    EXPECT_THAT(paged(line, "2026-03-20T00:00:00Z"),
                ElementsAre("2026-03-10T08:00:00Z escalation/2/2/0/0",
                            "2026-03-11T09:00:00Z escalation_ended/2/ops_webhook"));
}

TEST(Incident, IsTakenOnAndThenOver) {
    auto line = paging();
    line.event(at("2026-03-11T09:00:00Z"), Acknowledged{"", "anna", ""});
    line.event(at("2026-03-12T09:00:00Z"), Acknowledged{"", "bert", ""});
    line.event(at("2026-03-13T09:00:00Z"), Available{Decimal{10}}, setAvailable);
    EXPECT_THAT(paged(line, "2026-03-20T00:00:00Z"),
                ElementsAre("2026-03-10T08:00:00Z escalation/2/2/0/0",
                            "2026-03-11T09:00:00Z escalation_acknowledged/2/ops_webhook",
                            "2026-03-13T09:00:00Z escalation_ended/2/ops_webhook"));
}

TEST(Incident, OfAnotherLadderIsNotTouched) {
    auto line = paging();
    line.event(at("2026-03-11T09:00:00Z"), Acknowledged{"another", "anna", ""});
    EXPECT_THAT(paged(line, "2026-03-12T00:00:00Z"),
                ElementsAre("2026-03-10T08:00:00Z escalation/2/2/0/0"));
}

TEST(Incident, ThatIsOpenedAfterSomebodyTookItOnCallsAnother) {
    auto ladder = plainLadder();
    ladder.steps[2].unless_acknowledged = false;
    auto line = paging(ladder);
    line.event(at("2026-03-05T09:00:00Z"), Acknowledged{"", "anna", ""});
    EXPECT_THAT(paged(line, "2026-03-12T00:00:00Z"),
                ElementsAre("2026-03-10T08:00:00Z escalation/2/2/0/0"));
}

TEST(Incident, ThatWasNotOpenedNeedsNoEnd) {
    auto line = paging();
    line.event(at("2026-03-09T09:00:00Z"), Available{Decimal{10}}, setAvailable);
    EXPECT_THAT(paged(line, "2026-03-20T00:00:00Z"), IsEmpty());
}

TEST(Incident, BeginsAnewWithTheNextStartOfTheLadder) {
    auto line = paging();
    line.event(at("2026-03-11T09:00:00Z"), Available{Decimal{10}}, setAvailable);
    line.event(at("2026-03-12T09:00:00Z"), AvailabilityLost{Decimal{10}, {}}, loseStock);
    line.event(at("2026-03-20T09:00:00Z"), Cancelled{Decimal{10}}, cancel);
    EXPECT_THAT(paged(line, "2026-03-30T00:00:00Z"),
                ElementsAre("2026-03-10T08:00:00Z escalation/2/2/0/0",
                            "2026-03-11T09:00:00Z escalation_ended/2/ops_webhook",
                            "2026-03-18T09:00:00Z escalation/6/2/0/0",
                            "2026-03-20T09:00:00Z escalation_ended/6/ops_webhook"));
}

TEST(Incident, AlertsOfATimeOfDayShareAMessageAndAreNotFollowed) {
    auto ladder = plainLadder();
    ladder.digest.at_minute = 9 * 60;
    auto line = paging(ladder);
    line.event(at("2026-03-11T09:00:00Z"), Cancelled{Decimal{10}}, cancel);
    EXPECT_THAT(paged(line, "2026-03-20T00:00:00Z"),
                ElementsAre("2026-03-10T08:00:00Z escalation/2/2/0/0"));
}

TEST(Incident, NothingFollowsAnAlertThatIsStillOnItsWay) {
    auto line = paging();
    line.run(at("2026-03-10T12:00:00Z"));
    auto& alert = line.subject.notices.back();
    ASSERT_EQ(alert.recipient.sender, "ops_webhook");
    alert.state = NoticeState::Bundled;
    line.record(Cancelled{Decimal{10}}, cancel);
    for (const auto& wanted : line.look().wanted) EXPECT_NE(wanted.topic, Topic::EscalationEnded);
    alert.state = NoticeState::Sent;
    EXPECT_EQ(line.look().wanted.back().topic, Topic::EscalationEnded);
}

TEST(Incident, OthersHearOfAlertsAlone) {
    auto line = climbing();
    line.event(at("2026-03-11T09:00:00Z"), Acknowledged{"", "anna", ""});
    line.event(at("2026-03-12T09:00:00Z"), Cancelled{Decimal{10}}, cancel);
    EXPECT_THAT(paged(line, "2026-03-20T00:00:00Z"),
                ElementsAre("2026-03-10T08:00:00Z escalation/2/2/0/0"));
}

}  // namespace incident_test
}  // namespace backorderd::rules_test

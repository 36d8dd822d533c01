#include <gtest/gtest.h>

#include "rules/cadence_samples.hpp"
#include "rules/plan.hpp"

// Notices that the outbox put off, or that a digest holds, looked at again before their time.

namespace backorderd::rules_test {
namespace put_off_test {

const Timestamp kNow = at("2026-03-02T09:00:00Z");
constexpr std::chrono::hours kHour{1};

/// When a notice of Monday morning leaves that was put off to `due` at `put_off_at`.
Timestamp leavesAt(Timestamp due, Timestamp put_off_at) {
    const auto policy = plainPolicy();
    const auto calendar = vienna();
    Notice row;
    row.state_reason = "the recipient's limit of messages is reached";
    row.state_at = put_off_at;
    row.ready_at = row.due_at = due;
    rules::Occasion occasion;
    occasion.topic = Topic::Opened;
    occasion.fact_at = occasion.from = kNow - 3 * kHour;
    const auto schedule = rules::scheduleOf(policy, calendar, {});
    return rules::planTimes(schedule, occasion, &row, kNow).times.due;
}

TEST(PutOff, KeepsItsTimeHoweverFarAwayThatIs) {
    for (const int hours : {1, 30, 24 * 365 * 3})
        EXPECT_EQ(leavesAt(kNow + hours * kHour, kNow - kHour), kNow + hours * kHour) << hours;
}

TEST(PutOff, ByAClockThatWasYearsAheadIsPlannedAnew) {
    const auto ahead = kNow + 24 * 365 * 3 * kHour;
    EXPECT_EQ(leavesAt(ahead + 7 * 24 * kHour, ahead), kNow);
    EXPECT_EQ(leavesAt(ahead + 7 * 24 * kHour, kNow + std::chrono::seconds{1}), kNow);
}

TEST(OpenDigest, IsNotEndedByLookingAgain) {
    auto policy = plainPolicy();
    policy.digest = {DigestRule::By::Customer, period("2h"), "digest"};
    policy.send_window = SendWindow{{8 * 60, 12 * 60}, false, std::bitset<7>{0x7f}, false};
    messageOf(policy, Topic::Status).within = period("1d");
    auto line = timeline(policy, adoptedCase());  // due at 9:00 in Vienna, looked at every hour
    EXPECT_THAT(line.run(at("2026-03-10T00:00:00Z")),
                ::testing::ElementsAre("2026-03-09T10:00:00Z status/2026-03-09 a@example.com"));
}

}  // namespace put_off_test
}  // namespace backorderd::rules_test

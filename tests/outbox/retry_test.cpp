#include <gtest/gtest.h>

#include <ostream>
#include <set>

#include "outbox/outbox.hpp"
#include "outbox/samples.hpp"

namespace backorderd {
namespace retry_test {

using outbox::afterAttempt;
using outbox::retryDelay;
using outbox::RetrySchedule;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const RetrySchedule kSchedule{};  // 1 min, doubling up to 4 h, 20 % jitter, kept 5 days
const RetrySchedule kNoJitter{seconds{60}, hours{4}, 2.0, 0.0, days{5}};

struct DelayCase {
    int attempts;
    seconds delay;
};
void PrintTo(const DelayCase& delay_case, std::ostream* out) {
    *out << delay_case.attempts << " attempts";
}

class Delay : public testing::TestWithParam<DelayCase> {};

TEST_P(Delay, DoublesUpToTheLongest) {
    EXPECT_EQ(retryDelay(kNoJitter, GetParam().attempts, 1, std::nullopt), GetParam().delay);
}

TEST_P(Delay, IsShortenedByTheJitterAtMost) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        const seconds delay = retryDelay(kSchedule, GetParam().attempts, seed, std::nullopt);
        EXPECT_LE(delay, GetParam().delay);
        EXPECT_GE(delay * 10, GetParam().delay * 8);
    }
}

INSTANTIATE_TEST_SUITE_P(Cases, Delay,
                         testing::Values(DelayCase{0, minutes{1}}, DelayCase{1, minutes{1}},
                                         DelayCase{2, minutes{2}}, DelayCase{3, minutes{4}},
                                         DelayCase{8, minutes{128}}, DelayCase{9, hours{4}},
                                         DelayCase{10'000, hours{4}}));

TEST(RetryDelay, IsTheSameForTheSameMessageAndAttemptAndDiffersBetweenThem) {
    EXPECT_EQ(retryDelay(kSchedule, 9, 5, std::nullopt), retryDelay(kSchedule, 9, 5, std::nullopt));
    std::set<seconds> delays;
    for (std::uint64_t seed = 0; seed < 100; ++seed)
        delays.insert(retryDelay(kSchedule, 9, seed, std::nullopt));
    EXPECT_GT(delays.size(), 90u);
    EXPECT_NE(retryDelay(kSchedule, 9, 5, std::nullopt),
              retryDelay(kSchedule, 10, 5, std::nullopt));
}

TEST(RetryDelay, ObeysTheReceiverWhereItAsksForMore) {
    EXPECT_EQ(retryDelay(kNoJitter, 1, 1, seconds{600}), seconds{600});
    EXPECT_EQ(retryDelay(kNoJitter, 1, 1, seconds{5}), seconds{60});
    EXPECT_EQ(retryDelay(kNoJitter, 1, 1, days{3650}), days{5});
    EXPECT_EQ(retryDelay(kNoJitter, 1, 1, seconds{-5}), seconds{60});
}

Message attempted(int attempts) {
    Message message;
    message.stable_id = "00112233445566778899aabbccddeeff";
    message.created_at = kMonday;
    message.attempts = attempts;
    return message;
}

struct AttemptCase {
    const char* name;
    Outcome outcome;
    OnUnknown policy;
    bool sent_again;
    seconds age;
    MessageState state;
    const char* reason;  // a part of it
};
void PrintTo(const AttemptCase& attempt_case, std::ostream* out) { *out << attempt_case.name; }

class AfterAttempt : public testing::TestWithParam<AttemptCase> {};

TEST_P(AfterAttempt, TheMessageIs) {
    const AttemptCase& c = GetParam();
    const auto step =
        afterAttempt(attempted(1), c.outcome, c.policy, c.sent_again, kSchedule, kMonday + c.age);
    EXPECT_EQ(step.state, c.state);
    EXPECT_NE(step.reason.find(c.reason), std::string::npos) << step.reason;
    EXPECT_EQ(step.retry_in.has_value(), c.state == MessageState::Deferred);
}

std::string nameOf(const testing::TestParamInfo<AttemptCase>& info) { return info.param.name; }

constexpr auto kOnce = OnUnknown::SendAgainOnce;
constexpr auto kAgain = OnUnknown::SendAgain;
constexpr auto kHold = OnUnknown::Hold;
const Outcome kTryLater = TryLater{"451 greylisted", {}};
const Outcome kUnknown = Unknown{"no answer behind the final dot"};

INSTANTIATE_TEST_SUITE_P(
    Cases, AfterAttempt,
    testing::Values(AttemptCase{"Accepted", Accepted{"250 ok"}, kOnce, false, minutes{1},
                                MessageState::Sent, ""},
                    AttemptCase{"AcceptedLate", Accepted{"250 ok"}, kOnce, true, days{9},
                                MessageState::Sent, ""},
                    AttemptCase{"Refused", Refused{"550 no such user", true}, kOnce, false,
                                minutes{1}, MessageState::Refused, "550 no such user"},
                    AttemptCase{"TryLater", kTryLater, kOnce, false, minutes{1},
                                MessageState::Deferred, "451 greylisted"},
                    AttemptCase{"TryLaterBeforeTheEnd", kTryLater, kOnce, false,
                                days{5} - seconds{1}, MessageState::Deferred, "451 greylisted"},
                    AttemptCase{"TryLaterAtTheEnd", kTryLater, kOnce, false, days{5},
                                MessageState::Dead, "451 greylisted"},
                    AttemptCase{"TryLaterAtTheEndWhereAnEarlierOutcomeIsUnknown", kTryLater, kOnce,
                                true, days{5}, MessageState::Unknown, "451 greylisted"},
                    AttemptCase{"MailIsSentOnceMore", kUnknown, kOnce, false, minutes{1},
                                MessageState::Deferred,
                                "outcome unknown, sent once more under the same Message-ID"},
                    AttemptCase{"MailIsNotSentAThirdTime", kUnknown, kOnce, true, minutes{1},
                                MessageState::Unknown, "no answer behind the final dot"},
                    AttemptCase{"MailIsNotSentOnceMoreWhenTooOld", kUnknown, kOnce, false, days{5},
                                MessageState::Unknown, "no answer behind the final dot"},
                    AttemptCase{"WebhookIsSentAgain", kUnknown, kAgain, false, minutes{1},
                                MessageState::Deferred, "sent again under the same id"},
                    AttemptCase{"WebhookIsSentAgainAndAgain", kUnknown, kAgain, true, days{4},
                                MessageState::Deferred, "sent again under the same id"},
                    AttemptCase{"WebhookEndsUnknown", kUnknown, kAgain, true, days{5},
                                MessageState::Unknown, "no answer"},
                    AttemptCase{"SmsIsHeld", kUnknown, kHold, false, minutes{1},
                                MessageState::Unknown, "no answer"}),
    nameOf);

TEST(AfterAttempt, KeepsWhatTheReceiverSaid) {
    const auto step = afterAttempt(attempted(1), Accepted{"250 2.0.0 queued as 4ABC"}, kOnce, false,
                                   kSchedule, kMonday);
    EXPECT_EQ(step.reply, "250 2.0.0 queued as 4ABC");
}

TEST(AfterAttempt, ObeysRetryAfter) {
    const auto step = afterAttempt(attempted(1), TryLater{"429", seconds{900}}, kAgain, false,
                                   kSchedule, kMonday);
    EXPECT_EQ(step.retry_in, seconds{900});
}

TEST(AfterAttempt, WaitsLongerAfterEachAttempt) {
    const auto first = afterAttempt(attempted(1), kTryLater, kOnce, false, kSchedule, kMonday);
    const auto fourth = afterAttempt(attempted(4), kTryLater, kOnce, false, kSchedule, kMonday);
    EXPECT_GT(*fourth.retry_in, *first.retry_in * 5);
}

}  // namespace retry_test
}  // namespace backorderd

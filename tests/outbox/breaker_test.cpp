#include <gtest/gtest.h>

#include "outbox/outbox.hpp"

namespace backorderd::outbox {
namespace breaker_test {

using namespace std::chrono_literals;
using Change = Breaker::Change;

constexpr PauseLimits kLimits{3, 30s, 100s};

Breaker paused(SteadyTime at) {
    Breaker breaker{kLimits};
    for (int i = 0; i < 3; ++i) breaker.ended(false, breaker.begun(), at);
    return breaker;
}

TEST(Breaker, OpensAfterFailuresInARowAlone) {
    const SteadyTime now{};
    Breaker breaker{kLimits};
    for (int round = 0; round < 10; ++round) {
        EXPECT_EQ(breaker.ended(false, false, now), Change::None);
        EXPECT_EQ(breaker.ended(false, false, now), Change::None);
        EXPECT_EQ(breaker.ended(true, false, now), Change::None);
        EXPECT_TRUE(breaker.mayTry(now));
    }
    breaker.ended(false, false, now);
    breaker.ended(false, false, now);
    EXPECT_EQ(breaker.ended(false, false, now), Change::Paused);
    EXPECT_FALSE(breaker.mayTry(now + 29s));
    EXPECT_TRUE(breaker.mayTry(now + 30s));
    EXPECT_EQ(breaker.retryAt(), now + 30s);
}

TEST(Breaker, LetsOneAttemptTryAndDoublesThePauseUpToItsLongest) {
    SteadyTime now{};
    Breaker breaker = paused(now);
    for (const auto pause : {30s, 60s, 100s, 100s}) {
        ASSERT_EQ(breaker.retryAt(), now + pause);
        now += pause;
        EXPECT_TRUE(breaker.begun());
        EXPECT_FALSE(breaker.mayTry(now + 24h)) << "a second one beside the first";
        EXPECT_EQ(breaker.ended(false, true, now), Change::None);
    }
    EXPECT_TRUE(breaker.begun());
    EXPECT_EQ(breaker.ended(true, true, now), Change::Resumed);
    EXPECT_TRUE(breaker.mayTry(now));
    EXPECT_EQ(breaker.retryAt(), std::nullopt);
}

TEST(Breaker, WhatWasUnderWayDoesNotProlongThePause) {
    const SteadyTime now{};
    Breaker breaker = paused(now);
    EXPECT_EQ(breaker.ended(false, false, now + 10s), Change::None);
    EXPECT_EQ(breaker.retryAt(), now + 30s);
    EXPECT_EQ(breaker.ended(true, false, now + 11s), Change::Resumed);
}

}  // namespace breaker_test
}  // namespace backorderd::outbox

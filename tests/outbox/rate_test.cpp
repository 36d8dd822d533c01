#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "outbox/outbox.hpp"

namespace backorderd::outbox {
namespace rate_test {

using namespace std::chrono_literals;

constexpr SteadyTime kStart{std::chrono::hours{1}};

struct RateCase {
    std::string name;
    RateLimit limit;
    std::chrono::milliseconds every;  ///< somebody asks so often
    std::chrono::milliseconds during;
    int leave;  ///< so many messages
};

class Rate : public testing::TestWithParam<RateCase> {};

TEST_P(Rate, LetsSoManyPass) {
    const auto& param = GetParam();
    TokenBucket bucket{param.limit};
    int left = 0;
    for (auto now = kStart; now < kStart + param.during; now += param.every) {
        // As many as may leave; what has no limit would leave for ever.
        for (int i = 0; i < 1000 && bucket.readyAt(now) <= now; ++i) {
            bucket.take(now);
            ++left;
        }
    }
    EXPECT_EQ(left, param.leave);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Rate,
    testing::Values(RateCase{"NoLimit", {}, 1000ms, 2000ms, 2000},
                    RateCase{"OneByOne", {10, 1}, 1ms, 1000ms, 10},
                    RateCase{"ABurstAndThenTheRate", {10, 20}, 1ms, 1000ms, 20 + 9},
                    RateCase{"AskedSeldomAWholeBurst", {10, 20}, 10'000ms, 30'000ms, 60},
                    RateCase{"NeverMoreThanABurst", {1000, 5}, 1000ms, 3000ms, 15},
                    RateCase{"SlowerThanASecond", {0.1, 1}, 1000ms, 60'000ms, 6},
                    RateCase{"ABurstOfNoneIsOne", {10, 0}, 1ms, 1000ms, 10}),
    [](const auto& row) { return row.param.name; });

TEST(RateBucket, SaysWhenTheNextMayLeave) {
    TokenBucket bucket{{2, 2}};
    EXPECT_LE(bucket.readyAt(kStart), kStart);
    bucket.take(kStart);
    EXPECT_LE(bucket.readyAt(kStart), kStart);
    bucket.take(kStart);
    EXPECT_EQ(bucket.readyAt(kStart), kStart + 500ms);
    EXPECT_FALSE(bucket.full(kStart + 999ms));
    EXPECT_TRUE(bucket.full(kStart + 1s));
}

struct GateCase {
    std::string name;
    RateLimit all, per_domain;
    std::vector<std::string> sent;
    std::string next;
    std::chrono::milliseconds wait;
};

class Gate : public testing::TestWithParam<GateCase> {};

TEST_P(Gate, MakesTheNextWait) {
    const auto& param = GetParam();
    RateGate gate{param.all, param.per_domain};
    for (const auto& address : param.sent) gate.take(address, kStart);
    const auto ready = gate.readyAt(param.next, kStart);
    EXPECT_EQ(std::max(ready, kStart) - kStart, param.wait);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Gate,
    testing::Values(
        GateCase{"NoLimits", {}, {}, {"a@x.example", "b@x.example"}, "c@x.example", 0ms},
        GateCase{"OfAll", {1, 1}, {}, {"a@x.example"}, "b@y.example", 1000ms},
        GateCase{"OfTheDomain", {}, {1, 1}, {"a@x.example"}, "b@x.example", 1000ms},
        GateCase{"OtherDomainsGoOn", {}, {1, 1}, {"a@x.example"}, "b@y.example", 0ms},
        GateCase{"InAnyCase", {}, {1, 1}, {"a@X.Example"}, "b@x.example", 1000ms},
        GateCase{"BehindTheLastAt", {}, {1, 1}, {"\"a@y\"@x.example"}, "b@y", 0ms},
        GateCase{"TheLongerOfBoth", {2, 1}, {1, 1}, {"a@x.example"}, "b@x.example", 1000ms},
        GateCase{
            "AllCountsForADomainOfItsOwn", {2, 1}, {1, 1}, {"a@x.example"}, "b@y.example", 500ms},
        GateCase{"ANumberIsLimitedByItself", {}, {1, 1}, {"+431"}, "+432", 0ms},
        GateCase{"TheSameNumberWaits", {}, {1, 1}, {"+431"}, "+431", 1000ms}),
    [](const auto& row) { return row.param.name; });

TEST(RateGateOfManyDomains, ForgetsThoseThatRested) {
    RateGate gate{{}, {1, 1}};
    for (int i = 0; i < 50'000; ++i)
        gate.take("a@" + std::to_string(i) + ".example", kStart + std::chrono::seconds{i});
    // What has just been sent is remembered all the same.
    const auto now = kStart + std::chrono::seconds{49'999};
    EXPECT_EQ(gate.readyAt("b@49999.example", now), now + 1s);
    EXPECT_LE(gate.readyAt("b@1.example", now), now);
}

}  // namespace rate_test
}  // namespace backorderd::outbox

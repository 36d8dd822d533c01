#include <gtest/gtest.h>

#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "outbox/outbox.hpp"
#include "outbox/samples.hpp"

namespace backorderd {
namespace limit_test {

using std::chrono::hours;

struct LimitCase {
    const char* name;
    std::vector<int> heard_hours_ago;  // ascending in time
    int max;
    std::optional<int> until_in_hours;
};

void PrintTo(const LimitCase& limit_case, std::ostream* out) { *out << limit_case.name; }

class Limit : public testing::TestWithParam<LimitCase> {};

TEST_P(Limit, OfMessagesInADay) {
    std::vector<Timestamp> heard;
    for (const int ago : GetParam().heard_hours_ago) heard.push_back(kMonday - hours{ago});
    std::optional<Timestamp> until;
    if (GetParam().until_in_hours) until = kMonday + hours{*GetParam().until_in_hours};
    EXPECT_EQ(outbox::limitedUntil(heard, GetParam().max, hours{24}, kMonday), until);
}

std::string limitName(const testing::TestParamInfo<LimitCase>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(
    Cases, Limit,
    testing::Values(LimitCase{"HeardNothing", {}, 1, std::nullopt},
                    LimitCase{"RoomForOneMore", {20, 3}, 3, std::nullopt},
                    LimitCase{"Full", {20, 10, 3}, 3, 4}, LimitCase{"OneOfOne", {3}, 1, 21},
                    LimitCase{"ExactlyAPeriodAgoCountsNoMore", {24}, 1, std::nullopt},
                    LimitCase{"OldOnesCountNoMore", {90, 80, 70, 3}, 2, std::nullopt},
                    LimitCase{
                        "MoreThanTheLimitWaitsForTheOneThatMakesRoom", {20, 15, 10, 3}, 2, 14},
                    LimitCase{"HeardInTheFutureOfAClockThatStepped", {-2}, 1, 26},
                    LimitCase{"HeardInTheFutureOfAClockThatWasFarAhead", {-2000}, 1, std::nullopt},
                    LimitCase{"WhatIsFarAheadHidesNothing", {3, -2000, -2001}, 1, 21},
                    LimitCase{"NoneAllowed", {}, 0, 24}),
    limitName);

}  // namespace limit_test
}  // namespace backorderd

#include "rules/cadence_samples.hpp"
#include "rules/escalation_samples.hpp"

// Messages that are frozen and have not left when what they rest on changes.

namespace backorderd::rules_test {
namespace frozen_test {

using ::testing::ElementsAre;

/// Every attempt takes two hours.
Timeline slow(Timeline line) {
    line.on_wire = std::chrono::hours{2};
    return line;
}

TEST(Frozen, GoesToTheAddressThatIsRightByNow) {
    auto line = slow(timeline());
    line.event(at("2026-03-02T09:00:00Z"), ContactChanged{},
               [](OrderLine& its) { its.contact.email = "new@example.com"; });
    EXPECT_THAT(line.run(at("2026-03-03T00:00:00Z")),
                ElementsAre("2026-03-02T11:00:00Z opened new@example.com"));
}

TEST(Frozen, AnAlertFollowsTheTeam) {
    auto line = slow(climbing());
    line.change(at("2026-03-04T09:00:00Z"),
                [](Timeline& its) { its.subject.line.sales_rep.email = "sue@example.com"; });
    EXPECT_THAT(line.run(at("2026-03-04T12:00:00Z")),
                ElementsAre("2026-03-04T11:00:00Z escalation/2/0/0/0 sue@example.com"));
}

TEST(Frozen, WhatIsTrueAllTheSameNamesTheDateOfNow) {
    auto line = slow(timeline());
    line.event(at("2026-03-03T08:00:00Z"), PartlyShipped{Decimal{3}, Decimal{7}, {}},
               [](OrderLine& its) { its.shipped = Decimal{3}; });
    line.movePromise(at("2026-03-03T09:00:00Z"), "2026-04-20");
    std::map<Topic, Promise> told;
    line.on_send = [&](const Notice& notice) { told[notice.topic] = notice.facts.promise; };
    line.run(at("2026-03-04T00:00:00Z"));
    ASSERT_TRUE(told.contains(Topic::PartlyShipped));
    EXPECT_EQ(told[Topic::PartlyShipped], Promise::on(day("2026-04-20")));
}

}  // namespace frozen_test
}  // namespace backorderd::rules_test

#include <gmock/gmock.h>

#include "rules/cadence_samples.hpp"
#include "rules/goods_samples.hpp"

namespace backorderd::rules_test {
namespace allocation_timeline_test {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

struct AllocationTimeline : ::testing::Test {
    AllocationTimeline() {
        rule.name = "pumps";
        rule.calendar = "vienna";
        rule.team = "sales_desk";
    }
    Timeline make() {
        auto rules = rulesOf({plainPolicy()});
        removeMessage(rules.cadence[0], Topic::Status);
        rules.fulfilment = {rule};
        return Timeline{std::move(rules), caseNumbered(7)};
    }
    static AllocationProposed proposal(int quantity) {
        return {"MAIN", Decimal{quantity}, Decimal{10}, 1, 2, "fill", "all that it waits for"};
    }

    FulfilmentRule rule;
    const Timestamp arrived = at("2026-03-09T15:00:00Z");
};

TEST_F(AllocationTimeline, AProposalIsToldToTheRulesTeam) {
    auto line = make();
    line.event(arrived, proposal(10));
    EXPECT_THAT(line.run(at("2026-03-12T00:00:00Z")),
                ElementsAre("2026-03-02T08:00:00Z opened a@example.com",
                            "2026-03-09T15:00:00Z allocation/2/0 desk@example.com",
                            "2026-03-09T15:00:00Z allocation/2/1 two@example.com"));
    const auto& notice = line.subject.notices.at(1);
    EXPECT_EQ(notice.template_name, "allocation-advice");
    EXPECT_EQ(notice.rule, "pumps");
    EXPECT_EQ(notice.reason, "all that it waits for");
}

TEST_F(AllocationTimeline, TheLinesOfOneItemShareAMessage) {
    const auto keyOf = [&](std::string_view item) {
        auto line = make();
        line.subject.line.item.id = item;
        line.event(arrived, proposal(10));
        line.run(arrived);
        return line.subject.notices.at(1).digest_key;
    };
    EXPECT_EQ(keyOf("PX-100"), keyOf("PX-100"));
    EXPECT_NE(keyOf("PX-100"), keyOf("PX-200"));
    rule.digest.at_minute = 8 * 60;
    EXPECT_EQ(keyOf("PX-100"), keyOf("PX-200"));
}

TEST_F(AllocationTimeline, TheLatestReplacesOneThatWasNotTold) {
    rule.digest.at_minute = 8 * 60;
    auto line = make();
    line.event(arrived, proposal(4));
    line.event(arrived + std::chrono::hours{1}, proposal(10));
    EXPECT_THAT(line.run(at("2026-03-12T00:00:00Z")),
                ElementsAre("2026-03-02T08:00:00Z opened a@example.com",
                            "2026-03-10T07:00:00Z allocation/3/0 desk@example.com",
                            "2026-03-10T07:00:00Z allocation/3/1 two@example.com"));
}

TEST_F(AllocationTimeline, AdviceThatWasFollowedMeanwhileIsNotTold) {
    rule.digest.at_minute = 8 * 60;
    auto line = make();
    line.event(arrived, proposal(10));
    line.event(arrived + std::chrono::hours{1}, PartlyAvailable{Decimal{4}, Decimal{10}},
               [](OrderLine& its) { its.allocated = Decimal{4}; });
    line.run(arrived + std::chrono::hours{1});
    expectWithheld(line.look(), Topic::Allocation, WithheldReason::NotTrueAnyMore);
    EXPECT_THAT(line.run(at("2026-03-12T00:00:00Z")),
                Not(Contains("2026-03-10T07:00:00Z allocation/2/0 desk@example.com")));
}

TEST_F(AllocationTimeline, ARuleThatComesLateTellsNothingOfOldStock) {
    auto line = make();
    line.rules.fulfilment.clear();
    line.event(arrived, proposal(10));
    line.run(arrived + std::chrono::days{3});
    line.rules.fulfilment = {rule};
    EXPECT_THAT(line.look().wanted, IsEmpty());
}

}  // namespace allocation_timeline_test
}  // namespace backorderd::rules_test

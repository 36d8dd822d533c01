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

TEST(Frozen, SaysWhatIsStillOpen) {
    auto line = slow(timeline());
    line.event(at("2026-03-02T09:00:00Z"), QuantityChanged{},
               [](OrderLine& its) { its.ordered = Decimal{6}; });
    line.run(at("2026-03-03T00:00:00Z"));
    EXPECT_EQ(line.subject.notices.at(0).facts.open, Decimal{6});
    EXPECT_EQ(line.sent.front(), "2026-03-02T11:00:00Z opened a@example.com");
}

TEST(Frozen, WaitsForTheNextDayOnceTheWindowIsShut) {
    auto policy = plainPolicy();
    policy.send_window = SendWindow{{8 * 60, 10 * 60}, true, {}, false};
    auto line = slow(timeline(policy));
    line.change(at("2026-03-02T09:30:00Z"), [](Timeline&) {});
    line.run(at("2026-03-02T12:00:00Z"));
    EXPECT_EQ(line.subject.notices.at(0).state, NoticeState::Planned);
    EXPECT_EQ(line.subject.notices.at(0).ready_at, at("2026-03-03T07:00:00Z"));
    EXPECT_THAT(line.run(at("2026-03-04T00:00:00Z")),
                ElementsAre("2026-03-03T09:00:00Z opened a@example.com"));
}

TEST(Frozen, WaitsForAnAddressWhereTheContactHasNoneAnyMore) {
    auto line = slow(timeline());
    line.event(at("2026-03-02T09:00:00Z"), ContactChanged{},
               [](OrderLine& its) { its.contact.email.clear(); });
    line.run(at("2026-03-02T10:30:00Z"));
    EXPECT_EQ(line.subject.notices.at(0).state, NoticeState::Planned);
    expectWithheld(line.look(), Topic::Opened, WithheldReason::NoContact);
}

TEST(Frozen, AnAlertFollowsTheTeam) {
    auto line = slow(climbing());
    line.change(at("2026-03-04T09:00:00Z"),
                [](Timeline& its) { its.subject.line.sales_rep.email = "sue@example.com"; });
    EXPECT_THAT(line.run(at("2026-03-04T12:00:00Z")),
                ElementsAre("2026-03-04T11:00:00Z escalation/2/0/0/0 sue@example.com"));
}

}  // namespace frozen_test
}  // namespace backorderd::rules_test

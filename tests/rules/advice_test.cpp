#include "rules/escalation_samples.hpp"

namespace backorderd::rules_test {
namespace advice_test {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

SupplyRule plainSupply() {
    SupplyRule rule;
    rule.name = "buy";
    rule.calendar = "vienna";
    rule.team = "sales_desk";
    rule.digest.at_minute = 8 * 60;
    return rule;
}

Case uncoveredCase() {
    auto subject = plainCase();
    subject.line.supply = {};
    return subject;
}

Timeline buying(SupplyRule rule = plainSupply(), Case subject = uncoveredCase()) {
    auto rules = rulesOf({});
    rules.teams[1].email = {"desk@example.com"};
    rules.supply = {std::move(rule)};
    return Timeline{std::move(rules), std::move(subject)};
}

/// What happens to a line whose supply comes and goes.
void coverAt(Timeline& line, std::string_view when, bool covered) {
    Supply supply;
    if (covered) supply.reference = "PO12";
    line.change(at(when), [supply](Timeline& its) {
        its.record(SupplyChanged{its.subject.line.supply, supply},
                   [supply](OrderLine& changed) { changed.supply = supply; });
    });
}

TEST(UncoveredDemand, IsToldOnceAtTheTimeOfDay) {
    auto line = buying();
    EXPECT_THAT(line.run(at("2026-04-30T00:00:00Z")),
                ElementsAre("2026-03-03T07:00:00Z uncovered/0/0/0 desk@example.com"));
    const auto& notice = line.subject.notices.at(0);
    EXPECT_EQ(notice.template_name, "uncovered-demand");
    EXPECT_EQ(notice.digest_key, "alert:|email|desk@example.com||uncovered-demand");
    EXPECT_EQ(notice.reason, "Nothing on order covers the 10 still open.");
    EXPECT_THAT(reasonsOf(line.look(), "buy"), ElementsAre("already_told"));
}

TEST(UncoveredDemand, IsToldAgainWhileItLasts) {
    auto rule = plainSupply();
    rule.again = period("5bd");
    auto line = buying(rule);
    coverAt(line, "2026-03-18T12:00:00Z", true);
    EXPECT_THAT(line.run(at("2026-04-30T00:00:00Z")),
                ElementsAre("2026-03-03T07:00:00Z uncovered/0/0/0 desk@example.com",
                            "2026-03-10T07:00:00Z uncovered/0/1/0 desk@example.com",
                            "2026-03-17T07:00:00Z uncovered/0/2/0 desk@example.com"));
    EXPECT_THAT(reasonsOf(line.look(), "buy"), ElementsAre("not_true_any_more"));
}

TEST(UncoveredDemand, IsTakenBackWhenItIsCoveredInTime) {
    auto line = buying();
    coverAt(line, "2026-03-02T15:00:00Z", true);
    coverAt(line, "2026-03-05T15:00:00Z", false);
    EXPECT_THAT(line.run(at("2026-03-20T00:00:00Z")),
                ElementsAre("2026-03-06T07:00:00Z uncovered/3/0/0 desk@example.com"));
    EXPECT_EQ(line.subject.notices.at(0).state, NoticeState::Superseded);
}

TEST(UncoveredDemand, TheFirstRuleThatMatchesCounts) {
    auto first = plainSupply();
    auto tier = test("customer.tier");
    tier.any_of = {"platinum"};
    first.match = condition({tier});
    auto second = plainSupply();
    second.name = "second";
    auto line = buying(first);
    line.rules.supply.push_back(second);
    line.rules.supply.push_back(plainSupply());
    const auto decision = line.look();
    EXPECT_EQ(decision.wanted.at(0).rule, "second");
    ASSERT_EQ(decision.looks.size(), 3U);
    EXPECT_EQ(decision.looks[0].rule.section, "supply");
    EXPECT_EQ(decision.looks[0].failed->found, "gold");
    EXPECT_TRUE(decision.looks[1].applied);
    EXPECT_FALSE(decision.looks[2].reached);
}

TEST(UncoveredDemand, OfTheFirstSnapshotIsToldOnlyWhenItsTimeComesAgain) {
    auto subject = uncoveredCase();
    subject.adopted = true;
    auto line = buying(plainSupply(), subject);
    EXPECT_THAT(line.run(at("2026-03-19T00:00:00Z")), IsEmpty());
    EXPECT_THAT(reasonsOf(line.look(), "buy"), ElementsAre("adopted"));
    // The lapse of the promise is news.
    EXPECT_THAT(line.run(at("2026-04-30T00:00:00Z")),
                ElementsAre("2026-03-23T07:00:00Z uncovered/0/0/0 desk@example.com"));
    auto rule = plainSupply();
    rule.again = period("5bd");
    auto again = buying(rule, subject);
    EXPECT_THAT(again.run(at("2026-03-12T00:00:00Z")),
                ElementsAre("2026-03-10T07:00:00Z uncovered/0/0/0 desk@example.com"));
}

TEST(Uncovered, ALookAMomentBehindTheOpeningLosesNoDay) {
    auto rule = plainSupply();
    rule.again = period("1bd");
    auto line = buying(rule);
    line.late = std::chrono::seconds{1};
    EXPECT_THAT(line.run(at("2026-03-06T00:00:00Z")),
                ElementsAre("2026-03-03T07:00:01Z uncovered/0/0/0 desk@example.com",
                            "2026-03-04T07:00:01Z uncovered/0/1/0 desk@example.com",
                            "2026-03-05T07:00:01Z uncovered/0/2/0 desk@example.com"));
}

// -- expedite -----------------------------------------------------------------------------------

FulfilmentRule overdueRule() {
    FulfilmentRule rule;
    rule.name = "pumps";
    rule.calendar = "vienna";
    auto overdue = test("promise.in_days");
    overdue.max = Decimal{-5};
    rule.expedite.emplace();
    rule.expedite->match = condition({overdue});
    rule.expedite->team = "sales_rep";
    return rule;
}

Timeline waiting(FulfilmentRule rule) {
    auto rules = rulesOf({});
    rules.fulfilment = {std::move(rule)};
    return Timeline{std::move(rules), plainCase()};
}

TEST(Expedite, LongOverdueLinesAreSuggestedOnceForEachDate) {
    auto line = waiting(overdueRule());
    EXPECT_THAT(reasonsOf(line.look(), "pumps"), ElementsAre("not_true_any_more"));
    line.movePromise(at("2026-03-30T08:00:00Z"), "2026-04-01");
    // Promised for the 20th in Vienna, where the 25th begins at 23:00 UTC.
    EXPECT_THAT(line.run(at("2026-05-01T00:00:00Z")),
                ElementsAre("2026-03-24T23:00:00Z expedite/2026-03-20/0/0 rob@example.com",
                            "2026-04-05T22:00:00Z expedite/2026-04-01/0/0 rob@example.com"));
    EXPECT_EQ(line.subject.notices.at(0).template_name, "expedite");
    EXPECT_EQ(line.subject.notices.at(0).reason, "Promised for 2026-03-20, and 10 still open.");
}

TEST(Expedite, IsRepeatedAndWaitsForTheTimeOfDay) {
    auto rule = overdueRule();
    rule.expedite->again = period("1w");
    rule.digest.at_minute = 9 * 60;
    auto line = waiting(rule);
    EXPECT_THAT(line.run(at("2026-04-10T00:00:00Z")),
                ElementsAre("2026-03-25T08:00:00Z expedite/2026-03-20/0/0 rob@example.com",
                            "2026-04-01T07:00:00Z expedite/2026-03-20/1/0 rob@example.com",
                            "2026-04-08T07:00:00Z expedite/2026-03-20/2/0 rob@example.com"));
}

TEST(Expedite, MayLeaveAtAnotherTimeThanTheAdvice) {
    auto rule = overdueRule();
    rule.digest.at_minute = 9 * 60;
    rule.expedite->digest = AlertDigest{16 * 60};
    auto line = waiting(rule);
    EXPECT_THAT(line.run(at("2026-04-10T00:00:00Z")),
                ElementsAre("2026-03-25T15:00:00Z expedite/2026-03-20/0/0 rob@example.com"));
}

TEST(Expedite, IsNotSuggestedFromOldData) {
    auto line = waiting(overdueRule());
    line.fresh_until = [](Timestamp) { return std::nullopt; };
    EXPECT_THAT(line.run(at("2026-04-10T00:00:00Z")), IsEmpty());
    EXPECT_THAT(reasonsOf(line.look(), "pumps"), ElementsAre("data_not_fresh"));
}

}  // namespace advice_test
}  // namespace backorderd::rules_test

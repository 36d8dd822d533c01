#include <gmock/gmock.h>

#include <algorithm>

#include "rules/builders.hpp"
#include "rules/rules.hpp"

namespace backorderd::rules_test {
namespace problems_test {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> problemsOf(const RuleSet& rules) {
    std::vector<std::string> found;
    for (const auto& problem : rules::findProblems(rules))
        found.push_back((problem.severity == Severity::Warning ? "warning: " : "") + problem.text);
    return found;
}

CadencePolicy named(std::string name, std::vector<Test> tests) {
    auto policy = plainPolicy();
    policy.name = std::move(name);
    policy.match = condition(std::move(tests));
    return policy;
}

Test tier(const char* word) {
    static int line = 0;
    auto made = test("customer.tier");
    made.any_of = {word};
    made.place = {"rules.yaml", ++line, 5};
    return made;
}

TEST(Problems, SoundRulesHaveNone) {
    EXPECT_THAT(problemsOf(rulesOf({named("gold", {tier("gold")}), plainPolicy()})), IsEmpty());
}

TEST(Problems, Calendars) {
    auto rules = rulesOf({plainPolicy()});
    rules.calendars[0].timezone = "Europe/Wien";
    rules.calendars[0].work_week.reset();
    EXPECT_THAT(
        problemsOf(rules),
        ElementsAre("calendar 'vienna': there is no time zone 'Europe/Wien'; use an IANA "
                    "name such as 'Europe/Berlin'",
                    "calendar 'vienna' has no working day; name at least one in work_week"));
}

TEST(Problems, PoliciesBehindOneThatTakesAll) {
    auto first = named("gold", {tier("gold")});
    const auto narrower = named("gold in EMEA", {test("customer.id"), tier("gold")});
    const auto other = named("silver", {tier("silver")});
    EXPECT_THAT(
        problemsOf(rulesOf({first, narrower, other, plainPolicy()})),
        ElementsAre("warning: policy 'gold in EMEA' can never match: 'gold' before it takes "
                    "every line that it could; put it first, or give 'gold' continue: "
                    "true"));
    first.continues = true;
    EXPECT_THAT(problemsOf(rulesOf({first, narrower, other, plainPolicy()})), IsEmpty());
    EXPECT_EQ(problemsOf(rulesOf({plainPolicy(), other, narrower})).size(), 2U);
}

TEST(Problems, SegmentsThatNobodyUses) {
    auto rules = rulesOf({plainPolicy()});
    const auto gold = std::make_shared<const Condition>(condition({tier("gold")}));
    Condition big = condition({});
    big.segments = {{"gold", gold, {}}};
    rules.segments = {{"gold", gold}, {"big", std::make_shared<const Condition>(big)}};
    EXPECT_EQ(problemsOf(rules).size(), 2U);
    rules.cadence[0].match.none = {condition({})};
    rules.cadence[0].match.none[0].segments = {{"big", rules.segments[1].second, {}}};
    rules.cadence.push_back(plainPolicy());
    EXPECT_THAT(problemsOf(rules), IsEmpty());
}

TEST(Problems, StatusAndItsLimit) {
    auto policy = plainPolicy();
    policy.limit = LimitRule{3, period("7d"), true};
    messageOf(policy, Topic::Status).every = period("1d");
    EXPECT_THAT(problemsOf(rulesOf({policy})),
                ElementsAre("warning: policy 'standard': a status every 1d is more than its own "
                            "limit of 3 per 7d lets through"));
    messageOf(policy, Topic::Status).every.reset();
    EXPECT_THAT(problemsOf(rulesOf({policy})),
                ElementsAre("policy 'standard': status needs 'every', the time after which the "
                            "customer hears again (such as 5bd)"));
}

TEST(Problems, AWindowWithoutDays) {
    auto policy = plainPolicy();
    policy.send_window = SendWindow{{0, 60}, false, std::bitset<7>{}, false};
    EXPECT_THAT(problemsOf(rulesOf({policy})),
                ElementsAre("policy 'standard': its send window has no day; nothing would ever "
                            "leave"));
}

Test kind(std::vector<std::string> words) {
    auto made = test("kind");
    made.any_of = std::move(words);
    made.place = {"rules.yaml", 3, 14};
    return made;
}

TEST(Problems, KindsOfLinesWithoutAPolicy) {
    EXPECT_THAT(problemsOf(rulesOf({named("some", {kind({"backorder"})}),
                                    named("gold", {tier("gold"), kind({"preorder"})})})),
                ElementsAre("warning: no policy is for lines of kind drop-ship, made-to-order, so "
                            "that their customers hear nothing; add one with match: { kind: "
                            "drop-ship }",
                            "warning: not every line of kind preorder has a policy, and customers "
                            "of the rest hear nothing; end the list with a policy for all others, "
                            "with match: {}"));
}

struct Pair {
    std::string name;
    void (*make)(Test& wide, Test& narrow);
    bool covered, contradicted;
};
class PairOfTests : public ::testing::TestWithParam<Pair> {};

/// The first policy takes all of the second one where its test is the wider; a match of both tests
/// is an error where no line can pass them.
TEST_P(PairOfTests, IsCompared) {
    auto wide = test("promise.in_days"), narrow = test("promise.in_days");
    GetParam().make(wide, narrow);
    const auto count = [](const RuleSet& rules, std::string_view words) {
        const auto found = problemsOf(rules);
        return std::count_if(found.begin(), found.end(), [&](const std::string& text) {
            return text.find(words) != std::string::npos;
        });
    };
    EXPECT_EQ(count(rulesOf({named("wide", {wide}), named("narrow", {narrow})}),
                    "'narrow' can never match"),
              GetParam().covered);
    EXPECT_EQ(count(rulesOf({named("both", {wide, narrow})}), "no line can pass both"),
              GetParam().contradicted);
}

INSTANTIATE_TEST_SUITE_P(Problems, PairOfTests,
                         ::testing::Values(Pair{"WiderBounds",
                                                [](Test& w, Test& n) {
                                                    w.max = Decimal{5};
                                                    n.max = Decimal{3};
                                                },
                                                true, false},
                                           Pair{"NarrowerBounds",
                                                [](Test& w, Test& n) {
                                                    w.max = Decimal{3};
                                                    n.max = Decimal{5};
                                                },
                                                false, false},
                                           Pair{"ApartBounds",
                                                [](Test& w, Test& n) {
                                                    w.max = Decimal{3};
                                                    n.min = Decimal{5};
                                                },
                                                false, true},
                                           Pair{"UnknownLetIn",
                                                [](Test& w, Test& n) {
                                                    w.max = n.max = Decimal{3};
                                                    n.or_unknown = true;
                                                },
                                                false, false},
                                           Pair{"UnknownAgainstBounds",
                                                [](Test& w, Test& n) {
                                                    w.known = false;
                                                    n.max = Decimal{5};
                                                },
                                                false, true},
                                           Pair{"KnownIsWider",
                                                [](Test& w, Test& n) {
                                                    w.known = true;
                                                    n.max = Decimal{5};
                                                },
                                                true, false},
                                           Pair{"MoreWords",
                                                [](Test& w, Test& n) {
                                                    w = kind({"preorder", "backorder"});
                                                    n = kind({"backorder"});
                                                },
                                                true, false},
                                           Pair{"OtherWords",
                                                [](Test& w, Test& n) {
                                                    w = kind({"preorder"});
                                                    n = kind({"backorder"});
                                                },
                                                false, true},
                                           Pair{"OtherAge",
                                                [](Test& w, Test& n) {
                                                    w = n = test("age");
                                                    w.max_age = period("3d");
                                                    n.min_age = period("5d");
                                                },
                                                false, true},
                                           Pair{"AgesInOtherUnits",
                                                [](Test& w, Test& n) {
                                                    w = n = test("age");
                                                    w.max_age = period("3d");
                                                    n.min_age = period("5bd");
                                                },
                                                false, false},
                                           Pair{"Currencies",
                                                [](Test& w, Test& n) {
                                                    w = n = test("open_value");
                                                    w.min = n.min = Decimal{5};
                                                    w.currency = "USD";
                                                    n.currency = "EUR";
                                                },
                                                false, true},
                                           Pair{"Flags",
                                                [](Test& w, Test& n) {
                                                    w = n = test("lapsed");
                                                    w.flag = true;
                                                    n.flag = false;
                                                },
                                                false, true}),
                         [](const auto& pair) { return pair.param.name; });

TEST(Problems, ANoneThatTakesOutEverything) {
    auto policy = named("gold", {tier("gold")});
    policy.match.none = {condition({tier("gold")})};
    EXPECT_THAT(problemsOf(rulesOf({policy, plainPolicy()})),
                ElementsAre("policy 'gold' can never match: this 'none' takes out every line that "
                            "the rest of the condition lets in"));
}

TEST(Problems, SegmentsAreLookedInto) {
    auto rules = rulesOf({plainPolicy()});
    const auto gold = std::make_shared<const Condition>(condition({tier("gold")}));
    rules.segments = {{"gold", gold}};
    EscalationRule rule;
    rule.name = "prolonged";
    rule.match = condition({tier("silver")});
    rule.start.segments = {{"gold", gold, {}}};
    rules.escalation = {rule};
    const auto found = problemsOf(rules);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_THAT(found[0], ::testing::HasSubstr("escalation rule 'prolonged': no line can pass "
                                               "both this test of 'customer.tier' (gold)"));
}

TEST(Problems, RulesOfEveryFirstMatchSectionBehindOneThatTakesAll) {
    auto rules = rulesOf({plainPolicy()});
    rules.substitution.resize(2);
    rules.fulfilment.resize(2);
    rules.supply.resize(2);
    EXPECT_EQ(problemsOf(rules).size(), 3U);
}

TEST(Problems, OffersThatCannotBeMade) {
    RuleSet rules;
    rules.substitution.resize(1);
    rules.substitution[0].name = "same family";
    rules.substitution[0].match = condition({tier("gold")});
    rules.substitution[0].candidates.exclude = condition({tier("gold")});
    EXPECT_THAT(problemsOf(rules),
                ElementsAre("substitution rule 'same family' can never offer anything: 'exclude' "
                            "takes out every line that it matches",
                            "warning: no offer can leave: offers go the way of a policy below "
                            "'cadence:', and there is none"));
}

TEST(Problems, ASupplyRuleForCoveredLines) {
    auto rules = rulesOf({plainPolicy()});
    auto covered = test("uncovered");
    covered.flag = false;
    rules.supply.resize(1);
    rules.supply[0].match = condition({covered});
    EXPECT_EQ(problemsOf(rules).size(), 1U);
}

TEST(Problems, ATeamThatReachesNobodyWhereALineNamesNoOne) {
    auto rules = rulesOf({plainPolicy()});
    Team rep;
    rep.name = "rep";
    rep.from_line_sales_rep = true;
    rules.teams = {rep};
    EXPECT_THAT(problemsOf(rules), IsEmpty());
    rules.supply.resize(1);
    rules.supply[0].team = "rep";
    EXPECT_THAT(problemsOf(rules),
                ElementsAre("warning: team 'rep' reaches nobody where a line names no sales "
                            "representative; say who stands in: absent: { use: TEAM }"));
    rules.teams[0].absent_use = "desk";
    EXPECT_THAT(problemsOf(rules), IsEmpty());
}

}  // namespace problems_test
}  // namespace backorderd::rules_test

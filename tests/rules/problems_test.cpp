#include <gmock/gmock.h>

#include "rules/builders.hpp"
#include "rules/rules.hpp"

namespace backorderd::rules_test {
namespace {

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
        problemsOf(rulesOf({first, narrower, other})),
        ElementsAre("warning: policy 'gold in EMEA' can never match: 'gold' before it takes "
                    "every line that it could; put it first, or give 'gold' continue: "
                    "true"));
    first.continues = true;
    EXPECT_THAT(problemsOf(rulesOf({first, narrower, other})), IsEmpty());
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

}  // namespace
}  // namespace backorderd::rules_test

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/config.hpp"
#include "config/temporary_folder.hpp"

namespace backorderd::config {
namespace conditions_test {

using testing::ElementsAre;

/// The condition of a policy with this `match`; `segments` are there to be used.
Condition conditionOf(const std::string& match, const std::string& segments = "{}") {
    const TemporaryFolder folder;
    (void)folder.write("rules.yaml", "segments: " + segments +
                                         "\ncadence:\n  - name: p\n    match: " + match +
                                         "\n    messages: { opened: { template: opened } }\n");
    const auto rules = loadRules(folder.path());
    EXPECT_TRUE(rules) << formatProblems(rules ? Problems{} : rules.error());
    return rules ? rules->cadence.at(0).match : Condition{};
}

backorderd::Test testOf(const std::string& match) {
    const Condition condition = conditionOf("{ " + match + " }");
    EXPECT_EQ(condition.tests.size(), 1U);
    return condition.tests.empty() ? backorderd::Test{} : condition.tests[0];
}

TEST(Conditions, EqualityTakesOneOrMoreCanonicalValues) {
    EXPECT_THAT(testOf("customer.tier: gold").any_of, ElementsAre("gold"));
    EXPECT_THAT(testOf("kind: [drop-ship, made-to-order]").any_of,
                ElementsAre("drop-ship", "made-to-order"));
    EXPECT_THAT(testOf("open: 12.50").any_of, ElementsAre("12.5"));
    EXPECT_THAT(testOf("promise.in_days: [-1, 0]").any_of, ElementsAre("-1", "0"));
    EXPECT_THAT(testOf("promise.date: 2026-03-20").any_of, ElementsAre("2026-03-20"));
    EXPECT_THAT(testOf("order.number: 00012").any_of, ElementsAre("00012"));
    // YAML itself would make truth of it.
    EXPECT_THAT(testOf("customer.country: NO").any_of, ElementsAre("NO"));
}

TEST(Conditions, BoundsHaveTheTypeOfTheField) {
    const auto money = testOf("open_value: { min: 1000, max: 20000.5, currency: USD }");
    EXPECT_EQ(money.min, Decimal(1000));
    EXPECT_EQ(money.max, Decimal::parse("20000.5"));
    EXPECT_EQ(money.currency, "USD");
    const auto age = testOf("age: { min: 10bd, max: 4w }");
    EXPECT_EQ(age.min_age, (Period{10, Period::Unit::BusinessDays}));
    EXPECT_EQ(age.max_age, (Period{4, Period::Unit::Weeks}));
    EXPECT_FALSE(age.min);
    const auto date = testOf("promise.date: { min: 2026-03-01, max: 2026-03-31 }");
    EXPECT_EQ(date.from, parseDate("2026-03-01"));
    EXPECT_EQ(date.until, parseDate("2026-03-31"));
    const auto days = testOf("promise.in_days: { min: 14, or_unknown: true }");
    EXPECT_EQ(days.min, Decimal(14));
    EXPECT_TRUE(days.or_unknown);
}

TEST(Conditions, OtherQuestions) {
    EXPECT_EQ(testOf("item.id: { like: \"PX-*\" }").like, "PX-*");
    EXPECT_EQ(testOf("promise.date: { is: unknown }").known, false);
    EXPECT_EQ(testOf("warehouse: { is: known }").known, true);
    EXPECT_EQ(testOf("uncovered: true").flag, true);
    const auto attribute = testOf("customer.attributes.region: EMEA");
    EXPECT_EQ(attribute.attribute, "customer.attributes.region");
    EXPECT_EQ(attribute.field->derived, ConditionField::Derived::Attribute);
    EXPECT_EQ(attribute.place.line, 4);
    EXPECT_EQ(attribute.place.column, 14);
}

TEST(Conditions, GroupsNestAndSegmentsAreShared) {
    const Condition condition = conditionOf(
        "{ all: [ { slips: 1 } ], any: [ { segment: vip }, { none: [ { lapsed: true } ] } ], "
        "none: [ { segment: vip } ] }",
        "{ vip: { segment: gold }, gold: { customer.tier: gold } }");
    ASSERT_EQ(condition.all.size(), 1U);
    ASSERT_EQ(condition.any.size(), 1U);
    ASSERT_EQ(condition.any[0].size(), 2U);
    EXPECT_EQ(condition.any[0][1].none.size(), 1U);
    const auto& vip = condition.any[0][0].segments.at(0);
    EXPECT_EQ(vip.name, "vip");
    EXPECT_EQ(vip.condition, condition.none.at(0).segments.at(0).condition);
    EXPECT_EQ(vip.condition->segments.at(0).condition->tests.at(0).any_of.at(0), "gold");
}

TEST(Conditions, EveryFieldCanBeAskedForItsType) {
    for (const ConditionField& field : conditionFields()) {
        std::string name(field.name);
        if (name.ends_with('*')) name.replace(name.size() - 1, 1, "region");
        std::string value = "{ is: unknown }";
        if (field.type == ConditionType::Flag) value = "true";
        // These two are never unknown.
        if (name == "kind") value = "preorder";
        if (name == "offer") value = "expired";
        const auto test = testOf(name + ": " + value);
        EXPECT_EQ(test.field, &field) << name;
    }
}

}  // namespace conditions_test
}  // namespace backorderd::config

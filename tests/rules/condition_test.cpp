#include "rules/condition.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "rules/builders.hpp"
#include "rules/rules.hpp"

namespace backorderd::rules_test {
namespace condition_test {

using Change = std::function<void(Case&)>;

struct TestCase {
    const char* name;
    const char* field;
    std::function<void(Test&)> ask;
    Change change;  // of a case of 2 March, looked at on 12 March at noon UTC
    bool holds;
    const char* found = "";  // where it does not hold
    const char* wanted = "";
};
void PrintTo(const TestCase& row, std::ostream* out) { *out << row.name; }

class TestOf : public ::testing::TestWithParam<TestCase> {};

TEST_P(TestOf, HoldsOrSaysWhyNot) {
    const auto& row = GetParam();
    auto subject = plainCase();
    if (row.change) row.change(subject);
    auto asked = test(row.field);
    row.ask(asked);
    const auto match = condition({asked});
    FailedTest failed;
    EXPECT_EQ(rules::holds(match, subject, at("2026-03-12T12:00:00Z"), &failed), row.holds);
    EXPECT_EQ(failed.found, row.found);
    EXPECT_EQ(failed.wanted, row.wanted);
    EXPECT_EQ(failed.test, row.holds ? nullptr : &match.tests[0]);
}

const auto anyOf = [](std::vector<std::string> words) {
    return [words](Test& asked) { asked.any_of = words; };
};
const auto minimum = [](const char* text) {
    return [text](Test& asked) { asked.min = number(text); };
};
const auto maximum = [](const char* text) {
    return [text](Test& asked) { asked.max = number(text); };
};
const auto isFlag = [](bool flag) { return [flag](Test& asked) { asked.flag = flag; }; };
const auto isKnown = [](bool known) { return [known](Test& asked) { asked.known = known; }; };
const auto minAge = [](const char* text) {
    return [text](Test& asked) { asked.min_age = period(text); };
};
const auto maxAge = [](const char* text) {
    return [text](Test& asked) { asked.max_age = period(text); };
};
const auto like = [](const char* text) { return [text](Test& asked) { asked.like = text; }; };

void noPromise(Case& subject) { subject.line.promise = {}; }
void slipped(Case& subject) {
    subject.events.push_back(
        {2, subject.opened_at,
         PromiseMoved{Promise::on(day("2026-03-10")), Promise::on(day("2026-03-20"))}});
    subject.events.push_back(
        {3, subject.opened_at,
         PromiseMoved{Promise::on(day("2026-03-20")), Promise::on(day("2026-03-12"))}});
}
void heard(Case& subject) {
    Notice notice;
    notice.state = NoticeState::Sent;
    notice.state_at = at("2026-03-10T12:00:00Z");
    subject.notices = {notice};
    notice.topic = Topic::NoContact;
    notice.state_at = at("2026-03-12T11:00:00Z");
    subject.notices.push_back(notice);
}

void responded(Case& subject) {
    subject.events.push_back({2, subject.opened_at, Responded{"keep_waiting", "negative", "", ""}});
    subject.events.push_back({3, subject.opened_at, Responded{"call_me", "", "", ""}});
}
void offered(Case& subject) {
    subject.events.push_back({2, subject.opened_at, OfferMade{"family", {{}}, {}, {}}});
    Notice told;
    told.key = "offer/2";
    told.topic = Topic::Offer;
    told.state = NoticeState::Sent;
    told.state_at = at("2026-03-10T12:00:00Z");
    subject.notices.push_back(told);
}

INSTANTIATE_TEST_SUITE_P(
    Text, TestOf,
    ::testing::Values(
        TestCase{"Equal", "kind", anyOf({"backorder"}), {}, true},
        TestCase{"NotEqual", "kind", anyOf({"preorder"}), {}, false, "backorder", "preorder"},
        TestCase{"OneOf", "item.category", anyOf({"pumps", "valves"}), {}, true},
        TestCase{"NoneOf",
                 "item.category",
                 anyOf({"hoses", "valves"}),
                 {},
                 false,
                 "pumps",
                 "one of hoses, valves"},
        TestCase{"Unknown", "warehouse", anyOf({"W1"}), {}, false, "unknown", "W1"},
        TestCase{"Like", "item.id", like("PX-*"), {}, true},
        TestCase{"LikeInTheMiddle", "item.id", like("*-?00"), {}, true},
        TestCase{"NotLike", "item.id", like("PX-2*"), {}, false, "PX-100", "like PX-2*"},
        TestCase{"Attribute", "customer.attributes.region", anyOf({"EMEA"}), {}, true},
        TestCase{"NoAttribute",
                 "customer.attributes.area",
                 anyOf({"EMEA"}),
                 {},
                 false,
                 "unknown",
                 "EMEA"},
        TestCase{"IsKnown", "customer.attributes.region", isKnown(true), {}, true},
        TestCase{"IsNotKnown", "attributes.x", isKnown(true), {}, false, "unknown", "known"},
        TestCase{"IsUnknown", "attributes.x", isKnown(false), {}, true}),
    [](const auto& row) { return std::string{row.param.name}; });

INSTANTIATE_TEST_SUITE_P(
    NumbersAndDates, TestOf,
    ::testing::Values(
        TestCase{"Min", "open", minimum("10"), {}, true},
        TestCase{"BelowMin", "open", minimum("10.5"), {}, false, "10", "at least 10.5"},
        TestCase{"NumberIsEqualByValue", "ordered", anyOf({"10.0"}), {}, true},
        TestCase{"Money",
                 "open_value",
                 [](Test& asked) {
                     asked.min = Decimal{125};
                     asked.currency = "USD";
                 },
                 {},
                 true},
        TestCase{"OtherCurrency",
                 "open_value",
                 [](Test& asked) {
                     asked.min = Decimal{1};
                     asked.currency = "EUR";
                 },
                 {},
                 false,
                 "125 USD",
                 "at least 1 EUR"},
        TestCase{"InDays", "promise.in_days", minimum("8"), {}, true},
        TestCase{"InDaysTooSoon", "promise.in_days", minimum("9"), {}, false, "8", "at least 9"},
        TestCase{"InDaysUnknown", "promise.in_days", minimum("9"), noPromise, false, "unknown",
                 "at least 9"},
        TestCase{"InDaysOrUnknown", "promise.in_days",
                 [](Test& asked) {
                     asked.min = Decimal{9};
                     asked.or_unknown = true;
                 },
                 noPromise, true},
        TestCase{"PromiseUnknown", "promise.date", isKnown(false), noPromise, true},
        TestCase{"PromiseFrom",
                 "promise.date",
                 [](Test& asked) { asked.from = day("2026-03-20"); },
                 {},
                 true},
        TestCase{"PromiseUntil",
                 "promise.date",
                 [](Test& asked) { asked.until = day("2026-03-19"); },
                 {},
                 false,
                 "2026-03-20",
                 "not after 2026-03-19"},
        TestCase{"SupplyInDays", "supply.in_days", maximum("6"), {}, true},
        TestCase{
            "ReleaseUnknown", "release.in_days", maximum("6"), {}, false, "unknown", "at most 6"}),
    [](const auto& row) { return std::string{row.param.name}; });

INSTANTIATE_TEST_SUITE_P(
    Derived, TestOf,
    ::testing::Values(
        TestCase{"Age", "age", minAge("10d"), {}, true},
        TestCase{"AgeInBusinessDays", "age", minAge("9bd"), {}, false, "10d", "at least 9bd"},
        TestCase{"MaxAge", "age", maxAge("1w"), {}, false, "10d", "at most 1w"},
        TestCase{"Slips", "slips", minimum("1"), slipped, true},
        TestCase{"PullInIsNoSlip", "slips", minimum("2"), slipped, false, "1", "at least 2"},
        TestCase{"Lapsed", "lapsed", isFlag(true), {}, false, "false", "true"},
        TestCase{"LapsedYesterday", "lapsed", isFlag(true),
                 [](Case& its) { its.line.promise = Promise::on(day("2026-03-11")); }, true},
        TestCase{"Uncovered", "uncovered", isFlag(false), {}, true},
        TestCase{"SupplyLate", "supply.late", isFlag(true),
                 [](Case& its) { its.line.supply.expected = day("2026-03-21"); }, true},
        TestCase{"Available", "available", isFlag(true),
                 [](Case& its) { its.line.allocated = Decimal{10}; }, true},
        TestCase{"AvailableUnknown", "available", isFlag(false), {}, true},
        TestCase{"Heard", "customer.heard", isFlag(true), heard, true},
        TestCase{"NotHeard", "customer.heard", isFlag(true), {}, false, "false", "true"},
        TestCase{"Silence", "customer.silence", minAge("2d"), heard, true},
        TestCase{"SilenceSinceOpening", "customer.silence", minAge("10d"), {}, true},
        TestCase{"Adopted", "adopted", isFlag(true), [](Case& its) { its.adopted = true; }, true}),
    [](const auto& row) { return std::string{row.param.name}; });

INSTANTIATE_TEST_SUITE_P(
    FlagsPaymentAndAnswers, TestOf,
    ::testing::Values(
        TestCase{"ColumnFlag", "order.ship_complete", isFlag(true),
                 [](Case& its) { its.line.order.ship_complete = true; }, true},
        TestCase{
            "ColumnFlagUnset", "order.ship_complete", isFlag(true), {}, false, "false", "true"},
        TestCase{"NotAFlag", "order.one_backorder", isFlag(false), {}, true},
        TestCase{"PaymentInDays", "payment.in_days", maximum("3"),
                 [](Case& its) { its.line.payment.authorised_until = day("2026-03-15"); }, true},
        TestCase{
            "PaymentUnknown", "payment.in_days", maximum("3"), {}, false, "unknown", "at most 3"},
        TestCase{"LastAnswer", "answer", anyOf({"call_me"}), responded, true},
        TestCase{"NoAnswer", "answer", anyOf({"call_me"}), {}, false, "unknown", "call_me"},
        TestCase{"LastSentiment", "sentiment", anyOf({"negative"}), responded, true},
        TestCase{"NoOffer", "offer", anyOf({"none"}), {}, true},
        TestCase{"OpenOffer", "offer", anyOf({"open"}), offered, true},
        TestCase{"OfferAge", "offer.age", minAge("2d"), offered, true},
        TestCase{"OfferTooYoung", "offer.age", minAge("3d"), offered, false, "2d", "at least 3d"},
        TestCase{
            "NoOfferHasNoAge", "offer.age", minAge("0s"), {}, false, "unknown", "at least 0s"}),
    [](const auto& row) { return std::string{row.param.name}; });

TEST(Condition, GroupsHoldTogether) {
    const auto subject = plainCase();
    const auto now = at("2026-03-12T12:00:00Z");
    auto yes = test("kind");
    yes.any_of = {"backorder"};
    auto no = test("customer.tier");
    no.any_of = {"silver"};
    const auto yes_is = condition({yes});
    const auto no_is = condition({no});

    EXPECT_TRUE(rules::holds({}, subject, now));
    Condition made;
    made.all = {yes_is, no_is};
    EXPECT_FALSE(rules::holds(made, subject, now));
    made.all = {yes_is};
    made.any = {{no_is, yes_is}, {yes_is}};
    EXPECT_TRUE(rules::holds(made, subject, now));
    made.any.push_back({no_is});
    FailedTest failed;
    EXPECT_FALSE(rules::holds(made, subject, now, &failed));
    EXPECT_EQ(failed.found, "gold");
    made.any.pop_back();
    made.none = {no_is};
    EXPECT_TRUE(rules::holds(made, subject, now));
    made.none = {yes_is};
    EXPECT_FALSE(rules::holds(made, subject, now, &failed));
    EXPECT_EQ(failed.wanted, "not backorder");
    made.none.clear();
    made.segments = {{"silver", std::make_shared<const Condition>(no_is), {}}};
    EXPECT_FALSE(rules::holds(made, subject, now, &failed));
    EXPECT_EQ(failed.wanted, "silver");
}

TEST(Condition, KnowsWhenTimeAloneMayChangeIt) {
    const auto mayChange = [](const Condition& made, std::string_view now) {
        const auto subject = plainCase();
        const auto calendar = vienna();
        rules::Question question{subject, at(now), calendar};
        rules::holds(made, question);
        return question.may_change ? formatTimestamp(*question.may_change) : "never";
    };
    auto age = test("age");
    age.min_age = period("2bd");
    EXPECT_EQ(mayChange(condition({age}), "2026-03-02T09:00:00Z"), "2026-03-04T08:00:00Z");
    EXPECT_EQ(mayChange(condition({age}), "2026-03-04T08:00:00Z"), "never");
    auto near = test("promise.in_days");
    near.max = Decimal{3};
    EXPECT_EQ(mayChange(condition({near}), "2026-03-02T09:00:00Z"), "2026-03-16T23:00:00Z");
    near.max.reset();
    near.min = number("0.5");
    EXPECT_EQ(mayChange(condition({near}), "2026-03-02T09:00:00Z"), "2026-03-19T23:00:00Z");
    auto kind = test("kind");
    kind.any_of = {"preorder"};
    EXPECT_EQ(mayChange(condition({kind, age}), "2026-03-02T09:00:00Z"), "never");
}

}  // namespace condition_test
}  // namespace backorderd::rules_test

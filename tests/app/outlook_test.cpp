#include "app/outlook.hpp"

#include <gmock/gmock.h>

#include "app/coverage.hpp"
#include "rig.hpp"

// What new rules would do at once, and what of them comes to nothing.

namespace backorderd::app::test {
namespace outlook_test {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* kQuiet = R"(version: 1
cadence:
  - name: everyone
    match: {}
    messages:
      cancelled: { template: cancelled }
)";

template <class Value>
Value result(Rig& rig, asio::awaitable<Value> work) {
    std::optional<Value> value;
    asio::co_spawn(*rig.context, std::move(work), [&](std::exception_ptr failure, Value found) {
        if (failure) std::rethrow_exception(failure);
        value = std::move(found);
    });
    rig.context->restart();
    rig.context->run();
    return std::move(*value);
}

Outlook outlookOf(Rig& rig, const std::string& rules) {
    rig.writeRules(rules);
    const auto policy = rig.policy();
    return result(rig, compareOutlooks(
                           *rig.store, rig.engine->policy().rules, policy.rules,
                           [&](std::string_view source) { return rig.engine->freshUntil(source); },
                           rig.clock.now()));
}

void manyLines(Rig& rig, int count) {
    for (int i = 0; i < count; ++i) {
        auto line = sampleLine("l" + std::to_string(i));
        line.order.number = "SO" + std::to_string(i);
        rig.erp.lines.push_back(line);
    }
    rig.poll();
    rig.work();
}

TEST(Outlook, TheSameRulesSendNothingMore) {
    Rig rig;
    manyLines(rig, 20);
    const auto outlook = outlookOf(rig, kRules);
    EXPECT_EQ(outlook.extra, 0U);
    EXPECT_EQ(outlook.before, outlook.after);
    EXPECT_EQ(whyHeldBack(outlook, 0), std::nullopt);
}

TEST(Outlook, ADroppedConditionShowsBeforeItCounts) {
    Rig rig{kQuiet};
    manyLines(rig, 20);
    ASSERT_THAT(rig.mailbox.received, IsEmpty());
    const auto outlook = outlookOf(rig, kRules);
    EXPECT_EQ(outlook.before, 0U);
    EXPECT_EQ(outlook.extra, 20U);
    EXPECT_THAT(outlook.sample, SizeIs(10));
    EXPECT_EQ(whyHeldBack(outlook, 20), std::nullopt);
    const auto why = whyHeldBack(outlook, 19);
    ASSERT_TRUE(why);
    EXPECT_THAT(*why, HasSubstr("20 messages within 24 hours"));
    EXPECT_THAT(*why, HasSubstr("opened of 'everyone' to ann@example.com about SO"));
    EXPECT_THAT(*why, HasSubstr("--anyway"));
    EXPECT_THAT(rig.mailbox.received, IsEmpty()) << "looking changes nothing";
    EXPECT_THAT(rig.store->listPlanned(10), IsEmpty());
}

/// Nothing leaves before the next morning.
constexpr const char* kNextMorning = R"(version: 1
cadence:
  - name: everyone
    match: {}
    send_window: { hours: "08:00-08:30" }
    messages:
      opened: { template: opened }
)";

TEST(Outlook, WhatWouldBeLostForGoodHoldsRulesBackAsWell) {
    Rig rig{kNextMorning};
    manyLines(rig, 20);
    ASSERT_THAT(rig.store->listPlanned(100), SizeIs(20));
    const auto outlook = outlookOf(rig, R"(version: 1
cadence:
  - name: everyone
    match: { customer.id: NOPE }
    messages:
      opened: { template: opened }
)");
    EXPECT_EQ(outlook.extra, 0U);
    EXPECT_EQ(outlook.lost, 20U);
    EXPECT_EQ(whyHeldBack(outlook, 20), std::nullopt);
    const auto why = whyHeldBack(outlook, 19);
    ASSERT_TRUE(why);
    EXPECT_THAT(*why, HasSubstr("would take back 20 messages that are planned"));
    EXPECT_THAT(*why, HasSubstr("opened of 'everyone' to ann@example.com about SO"));
    EXPECT_THAT(rig.store->listPlanned(100), SizeIs(20)) << "looking changes nothing";
}

TEST(Outlook, RulesThatWantTheSameLoseNothing) {
    Rig rig{kNextMorning};
    manyLines(rig, 20);
    EXPECT_EQ(outlookOf(rig, kRules).lost, 0U);
}

TEST(Coverage, AFilterIsAskedByTheDaysOfItsCalendar) {
    Rig rig{kQuiet};
    rig.erp.lines.push_back(sampleLine("l"));
    rig.poll();
    rig.clock.advance(3 * 24h);  // Two days that count, by the calendar.
    rig.writeRules(R"(version: 1
calendars:
  office: { timezone: UTC, work_week: [mon, tue, wed, thu, fri], hours: "08:00-17:00",
            holidays: { dates: [2026-03-04] } }
cadence:
  - name: three days
    match: { age: { min: 3bd } }
    calendar: office
    messages:
      opened: { template: opened }
)");
    const auto policy = rig.policy();
    const auto problems = result(rig, findUncovered(policy.rules, *rig.store, rig.clock.now()));
    EXPECT_THAT(formatProblems(problems), HasSubstr("the filter of 'three days' matches none"));
}

TEST(Coverage, ARuleThatMatchesNothingIsNamedAndMoneyOfAnotherCurrencyCounted) {
    Rig rig{kQuiet};
    manyLines(rig, 3);
    rig.writeRules(R"(version: 1
cadence:
  - name: dollars
    match: { open_value: { min: 10, currency: USD } }
    messages:
      opened: { template: opened }
  - name: everyone
    match: {}
    messages:
      opened: { template: opened }
)");
    const auto policy = rig.policy();
    const auto problems = result(rig, findUncovered(policy.rules, *rig.store, rig.clock.now()));
    const auto text = formatProblems(problems);
    ASSERT_THAT(problems, SizeIs(2)) << text;
    EXPECT_THAT(text, HasSubstr("rules.yaml:3:"));
    EXPECT_THAT(text, HasSubstr("the filter of 'dollars' matches none of the 3 open lines"));
    EXPECT_THAT(text, HasSubstr("3 of the 3 open lines are in another currency"));
    EXPECT_FALSE(hasErrors(problems));
}

}  // namespace outlook_test
}  // namespace backorderd::app::test

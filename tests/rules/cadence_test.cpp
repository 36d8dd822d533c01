#include <gmock/gmock.h>

#include "rules/cadence_samples.hpp"

namespace backorderd::rules_test {
namespace cadence_test {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// -- opened ---------------------------------------------------------------------------------

TEST(Opened, LeavesAtOnceWithoutGrace) {
    auto line = timeline();
    EXPECT_THAT(line.run(at("2026-03-03T00:00:00Z")),
                ElementsAre("2026-03-02T08:00:00Z opened a@example.com"));
    const auto& notice = line.subject.notices[0];
    EXPECT_EQ(notice.template_name, "opened");
    EXPECT_EQ(notice.rule, "standard");
    EXPECT_EQ(notice.recipient.language, "de-AT");
    EXPECT_EQ(notice.facts.promise, Promise::on(day("2026-03-20")));
    EXPECT_EQ(notice.reason, "The line went on back order on 2026-03-02.");
}

TEST(Opened, WaitsForGraceAndSendWindow) {
    auto policy = plainPolicy();
    policy.grace = period("12h");  // until 21:00 in Vienna
    policy.send_window = SendWindow{{8 * 60, 18 * 60}, true, {}, true};
    auto line = timeline(policy);
    expectWithheld(line.look(), Topic::Opened, WithheldReason::WithinGrace);
    EXPECT_THAT(line.run(at("2026-03-04T00:00:00Z")),
                ElementsAre("2026-03-03T07:00:00Z opened a@example.com"));
}

TEST(Opened, IsNeverSentWhenTheLineShipsWithinGrace) {
    auto policy = plainPolicy();
    policy.grace = period("2d");
    auto line = timeline(policy);
    line.event(at("2026-03-03T10:00:00Z"), Shipped{Decimal{10}, {}},
               [](OrderLine& its) { its.shipped = its.ordered; });
    EXPECT_THAT(line.run(at("2026-04-01T00:00:00Z")), IsEmpty());
    EXPECT_EQ(line.subject.notices.at(0).state, NoticeState::Superseded);
    expectWithheld(line.look(), Topic::Shipped, WithheldReason::NeverToldOfDelay);
    EXPECT_EQ(line.look().look_again, std::nullopt);
}

TEST(Opened, DigestMayNotHoldItBeyondWithin) {
    auto policy = plainPolicy();
    policy.digest = {DigestRule::By::Customer, period("6h"), "digest"};
    messageOf(policy, Topic::Opened).within = period("2h");
    auto line = timeline(policy);
    const auto wanted = line.look().wanted;
    ASSERT_EQ(wanted.size(), 1U);
    EXPECT_EQ(wanted[0].ready_at, at("2026-03-02T08:00:00Z"));
    EXPECT_EQ(wanted[0].due_at, at("2026-03-02T10:00:00Z"));
    EXPECT_EQ(wanted[0].digest_key, "customer:erp/C1|email|a@example.com|standard");
}

TEST(Opened, WithinLeavesEarlyRatherThanWaitForTheNextDay) {
    auto policy = plainPolicy();
    policy.digest = {DigestRule::By::Order, period("30m"), "digest"};
    policy.send_window = SendWindow{{8 * 60, 9 * 60 + 15}, false, std::bitset<7>{0x7f}, false};
    auto line = timeline(policy);  // ready at 9:00 in Vienna; the window shuts at 9:15
    EXPECT_EQ(line.look().wanted.at(0).due_at, at("2026-03-03T07:00:00Z"));
    EXPECT_EQ(line.look().wanted.at(0).digest_key, "order:erp/100|email|a@example.com|standard");
    messageOf(line.rules.cadence[0], Topic::Opened).within = period("2h");
    EXPECT_EQ(line.look().wanted.at(0).due_at, at("2026-03-02T08:00:00Z"));
}

TEST(Opened, OthersWaitUntilItHasLeft) {
    auto policy = plainPolicy();
    policy.grace = period("2d");
    auto line = timeline(policy);
    line.movePromise(at("2026-03-03T08:00:00Z"), "2026-04-10");
    line.event(at("2026-03-03T09:00:00Z"), PartlyAvailable{Decimal{4}, Decimal{10}},
               [](OrderLine& its) { its.allocated = Decimal{4}; });
    line.run(at("2026-03-03T10:00:00Z"));
    const auto decision = line.look();
    ASSERT_EQ(decision.wanted.size(), 1U);
    EXPECT_EQ(decision.wanted[0].facts.promise, Promise::on(day("2026-04-10")));
    for (const auto topic : {Topic::PromiseChanged, Topic::PartlyAvailable, Topic::Status})
        expectWithheld(decision, topic, WithheldReason::PendingFirst);
    // What it told is not told again.
    EXPECT_THAT(line.run(at("2026-03-06T00:00:00Z")),
                ElementsAre("2026-03-04T08:00:00Z opened a@example.com"));
    expectWithheld(line.look(), Topic::PartlyAvailable, WithheldReason::AlreadyTold);
}

TEST(Opened, WhatHappensWhileItIsOnItsWayFollowsIt) {
    auto line = timeline();
    line.on_wire = std::chrono::minutes{90};
    line.event(at("2026-03-02T08:30:00Z"), Available{Decimal{10}},
               [](OrderLine& its) { its.allocated = Decimal{10}; });
    line.event(at("2026-03-02T08:40:00Z"), PartlyShipped{Decimal{3}, Decimal{7}, {}},
               [](OrderLine& its) { its.shipped = Decimal{3}, its.allocated = Decimal{7}; });
    EXPECT_THAT(line.run(at("2026-03-02T20:00:00Z")),
                ElementsAre("2026-03-02T09:30:00Z opened a@example.com",
                            "2026-03-02T11:00:00Z available/2 a@example.com",
                            "2026-03-02T11:00:00Z partly_shipped/3 a@example.com"));
}

TEST(Opened, FrozenWithADateThatMovedGivesWayToTheChange) {
    auto line = timeline();
    line.on_wire = std::chrono::minutes{24 * 60};
    line.movePromise(at("2026-03-02T12:00:00Z"), "2026-04-10");
    EXPECT_THAT(line.run(at("2026-03-04T00:00:00Z")),
                ElementsAre("2026-03-03T12:00:00Z promise_changed/2 a@example.com"));
    EXPECT_EQ(line.subject.notices.at(0).state, NoticeState::Superseded);
}

TEST(Opened, AdoptedLinesAreNotToldOfIt) {
    auto line = timeline(plainPolicy(), adoptedCase());
    EXPECT_THAT(line.run(at("2026-03-08T00:00:00Z")), IsEmpty());
    expectWithheld(line.look(), Topic::Opened, WithheldReason::Adopted);
}

TEST(Opened, AReopenedLineIsTold) {
    auto subject = plainCase();
    subject.events[0].event = Reopened{Decimal{10}};
    auto line = timeline(plainPolicy(), subject);
    EXPECT_THAT(line.run(at("2026-03-03T00:00:00Z")),
                ElementsAre("2026-03-02T08:00:00Z opened a@example.com"));
}

// -- promise_changed ------------------------------------------------------------------------

TEST(PromiseChanged, IsToldWhenItHasSettled) {
    auto policy = plainPolicy();
    messageOf(policy, Topic::PromiseChanged).settle = period("30m");
    auto line = timeline(policy);
    line.movePromise(at("2026-03-03T08:00:00Z"), "2026-04-10");
    line.movePromise(at("2026-03-03T08:20:00Z"), "2026-04-14");
    EXPECT_THAT(line.run(at("2026-03-04T00:00:00Z")),
                ElementsAre("2026-03-02T08:00:00Z opened a@example.com",
                            "2026-03-03T08:50:00Z promise_changed/3 a@example.com"));
    EXPECT_EQ(line.subject.notices.at(1).key, "promise_changed/2");
    EXPECT_EQ(line.subject.notices.at(1).state, NoticeState::Superseded);
    EXPECT_EQ(line.subject.notices.at(2).reason,
              "The customer was told 2026-03-20; now it is 2026-04-14.");
}

TEST(PromiseChanged, BackToWhatWasToldIsNothing) {
    auto policy = plainPolicy();
    messageOf(policy, Topic::PromiseChanged).settle = period("30m");
    auto line = timeline(policy);
    line.movePromise(at("2026-03-03T08:00:00Z"), "2026-04-10");
    line.movePromise(at("2026-03-03T08:20:00Z"), "2026-03-20");
    EXPECT_EQ(line.run(at("2026-03-04T00:00:00Z")).size(), 1U);
    expectWithheld(line.look(), Topic::PromiseChanged, WithheldReason::AlreadyTold);
}

struct ChangeCase {
    const char* name;
    std::optional<std::string> from, to;
    const char* min_change;
    bool told;
};
void PrintTo(const ChangeCase& row, std::ostream* out) { *out << row.name; }

class MinChange : public ::testing::TestWithParam<ChangeCase> {};

TEST_P(MinChange, CountsFromWhatWasTold) {
    const auto& row = GetParam();
    const auto promise = [](const std::optional<std::string>& text) {
        return text ? Promise::on(day(*text)) : Promise{};
    };
    auto subject = plainCase();
    subject.line.promise = promise(row.from);
    subject.events[0].event = LineOpened{Decimal{10}, promise(row.from), false};
    auto policy = plainPolicy();
    messageOf(policy, Topic::PromiseChanged).min_change = period(row.min_change);
    auto line = timeline(policy, subject);
    const auto from = promise(row.from), to = promise(row.to);
    const Event event = !from.known() ? Event{PromiseSet{to}}
                        : !to.known() ? Event{PromiseWithdrawn{from}}
                                      : Event{PromiseMoved{from, to}};
    line.event(at("2026-03-03T08:00:00Z"), event, [to](OrderLine& its) { its.promise = to; });
    line.run(at("2026-03-03T12:00:00Z"));
    EXPECT_EQ(line.sent.size(), row.told ? 2U : 1U);
    if (!row.told)
        expectWithheld(line.look(), Topic::PromiseChanged, WithheldReason::BelowMinChange);
}

INSTANTIATE_TEST_SUITE_P(
    Table, MinChange,
    ::testing::Values(ChangeCase{"OneDay", "2026-03-20", "2026-03-21", "2d", false},
                      ChangeCase{"TwoDays", "2026-03-20", "2026-03-22", "2d", true},
                      ChangeCase{"Earlier", "2026-03-20", "2026-03-18", "2d", true},
                      ChangeCase{"OverTheWeekend", "2026-03-20", "2026-03-23", "2bd", false},
                      ChangeCase{"TwoBusinessDays", "2026-03-20", "2026-03-24", "2bd", true},
                      ChangeCase{"AWeek", "2026-03-20", "2026-03-26", "1w", false},
                      ChangeCase{"Hours", "2026-03-20", "2026-03-21", "25h", false},
                      ChangeCase{"Set", std::nullopt, "2026-03-21", "9d", true},
                      ChangeCase{"Withdrawn", "2026-03-20", std::nullopt, "9d", true}),
    [](const auto& row) { return std::string{row.param.name}; });

TEST(PromiseChanged, SmallStepsAddUp) {
    auto policy = plainPolicy();
    messageOf(policy, Topic::PromiseChanged).min_change = period("2d");
    auto line = timeline(policy);
    line.movePromise(at("2026-03-03T08:00:00Z"), "2026-03-21");
    line.movePromise(at("2026-03-04T08:00:00Z"), "2026-03-22");
    EXPECT_THAT(line.run(at("2026-03-05T00:00:00Z")),
                ElementsAre("2026-03-02T08:00:00Z opened a@example.com",
                            "2026-03-04T08:00:00Z promise_changed/3 a@example.com"));
}

TEST(PromiseChanged, AdoptedLinesCompareWithTheAdoptedDate) {
    auto line = timeline(plainPolicy(), adoptedCase());
    line.movePromise(at("2026-03-03T08:00:00Z"), "2026-04-10");
    EXPECT_THAT(line.run(at("2026-03-04T00:00:00Z")),
                ElementsAre("2026-03-03T08:00:00Z promise_changed/2 a@example.com"));
}

TEST(PromiseChanged, ADateThatHasPassedIsLeftToTheLapse) {
    auto line = timeline();
    line.movePromise(at("2026-03-10T08:00:00Z"), "2026-03-05");
    line.run(at("2026-03-10T08:00:00Z"));
    EXPECT_THAT(line.keys(),
                ElementsAre("opened", "status/2026-03-09", "promise_lapsed/2026-03-05"));
    expectWithheld(line.look(), Topic::PromiseChanged, WithheldReason::NotTrueAnyMore);
}

TEST(PromiseChanged, AfterALapseAnyNewDateIsNews) {
    auto policy = plainPolicy();
    messageOf(policy, Topic::PromiseChanged).min_change = period("30d");
    auto line = timeline(policy);
    removeMessage(line.rules.cadence[0], Topic::Status);
    line.movePromise(at("2026-03-24T08:00:00Z"), "2026-03-27");
    EXPECT_THAT(line.run(at("2026-03-25T00:00:00Z")),
                ElementsAre("2026-03-02T08:00:00Z opened a@example.com",
                            "2026-03-21T07:00:00Z promise_lapsed/2026-03-20 a@example.com",
                            "2026-03-24T08:00:00Z promise_changed/3 a@example.com"));
}

TEST(PromiseChanged, AToldDateThatHasPassedIsNone) {
    auto policy = plainPolicy();
    messageOf(policy, Topic::PromiseChanged).min_change = period("30d");
    for (const auto topic : {Topic::PromiseLapsed, Topic::Status}) removeMessage(policy, topic);
    auto line = timeline(policy);
    line.movePromise(at("2026-03-23T08:00:00Z"), "2026-03-27");
    EXPECT_THAT(line.run(at("2026-03-26T00:00:00Z")),
                ElementsAre("2026-03-02T08:00:00Z opened a@example.com",
                            "2026-03-23T08:00:00Z promise_changed/3 a@example.com"));
}

TEST(PromiseChanged, ASmallMoveIsToldOnTheDayAfterTheToldDate) {
    auto policy = plainPolicy();
    messageOf(policy, Topic::PromiseChanged).min_change = period("30d");
    for (const auto topic : {Topic::PromiseLapsed, Topic::Status}) removeMessage(policy, topic);
    auto line = timeline(policy);
    line.movePromise(at("2026-03-10T08:00:00Z"), "2026-03-27");
    EXPECT_THAT(line.run(at("2026-03-26T00:00:00Z")),
                ElementsAre("2026-03-02T08:00:00Z opened a@example.com",
                            "2026-03-21T07:00:00Z promise_changed/2 a@example.com"));
}

TEST(PromiseChanged, WithinBoundsItsDigestToo) {
    auto policy = plainPolicy();
    policy.digest = {DigestRule::By::Customer, period("1d"), "digest"};
    messageOf(policy, Topic::PromiseChanged).within = period("1h");
    auto line = timeline(policy);
    line.movePromise(at("2026-03-04T08:00:00Z"), "2026-04-10");
    EXPECT_THAT(line.run(at("2026-03-05T00:00:00Z")),
                ElementsAre("2026-03-03T08:00:00Z opened a@example.com",
                            "2026-03-04T09:00:00Z promise_changed/2 a@example.com"));
}

// -- promise_lapsed -------------------------------------------------------------------------

TEST(PromiseLapsed, IsToldOnTheMorningAfter) {
    auto policy = plainPolicy();
    removeMessage(policy, Topic::Status);
    auto line = timeline(policy);
    line.run(at("2026-03-02T09:00:00Z"));
    EXPECT_EQ(line.look().look_again, at("2026-03-20T23:00:00Z"));  // midnight in Vienna
    EXPECT_THAT(line.run(at("2026-03-31T00:00:00Z")),
                ElementsAre("2026-03-02T08:00:00Z opened a@example.com",
                            "2026-03-21T07:00:00Z promise_lapsed/2026-03-20 a@example.com"));
    EXPECT_EQ(line.subject.notices[1].fact_at, at("2026-03-20T23:00:00Z"));
}

TEST(PromiseLapsed, AnAdoptedLapseIsOldNews) {
    auto subject = adoptedCase();
    subject.line.promise = Promise::on(day("2026-02-20"));
    subject.events[0].event = LineOpened{Decimal{10}, subject.line.promise, true};
    auto policy = plainPolicy();
    removeMessage(policy, Topic::Status);
    auto line = timeline(policy, subject);
    line.movePromise(at("2026-03-03T08:00:00Z"), "2026-03-10");
    removeMessage(line.rules.cadence[0], Topic::PromiseChanged);
    EXPECT_THAT(line.run(at("2026-03-31T00:00:00Z")),
                ElementsAre("2026-03-11T07:00:00Z promise_lapsed/2026-03-10 a@example.com"));
}

TEST(PromiseLapsed, NeedsFreshData) {
    auto policy = plainPolicy();
    removeMessage(policy, Topic::Status);
    auto line = timeline(policy);
    line.fresh_until = [](Timestamp now) {
        return now < at("2026-03-22T10:00:00Z") ? at("2026-03-20T12:00:00Z")
                                                : now + std::chrono::hours{1};
    };
    line.run(at("2026-03-21T12:00:00Z"));
    expectWithheld(line.look(), Topic::PromiseLapsed, WithheldReason::DataNotFresh);
    EXPECT_THAT(line.run(at("2026-03-31T00:00:00Z")),
                ElementsAre("2026-03-02T08:00:00Z opened a@example.com",
                            "2026-03-22T10:00:00Z promise_lapsed/2026-03-20 a@example.com"));
}

// -- status ---------------------------------------------------------------------------------

TEST(Status, ComesEveryFiveBusinessDaysSinceTheLastWord) {
    auto policy = plainPolicy();
    messageOf(policy, Topic::Status).second = "status-2";
    messageOf(policy, Topic::Status).further = "status-3";
    auto subject = plainCase();
    subject.line.promise = {};
    subject.events[0].event = LineOpened{Decimal{10}, {}, false};
    auto line = timeline(policy, subject);
    line.event(at("2026-03-11T08:00:00Z"), PartlyAvailable{Decimal{4}, Decimal{10}},
               [](OrderLine& its) { its.allocated = Decimal{4}; });
    // Vienna turns its clocks on 29 March; 6 April is a holiday of the calendar.
    EXPECT_THAT(line.run(at("2026-04-09T00:00:00Z")),
                ElementsAre("2026-03-02T08:00:00Z opened a@example.com",
                            "2026-03-09T08:00:00Z status/2026-03-09 a@example.com",
                            "2026-03-11T08:00:00Z partly_available/2 a@example.com",
                            "2026-03-18T08:00:00Z status/2026-03-18 a@example.com",
                            "2026-03-25T08:00:00Z status/2026-03-25 a@example.com",
                            "2026-04-01T07:00:00Z status/2026-04-01 a@example.com"));
    EXPECT_EQ(line.look().look_again, at("2026-04-09T07:00:00Z"));
    std::vector<std::string> templates;
    for (const auto& notice : line.subject.notices)
        if (notice.topic == Topic::Status) templates.push_back(notice.template_name);
    EXPECT_THAT(templates, ElementsAre("status", "status-2", "status-3", "status-3"));
}

TEST(Status, AdoptedLinesHearOfThemselvesInTime) {
    auto line = timeline(plainPolicy(), adoptedCase());
    EXPECT_THAT(line.run(at("2026-03-10T00:00:00Z")),
                ElementsAre("2026-03-09T08:00:00Z status/2026-03-09 a@example.com"));
}

TEST(Status, WhatWasMissedCollapsesIntoOne) {
    auto subject = adoptedCase();
    subject.line.promise = {};
    auto line = timeline(plainPolicy(), subject);
    line.now = at("2026-03-26T10:00:00Z");  // the daemon was down
    EXPECT_THAT(line.run(at("2026-03-27T00:00:00Z")),
                ElementsAre("2026-03-26T10:00:00Z status/2026-03-23 a@example.com"));
}

TEST(Status, ExpiresWhenTheNextIsDue) {
    auto line = timeline(plainPolicy(), adoptedCase());
    line.now = at("2026-03-09T09:00:00Z");
    const auto wanted = line.look().wanted;
    ASSERT_EQ(wanted.size(), 1U);
    EXPECT_EQ(wanted[0].expires_at, at("2026-03-16T08:00:00Z"));
}

TEST(Status, GivesWayToOtherWord) {
    auto policy = plainPolicy();
    messageOf(policy, Topic::PromiseChanged).settle = period("2h");
    auto line = timeline(policy, adoptedCase());
    line.movePromise(at("2026-03-09T07:30:00Z"), "2026-04-10");
    line.run(at("2026-03-09T08:00:00Z"));
    expectWithheld(line.look(), Topic::Status, WithheldReason::PendingFirst);
    EXPECT_THAT(line.run(at("2026-03-13T00:00:00Z")),
                ElementsAre("2026-03-09T09:30:00Z promise_changed/2 a@example.com"));
}

TEST(Status, SupersededForNothingComesTheNextDay) {
    auto policy = plainPolicy();
    policy.send_window = SendWindow{{10 * 60, 18 * 60}, false, std::bitset<7>{0x7f}, false};
    messageOf(policy, Topic::PromiseChanged).settle = period("2h");
    auto line = timeline(policy, adoptedCase());  // status due at 9:00, waits for 10:00
    line.movePromise(at("2026-03-09T08:30:00Z"), "2026-04-10");
    line.movePromise(at("2026-03-09T09:30:00Z"), "2026-03-20");
    EXPECT_THAT(line.run(at("2026-03-11T00:00:00Z")),
                ElementsAre("2026-03-10T09:00:00Z status/2026-03-10 a@example.com"));
}

TEST(Status, IsNotSentFromOldData) {
    auto line = timeline(plainPolicy(), adoptedCase());
    line.fresh_until = [](Timestamp) { return std::nullopt; };
    EXPECT_THAT(line.run(at("2026-03-12T00:00:00Z")), IsEmpty());
    expectWithheld(line.look(), Topic::Status, WithheldReason::DataNotFresh);
}

}  // namespace cadence_test
}  // namespace backorderd::rules_test

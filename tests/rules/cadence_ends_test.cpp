#include <gmock/gmock.h>

#include "rules/cadence_samples.hpp"

namespace backorderd::rules_test {
namespace cadence_ends_test {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// -- stock ----------------------------------------------------------------------------------

TEST(Available, FollowsThePartAndOnlyWhileTrue) {
    auto policy = plainPolicy();
    policy.send_window = SendWindow{{8 * 60, 18 * 60}, false, std::bitset<7>{0x7f}, false};
    auto line = timeline(policy);
    const auto allocate = [](int quantity) {
        return [quantity](OrderLine& its) { its.allocated = Decimal{quantity}; };
    };
    // In the night a part comes in, then all: the morning hears of all.
    line.event(at("2026-03-03T22:00:00Z"), PartlyAvailable{Decimal{4}, Decimal{10}}, allocate(4));
    line.event(at("2026-03-03T23:00:00Z"), Available{Decimal{10}}, allocate(10));
    // In the next night all comes in, and is taken away again.
    line.event(at("2026-03-04T20:00:00Z"), AvailabilityLost{Decimal{10}, Decimal{0}}, allocate(0));
    line.event(at("2026-03-04T21:00:00Z"), Available{Decimal{10}}, allocate(10));
    line.event(at("2026-03-04T22:00:00Z"), AvailabilityLost{Decimal{10}, Decimal{0}}, allocate(0));
    EXPECT_THAT(line.run(at("2026-03-06T00:00:00Z")),
                ElementsAre("2026-03-02T08:00:00Z opened a@example.com",
                            "2026-03-04T07:00:00Z available/3 a@example.com"));
    EXPECT_THAT(line.keys(),
                ElementsAre("opened", "partly_available/2", "available/3", "available/5"));
}

TEST(Available, IsNotToldWhereTheLineNoLongerHasIt) {
    auto line = timeline();
    line.run(at("2026-03-02T09:00:00Z"));
    line.record(Available{Decimal{10}}, [](OrderLine& its) { its.allocated = Decimal{3}; });
    EXPECT_THAT(line.look().wanted, IsEmpty());
    expectWithheld(line.look(), Topic::Available, WithheldReason::NotTrueAnyMore);
}

// -- shipments and ends ---------------------------------------------------------------------

TEST(PartlyShipped, TellsEachPart) {
    auto line = timeline();
    const auto ship = [](int quantity) {
        return [quantity](OrderLine& its) { its.shipped = Decimal{quantity}; };
    };
    line.event(at("2026-03-03T08:00:00Z"), PartlyShipped{Decimal{3}, Decimal{7}, {}}, ship(3));
    line.event(at("2026-03-04T08:00:00Z"), PartlyShipped{Decimal{2}, Decimal{5}, {}}, ship(5));
    EXPECT_THAT(line.run(at("2026-03-05T00:00:00Z")),
                ElementsAre("2026-03-02T08:00:00Z opened a@example.com",
                            "2026-03-03T08:00:00Z partly_shipped/2 a@example.com",
                            "2026-03-04T08:00:00Z partly_shipped/3 a@example.com"));
    EXPECT_EQ(line.subject.notices[1].reason, "3 shipped, 7 still open.");
}

TEST(PartlyShipped, AnUntoldDelayIsNotToldByItsEnd) {
    auto line = timeline(plainPolicy(), adoptedCase());
    line.event(at("2026-03-03T08:00:00Z"), PartlyShipped{Decimal{3}, Decimal{7}, {}},
               [](OrderLine& its) { its.shipped = Decimal{3}; });
    EXPECT_THAT(line.run(at("2026-03-10T00:00:00Z")),
                ElementsAre("2026-03-09T08:00:00Z status/2026-03-09 a@example.com"));
    expectWithheld(line.look(), Topic::PartlyShipped, WithheldReason::NeverToldOfDelay);
}

TEST(Closing, EndsTheStoryAndSupersedesTheRest) {
    auto policy = plainPolicy();
    messageOf(policy, Topic::PromiseChanged).settle = period("2h");
    auto line = timeline(policy);
    line.movePromise(at("2026-03-03T08:00:00Z"), "2026-04-10");
    line.event(at("2026-03-03T09:00:00Z"), Shipped{Decimal{10}, {}},
               [](OrderLine& its) { its.shipped = its.ordered; });
    EXPECT_THAT(line.run(at("2026-05-01T00:00:00Z")),
                ElementsAre("2026-03-02T08:00:00Z opened a@example.com",
                            "2026-03-03T09:00:00Z shipped/3 a@example.com"));
    EXPECT_EQ(line.subject.notices[1].state, NoticeState::Superseded);
    EXPECT_EQ(line.look().look_again, std::nullopt);
}

TEST(Closing, CancelledIsToldByThePolicyThatSpoke) {
    auto policy = plainPolicy();
    auto big = test("open_value");
    big.min = Decimal{100};
    policy.match = condition({big});
    auto line = timeline(policy);
    line.event(at("2026-03-03T09:00:00Z"), Cancelled{Decimal{10}},
               [](OrderLine& its) { its.cancelled = its.ordered; });
    EXPECT_THAT(line.run(at("2026-03-04T00:00:00Z")),
                ElementsAre("2026-03-02T08:00:00Z opened a@example.com",
                            "2026-03-03T09:00:00Z cancelled/2 a@example.com"));
}

TEST(Closing, VanishedTellsNobody) {
    auto policy = plainPolicy();
    messageOf(policy, Topic::PromiseChanged).settle = period("2h");
    auto line = timeline(policy);
    line.movePromise(at("2026-03-03T08:00:00Z"), "2026-04-10");
    line.event(at("2026-03-03T09:00:00Z"), Vanished{});
    EXPECT_THAT(line.run(at("2026-05-01T00:00:00Z")),
                ElementsAre("2026-03-02T08:00:00Z opened a@example.com"));
    EXPECT_EQ(line.subject.notices[1].state, NoticeState::Superseded);
}

TEST(Closing, AnOpenedThatSlippedOutIsFollowedByTheEnd) {
    auto line = timeline();
    line.on_wire = std::chrono::minutes{60};
    line.run(at("2026-03-02T08:00:00Z"));
    ASSERT_EQ(line.subject.notices.at(0).state, NoticeState::Bundled);
    line.now = at("2026-03-02T08:30:00Z");
    line.record(Shipped{Decimal{10}, {}}, [](OrderLine& its) { its.shipped = its.ordered; });
    expectWithheld(line.look(), Topic::Shipped, WithheldReason::NeverToldOfDelay);
    EXPECT_THAT(line.look().wanted, IsEmpty());
    line.subject.notices[0].state = NoticeState::Unknown;  // it could not be held back
    EXPECT_EQ(line.look().wanted.at(0).key, "shipped/2");
}

// -- guards ---------------------------------------------------------------------------------

TEST(Missing, HoldsEverythingBackAndForgetsNothing) {
    auto policy = plainPolicy();
    policy.grace = period("1d");
    auto line = timeline(policy);
    line.change(at("2026-03-03T07:00:00Z"),
                [](Timeline& its) { its.subject.missing_since = its.now; });
    line.run(at("2026-03-03T12:00:00Z"));
    expectWithheld(line.look(), Topic::Opened, WithheldReason::Missing);
    EXPECT_THAT(line.sent, IsEmpty());
    line.change(at("2026-03-03T13:20:00Z"),
                [](Timeline& its) { its.subject.missing_since.reset(); });
    EXPECT_THAT(line.run(at("2026-03-04T00:00:00Z")),
                ElementsAre("2026-03-03T13:20:00Z opened a@example.com"));
}

TEST(NoContact, IsATaskForAPerson) {
    auto subject = plainCase();
    subject.line.contact.email = "unknown";
    auto policy = plainPolicy();
    policy.grace = period("1d");
    auto line = timeline(policy, subject);
    EXPECT_THAT(line.run(at("2026-03-06T00:00:00Z")),
                ElementsAre("2026-03-03T08:00:00Z no_contact/0 rob@example.com"));
    EXPECT_EQ(line.subject.notices[0].template_name, "no-contact");
    expectWithheld(line.look(), Topic::Opened, WithheldReason::NoContact);
    // Somebody enters an address: the customer hears after all.
    line.change(at("2026-03-07T08:00:00Z"),
                [](Timeline& its) { its.subject.line.contact.email = "b@example.com"; });
    line.run(at("2026-03-08T00:00:00Z"));
    EXPECT_EQ(line.sent.back(), "2026-03-07T08:00:00Z opened b@example.com");
}

TEST(NoContact, FallsBackToTheTeamThatStandsIn) {
    auto subject = plainCase();
    subject.line.contact = {};
    subject.line.sales_rep = {};
    auto line = timeline(plainPolicy(), subject);
    EXPECT_THAT(line.run(at("2026-03-03T00:00:00Z")),
                ElementsAre("2026-03-02T08:00:00Z no_contact/0 desk@example.com",
                            "2026-03-02T08:00:00Z no_contact/1 two@example.com"));
    EXPECT_EQ(line.subject.notices[0].recipient.language, "de");
}

TEST(NoContact, SecondChannelIsUsedBeforeAnybodyIsAlerted) {
    auto policy = plainPolicy();
    policy.channels = {Channel::Email, Channel::Sms};
    auto subject = plainCase();
    subject.line.contact.email.clear();
    auto line = timeline(policy, subject);
    EXPECT_THAT(line.run(at("2026-03-03T00:00:00Z")),
                ElementsAre("2026-03-02T08:00:00Z opened +4930123456"));
}

}  // namespace cadence_ends_test
}  // namespace backorderd::rules_test

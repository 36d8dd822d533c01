#include "rehearsal/difference.hpp"

#include <gmock/gmock.h>

#include "rehearsal/samples.hpp"

namespace backorderd::rehearsal {
namespace difference_test {

using test::sampleMessage;

std::vector<ToldNotice> told(std::vector<SentMessage> sent) { return toldNotices(sent); }

TEST(CompareRuns, TheSameIsNoChange) {
    const auto run = told({sampleMessage("2026-03-02T10:00:00Z", Topic::Opened, "opened")});
    const auto difference = compareRuns(run, run);
    EXPECT_EQ(difference.all.same, 1u);
    EXPECT_TRUE(difference.changes.empty());
    EXPECT_EQ(difference.rules.at("everyone").same, 1u);
}

TEST(CompareRuns, CountsMoreAndFewer) {
    const auto opened = sampleMessage("2026-03-02T10:00:00Z", Topic::Opened, "opened");
    const auto status = sampleMessage("2026-03-12T10:00:00Z", Topic::Status, "status");
    const auto more = compareRuns(told({opened}), told({opened, status}));
    EXPECT_EQ(more.all.more, 1u);
    EXPECT_EQ(more.customers.at("C1").more, 1u);
    EXPECT_EQ(more.customer_names.at("C1"), "Example Ltd");
    const auto fewer = compareRuns(told({opened, status}), told({opened}));
    EXPECT_EQ(fewer.all.fewer, 1u);
    EXPECT_EQ(fewer.changes.front().told.notice.topic, Topic::Status);
}

TEST(CompareRuns, WhatMovedIsEarlierOrLater) {
    const auto soon = told({sampleMessage("2026-03-10T10:00:00Z", Topic::Status, "status")});
    const auto late = told({sampleMessage("2026-03-12T10:00:00Z", Topic::Status, "status")});
    const auto later = compareRuns(soon, late);
    EXPECT_EQ(later.all.later, 1u);
    EXPECT_EQ(later.changes.front().before, test::at("2026-03-10T10:00:00Z"));
    EXPECT_EQ(compareRuns(late, soon).all.earlier, 1u);
}

// One of two in a row falls away: the one that stays is not taken for the one that moved.
TEST(CompareRuns, EqualKeysArePairedFirst) {
    const auto first = sampleMessage("2026-03-09T10:00:00Z", Topic::Status, "status");
    const auto second = sampleMessage("2026-03-12T10:00:00Z", Topic::Status, "status");
    const auto difference = compareRuns(told({first, second}), told({second}));
    EXPECT_EQ(difference.all.same, 1u);
    EXPECT_EQ(difference.all.fewer, 1u);
    EXPECT_EQ(difference.all.later, 0u);
}

TEST(CompareRuns, AnotherRecipientIsAnotherNotice) {
    const auto ann = sampleMessage("2026-03-10T10:00:00Z", Topic::Status, "status", "ann@x.org");
    const auto bob = sampleMessage("2026-03-10T10:00:00Z", Topic::Status, "status", "bob@x.org");
    const auto difference = compareRuns(told({ann}), told({bob}));
    EXPECT_EQ(difference.all.more, 1u);
    EXPECT_EQ(difference.all.fewer, 1u);
}

}  // namespace difference_test
}  // namespace backorderd::rehearsal

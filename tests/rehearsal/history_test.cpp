#include "rehearsal/history.hpp"

#include <gmock/gmock.h>

#include "lines/lines.hpp"
#include "rehearsal/samples.hpp"

namespace backorderd::rehearsal {
namespace history_test {

using test::at;
using test::on;
using test::sampleLine;

/// A case that a line's states made, as the daemon logs them.
Case caseOf(const std::vector<std::pair<Timestamp, OrderLine>>& states) {
    Case subject;
    const OrderLine* before = nullptr;
    for (const auto& [time, line] : states) {
        for (const auto& event : lines::diff(before, line))
            subject.events.push_back({static_cast<int>(subject.events.size()) + 1, time, event});
        before = &line;
    }
    subject.line = states.back().second;
    return subject;
}

TEST(History, WalksALineBackThroughWhatHappenedToIt) {
    auto opened = sampleLine();
    auto moved = opened;
    moved.promise = Promise::on(on("2026-04-10"));
    moved.supply = {"PO1", on("2026-04-08"), Decimal{50}};
    auto partly = moved;
    partly.allocated = Decimal{4};
    auto shipped_some = partly;
    shipped_some.shipped = Decimal{4};
    shipped_some.allocated = Decimal{};
    auto cancelled = shipped_some;
    cancelled.cancelled = Decimal{6};
    const std::vector<std::pair<Timestamp, OrderLine>> states{
        {at("2026-03-02T09:00:00Z"), opened},
        {at("2026-03-03T09:00:00Z"), moved},
        {at("2026-03-04T09:00:00Z"), partly},
        {at("2026-03-05T09:00:00Z"), shipped_some},
        {at("2026-03-06T09:00:00Z"), cancelled}};
    const auto moments = historyOf(caseOf(states));
    ASSERT_EQ(moments.size(), states.size());
    for (std::size_t i = 0; i < states.size(); ++i) {
        EXPECT_EQ(moments[i].at, states[i].first);
        EXPECT_EQ(moments[i].line, states[i].second) << i;
    }
}

TEST(History, APromiseThatTheErpClearsAtTheEndWasThereBefore) {
    auto opened = sampleLine();
    auto done = opened;
    done.shipped = Decimal{10};
    done.promise = {};
    const auto moments = historyOf(
        caseOf({{at("2026-03-02T09:00:00Z"), opened}, {at("2026-03-03T09:00:00Z"), done}}));
    ASSERT_EQ(moments.size(), 2u);
    EXPECT_EQ(moments[0].line.promise, opened.promise);
}

TEST(History, WhatFollowsFromRulesIsNoFact) {
    Case subject;
    subject.line = sampleLine();
    const auto time = at("2026-03-02T09:00:00Z");
    subject.events = {{1, time, LineOpened{Decimal{10}, subject.line.promise, false}},
                      {2, time, EscalationStarted{"prolonged"}},
                      {3, time, PromiseLapsed{on("2026-03-20")}},
                      {4, time, Responded{"call_me", "negative", "", "ann"}}};
    const auto moments = historyOf(subject);
    ASSERT_EQ(moments.size(), 1u);
    ASSERT_EQ(moments[0].events.size(), 2u);
    EXPECT_TRUE(std::holds_alternative<Responded>(moments[0].events[1]));
}

TEST(History, ACancellationByOrderingLessIsUndoneSo) {
    auto line = sampleLine();
    line.ordered = Decimal{4};
    const auto before = undone(Cancelled{Decimal{6}}, line);
    EXPECT_EQ(before.ordered, Decimal{10});
    EXPECT_EQ(before.cancelled, Decimal{});
}

}  // namespace history_test
}  // namespace backorderd::rehearsal

#include "rehearsal/simulation.hpp"

#include <gmock/gmock.h>

#include "rehearsal/samples.hpp"

namespace backorderd::rehearsal {
namespace simulation_test {

using config::ScenarioChange;
using test::at;
using test::on;
using test::sampleLine;
using test::sampleMessage;
using testing::HasSubstr;
using testing::Not;

constexpr Date kToday{std::chrono::local_days{std::chrono::year{2026} / 3 / 2}};  // a Monday

TEST(Changed, MovesADateByDays) {
    ScenarioChange change;
    change.item = "PX-100";
    change.fields = {{"promise", "", 10}};
    const auto after = changed(change, sampleLine(), kToday);
    ASSERT_TRUE(after);
    EXPECT_EQ(after->promise, Promise::on(on("2026-03-30")));
}

TEST(Changed, ConcernsOnlyTheLinesThatEveryNameFits) {
    ScenarioChange change;
    change.cancel_all = true;
    for (auto name : {&ScenarioChange::item, &ScenarioChange::order, &ScenarioChange::customer,
                      &ScenarioChange::supply, &ScenarioChange::line}) {
        auto other = change;
        other.*name = "another";
        EXPECT_FALSE(changed(other, sampleLine(), kToday));
    }
    change.line = "SO100/1";
    change.customer = "C1";
    EXPECT_TRUE(changed(change, sampleLine(), kToday));
    change.line = "SO100/1";  // As order and position where the ERP's id is another.
    EXPECT_TRUE(changed(change, sampleLine("000815"), kToday));
}

TEST(Changed, ShipsAndCancelsNoMoreThanIsOpen) {
    ScenarioChange change;
    change.ship = Decimal{25};
    EXPECT_EQ(changed(change, sampleLine(), kToday)->shipped, Decimal{10});
    change.ship.reset();
    change.cancel = Decimal{3};
    EXPECT_EQ(changed(change, sampleLine(), kToday)->open(), Decimal{7});
}

TEST(Changed, WhatStaysAsItIsIsNoChange) {
    ScenarioChange change;
    change.fields = {{"promise", "2026-03-20", std::nullopt}};
    EXPECT_FALSE(changed(change, sampleLine(), kToday));
}

TEST(MomentOf, CountsFromTheDayOfTheStartInTheHousesZone) {
    const auto start = at("2026-03-02T15:00:00Z");  // 9:00 on Monday in Chicago
    ScenarioChange change;
    change.weekday = 5;
    EXPECT_EQ(momentOf(change, start, "America/Chicago"), at("2026-03-06T15:00:00Z"));
    change.weekday = 1;
    change.at_minute = 8 * 60;  // That hour has gone.
    EXPECT_EQ(momentOf(change, start, "America/Chicago"), at("2026-03-09T13:00:00Z"));
    change = {};
    change.in_days = 3;
    EXPECT_EQ(momentOf(change, start, "UTC"), at("2026-03-05T09:00:00Z"));
    change = {};
    change.date = on("2026-03-20");
    EXPECT_EQ(momentOf(change, start, "UTC"), at("2026-03-20T09:00:00Z"));
    change.date = on("2026-02-20");  // Gone: at once.
    EXPECT_EQ(momentOf(change, start, "UTC"), start);
}

Simulation sampleSimulation() {
    Simulation simulation;
    simulation.start = at("2026-03-02T09:00:00Z");
    simulation.end = at("2026-03-05T09:00:00Z");
    simulation.timezone = "UTC";
    simulation.open_lines = 2;
    simulation.made.push_back({at("2026-03-03T09:00:00Z"), {"s.yaml", 1, 3}, 1});
    simulation.sent = {sampleMessage("2026-03-02T10:00:00Z", Topic::Opened, "opened"),
                       sampleMessage("2026-03-03T10:00:00Z", Topic::PromiseChanged, "changed"),
                       sampleMessage("2026-03-03T11:00:00Z", Topic::Status, "status", "<b>@x.org")};
    simulation.sent[1].notices.push_back(simulation.sent[1].notices.front());
    simulation.sent[2].notices.front().rule = "A & <B>";
    return simulation;
}

TEST(Tally, CountsByDayRuleTopicAndRecipient) {
    const auto sums = tally(sampleSimulation());
    EXPECT_EQ(sums.days.size(), 4u);  // The last morning belongs to a fourth day.
    EXPECT_EQ(sums.days.at(on("2026-03-03")).messages, 2u);
    EXPECT_EQ(sums.days.at(on("2026-03-04")).messages, 0u);
    EXPECT_EQ(sums.rules.at("everyone").messages, 2u);
    EXPECT_EQ(sums.rules.at("everyone").notices, 3u);
    EXPECT_EQ(sums.topics.at("promise_changed").notices, 2u);
    EXPECT_EQ(sums.recipients.at("ann@example.com").messages, 2u);
    EXPECT_EQ(sums.all.messages, 3u);
}

TEST(InWords, GivesACalendarAndTotals) {
    const auto text = inWords(sampleSimulation(), true);
    EXPECT_THAT(text, HasSubstr("From 2026-03-02T09:00:00Z to 2026-03-05T09:00:00Z, 2 open lines"));
    EXPECT_THAT(text, HasSubstr("s.yaml:1: 1 line changed"));
    EXPECT_THAT(text, HasSubstr("Tue 2026-03-03                                   2         3\n"
                                "  A & <B>: status                                1         1\n"
                                "  everyone: promise_changed                      1         2\n"));
    EXPECT_THAT(text, HasSubstr("Messages\n  2026-03-02T10:00:00Z  opened to ann@example.com"));
}

TEST(AsPage, EscapesWhatAnErpOrARuleSaysAndNeedsNoScripts) {
    const auto page = asPage(sampleSimulation(), "Pumps & <Co>");
    EXPECT_THAT(page, HasSubstr("Pumps &amp; &lt;Co&gt;"));
    EXPECT_THAT(page, HasSubstr("A &amp; &lt;B&gt;"));
    EXPECT_THAT(page, Not(HasSubstr("<b>@x.org")));
    EXPECT_THAT(page, Not(HasSubstr("<script")));
    EXPECT_THAT(page, HasSubstr("<svg"));
    EXPECT_THAT(page, HasSubstr("prefers-color-scheme: dark"));
}

}  // namespace simulation_test
}  // namespace backorderd::rehearsal

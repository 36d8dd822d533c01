#include "app/polling.hpp"

#include <gmock/gmock.h>

#include "app/shelf.hpp"
#include "rig.hpp"

// What a poll makes of records that cannot be read, of lines that are gone, and of old data.

namespace backorderd::app::test {
namespace polling_test {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::UnorderedElementsAre;
using End = PollReport::End;

/// Line `id` of an order of its own.
OrderLine lineOf(const std::string& id) {
    auto line = sampleLine(id);
    line.order.number = "SO" + id;
    return line;
}

std::vector<OrderLine> linesOf(int count) {
    std::vector<OrderLine> lines;
    for (int i = 1; i <= count; ++i) lines.push_back(lineOf(std::to_string(i)));
    return lines;
}

/// A rig without the guard against mass changes.
class Unguarded : public Rig {
public:
    explicit Unguarded(bool adopt = false, std::int64_t slice_lines = 2000) : Rig{kRules, adopt} {
        crash();
        settings.guards.mass_change_share = 1.0;
        settings.slice_lines = slice_lines;
        start();
    }
};

TEST(Polling, AnUnreadableRecordKeepsNoBaselineFromEnding) {
    Rig rig{kRules, /*adopt=*/true};
    rig.erp.lines = linesOf(3);
    rig.erp.unreadable = {"3"};
    const auto report = rig.poll();
    EXPECT_EQ(report.end, End::Partial);
    EXPECT_THAT(report.problems, SizeIs(1));
    EXPECT_TRUE(rig.engine->sourceState("erp").baseline_done);
    rig.erp.lines.push_back(lineOf("4"));
    rig.poll();
    rig.work();
    EXPECT_THAT(rig.topics(rig.mailbox), ElementsAre("opened"));
    EXPECT_FALSE(rig.caseOf("4").adopted);
}

TEST(Polling, AFirstSnapshotOfWhichHardlyAnythingCanBeReadIsNoBaseline) {
    Rig rig{kRules, /*adopt=*/true};
    rig.erp.lines = linesOf(30);
    for (int i = 1; i <= 29; ++i) rig.erp.unreadable.insert(std::to_string(i));
    rig.poll();
    EXPECT_FALSE(rig.engine->sourceState("erp").baseline_done);
    rig.erp.unreadable.clear();
    rig.poll();
    rig.work();
    EXPECT_TRUE(rig.engine->sourceState("erp").baseline_done);
    EXPECT_THAT(rig.mailbox.received, IsEmpty()) << "they were there before";
}

TEST(Polling, AnUnreadableRecordHoldsUpItsOwnLineAlone) {
    Rig rig;
    rig.erp.lines = {lineOf("1"), lineOf("2")};
    rig.poll();
    rig.work();
    rig.erp.line("2").ordered = Decimal{11};
    rig.erp.unreadable = {"2"};
    for (int day = 0; day < 6; ++day) {
        rig.pass(24h);
        EXPECT_EQ(rig.poll().unsettled, 1U);
        rig.work();
    }
    EXPECT_THAT(rig.topics(rig.mailbox), ElementsAre("opened", "opened", "status"));
    EXPECT_THAT(rig.mailbox.received.back().document, HasSubstr("SO1"));
    EXPECT_TRUE(rig.caseOf("2").missing_since);
    rig.erp.unreadable.clear();
    EXPECT_EQ(rig.poll().end, End::Complete);
    rig.pass(24h);
    EXPECT_FALSE(rig.caseOf("2").missing_since);
    EXPECT_THAT(rig.topics(rig.mailbox), ElementsAre("opened", "opened", "status", "status"));
}

TEST(Polling, ALineThatWasUnreadableIsNotGoneAtTheFirstAbsence) {
    Rig rig;
    rig.erp.lines = linesOf(2);
    rig.poll();
    rig.erp.line("2").ordered = Decimal{11};
    rig.erp.unreadable = {"2"};
    rig.poll();
    rig.erp.lines.pop_back();
    EXPECT_EQ(rig.poll().end, End::Complete);
    EXPECT_FALSE(rig.caseOf("2").closed_at) << "one proven absence";
    EXPECT_EQ(rig.poll().closed, 1U);
}

TEST(Polling, ARestartBetweenTwoProvenAbsencesCostsNothing) {
    Rig rig;
    rig.erp.lines = linesOf(2);
    rig.poll();
    rig.erp.lines.pop_back();
    rig.poll();
    rig.crash();
    rig.start();
    EXPECT_EQ(rig.poll().closed, 1U);
}

TEST(Polling, AnUnreadableRecordClosesNothingByAbsence) {
    Rig rig;
    rig.erp.lines = linesOf(3);
    rig.poll();
    rig.erp.lines.pop_back();
    rig.erp.line("1").ordered = Decimal{11};
    rig.erp.unreadable = {"1"};
    for (int i = 0; i < 4; ++i) EXPECT_EQ(rig.poll().unsettled, 2U);
    EXPECT_FALSE(rig.caseOf("3").closed_at);
}

TEST(Polling, AnUnreadableRecordDoesNotLetManyLinesVanishUnderTheGuard) {
    Rig rig{kRules, /*adopt=*/true};
    rig.erp.lines = linesOf(40);
    rig.poll();
    rig.erp.lines.resize(4);
    rig.erp.line("1").ordered = Decimal{11};
    rig.erp.unreadable = {"1"};
    EXPECT_EQ(rig.poll().end, End::Quarantined);
    rig.erp.unreadable.clear();
    for (int i = 0; i < 3; ++i) EXPECT_EQ(rig.poll().end, End::Quarantined);
    EXPECT_FALSE(rig.caseOf("40").closed_at);
}

TEST(Polling, WhatTheErpSaysOfALineNeedsNoProvenSnapshot) {
    Rig rig;
    rig.erp.can_find = true;
    rig.erp.lines = linesOf(2);
    rig.poll();
    rig.work();
    auto shipped = rig.erp.line("2");
    shipped.shipped = shipped.ordered;
    rig.erp.closed = {shipped};
    rig.erp.lines.pop_back();
    rig.erp.line("1").ordered = Decimal{11};
    rig.erp.unreadable = {"1"};
    EXPECT_EQ(rig.poll().closed, 1U);
    rig.work();
    EXPECT_THAT(rig.topics(rig.mailbox), ElementsAre("opened", "opened", "shipped"));
}

TEST(Polling, OneFailedLookUpStopsNoOther) {
    Rig rig;
    rig.erp.can_find = true;
    rig.erp.lines = linesOf(4);
    rig.poll();
    rig.work();
    rig.erp.lines.clear();
    rig.erp.find_fails = {"1"};
    const auto report = rig.poll();
    EXPECT_EQ(report.end, End::Complete);
    EXPECT_EQ(report.closed, 3U);
    EXPECT_EQ(report.unsettled, 1U);
    ASSERT_THAT(report.problems, SizeIs(1));
    EXPECT_THAT(report.problems[0].text,
                AllOf(HasSubstr("'1' is gone"), HasSubstr("cannot be read")));
    EXPECT_TRUE(rig.caseOf("1").missing_since);
    rig.clock.advance(1h);
    rig.poll();
    rig.pass(20h);
    EXPECT_THAT(rig.topics(rig.mailbox), Not(Contains("status")));
}

TEST(Polling, NothingIsToldOfALineThatIsGoneAndNotYetLookedUp) {
    Rig rig;
    rig.erp.can_find = true;
    rig.erp.lines = linesOf(2);
    rig.poll();
    rig.work();
    rig.erp.lines.clear();
    rig.erp.find_fails = {"1", "2"};
    for (int day = 0; day < 8; ++day) {
        rig.pass(24h);
        rig.poll();
    }
    EXPECT_THAT(rig.topics(rig.mailbox), ElementsAre("opened", "opened"));
}

TEST(Polling, LookUpsGoOnBehindWhereTheLastPollStopped) {
    Unguarded rig;
    rig.erp.can_find = true;
    rig.erp.lines = linesOf(600);
    rig.poll();
    const auto open = rig.erp.lines;
    rig.erp.lines.clear();
    rig.erp.closed = open;  // Each is still open, whatever the list says.
    rig.poll();
    EXPECT_THAT(rig.erp.finds, SizeIs(500));
    rig.erp.finds.clear();
    rig.erp.closed.pop_back();  // The last one has gone.
    EXPECT_EQ(rig.poll().closed, 1U);
    EXPECT_EQ(rig.erp.finds.front(), "501");
}

TEST(Polling, ASourceThatAnswersNoLookUpIsNotAskedForEver) {
    Unguarded rig;
    rig.erp.can_find = true;
    rig.erp.lines = linesOf(40);
    rig.poll();
    rig.erp.lines.clear();
    for (int i = 1; i <= 40; ++i) rig.erp.find_fails.insert(std::to_string(i));
    EXPECT_EQ(rig.poll().unsettled, 40U);
    EXPECT_THAT(rig.erp.finds, SizeIs(10));
    rig.poll();
    EXPECT_EQ(rig.erp.finds.at(10), "11");
}

TEST(Polling, AStopIsSeenBetweenTwoLookUps) {
    Rig rig;
    rig.erp.can_find = true;
    rig.erp.lines = linesOf(20);
    rig.poll();
    rig.erp.lines.clear();
    rig.erp.before_find = [&] {
        if (rig.erp.finds.size() == 3) rig.engine->stop();
    };
    rig.poll();
    EXPECT_THAT(rig.erp.finds, SizeIs(4));
}

TEST(Polling, ManyVanishedLinesAreTakenInSlices) {
    Unguarded rig{/*adopt=*/true, /*slice_lines=*/100};
    rig.erp.lines = linesOf(1050);
    rig.poll();
    rig.erp.lines.clear();
    std::size_t turns = 0;
    for (const bool closing : {false, true}) {
        // Everything else on the loop has its turn between two slices.
        bool polling = true;
        asio::co_spawn(*rig.context, rig.engine->poll("erp"),
                       [&](std::exception_ptr, std::optional<PollReport> report) {
                           polling = false;
                           EXPECT_EQ(report->missing, closing ? 0U : 1050U);
                           EXPECT_EQ(report->closed, closing ? 1050U : 0U);
                       });
        rig.context->restart();
        for (turns = 0; polling && rig.context->poll_one() == 1; ++turns) continue;
        EXPECT_GE(turns, 11U);
    }
}

TEST(Polling, ManyRenumberedLinesKeepTheirStories) {
    Unguarded rig{/*adopt=*/false, /*slice_lines=*/10};
    rig.erp.lines = linesOf(35);
    rig.poll();
    for (auto& line : rig.erp.lines) line.key.id = "new" + line.key.id;
    const auto report = rig.poll();
    EXPECT_EQ(report.opened, 0U);
    EXPECT_EQ(report.unsettled, 0U);
    EXPECT_EQ(rig.caseOf("new35").opened_at, rig.clock.now());
    EXPECT_THAT(rig.store->listCases({}), SizeIs(35));
}

TEST(Polling, ARecordThatCannotBeReadHidesNoRenumbering) {
    Rig rig;
    rig.erp.lines = linesOf(2);
    rig.poll();
    rig.work();
    rig.erp.lines.front().key.id = "new1";
    rig.erp.unreadable = {"2"};
    rig.poll();
    rig.work();
    EXPECT_EQ(rig.caseOf("new1").events.size(), 2U);
    EXPECT_THAT(rig.topics(rig.mailbox), ElementsAre("opened", "opened"));
}

TEST(Polling, ALineWhoseNewIdCannotBeReadYetIsNotGone) {
    Rig rig;
    rig.erp.can_find = true;
    rig.erp.lines = linesOf(2);
    rig.poll();
    rig.work();
    rig.erp.lines.front().key.id = "new1";
    rig.erp.unreadable = {"new1"};
    EXPECT_EQ(rig.poll().closed, 0U);
    rig.erp.unreadable.clear();
    rig.poll();
    rig.work();
    EXPECT_EQ(rig.caseOf("new1").events.size(), 2U);
    EXPECT_THAT(rig.topics(rig.mailbox), ElementsAre("opened", "opened"));
}

TEST(Polling, OfContradictingRecordsNeitherIsTaken) {
    Rig rig;
    rig.erp.lines = {lineOf("1"), lineOf("2"), lineOf("3")};
    rig.poll();
    rig.work();
    const auto heard = rig.mailbox.received.size();
    auto one = lineOf("1");
    auto other = lineOf("1");
    one.promise = Promise::on(*parseDate("2026-04-10"));
    other.promise = Promise::on(*parseDate("2026-05-10"));
    rig.erp.lines = {one, lineOf("2"), lineOf("3"), other, lineOf("4"), lineOf("4")};
    rig.erp.lines.back().ordered = Decimal{99};
    for (int i = 0; i < 2; ++i) {
        EXPECT_THAT(rig.poll().problems, SizeIs(2));
        rig.work();
        EXPECT_EQ(rig.caseOf("1").line.promise, lineOf("1").promise);
        EXPECT_FALSE(rig.store->caseOfLine("erp", "4"));
        std::swap(rig.erp.lines.front(), rig.erp.lines.at(3));
    }
    EXPECT_THAT(rig.mailbox.received, SizeIs(heard));
    rig.erp.lines = {other, lineOf("2"), lineOf("3"), lineOf("4")};
    rig.poll();
    rig.work();
    EXPECT_EQ(rig.caseOf("1").line.promise, other.promise);
    EXPECT_THAT(rig.topics(rig.mailbox),
                UnorderedElementsAre("opened", "opened", "opened", "promise_changed", "opened"));
}

TEST(Polling, AnOperatorWhoAsksDuringAPollGetsOneThatBeganAfterwards) {
    Rig rig;
    rig.poll();
    asio::co_spawn(*rig.context, rig.engine->poll("erp"),
                   [](std::exception_ptr, std::optional<PollReport>) {});
    rig.context->restart();
    rig.context->run_one();  // It has begun to read.
    rig.erp.lines.push_back(lineOf("1"));
    const auto answer = rig.ask("poll", nlohmann::json::object());
    ASSERT_TRUE(answer.value("ok", false)) << answer.dump();
    const auto report = answer.at("result").at(0);
    EXPECT_EQ(report.value("end", ""), "complete");
    EXPECT_EQ(report.value("opened", 0), 1);
}

TEST(Polling, DataThatStayOldHaveNothingLookedAtAgain) {
    Rig rig;
    rig.erp.lines = linesOf(1);
    rig.erp.as_of = rig.clock.now() - 5 * 24h;
    rig.poll();
    rig.work();
    ASSERT_TRUE(rig.engine->quietFor());
    rig.poll();
    EXPECT_GT(rig.engine->quietFor().value_or(24h), 0s) << "no case is due";
    rig.erp.as_of = rig.clock.now();
    rig.poll();
    EXPECT_EQ(rig.engine->quietFor(), 0s) << "what was withheld may be sent now";
}

TEST(Polling, StockThatCannotBeReadStaysAsItWasAndKeepsNoLineFromBeingFresh) {
    Rig rig;
    rig.erp.lines = linesOf(1);
    rig.erp.goods.stock = {{"PX-100", "main", Decimal{3}}};
    rig.poll();
    rig.work();
    rig.erp.goods_read = false;
    rig.erp.goods.stock.clear();
    for (int day = 0; day < 6; ++day) {
        rig.pass(24h);
        EXPECT_EQ(rig.poll().end, End::Partial);
        rig.work();
    }
    EXPECT_THAT(rig.topics(rig.mailbox), ElementsAre("opened", "status"));
    EXPECT_THAT(rig.store->goods("erp").stock, SizeIs(1));
}

TEST(Shelf, WhatIsExpectedOfAnItemIsSummedUpOnce) {
    Rig rig;
    rig.erp.lines = linesOf(2);
    Supply supply;
    supply.quantity = Decimal{30};
    rig.erp.goods.supply = {{"PX-100", supply}};
    rig.poll();
    const RuleSet rules;
    Shelf shelf{*rig.store, rules, rig.clock.now()};
    EXPECT_EQ(shelf.expected(rig.caseOf("1")), Decimal{30});
    rig.erp.goods.supply.clear();
    rig.poll();
    EXPECT_EQ(shelf.expected(rig.caseOf("2")), Decimal{30}) << "as it was when first asked for";
    Shelf later{*rig.store, rules, rig.clock.now()};
    EXPECT_EQ(later.expected(rig.caseOf("2")), std::nullopt);
}

}  // namespace polling_test
}  // namespace backorderd::app::test

#include <gmock/gmock.h>

#include "rig.hpp"

// Reads of what changed since the last poll, and the full ones beside them.

namespace backorderd::app::test {
namespace changes_test {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using End = PollReport::End;

OrderLine lineOf(const std::string& id) {
    auto line = sampleLine(id);
    line.order.number = "SO" + id;
    return line;
}

/// An ERP that tells what changed, and `count` lines of which it has told.
class Telling : public Rig {
public:
    explicit Telling(int count = 3) {
        erp.tells_changes = true;
        erp.bookmark = "b1";
        for (int i = 1; i <= count; ++i) erp.lines.push_back(lineOf(std::to_string(i)));
        poll();
        work();
        mailbox.received.clear();
        erp.reads.clear();
    }
    /// A line as it is now, by the next read of changes and by every full one.
    OrderLine& change(const std::string& id) {
        erp.changes.push_back(erp.line(id));
        return erp.changes.back();
    }
};

TEST(Changes, AreReadFromTheBookmarkOn) {
    Telling rig;
    rig.change("2").promise = Promise::on(*parseDate("2026-04-20"));
    rig.erp.bookmark = "b2";
    const auto report = rig.poll();
    EXPECT_EQ(report.end, End::Changes);
    EXPECT_EQ(report.lines, 1U);
    rig.work();
    EXPECT_THAT(rig.topics(rig.mailbox), ElementsAre("promise_changed"));
    rig.erp.changes.clear();
    rig.poll();
    EXPECT_THAT(rig.erp.reads, ElementsAre("since b1", "since b2"));
}

TEST(Changes, SayNothingOfTheLinesThatTheyDoNotShow) {
    Telling rig;
    for (int i = 0; i < 3; ++i) {
        const auto report = rig.poll();
        EXPECT_EQ(report.missing, 0U);
        EXPECT_EQ(report.closed, 0U);
    }
    EXPECT_FALSE(rig.caseOf("1").missing_since);
}

TEST(Changes, KeepTheDataFresh) {
    Telling rig;
    rig.settings.sources[0].full_every = 720h;
    for (int day = 0; day < 6; ++day) {
        rig.pass(24h);
        rig.poll();
        rig.work();
    }
    EXPECT_THAT(rig.topics(rig.mailbox), ElementsAre("status", "status", "status"));
}

TEST(Changes, CloseALineThatTheyShowAsShipped) {
    Telling rig;
    auto& line = rig.change("1");
    line.shipped = line.ordered;
    rig.erp.no_backorder = {"1"};
    EXPECT_EQ(rig.poll().closed, 1U);
    rig.work();
    EXPECT_THAT(rig.topics(rig.mailbox), ElementsAre("shipped"));
}

TEST(Changes, ALineThatIsNoBackOrderAndThatNobodyKnowsIsPassedOver) {
    Telling rig;
    rig.erp.changes = {lineOf("9")};
    rig.erp.no_backorder = {"9"};
    EXPECT_EQ(rig.poll().opened, 0U);
    EXPECT_FALSE(rig.store->caseOfLine("erp", "9"));
}

TEST(Changes, AFullReadTakesPlaceOnItsSchedule) {
    Telling rig;
    rig.pass(23h);
    rig.poll();
    rig.pass(1h);
    rig.poll();
    rig.pass(1h);
    rig.poll();
    EXPECT_THAT(rig.erp.reads, ElementsAre("since b1", "all", "since b1"));
}

TEST(Changes, ADeletionIsSeenByTheFullReadsAlone) {
    Telling rig;
    rig.erp.lines.erase(rig.erp.lines.begin());
    rig.poll();
    EXPECT_FALSE(rig.caseOf("1").missing_since);
    rig.pass(24h);
    EXPECT_EQ(rig.poll().missing, 1U);
    // Nobody can be asked: the next read is full as well, and agrees.
    EXPECT_EQ(rig.poll().closed, 1U);
    rig.poll();
    EXPECT_THAT(rig.erp.reads, ElementsAre("since b1", "all", "all", "since b1"));
}

TEST(Changes, ALookUpThatFailedIsMadeUpForBetweenTwoFullReads) {
    Telling rig;
    rig.erp.can_find = true;
    rig.erp.find_fails = {"1"};
    rig.erp.lines.erase(rig.erp.lines.begin());
    rig.pass(24h);
    EXPECT_EQ(rig.poll().unsettled, 1U);
    rig.erp.find_fails.clear();
    const auto report = rig.poll();
    EXPECT_EQ(report.closed, 1U);
    EXPECT_EQ(report.unsettled, 0U);
    EXPECT_THAT(rig.erp.reads, ElementsAre("all", "since b1"));
}

TEST(Changes, AfterAFailureEverythingIsRead) {
    Telling rig;
    rig.erp.fails_after_page = "the server is down";
    EXPECT_EQ(rig.poll().end, End::Failed);
    rig.erp.fails_after_page.reset();
    EXPECT_EQ(rig.poll().end, End::Complete);
    rig.poll();
    EXPECT_THAT(rig.erp.reads, ElementsAre("since b1", "all", "since b1"));
}

TEST(Changes, AfterAPartialReadEverythingIsReadAlsoBehindARestart) {
    Telling rig;
    rig.erp.complete = false;
    EXPECT_EQ(rig.poll().end, End::Partial);
    rig.crash();
    rig.start();
    rig.erp.complete = true;
    rig.poll();
    EXPECT_THAT(rig.erp.reads, ElementsAre("since b1", "all"));
}

TEST(Changes, GoOnBehindARestart) {
    Telling rig;
    rig.crash();
    rig.start();
    rig.poll();
    EXPECT_THAT(rig.erp.reads, ElementsAre("since b1"));
}

TEST(Changes, AnUnreadableRecordIsLookedForInAFullReadOnce) {
    Telling rig;
    rig.change("1").ordered = Decimal{11};
    rig.erp.unreadable = {"1"};
    const auto report = rig.poll();
    EXPECT_EQ(report.end, End::Partial);
    EXPECT_EQ(report.missing, 1U);
    rig.erp.changes.clear();
    rig.erp.line("1").ordered = Decimal{11};
    EXPECT_EQ(rig.poll().end, End::Partial);
    rig.poll();
    EXPECT_THAT(rig.erp.reads, ElementsAre("since b1", "all", "since b1"));
}

/// The ERP changes a line while its changes are read page by page.
TEST(Changes, ALineThatComesTwiceWithDifferentContentsIsReadAnew) {
    Telling rig;
    rig.change("1").ordered = Decimal{11};
    rig.change("1").ordered = Decimal{12};
    EXPECT_EQ(rig.poll().end, End::Partial);
    EXPECT_EQ(rig.caseOf("1").line.ordered, Decimal{10}) << "neither is believed";
    rig.erp.changes.clear();
    rig.erp.line("1").ordered = Decimal{12};
    EXPECT_EQ(rig.poll().end, End::Complete);
    EXPECT_EQ(rig.caseOf("1").line.ordered, Decimal{12});
}

TEST(Changes, ARenumberedLineKeepsItsStory) {
    Telling rig;
    auto renumbered = rig.erp.line("1");
    renumbered.key.id = "101";
    rig.erp.lines[0] = renumbered;
    rig.erp.changes = {renumbered};
    const auto report = rig.poll();
    EXPECT_EQ(report.opened, 0U) << "it may be the line that is known as 1";
    EXPECT_THAT(report.reason, HasSubstr("another id"));
    rig.poll();
    rig.work();
    EXPECT_THAT(rig.erp.reads, ElementsAre("since b1", "all"));
    EXPECT_EQ(rig.store->caseOfLine("erp", "101"), rig.store->caseOfLine("erp", "101"));
    EXPECT_FALSE(rig.caseOf("101").closed_at);
    EXPECT_THAT(rig.topics(rig.mailbox), IsEmpty());
}

TEST(Changes, OneMoreLineOfAnOrderIsToldAfterAFullRead) {
    Telling rig;
    auto more = rig.erp.line("1");
    more.key.id = "102";
    rig.erp.lines.push_back(more);
    rig.erp.changes = {more};
    rig.poll();
    EXPECT_EQ(rig.poll().opened, 1U);
    rig.work();
    EXPECT_THAT(rig.topics(rig.mailbox), ElementsAre("opened"));
}

TEST(Changes, TooManyOfWhatIsKnownAreNotBelieved) {
    Telling rig{100};
    for (int i = 1; i <= 30; ++i)
        rig.change(std::to_string(i)).promise = Promise::on(*parseDate("2026-05-20"));
    const auto report = rig.poll();
    EXPECT_EQ(report.end, End::Quarantined);
    EXPECT_EQ(report.reason, "30 of 100 lines changed");
    rig.work();
    EXPECT_THAT(rig.mailbox.received, IsEmpty());
    rig.erp.changes.clear();
    EXPECT_EQ(rig.poll().end, End::Complete) << "it was a mistake";
}

TEST(Changes, AFewOfManyAreBelieved) {
    Telling rig{200};
    for (int i = 1; i <= 30; ++i)
        rig.change(std::to_string(i)).promise = Promise::on(*parseDate("2026-05-20"));
    EXPECT_EQ(rig.poll().changed, 30U);
}

TEST(Changes, AnOperatorWhoAcceptsReadsEverything) {
    Telling rig;
    rig.ask("poll", {{"source", "erp"}, {"accept", true}, {"author", "ann"}, {"reason", "meant"}});
    EXPECT_THAT(rig.erp.reads, ElementsAre("all"));
}

TEST(Changes, StockThatTheyDoNotBringStaysAsItWas) {
    Telling rig;
    rig.erp.goods.stock = {{"PX-100", "main", Decimal{3}}};
    rig.pass(24h);
    rig.poll();
    rig.erp.goods.stock.clear();
    EXPECT_FALSE(rig.poll().goods_changed);
    EXPECT_EQ(rig.store->goods("erp").stock.size(), 1U);
}

// -- The clock of the ERP --------------------------------------------------------------------

TEST(Skew, DataOfTheFutureCountAsOfNow) {
    Rig rig;
    rig.erp.lines = {lineOf("1")};
    rig.erp.as_of = rig.clock.now() + 30 * 24h;
    const auto report = rig.poll();
    EXPECT_EQ(report.end, End::Complete);
    EXPECT_THAT(report.remark, HasSubstr("2026-04-01T09:00:00Z, which is yet to come"));
    EXPECT_EQ(rig.engine->freshUntil("erp"), rig.clock.now() + 24h);
}

TEST(Skew, AFewSecondsAreNoNews) {
    Rig rig;
    rig.erp.as_of = rig.clock.now() + 20s;
    EXPECT_EQ(rig.poll().remark, "");
    EXPECT_EQ(rig.engine->sourceState("erp").last_good_at, rig.clock.now());
}

TEST(Skew, HowMuchIsNoNewsIsASetting) {
    Rig rig;
    rig.settings.sources[0].clock_skew_max = 2h;
    rig.erp.as_of = rig.clock.now() + 2h;
    EXPECT_EQ(rig.poll().remark, "");
    rig.erp.as_of = rig.clock.now() + 2h + 1s;
    EXPECT_THAT(rig.poll().remark, HasSubstr("yet to come"));
}

TEST(Skew, OldDataAreTakenInAndSaidToBeOld) {
    Rig rig;
    rig.erp.lines = {lineOf("1")};
    rig.erp.as_of = rig.clock.now() - 5 * 24h;
    EXPECT_THAT(rig.poll().remark, HasSubstr("older than max_age"));
    EXPECT_LT(rig.engine->freshUntil("erp"), rig.clock.now());
    EXPECT_TRUE(rig.store->caseOfLine("erp", "1"));
}

/// A list that is empty for want of a right, or of a join.
TEST(EmptyAnswer, ClosesNothingAtOnce) {
    Rig rig;
    for (int i = 1; i <= 30; ++i) rig.erp.lines.push_back(lineOf(std::to_string(i)));
    rig.poll();
    rig.work();
    const auto lines = std::exchange(rig.erp.lines, {});
    for (int i = 0; i < 3; ++i) EXPECT_EQ(rig.poll().end, End::Quarantined);
    rig.erp.lines = lines;
    EXPECT_EQ(rig.poll().end, End::Complete);
    EXPECT_FALSE(rig.caseOf("1").closed_at);
}

}  // namespace changes_test
}  // namespace backorderd::app::test

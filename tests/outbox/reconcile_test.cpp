#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "outbox/outbox.hpp"
#include "outbox/samples.hpp"

namespace backorderd {
namespace reconcile_test {

using std::chrono::hours;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr Timestamp kTuesday = kMonday + hours{24};

Case caseWith(std::vector<Notice> notices) {
    Case subject;
    subject.id = 7;
    subject.notices = std::move(notices);
    return subject;
}

Notice noticeIn(NoticeState state, MessageId message = 0) {
    Notice notice = sampleNotice("opened/1");
    notice.state = state;
    notice.message_id = message;
    return notice;
}

/// As evaluate makes it: it knows neither id nor state.
Notice wanted(std::string key) {
    Notice notice = sampleNotice(std::move(key));
    notice.id = 0;
    notice.case_id = 0;
    notice.state_at = {};
    return notice;
}

Decision wanting(std::vector<Notice> notices) {
    Decision decision;
    decision.wanted = std::move(notices);
    return decision;
}

TEST(Reconcile, PlansWhatIsWantedAndNotThere) {
    const auto plan = outbox::reconcile(caseWith({}), wanting({wanted("opened/1")}), kTuesday);
    ASSERT_EQ(plan.create.size(), 1u);
    EXPECT_EQ(plan.create[0].id, 0);
    EXPECT_EQ(plan.create[0].case_id, 7);
    EXPECT_EQ(plan.create[0].state, NoticeState::Planned);
    EXPECT_EQ(plan.create[0].state_at, kTuesday);
    EXPECT_THAT(plan.change, IsEmpty());
}

TEST(Reconcile, EvaluatingTwiceChangesNothing) {
    Case subject = caseWith({});
    const Decision decision = wanting({wanted("opened/1"), wanted("status/2026-03-16")});
    subject.notices = outbox::reconcile(subject, decision, kMonday).create;
    const auto plan = outbox::reconcile(subject, decision, kTuesday);
    EXPECT_THAT(plan.create, IsEmpty());
    EXPECT_THAT(plan.change, IsEmpty());
    EXPECT_THAT(plan.stale_messages, IsEmpty());
}

TEST(Reconcile, TheSameKeyTwiceIsOneNotice) {
    const auto plan = outbox::reconcile(
        caseWith({}), wanting({wanted("opened/1"), wanted("opened/1")}), kTuesday);
    EXPECT_EQ(plan.create.size(), 1u);
}

TEST(Reconcile, APlannedNoticeTakesNewTimesAndRecipientAndKeepsItsIdentity) {
    const Notice there = noticeIn(NoticeState::Planned);
    Notice later = wanted("opened/1");
    later.due_at = kTuesday;
    later.recipient.address = "bob@example.com";
    const auto plan = outbox::reconcile(caseWith({there}), wanting({later}), kTuesday);
    ASSERT_EQ(plan.change.size(), 1u);
    EXPECT_EQ(plan.change[0].id, there.id);
    EXPECT_EQ(plan.change[0].due_at, kTuesday);
    EXPECT_EQ(plan.change[0].recipient.address, "bob@example.com");
    EXPECT_EQ(plan.change[0].state, NoticeState::Planned);
    EXPECT_EQ(plan.change[0].state_at, there.state_at);
}

TEST(Reconcile, WhatAClockThatWasAheadPutOffNoLongerSaysWhy) {
    Notice there = noticeIn(NoticeState::Planned);
    there.state_reason = "the recipient's limit of messages is reached until 2031-05-04";
    for (const bool ahead : {false, true}) {
        there.state_at = ahead ? kTuesday + hours{1} : kTuesday;
        Notice planned = wanted("opened/1");
        planned.due_at = kTuesday;
        const auto plan = outbox::reconcile(caseWith({there}), wanting({planned}), kTuesday);
        ASSERT_EQ(plan.change.size(), 1u);
        EXPECT_EQ(plan.change[0].state_reason.empty(), ahead);
    }
}

TEST(Reconcile, WhatIsNoLongerWantedIsSupersededWithTheDecisionsReason) {
    Decision decision;
    decision.withheld.push_back({Topic::Opened,
                                 "standard",
                                 WithheldReason::NotTrueAnyMore,
                                 "the line has shipped",
                                 {},
                                 "opened/1"});
    const auto plan =
        outbox::reconcile(caseWith({noticeIn(NoticeState::Planned)}), decision, kTuesday);
    ASSERT_EQ(plan.change.size(), 1u);
    EXPECT_EQ(plan.change[0].state, NoticeState::Superseded);
    EXPECT_EQ(plan.change[0].state_at, kTuesday);
    EXPECT_THAT(plan.change[0].state_reason, testing::HasSubstr("the line has shipped"));
}

TEST(Reconcile, SupersedesWithAReasonAlsoWhereTheDecisionNamesNone) {
    const auto plan = outbox::reconcile(caseWith({noticeIn(NoticeState::Planned)}), {}, kTuesday);
    ASSERT_EQ(plan.change.size(), 1u);
    EXPECT_FALSE(plan.change[0].state_reason.empty());
}

TEST(Reconcile, AHeldNoticeStaysAsItWasShownToTheOperator) {
    Notice other = wanted("opened/1");
    other.template_name = "opened-again";
    const Case subject = caseWith({noticeIn(NoticeState::Held)});
    EXPECT_THAT(outbox::reconcile(subject, wanting({other}), kTuesday).change, IsEmpty());
    const auto plan = outbox::reconcile(subject, {}, kTuesday);
    ASSERT_EQ(plan.change.size(), 1u);
    EXPECT_EQ(plan.change[0].state, NoticeState::Superseded);
}

TEST(Reconcile, AFrozenNoticeStaysWhereOnlyWordsAndTimesDiffer) {
    Notice other = wanted("opened/1");
    other.template_name = "opened-again";
    other.due_at = kTuesday;
    other.reason = "another";
    const auto plan = outbox::reconcile(caseWith({noticeIn(NoticeState::Bundled, 90)}),
                                        wanting({other}), kTuesday);
    EXPECT_THAT(plan.change, IsEmpty());
    EXPECT_THAT(plan.stale_messages, IsEmpty());
}

TEST(Reconcile, AFrozenNoticeWithOtherFactsMakesItsMessageStale) {
    Notice moved = wanted("opened/1");
    moved.facts.open = Decimal{4};
    const auto plan = outbox::reconcile(caseWith({noticeIn(NoticeState::Bundled, 90)}),
                                        wanting({moved}), kTuesday);
    EXPECT_THAT(plan.stale_messages, ElementsAre(90));
    EXPECT_THAT(plan.change, IsEmpty());
}

TEST(Reconcile, AFrozenNoticeToAnAddressThatChangedMakesItsMessageStale) {
    Notice moved = wanted("opened/1");
    moved.recipient.address = "bob@example.com";
    const auto plan = outbox::reconcile(caseWith({noticeIn(NoticeState::Bundled, 90)}),
                                        wanting({moved}), kTuesday);
    EXPECT_THAT(plan.stale_messages, ElementsAre(90));
}

TEST(Reconcile, AFrozenNoticeThatIsNotWantedMakesItsMessageStaleOnce) {
    Notice second = noticeIn(NoticeState::Bundled, 90);
    second.key = "promise_changed/2";
    const auto plan =
        outbox::reconcile(caseWith({noticeIn(NoticeState::Bundled, 90), second}), {}, kTuesday);
    EXPECT_THAT(plan.stale_messages, ElementsAre(90));
    EXPECT_THAT(plan.change, IsEmpty());
}

class EndedKey : public testing::TestWithParam<NoticeState> {};

TEST_P(EndedKey, IsNeverWantedAgain) {
    const auto plan = outbox::reconcile(caseWith({noticeIn(GetParam(), 90)}),
                                        wanting({wanted("opened/1")}), kTuesday);
    EXPECT_THAT(plan.create, IsEmpty());
    EXPECT_THAT(plan.change, IsEmpty());
    EXPECT_THAT(plan.stale_messages, IsEmpty());
}

TEST_P(EndedKey, IsLeftAloneWhenItIsNotWanted) {
    const auto plan = outbox::reconcile(caseWith({noticeIn(GetParam(), 90)}), {}, kTuesday);
    EXPECT_THAT(plan.change, IsEmpty());
    EXPECT_THAT(plan.stale_messages, IsEmpty());
}

std::string stateName(const testing::TestParamInfo<NoticeState>& info) {
    return std::string{noticeStateName(info.param)};
}

INSTANTIATE_TEST_SUITE_P(States, EndedKey,
                         testing::Values(NoticeState::Sent, NoticeState::Superseded,
                                         NoticeState::Suppressed, NoticeState::Expired,
                                         NoticeState::Refused, NoticeState::Unknown,
                                         NoticeState::Dead, NoticeState::Dropped),
                         stateName);

TEST(Expiry, LetsTheLastMomentCount) {
    Notice there = noticeIn(NoticeState::Planned);
    there.expires_at = kTuesday;
    Notice same = wanted("opened/1");
    same.expires_at = kTuesday;
    EXPECT_THAT(outbox::reconcile(caseWith({there}), wanting({same}), kTuesday).change, IsEmpty());
    const auto plan =
        outbox::reconcile(caseWith({there}), wanting({same}), kTuesday + std::chrono::seconds{1});
    ASSERT_EQ(plan.change.size(), 1u);
    EXPECT_EQ(plan.change[0].state, NoticeState::Expired);
    EXPECT_THAT(plan.change[0].state_reason, testing::HasSubstr("2026-03-03T09:00:00Z"));
}

TEST(Expiry, OfWhatIsWantedTooLateIsWrittenDown) {
    Notice late = wanted("opened/1");
    late.expires_at = kMonday;
    const auto plan = outbox::reconcile(caseWith({}), wanting({late}), kTuesday);
    ASSERT_EQ(plan.create.size(), 1u);
    EXPECT_EQ(plan.create[0].state, NoticeState::Expired);
}

TEST(Expiry, OfAFrozenNoticeMakesItsMessageStale) {
    Notice there = noticeIn(NoticeState::Bundled, 90);
    there.expires_at = kMonday;
    const auto plan = outbox::reconcile(caseWith({there}), wanting({wanted("opened/1")}), kTuesday);
    EXPECT_THAT(plan.stale_messages, ElementsAre(90));
}

}  // namespace reconcile_test
}  // namespace backorderd

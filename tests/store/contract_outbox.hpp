#pragma once

#include "contract.hpp"

namespace backorderd::store {

TEST_P(StoreContract, PendingNoticesChangeInAllButTheirKey) {
    const auto id = open("8");
    const auto notice_id = plan(id, notice("promise_changed/2"));
    auto change = changing(id);
    auto changed = change.after.notices.front();
    changed.recipient.address = "other@example.com";
    changed.state = NoticeState::Superseded;
    changed.state_reason = "a newer promise";
    changed.state_at = kNow + minutes{5};
    change.changed_notices = {changed};
    commit(change);
    EXPECT_EQ(noticeOf(notice_id), changed);
    // What has reached an end changes no more.
    EXPECT_THROW(commit(change), std::logic_error);
}

TEST_P(StoreContract, SingleNoticesAreDueOneByOne) {
    const auto id = open("8");
    auto later = notice("b");
    later.ready_at = later.due_at = kNow + hours{1};
    const auto a = plan(id, notice("a")), b = plan(id, later);
    EXPECT_EQ(store().nextNoticeDue(), kNow);
    EXPECT_TRUE(store().dueGroups(kNow - minutes{1}, 10).empty());
    ASSERT_EQ(store().dueGroups(kNow, 10).size(), 1u);
    EXPECT_EQ(store().dueGroups(kNow, 10)[0][0].id, a);
    const auto both = store().dueGroups(kNow + hours{1}, 10);
    ASSERT_EQ(both.size(), 2u);
    EXPECT_EQ(both[1][0].id, b);
    EXPECT_EQ(store().dueGroups(kNow + hours{1}, 1).size(), 1u);
}

TEST_P(StoreContract, ADigestLeavesWithAllThatIsReady) {
    const auto id = open("8");
    const auto digest = [&](const std::string& key, int ready, int due) {
        auto it = notice(key);
        it.digest_key = "email:erika";
        it.ready_at = kNow + minutes{ready};
        it.due_at = kNow + minutes{due};
        return plan(id, it);
    };
    const auto a = digest("a", 0, 30), b = digest("b", 10, 40);
    digest("c", 35, 65);
    EXPECT_TRUE(store().dueGroups(kNow + minutes{29}, 10).empty());
    const auto groups = store().dueGroups(kNow + minutes{30}, 10);
    ASSERT_EQ(groups.size(), 1u);
    ASSERT_EQ(groups[0].size(), 2u);
    EXPECT_EQ(groups[0][0].id, a);
    EXPECT_EQ(groups[0][1].id, b);
    plan(id, notice("single"));
    const auto limited = store().dueGroups(kNow + minutes{30}, 1);
    ASSERT_EQ(limited.size(), 1u);
    const auto both = store().dueGroups(kNow + minutes{30}, 2);
    ASSERT_EQ(both.size(), 2u);
    EXPECT_EQ(both[0].size() + both[1].size(), 3u) << "a digest is whole, whatever the limit";
}

TEST_P(StoreContract, AFrozenMessageKeepsItsBytes) {
    const auto case_id = open("8");
    const auto a = plan(case_id, notice("a")), b = plan(case_id, notice("b"));
    auto wanted = message("m1", {a, b});
    store().freeze({&wanted, 1});
    reopen();
    EXPECT_EQ(messageOf(wanted.id), wanted);
    for (const auto id : {a, b}) {
        EXPECT_EQ(noticeOf(id).state, NoticeState::Bundled);
        EXPECT_EQ(noticeOf(id).message_id, wanted.id);
    }
    EXPECT_TRUE(store().dueGroups(kNow, 10).empty());
    EXPECT_TRUE(store().listPlanned(10).empty());
    EXPECT_THROW(freeze(message("m1", {})), std::logic_error) << "the id exists";
    EXPECT_THROW(freeze(message("m2", {a})), std::logic_error) << "the notice is bound";
    EXPECT_EQ(store().listMessages({}).size(), 1u);
}

TEST_P(StoreContract, OutcomesAndMarksAreOneWrite) {
    const auto a = onWire("8"), b = frozen("9");
    store().claimReady("mail", kNow, 10);
    const std::vector settled{outcome(a.message_id, MessageState::Sent)};
    const std::vector noted{note("told/1")};
    const std::vector marked{b.message_id};
    // Where one of them cannot be, none of them is.
    const std::vector strange{settled.front(), outcome(4711, MessageState::Sent)};
    EXPECT_THROW(store().settleAndMark(strange, noted, marked, kNow, 7), std::logic_error);
    EXPECT_EQ(messageOf(a.message_id).state, MessageState::OnWire);
    EXPECT_EQ(messageOf(b.message_id).state, MessageState::Claimed);
    EXPECT_EQ(store().journalSeq(), 0u);

    store().settleAndMark(settled, noted, marked, kNow, 7);
    reopen();
    EXPECT_EQ(messageOf(a.message_id).state, MessageState::Sent);
    EXPECT_EQ(noticeOf(a.notice_id).state, NoticeState::Sent);
    EXPECT_EQ(messageOf(b.message_id).state, MessageState::OnWire);
    EXPECT_EQ(store().journalSeq(), 7u);
    EXPECT_EQ(store().journalSeqBefore(), 0u);
    EXPECT_EQ(store().annotationsDue(kNow, 10).size(), 1u);
    store().settleAndMark({}, {}, {}, kNow, 9);
    store().settleAndMark({}, {}, {}, kNow);
    EXPECT_EQ(store().journalSeq(), 9u);
    EXPECT_EQ(store().journalSeqBefore(), 7u);
}

TEST_P(StoreContract, AMessageIsClaimedByOneSenderOnce) {
    const auto a = frozen("8"), b = frozen("9");
    EXPECT_TRUE(store().claimReady("sms", kNow, 10).empty());
    const auto first = store().claimReady("mail", kNow, 1);
    ASSERT_EQ(first.size(), 1u);
    EXPECT_EQ(first[0].id, a.message_id);
    EXPECT_EQ(first[0].state, MessageState::Claimed);
    EXPECT_EQ(first[0].attempts, 1);
    EXPECT_EQ(first[0].notices, std::vector<NoticeId>{a.notice_id});
    EXPECT_EQ(first[0].document.size(), 22u);
    const auto second = store().claimReady("mail", kNow, 10);
    ASSERT_EQ(second.size(), 1u);
    EXPECT_EQ(second[0].id, b.message_id);
    EXPECT_THROW(settle(outcome(4711, MessageState::Sent)), std::logic_error);
}

TEST_P(StoreContract, WhatIsReadyMayBeMarkedWithoutAClaim) {
    const auto a = frozen("8"), b = frozen("9");
    EXPECT_TRUE(store().ready("sms", 10).empty());
    const auto first = store().ready("mail", 1);
    ASSERT_EQ(first.size(), 1u);
    EXPECT_EQ(first[0], messageOf(a.message_id));
    EXPECT_EQ(store().ready("mail", 10).size(), 2u) << "reading changes nothing";

    store().settleAndMark({}, {}, {&b.message_id, 1}, kNow);
    EXPECT_EQ(store().ready("mail", 10).size(), 1u);
    EXPECT_EQ(messageOf(b.message_id).state, MessageState::OnWire);
    EXPECT_EQ(messageOf(b.message_id).attempts, 1);
    EXPECT_THROW(store().settleAndMark({}, {}, {&b.message_id, 1}, kNow), std::logic_error);
    auto back = outcome(b.message_id, MessageState::Ready);
    back.not_tried = true;
    settle(back);
    EXPECT_EQ(messageOf(b.message_id).attempts, 0);
    // The attempt that a claim counted is not counted again.
    store().claimReady("mail", kNow, 10);
    store().settleAndMark({}, {}, {&b.message_id, 1}, kNow);
    EXPECT_EQ(messageOf(b.message_id).attempts, 1);
}

TEST_P(StoreContract, ASentMessageIsHeardAndItsCaseIsDue) {
    const auto it = onWire("8");
    auto accepted = outcome(it.message_id, MessageState::Sent);
    accepted.reply = "250 OK";
    settle(accepted, kNow + minutes{1}, {note("k1")});
    reopen();
    const auto sent = messageOf(it.message_id);
    EXPECT_EQ(sent.state, MessageState::Sent);
    EXPECT_EQ(sent.last_reply, "250 OK");
    EXPECT_EQ(sent.state_at, kNow + minutes{1});
    EXPECT_EQ(noticeOf(it.notice_id).state, NoticeState::Sent);
    EXPECT_EQ(noticeOf(it.notice_id).state_at, kNow + minutes{1});
    EXPECT_EQ(store().casesDue(kNow + minutes{1}, 10), Ids{it.case_id});
    EXPECT_EQ(store().annotationsDue(kNow + minutes{1}, 10).size(), 1u);
    const std::vector<Timestamp> once{kNow + minutes{1}};
    EXPECT_EQ(store().heardBy(sent.recipient, kNow), once);
    EXPECT_TRUE(store().heardBy(sent.recipient, kNow + minutes{2}).empty());
    EXPECT_TRUE(store().heardBy({Channel::Sms, sent.recipient.address, "", "", ""}, kNow).empty());
    EXPECT_TRUE(store().heardBy({Channel::Email, "x@example.com", "", "", ""}, kNow).empty());
}

struct OutcomeCase {
    MessageState state;
    bool outcome_unknown;
    NoticeState notice;
    bool heard;
};

TEST_P(StoreContract, EachOutcomeReachesTheNotices) {
    const OutcomeCase kCases[] = {
        {MessageState::Deferred, false, NoticeState::Bundled, false},
        {MessageState::Refused, false, NoticeState::Refused, false},
        {MessageState::Dead, false, NoticeState::Dead, false},
        {MessageState::Unknown, true, NoticeState::Unknown, true},
        {MessageState::Ready, true, NoticeState::Bundled, true},
        {MessageState::Ready, false, NoticeState::Bundled, false},
    };
    int line_id = 0;
    for (const auto& [state, outcome_unknown, notice_state, heard] : kCases) {
        const auto it = onWire(std::to_string(++line_id));
        const auto at = kNow + hours{line_id};
        auto settlement = outcome(it.message_id, state, "because");
        settlement.outcome_unknown = outcome_unknown;
        if (state == MessageState::Deferred) settlement.next_attempt_at = at + hours{1};
        settle(settlement, at);
        const auto after = messageOf(it.message_id);
        EXPECT_EQ(after.state, state);
        EXPECT_EQ(after.state_reason, "because");
        EXPECT_EQ(after.next_attempt_at, settlement.next_attempt_at);
        EXPECT_EQ(after.unknown_outcomes, outcome_unknown ? 1 : 0);
        EXPECT_EQ(noticeOf(it.notice_id).state, notice_state);
        EXPECT_EQ(!store().heardBy(after.recipient, at).empty(), heard);
        // The next round must not claim this one.
        if (state == MessageState::Ready)
            store().dropMessage(it.message_id, {kNow, "test", "drop", "", ""});
    }
}

TEST_P(StoreContract, ADeferredMessageGoesAgain) {
    const auto it = onWire("8");
    auto busy = outcome(it.message_id, MessageState::Deferred, "busy");
    busy.next_attempt_at = kNow + hours{1};
    settle(busy);
    EXPECT_TRUE(store().claimReady("mail", kNow, 10).empty());
    EXPECT_EQ(messagesWith([&](auto& filter) { filter.state = MessageState::Deferred; }).size(),
              1u);
    store().makeReady({&it.message_id, 1}, kNow + hours{1});
    const auto again = store().claimReady("mail", kNow + hours{1}, 10);
    ASSERT_EQ(again.size(), 1u);
    EXPECT_EQ(again[0].attempts, 2);
    EXPECT_EQ(again[0].next_attempt_at, std::nullopt);
    EXPECT_THROW(store().makeReady({&it.message_id, 1}, kNow), std::logic_error);
}

TEST_P(StoreContract, ASupersededMessageGivesItsNoticesBack) {
    const auto case_id = open("8");
    const auto a = plan(case_id, notice("a")), b = plan(case_id, notice("b"));
    const auto id = freeze(message("m1", {a, b}));
    store().supersede({&id, 1}, "the promise moved", kNow + minutes{1});
    EXPECT_EQ(messageOf(id).state, MessageState::Superseded);
    EXPECT_EQ(messageOf(id).state_reason, "the promise moved");
    EXPECT_TRUE(messageOf(id).notices.empty());
    for (const auto notice_id : {a, b}) {
        EXPECT_EQ(noticeOf(notice_id).state, NoticeState::Planned);
        EXPECT_EQ(noticeOf(notice_id).message_id, 0);
    }
    EXPECT_EQ(store().casesDue(kNow + minutes{1}, 10), Ids{case_id});
    // The same notices make the same stable id.
    EXPECT_NE(freeze(message("m1", {a, b})), id);
    EXPECT_EQ(noticeOf(a).state, NoticeState::Bundled);
}

TEST_P(StoreContract, WhatASenderHasIsNotSuperseded) {
    const auto it = onWire("8");
    store().supersede({&it.message_id, 1}, "", kNow);
    EXPECT_EQ(messageOf(it.message_id).state, MessageState::OnWire);
    EXPECT_EQ(noticeOf(it.notice_id).state, NoticeState::Bundled);
}

TEST_P(StoreContract, AStartRescuesWhatACrashLeft) {
    const auto wire = onWire("8");
    const auto claimed = frozen("9");
    store().claimReady("mail", kNow, 10);
    const auto ready = frozen("10");
    reopen();
    EXPECT_EQ(store().rescue(kNow + hours{1}), std::vector<MessageId>{wire.message_id});
    const auto lost = messageOf(wire.message_id);
    EXPECT_EQ(lost.state, MessageState::Unknown);
    EXPECT_EQ(lost.unknown_outcomes, 1);
    EXPECT_FALSE(lost.state_reason.empty());
    EXPECT_EQ(noticeOf(wire.notice_id).state, NoticeState::Unknown);
    // It may have been heard when it was put on the wire.
    EXPECT_EQ(store().heardBy(lost.recipient, kNow), std::vector<Timestamp>{kNow});
    EXPECT_EQ(messageOf(claimed.message_id).state, MessageState::Ready);
    EXPECT_EQ(noticeOf(claimed.notice_id).state, NoticeState::Bundled);
    EXPECT_EQ(messageOf(ready.message_id).state, MessageState::Ready);
    EXPECT_TRUE(store().rescue(kNow + hours{1}).empty());
}

TEST_P(StoreContract, WhatIsSentAgainAfterACrashIsDecidedWithTheRescue) {
    const auto again = onWire("8");
    const auto never = onWire("9");
    reopen();
    int asked = 0;
    store().rescue(kNow + hours{1}, [&](const Message& message) -> std::optional<AuditEntry> {
        ++asked;
        EXPECT_EQ(message.unknown_outcomes, 1);
        if (message.id != again.message_id) return std::nullopt;
        return AuditEntry{kNow + hours{1}, "backorderd", "retry", "message", "after a crash"};
    });
    EXPECT_EQ(asked, 2);
    EXPECT_EQ(messageOf(again.message_id).state, MessageState::Ready);
    EXPECT_EQ(messageOf(again.message_id).unknown_outcomes, 1);
    EXPECT_EQ(noticeOf(again.notice_id).state, NoticeState::Bundled);
    EXPECT_EQ(messageOf(never.message_id).state, MessageState::Unknown);
}

TEST_P(StoreContract, WhatIsToBeSaidOfARescueIsKeptWithIt) {
    const auto never = onWire("8");
    const std::vector<Annotation> notes{note("k1")};
    reopen();
    store().rescue(kNow + hours{1}, {}, notes);
    reopen();
    EXPECT_EQ(messageOf(never.message_id).state, MessageState::Unknown);
    EXPECT_EQ(store().annotationsDue(kNow + hours{1}, 10).size(), 1u);
}

TEST_P(StoreContract, AMessageAndWhatIsNotedOfItAreOneWrite) {
    auto first = message("m1", {});
    store().freezeNoting(first, "called", "today");
    reopen();
    EXPECT_EQ(messageOf(first.id).state, MessageState::Ready);
    EXPECT_EQ(store().meta("called"), "today");
    auto again = message("m1", {});
    EXPECT_THROW(store().freezeNoting(again, "called", "tomorrow"), std::logic_error);
    EXPECT_EQ(store().meta("called"), "today") << "nothing was frozen";
}

TEST_P(StoreContract, AnOperatorRetriesAndDrops) {
    const AuditEntry why{kNow, "eva", "retry", "message", "asked by phone"};
    const auto it = onWire("8");
    EXPECT_FALSE(store().retryMessage(it.message_id, why)) << "it is under way";
    EXPECT_FALSE(store().dropMessage(it.message_id, why)) << "it is under way";
    settle(outcome(it.message_id, MessageState::Refused, "full"));
    EXPECT_TRUE(store().retryMessage(it.message_id, why));
    EXPECT_EQ(messageOf(it.message_id).state, MessageState::Ready);
    EXPECT_EQ(noticeOf(it.notice_id).state, NoticeState::Bundled);
    EXPECT_FALSE(store().retryMessage(it.message_id, why)) << "it is ready already";
    EXPECT_TRUE(store().dropMessage(it.message_id, why));
    EXPECT_EQ(noticeOf(it.notice_id).state, NoticeState::Dropped);
    EXPECT_FALSE(store().dropMessage(it.message_id, why));
    EXPECT_EQ(store().auditTrail(10).size(), 2u);

    const auto sent = onWire("9");
    settle(outcome(sent.message_id, MessageState::Sent));
    EXPECT_FALSE(store().dropMessage(sent.message_id, why));
    EXPECT_FALSE(store().retryMessage(sent.message_id, why));
    EXPECT_FALSE(store().dropMessage(4711, why));

    const auto planned = plan(sent.case_id, notice("status/1"));
    EXPECT_TRUE(store().dropNotice(planned, why));
    EXPECT_EQ(noticeOf(planned).state, NoticeState::Dropped);
    EXPECT_FALSE(store().dropNotice(planned, why));
    EXPECT_FALSE(store().dropNotice(sent.notice_id, why));
}

TEST_P(StoreContract, CountsAndListsTheQueue) {
    const auto sent = onWire("8");
    settle(outcome(sent.message_id, MessageState::Sent));
    const auto ready = frozen("9");
    plan(ready.case_id, notice("status/1"));
    const auto counts = store().counts();
    using N = std::pair<NoticeState, std::int64_t>;
    using M = std::pair<MessageState, std::int64_t>;
    EXPECT_EQ(counts.notices,
              (std::vector<N>{
                  {NoticeState::Bundled, 1}, {NoticeState::Planned, 1}, {NoticeState::Sent, 1}}));
    EXPECT_EQ(counts.messages, (std::vector<M>{{MessageState::Ready, 1}, {MessageState::Sent, 1}}));
    EXPECT_EQ(store().listMessages({}), (Ids{ready.message_id, sent.message_id}));
    EXPECT_EQ(messagesWith([&](auto& filter) { filter.state = MessageState::Sent; }),
              Ids{sent.message_id});
    EXPECT_EQ(messagesWith([&](auto& filter) { filter.recipient = "x@example.com"; }), Ids{});
    EXPECT_EQ(messagesWith([&](auto& filter) {
                  filter.recipient = "erika@example.com";
                  filter.limit = 1;
              }),
              Ids{ready.message_id});
    EXPECT_EQ(store().listPlanned(10).size(), 1u);
}

TEST_P(StoreContract, NotesToTheErpAreWrittenOnce) {
    const std::vector<Annotation> notes{note("k1"), note("k2")};
    store().settle({}, kNow, notes);
    store().settle({}, kNow + hours{1}, {notes.data(), 1});
    EXPECT_EQ(store().nextAnnotationDue(), kNow);
    const auto due = store().annotationsDue(kNow, 10);
    ASSERT_EQ(due.size(), 2u);
    EXPECT_EQ(due[0].marker, "k1");
    EXPECT_EQ(due[0].attempts, 0);

    store().settleAnnotation(due[0].id, "", std::nullopt);
    store().settleAnnotation(due[1].id, "server down", kNow + hours{2});
    EXPECT_TRUE(store().annotationsDue(kNow + hours{1}, 10).empty());
    EXPECT_EQ(store().nextAnnotationDue(), kNow + hours{2});
    const auto again = store().annotationsDue(kNow + hours{2}, 10);
    ASSERT_EQ(again.size(), 1u);
    EXPECT_EQ(again[0].attempts, 1);
    store().settleAnnotation(again[0].id, "no such order", std::nullopt);
    EXPECT_EQ(store().nextAnnotationDue(), std::nullopt);
    EXPECT_THROW(store().settleAnnotation(again[0].id, "", std::nullopt), std::logic_error);
}

}  // namespace backorderd::store

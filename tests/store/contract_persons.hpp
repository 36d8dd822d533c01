#pragma once

#include "contract.hpp"

namespace backorderd::store {

inline AuditEntry forgetting() { return {kNow, "dpo", "forget", "a customer", "request 17"}; }

TEST_P(StoreContract, DocumentsOfEndedMessagesAreRemovedWhenTheyAreOld) {
    const auto sent = onWire("1");
    settle(outcome(sent.message_id, MessageState::Sent));
    const auto waits = frozen("2");
    EXPECT_EQ(store().removeDocuments(kNow - hours{1}, 10), 0) << "it is younger";
    EXPECT_EQ(store().removeDocuments(kNow, 10), 1);
    EXPECT_EQ(store().removeDocuments(kNow, 10), 0);
    reopen();
    EXPECT_EQ(messageOf(sent.message_id).document, "");
    EXPECT_EQ(messageOf(sent.message_id).recipient.address, "erika@example.com");
    EXPECT_NE(messageOf(waits.message_id).document, "") << "it still has to be sent";
}

TEST_P(StoreContract, PersonsLeaveAClosedCaseAndItsMessages) {
    const auto it = onWire("1");
    settle(outcome(it.message_id, MessageState::Sent, "told erika@example.com"));
    auto change = changing(it.case_id);
    change.new_events = {{2, kNow, Responded{"call_me", "", "ring Erika", "anna"}},
                         {3, kNow, Cancelled{Decimal{10}}}};
    change.after.closed_at = kNow;
    commit(change);
    const auto open_case = open("2");

    EXPECT_EQ(store().removePersons(kNow - hours{1}, 10, kNow), 0);
    EXPECT_EQ(store().removePersons(kNow, 10, kNow), 1);
    EXPECT_EQ(store().removePersons(kNow, 10, kNow), 0) << "once is enough";
    store().tidy();
    reopen();
    const auto subject = one(it.case_id);
    EXPECT_EQ(subject.line.contact, Contact{});
    EXPECT_EQ(subject.line.customer.name, "");
    EXPECT_EQ(subject.line.customer.id, "C1");
    EXPECT_EQ(std::get<Responded>(subject.events.at(1).event).text, "");
    EXPECT_EQ(std::get<Responded>(subject.events.at(1).event).answer, "call_me");
    EXPECT_EQ(subject.notices.front().recipient.address, "(removed)");
    const auto message = messageOf(it.message_id);
    EXPECT_EQ(message.recipient.address, "(removed)");
    EXPECT_EQ(message.subject + message.document + message.state_reason, "");
    EXPECT_EQ(one(open_case).line.contact.email, "erika@example.com");
}

TEST_P(StoreContract, AMessageKeepsItsRecipientUntilItsLastLineIsDue) {
    const auto first = open("1"), second = open("2");
    const auto a = plan(first, notice("opened")), b = plan(second, notice("opened"));
    const auto digest = freeze(message("digest", {a, b}));
    store().claimReady("mail", kNow, 10);
    store().settleAndMark({}, {}, {&digest, 1}, kNow);
    settle(outcome(digest, MessageState::Sent));
    const auto close = [&](CaseId id) {
        auto change = changing(id);
        change.after.closed_at = kNow;
        commit(change);
        EXPECT_EQ(store().removePersons(kNow, 10, kNow), 1);
    };
    close(first);
    EXPECT_EQ(messageOf(digest).recipient.address, "erika@example.com");
    close(second);
    EXPECT_EQ(messageOf(digest).recipient.address, "(removed)");
}

TEST_P(StoreContract, AForgottenCustomerIsNowhere) {
    const auto it = frozen("1");
    auto change = changing(it.case_id);
    change.after.closed_at = kNow;
    commit(change);
    EXPECT_EQ(store().removeCustomer({&it.case_id, 1}, kNow), std::vector<CaseId>{});
    const std::vector<std::string> words{"erika@example.com"};
    store().audit({kNow, "anna", "queue drop", "1", "told erika@example.com"});
    store().removeFromTrail(words, forgetting());
    store().compact();
    reopen();
    EXPECT_EQ(one(it.case_id).line.customer.id, "(removed)");
    EXPECT_EQ(messageOf(it.message_id).state, MessageState::Dropped);
    EXPECT_EQ(noticeOf(it.notice_id).state, NoticeState::Dropped);
    EXPECT_TRUE(casesWith([](CaseFilter& filter) {
                    filter.customer = "C1";
                    filter.include_closed = true;
                }).empty());
    const auto trail = store().auditTrail(2);
    EXPECT_EQ(trail.at(0).action, "forget");
    EXPECT_EQ(trail.at(1).reason, "told (removed)");
}

TEST_P(StoreContract, AMessageThatIsLeavingKeepsItsCaseFromBeingForgotten) {
    const auto it = onWire("1");
    auto change = changing(it.case_id);
    change.after.closed_at = kNow;
    commit(change);
    EXPECT_EQ(store().removeCustomer({&it.case_id, 1}, kNow), std::vector{it.case_id});
    EXPECT_EQ(one(it.case_id).line.customer.id, "C1");
}

}  // namespace backorderd::store

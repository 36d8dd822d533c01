#pragma once

#include "contract.hpp"

namespace backorderd::store {

inline AuditEntry guardWhy(const std::string& action) {
    return {kNow + minutes{5}, "anna", action, "it", "because"};
}

TEST_P(StoreContract, WhatIsDueIsCountedByMessage) {
    const auto id = open("8");
    auto digest = notice("a");
    digest.digest_key = "email:erika";
    auto second = digest;
    second.key = "b";
    auto later = notice("c");
    later.ready_at = later.due_at = kNow + hours{1};
    plan(id, digest), plan(id, second), plan(id, notice("d")), plan(id, later);
    EXPECT_EQ(store().countDue(kNow, kBlastRadius, 10), 2);
    EXPECT_EQ(store().countDue(kNow, kBlastRadius, 1), 1);
    EXPECT_EQ(store().countDue(kNow + hours{1}, kBlastRadius, 10), 3);
}

TEST_P(StoreContract, WhatIsHeldWaitsForApprovalAndIsNotHeldAgain) {
    const auto id = open("8");
    const auto held = plan(id, notice("a"));
    auto later = notice("b");
    later.ready_at = later.due_at = kNow + hours{1};
    const auto free = plan(id, later);
    EXPECT_EQ(store().holdDue(kNow, kBlastRadius, "too many"), 1);
    reopen();
    EXPECT_EQ(noticeOf(held).state, NoticeState::Held);
    EXPECT_EQ(noticeOf(held).guard, kBlastRadius);
    EXPECT_EQ(noticeOf(held).state_reason, "too many");
    EXPECT_EQ(noticeOf(free).state, NoticeState::Planned);
    EXPECT_TRUE(store().dueGroups(kNow, 10).empty());
    ASSERT_EQ(store().heldNotices("", 10).size(), 1u);
    EXPECT_EQ(store().heldNotices(kBlastRadius, 10).size(), 1u);
    EXPECT_TRUE(store().heldNotices("other", 10).empty());
    EXPECT_TRUE(store().heldNotices("", 10, held).empty()) << "none is behind it";
    EXPECT_EQ(store().heldNotices(kBlastRadius, 10, held - 1).size(), 1u);

    const std::vector<NoticeId> both{held, free};
    EXPECT_EQ(store().approve(both, guardWhy("approve")), 1);
    EXPECT_EQ(noticeOf(held).state, NoticeState::Planned);
    EXPECT_EQ(noticeOf(held).approved, kBlastRadius);
    EXPECT_EQ(store().approve(both, guardWhy("approve")), 0) << "nothing is held any more";
    EXPECT_EQ(store().auditTrail(10).size(), 1u);
    EXPECT_EQ(one(id).look_again, kNow + minutes{5});
    EXPECT_EQ(store().countDue(kNow, kBlastRadius, 10), 0);
    EXPECT_EQ(store().holdDue(kNow, kBlastRadius, "too many"), 0);
    EXPECT_EQ(store().dueGroups(kNow, 10).size(), 1u);
}

TEST_P(StoreContract, ApprovedMessagesCountNoMore) {
    const auto id = open("8");
    const auto a = plan(id, notice("a"));
    store().holdDue(kNow, kBlastRadius, "too many");
    store().approve(std::vector{a}, guardWhy("approve"));
    freeze(message("m1", {a}));
    EXPECT_EQ(store().countFrozen(kNow, kBlastRadius), 0);
    EXPECT_EQ(store().countFrozen(kNow, "another"), 1);
    freeze(message("m2", {plan(id, notice("b"))}));
    EXPECT_EQ(store().countFrozen(kNow, kBlastRadius), 1);
    EXPECT_EQ(store().countFrozen(kNow + minutes{1}, kBlastRadius), 0);
}

TEST_P(StoreContract, ASilenceEndsOnceAndIsToldOnce) {
    Silence silence;
    silence.matchers = {"customer.id=C1", "item.id~PX-*"};
    silence.author = "anna";
    silence.reason = "moving house";
    silence.starts_at = kNow;
    silence.ends_at = kNow + hours{2};
    silence.id = store().addSilence(silence, guardWhy("add"));
    reopen();
    ASSERT_EQ(store().silences(kNow).size(), 1u);
    EXPECT_EQ(store().silences(kNow).front(), silence);
    EXPECT_TRUE(store().silences(kNow + hours{2}).empty());
    EXPECT_TRUE(store().silencesEnded(kNow).empty());

    EXPECT_TRUE(store().endSilence(silence.id, guardWhy("expire")));
    EXPECT_FALSE(store().endSilence(silence.id, guardWhy("expire"))) << "it has ended";
    EXPECT_FALSE(store().endSilence(99, guardWhy("expire")));
    ASSERT_EQ(store().silencesEnded(kNow + minutes{5}).size(), 1u);
    store().silenceEndTold(silence.id);
    EXPECT_TRUE(store().silencesEnded(kNow + hours{3}).empty());
    EXPECT_EQ(store().silences({}).front().ends_at, kNow + minutes{5});
}

TEST_P(StoreContract, WhatAGuardPutOffCanBeMadeDue) {
    const auto id = open("8");
    auto silenced = notice("a");
    silenced.ready_at = silenced.due_at = kNow + hours{5};
    silenced.guard = "silence/1";
    const auto a = plan(id, silenced);
    silenced.key = "b";
    silenced.guard = "silence/2";
    const auto b = plan(id, silenced);
    EXPECT_EQ(store().makePostponedDue("silence/1", kNow), 1);
    EXPECT_EQ(noticeOf(a).due_at, kNow);
    EXPECT_EQ(noticeOf(b).due_at, kNow + hours{5});
}

TEST_P(StoreContract, SuppressionsAreFoundByAddressAndDomain) {
    const Suppression domain{Channel::Email,
                             "@example.com",
                             SuppressionKind::Optional,
                             "asked us",
                             "operator",
                             "anna",
                             kNow};
    auto person = domain;
    person.address = "Erika@Example.com";
    person.kind = SuppressionKind::All;
    const std::vector<Suppression> both{domain, person};
    store().suppress(both, guardWhy("suppress"));
    reopen();
    const auto of = [&](const std::string& address, Channel channel = Channel::Email) {
        return store().suppressionOf({channel, address, "", "", ""});
    };
    EXPECT_EQ(of("ERIKA@example.com")->kind, SuppressionKind::All);
    EXPECT_EQ(of("max@example.com"), domain);
    EXPECT_FALSE(of("max@sub.example.com"));
    EXPECT_FALSE(of("erika@example.com", Channel::Sms));
    EXPECT_EQ(store().suppressions().size(), 2u);
    EXPECT_TRUE(store().unsuppress(Channel::Email, "ERIKA@example.com", guardWhy("lift")));
    EXPECT_FALSE(store().unsuppress(Channel::Email, "ERIKA@example.com", guardWhy("lift")));
    EXPECT_EQ(of("erika@example.com"), domain);
}

TEST_P(StoreContract, ARecipientThatDoesNotExistIsSuppressedWithTheOutcome) {
    const auto it = onWire("8");
    auto refused = outcome(it.message_id, MessageState::Refused, "refused");
    refused.reply = "550 5.1.1 no such user";
    refused.address_invalid = true;
    store().settle({&refused, 1}, kNow, {});
    const auto found = store().suppressionOf({Channel::Email, "erika@example.com", "", "", ""});
    ASSERT_TRUE(found);
    EXPECT_EQ(found->kind, SuppressionKind::All);
    EXPECT_EQ(found->source, "refused");
    EXPECT_EQ(found->reason, "550 5.1.1 no such user");
    EXPECT_EQ(noticeOf(it.notice_id).state, NoticeState::Refused);
}

}  // namespace backorderd::store

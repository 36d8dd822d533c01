#pragma once

#include "contract.hpp"

namespace backorderd::store {

TEST_P(StoreContract, KeepsACaseWithItsLog) {
    auto change = opening(line("8"), 0xFFFF'FFFF'FFFF'FFFFu);
    change.after.adopted = true;
    change.after.look_again = kNow + hours{1};
    change.new_events.push_back({2, kNow + minutes{1}, PromiseMoved{Promise::on(kDay), {}}});
    change.new_notices = {notice("promise_changed/2"), notice("no_contact/1", "")};
    change.new_notices[1].expires_at.reset();
    change.new_notices[1].facts.promise = {};
    store().commit({&change, 1});
    ASSERT_NE(change.after.id, 0);
    reopen();

    const auto stored = one(change.after.id);
    EXPECT_EQ(stored.line, change.after.line);
    EXPECT_EQ(stored.opened_at, kNow);
    EXPECT_TRUE(stored.adopted);
    EXPECT_EQ(stored.closed_at, std::nullopt);
    EXPECT_EQ(stored.look_again, kNow + hours{1});
    EXPECT_EQ(stored.events, change.new_events);
    EXPECT_EQ(stored.notices, change.new_notices);
    EXPECT_EQ(known(), (std::vector<Known>{{"8", change.after.id, 0xFFFF'FFFF'FFFF'FFFFu, false}}));
}

TEST_P(StoreContract, AChangedLineReplacesItsStoredForm) {
    const auto id = open("8");
    auto change = changing(id);
    change.after.line.customer.id = "C2";
    change.after.line.ordered = Decimal{12};
    change.after.missing_since = kNow;
    change.fingerprint = 7;
    change.new_events = {{2, kNow, QuantityChanged{Decimal{10}, Decimal{12}}}};
    commit(change);
    EXPECT_EQ(one(id).line.ordered, Decimal{12});
    EXPECT_EQ(one(id).events.size(), 2u);
    EXPECT_EQ(casesWith([&](auto& filter) { filter.customer = "C2"; }), Ids{id});
    EXPECT_TRUE(casesWith([&](auto& filter) { filter.customer = "C1"; }).empty());
    EXPECT_EQ(known(), (std::vector<Known>{{"8", id, 7, true}}));
}

TEST_P(StoreContract, ALineThatWasNotReadAnewStaysAsItIs) {
    const auto id = open("8");
    auto change = changing(id);
    change.after.line.ordered = Decimal{99};
    change.after.look_again = kNow + hours{3};
    commit(change);
    EXPECT_EQ(one(id).line.ordered, Decimal{10});
    EXPECT_EQ(one(id).look_again, kNow + hours{3});
    EXPECT_EQ(known(), (std::vector<Known>{{"8", id, 1, false}}));
    // It may still go missing, and close.
    change.after.missing_since = kNow;
    commit(change);
    EXPECT_EQ(known(), (std::vector<Known>{{"8", id, 1, true}}));
    change.after.closed_at = kNow;
    commit(change);
    EXPECT_TRUE(known().empty());
}

TEST_P(StoreContract, AReopenedLineGetsANewCase) {
    const auto first = open("8");
    auto closing = changing(first);
    closing.after.closed_at = kNow;
    closing.fingerprint = 2;
    commit(closing);
    EXPECT_TRUE(known().empty());
    EXPECT_EQ(store().caseOfLine("erp", "8"), first);

    const auto second = commit(opening(line("8"), 3));
    EXPECT_EQ(store().caseOfLine("erp", "8"), second);
    EXPECT_EQ(known(), (std::vector<Known>{{"8", second, 3, false}}));
    // The old case can still be looked at; the line stays with the new one.
    auto late = changing(first);
    late.after.look_again.reset();
    late.after.missing_since = kNow;
    late.fingerprint = 9;
    commit(late);
    EXPECT_EQ(known(), (std::vector<Known>{{"8", second, 3, false}}));
    EXPECT_EQ(store().findCases("8"), (Ids{second, first}));
}

TEST_P(StoreContract, ARenumberedLineKeepsItsCase) {
    const auto id = open("8");
    auto change = changing(id);
    change.after.line.key.id = "9";
    change.fingerprint = 5;
    change.new_events = {{2, kNow, Renumbered{"8", "9"}}};
    commit(change);
    EXPECT_EQ(known(), (std::vector<Known>{{"9", id, 5, false}}));
    EXPECT_EQ(store().caseOfLine("erp", "8"), std::nullopt);
    EXPECT_EQ(one(id).line.key.id, "9");
}

TEST_P(StoreContract, LinesMayBeRenumberedInAChain) {
    const auto a = open("8"), b = open("9");
    CaseChange changes[] = {changing(a), changing(b)};
    changes[0].after.line.key.id = "9";
    changes[0].fingerprint = 5;
    changes[1].after.line.key.id = "10";
    changes[1].fingerprint = 6;
    store().commit(changes);
    EXPECT_EQ(store().caseOfLine("erp", "8"), std::nullopt);
    EXPECT_EQ(store().caseOfLine("erp", "9"), a);
    EXPECT_EQ(store().caseOfLine("erp", "10"), b);
}

TEST_P(StoreContract, CommitIsAllOrNothing) {
    const auto id = open("8");
    CaseChange changes[] = {opening(line("9")), changing(id)};
    changes[1].new_events = {{1, kNow, Vanished{}}};  // the case has an event 1 already
    EXPECT_THROW(store().commit(changes), std::logic_error);
    reopen();
    EXPECT_EQ(known().size(), 1u);
    EXPECT_EQ(one(id).events.size(), 1u);
}

TEST_P(StoreContract, OurOwnBugsAreTold) {
    const auto id = open("8");
    const CaseId nobody = 4711;
    EXPECT_THROW(store().cases({&nobody, 1}), std::logic_error);
    auto twice = changing(id);
    twice.new_notices = {notice("opened"), notice("opened")};
    EXPECT_THROW(commit(twice), std::logic_error);
    auto unread = opening(line("9"));
    unread.fingerprint.reset();
    EXPECT_THROW(commit(unread), std::logic_error);
}

TEST_P(StoreContract, FindsCasesThatAPersonMayMean) {
    const auto a = open("8"), b = open("9");
    const auto other = commit(opening(line("10", "200")));
    auto slashed = line("11", "2026/7");
    const auto c = commit(opening(slashed));
    EXPECT_EQ(store().findCases("8"), Ids{a});
    EXPECT_EQ(store().findCases("SO100"), (Ids{a, b}));
    EXPECT_EQ(store().findCases("SO100/9"), Ids{b});
    EXPECT_EQ(store().findCases("SO2026/7"), Ids{c});
    EXPECT_EQ(store().findCases("SO2026/7/11"), Ids{c});
    EXPECT_EQ(store().findCases("SO200"), Ids{other});
    for (const auto* nothing : {"", "/", "SO1", "SO100/", "/9"})
        EXPECT_TRUE(store().findCases(nothing).empty()) << nothing;
}

TEST_P(StoreContract, ListsCasesByWhatIsAsked) {
    const auto a = open("8"), b = open("9");
    auto change = opening(line("10", "200"));
    change.after.line.item.id = "PX-200";
    change.after.line.customer.id = "C2";
    const auto c = commit(change);
    auto closing = changing(b);
    closing.after.closed_at = kNow;
    commit(closing);

    EXPECT_EQ(store().listCases({}), (Ids{a, c}));
    EXPECT_EQ(casesWith([&](auto& filter) { filter.include_closed = true; }), (Ids{a, b, c}));
    EXPECT_EQ(casesWith([&](auto& filter) {
                  filter.source = "erp";
                  filter.order = "SO100";
              }),
              Ids{a});
    EXPECT_EQ(casesWith([&](auto& filter) { filter.source = "other"; }), Ids{});
    EXPECT_EQ(casesWith([&](auto& filter) { filter.customer = "C2"; }), Ids{c});
    EXPECT_EQ(casesWith([&](auto& filter) { filter.item = "PX-200"; }), Ids{c});
    EXPECT_EQ(casesWith([&](auto& filter) {
                  filter.include_closed = true;
                  filter.limit = 2;
              }),
              (Ids{a, b}));
    EXPECT_EQ(casesWith([&](auto& filter) {
                  filter.include_closed = true;
                  filter.limit = 2;
                  filter.after = b;
              }),
              Ids{c});
    EXPECT_EQ(store().openCasesOf("erp", "SO100", "PX-100"), Ids{a});
    EXPECT_EQ(store().openCasesOf("erp", "SO100", "PX-200"), Ids{});
    EXPECT_EQ(store().openCasesOf("other", "SO100", "PX-100"), Ids{});
}

TEST_P(StoreContract, CasesComeDueOldestFirst) {
    const auto a = open("8"), b = open("9"), c = open("10"), d = open("11");
    for (const auto& [id, at] : {std::pair{a, 3}, {b, 1}, {c, 9}}) {
        auto change = changing(id);
        change.after.look_again = kNow + hours{at};
        commit(change);
    }
    EXPECT_EQ(store().nextLookAgain(), kNow + hours{1});
    EXPECT_TRUE(store().casesDue(kNow, 10).empty());
    EXPECT_EQ(store().casesDue(kNow + hours{3}, 10), (Ids{b, a}));
    EXPECT_EQ(store().casesDue(kNow + hours{3}, 1), Ids{b});
    auto settled = changing(b);
    settled.after.look_again.reset();
    commit(settled);
    EXPECT_EQ(store().casesDue(kNow + hours{3}, 10), Ids{a});
    EXPECT_EQ(one(d).look_again, std::nullopt);
}

TEST_P(StoreContract, ALookAtAllReachesEachOpenCaseOnce) {
    Ids all;
    for (int i = 0; i < 10; ++i) all.push_back(open(std::to_string(100 + i)));
    auto closing = changing(all[4]);
    closing.after.closed_at = kNow;
    commit(closing);
    auto due = changing(all[7]);
    due.after.look_again = kNow;
    commit(due);
    store().lookAtAllAgain(kNow);
    EXPECT_EQ(store().nextLookAgain(), kNow);
    EXPECT_TRUE(store().casesDue(kNow - minutes{1}, 100).empty());
    const auto late = open("200");  // evaluated under the new rules when it was made

    Ids seen;
    for (int rounds = 0; rounds < 20; ++rounds) {
        const auto slice = store().casesDue(kNow, 3);
        if (slice.empty()) break;
        EXPECT_EQ(store().casesDue(kNow, 3), slice) << "nothing is lost before it is committed";
        std::vector<CaseChange> changes;
        for (const auto id : slice) {
            changes.push_back(changing(id));
            changes.back().after.look_again = kNow + hours{24};
            seen.push_back(id);
        }
        store().commit(changes);
        if (rounds == 1) reopen();
    }
    std::sort(seen.begin(), seen.end());
    seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
    EXPECT_EQ(seen, (Ids{all[0], all[1], all[2], all[3], all[5], all[6], all[7], all[8], all[9]}));
    EXPECT_EQ(store().nextLookAgain(), kNow + hours{24});
    EXPECT_EQ(one(late).look_again, std::nullopt);
}

TEST_P(StoreContract, ALookAtAllEndsWithTheLastOpenCase) {
    const auto a = open("8"), b = open("9");
    store().lookAtAllAgain(kNow);
    // Out of order: the walk may show it again, but it must not be kept from ending.
    commit(changing(b));
    EXPECT_EQ(store().casesDue(kNow, 10), (Ids{a, b}));
    CaseChange changes[] = {changing(a), changing(b)};
    for (auto& change : changes) change.after.closed_at = kNow;
    store().commit(changes);
    EXPECT_TRUE(store().casesDue(kNow, 10).empty());
    EXPECT_EQ(store().nextLookAgain(), std::nullopt);
    store().lookAtAllAgain(kNow);
    EXPECT_EQ(store().nextLookAgain(), std::nullopt) << "nothing is open";
}

TEST_P(StoreContract, KeepsWhatIsKnownOfASource) {
    EXPECT_FALSE(store().source("erp").baseline_done);
    EXPECT_EQ(store().source("erp").name, "erp");
    store().saveSource({"erp", true, kNow, kNow + minutes{1}, "read 3 lines",
                        "2026-03-02 08:59:12.5", kNow - minutes{9}});
    reopen();
    const auto state = store().source("erp");
    EXPECT_TRUE(state.baseline_done);
    EXPECT_EQ(state.last_good_at, kNow);
    EXPECT_EQ(state.last_poll_at, kNow + minutes{1});
    EXPECT_EQ(state.last_result, "read 3 lines");
    EXPECT_EQ(state.bookmark, "2026-03-02 08:59:12.5");
    EXPECT_EQ(state.last_full_at, kNow - minutes{9});
}

TEST_P(StoreContract, SourcesAreKeptApart) {
    auto here = opening(line("8"));
    auto there = opening(line("8"));
    there.after.line.key.source = "other";
    const auto a = commit(here), b = commit(there);
    EXPECT_EQ(store().caseOfLine("erp", "8"), a);
    EXPECT_EQ(store().caseOfLine("other", "8"), b);
    EXPECT_EQ(one(b).line.key.source, "other");
    EXPECT_EQ(known().size(), 1u);
    EXPECT_EQ(store().findCases("8"), (Ids{a, b}));
}

TEST_P(StoreContract, KeepsFactsAndTheAuditTrail) {
    EXPECT_EQ(store().meta("rules"), "");
    store().setMeta("rules", "abc");
    store().setMeta("rules", "def");
    const auto it = frozen("8");
    ASSERT_TRUE(store().dropMessage(it.message_id, {kNow, "eva", "drop", "message 1", "typo"}));
    store().audit({kNow + minutes{1}, "backorderd", "reload", "rules", "2 files"});
    reopen();
    EXPECT_EQ(store().meta("rules"), "def");
    const auto trail = store().auditTrail(10);
    ASSERT_EQ(trail.size(), 2u) << "the newest first";
    EXPECT_EQ(trail[0].at, kNow + minutes{1});
    EXPECT_EQ(trail[0].actor, "backorderd");
    EXPECT_EQ(trail[0].action, "reload");
    EXPECT_EQ(trail[0].subject, "rules");
    EXPECT_EQ(trail[0].reason, "2 files");
    EXPECT_EQ(trail[1].actor, "eva");
    EXPECT_EQ(trail[1].reason, "typo");
    EXPECT_EQ(store().auditTrail(1).size(), 1u);
}

}  // namespace backorderd::store

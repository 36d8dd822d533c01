#include <gmock/gmock.h>

#include <random>

#include "rules/cadence_samples.hpp"
#include "rules/goods_samples.hpp"

namespace backorderd::rules_test {
namespace offer_timeline_test {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::Not;

/// The line opens on Monday 2 March, 9:00 in Vienna, and has waited five business days a week
/// later. Whenever it may be offered something, `goods` are shared out, as the daemon does after a
/// poll.
struct OfferTimeline : ::testing::Test {
    OfferTimeline() {
        auto age = test("age");
        age.min_age = period("5bd");
        substitution.match = condition({age});
        removeMessage(policy, Topic::Status);
    }

    Timeline make() {
        auto rules = rulesOf({policy});
        rules.substitution = {substitution};
        auto subject = caseNumbered(7);
        subject.line.promise = {};
        return Timeline{std::move(rules), std::move(subject)};
    }
    /// Shares out at `when` and lets the line look again.
    void shareOutAt(Timeline& line, Timestamp when) {
        line.change(when, [this](Timeline& its) {
            const auto decision = its.look();
            if (!decision.offer_wish) return;
            const rules::OfferWish wish{&its.subject, decision.offer_wish};
            rules::OfferRound round{its.rules, std::span{&wish, 1}, goods, {}, its.now};
            for (const auto& [id, made] : round.serve(1)) its.record(made, {});
        });
    }
    void recheckAt(Timeline& line, Timestamp when) {
        line.change(when, [this](Timeline& its) {
            if (const auto withdrawn = rules::recheckOffer(its.subject, goods, {}, its.now))
                its.record(*withdrawn, {});
        });
    }
    static void answerAt(Timeline& line, Timestamp when, std::string_view item) {
        line.event(when, OfferAnswered{2, std::string{item}, "Ann", ""});
    }
    static std::string withheldOffer(const Timeline& line) {
        const auto decision = line.look();
        const auto* const entry = withheld(decision, Topic::Offer);
        if (decision.offer_wish || !entry) return decision.offer_wish ? "wish" : "nothing";
        return fmt::format("{}: {}", withheldReasonName(entry->reason), entry->detail);
    }

    CadencePolicy policy = plainPolicy();
    SubstitutionRule substitution = plainSubstitution();
    Goods goods = plainGoods();
    std::vector<StockLevel> gone;  ///< stock that is not there for now
    const Timestamp due = at("2026-03-09T08:00:00Z");
};

TEST_F(OfferTimeline, ALineWantsAnOfferWhenTheRuleMatchesAndIsLookedAtThen) {
    auto line = make();
    line.run(due - std::chrono::minutes{1});
    EXPECT_EQ(line.look().offer_wish, nullptr);
    EXPECT_EQ(line.look().look_again, due);
    line.run(due);
    ASSERT_NE(line.look().offer_wish, nullptr);
    EXPECT_EQ(line.look().offer_wish->name, "same family");
    EXPECT_EQ(line.look(rules::Detail::Brief).offer_wish, line.look().offer_wish);
}

TEST_F(OfferTimeline, AnOfferIsToldAndExpiresUnanswered) {
    auto line = make();
    shareOutAt(line, due);
    EXPECT_THAT(line.run(at("2026-03-31T00:00:00Z")),
                ElementsAre("2026-03-02T08:00:00Z opened a@example.com",
                            "2026-03-09T08:00:00Z offer/2 a@example.com"));
    const auto& notice = line.subject.notices.at(1);
    EXPECT_EQ(notice.template_name, "substitute-offer");
    EXPECT_EQ(notice.rule, "standard");
    EXPECT_EQ(notice.reason, "Other items may be had instead by the rule 'same family'.");
    EXPECT_EQ(notice.expires_at, at("2026-03-11T08:00:00Z"));
    EXPECT_EQ(line.subject.events.at(2).event, Event{OfferExpired{2}});
    EXPECT_EQ(line.subject.events.at(2).at, at("2026-03-16T08:00:00Z"));
}

TEST_F(OfferTimeline, AnOfferLeavesThroughTheCustomersWindowAndDigest) {
    policy.digest = {DigestRule::By::Customer, period("30m"), "digest"};
    policy.send_window = SendWindow{{9 * 60, 12 * 60}, true, {}, true};
    auto line = make();
    shareOutAt(line, due);
    line.run(due);
    const auto& notice = line.subject.notices.at(1);
    EXPECT_EQ(notice.due_at, due + std::chrono::minutes{30});
    EXPECT_EQ(notice.digest_key, "customer:erp/C7|email|a@example.com|standard");
}

TEST_F(OfferTimeline, NoUnitIsHeldWhileTheWindowIsShut) {
    policy.send_window = SendWindow{{10 * 60, 12 * 60}, true, {}, true};
    auto line = make();
    line.run(due);
    EXPECT_EQ(withheldOffer(line), "outside_window: The send window is shut.");
    EXPECT_EQ(line.look().look_again, at("2026-03-09T09:00:00Z"));
    line.run(at("2026-03-09T09:00:00Z"));
    EXPECT_EQ(withheldOffer(line), "wish");
}

TEST_F(OfferTimeline, AnOfferSparesTheStatusOfTheDay) {
    policy = plainPolicy();
    auto line = make();
    shareOutAt(line, due);
    EXPECT_THAT(line.run(at("2026-03-16T07:59:00Z")),
                ElementsAre("2026-03-02T08:00:00Z opened a@example.com",
                            "2026-03-09T08:00:00Z offer/2 a@example.com"));
}

TEST_F(OfferTimeline, TheFirstMessageComesFirst) {
    policy.grace = period("8d");
    auto line = make();
    line.run(due);
    EXPECT_EQ(withheldOffer(line), "pending_first: The first message has not left yet.");
    line.run(at("2026-03-10T08:00:00Z"));
    EXPECT_EQ(withheldOffer(line), "wish");
}

TEST_F(OfferTimeline, NobodyIsOfferedAnythingWhoCannotBeTold) {
    auto line = make();
    line.run(due);
    line.subject.line.contact.email.clear();
    EXPECT_EQ(withheldOffer(line),
              "no_contact: The contact cannot be reached on any of the policy's channels.");
    line.rules.cadence.clear();
    EXPECT_EQ(withheldOffer(line), "not_configured: No cadence policy matches the line.");
    line.rules = make().rules;
    line.subject.line.contact.email = "a@example.com";
    line.subject.line.allocated = Decimal{10};
    EXPECT_EQ(withheldOffer(line), "not_true_any_more: All that is open is reserved for the line.");
    line.subject.line.allocated.reset();
    line.subject.missing_since = due;
    EXPECT_EQ(withheldOffer(line),
              "missing: The last snapshot did not have the line, or not readably.");
}

TEST_F(OfferTimeline, OneOfferAtATime) {
    auto line = make();
    shareOutAt(line, due);
    line.run(due);
    EXPECT_EQ(withheldOffer(line).substr(0, 12), "already_told");
    EXPECT_EQ(line.look().offer_wish, nullptr);
    line.run(at("2026-03-17T08:00:00Z"));
    EXPECT_EQ(withheldOffer(line), "offer_open: The rule makes one offer only.");
}

TEST_F(OfferTimeline, AnotherIsMadeAfterAgainAfter) {
    substitution.again_after = period("2w");
    auto line = make();
    shareOutAt(line, due);
    answerAt(line, at("2026-03-10T09:30:00Z"), "");
    line.run(at("2026-03-11T08:00:00Z"));
    EXPECT_EQ(withheldOffer(line),
              "offer_open: Another offer may be made at 2026-03-24T09:30:00Z.");
    EXPECT_EQ(line.look().look_again, at("2026-03-24T09:30:00Z"));
    shareOutAt(line, at("2026-03-24T09:30:00Z"));
    EXPECT_THAT(line.run(at("2026-03-25T00:00:00Z")),
                Contains("2026-03-24T09:30:00Z offer/4 a@example.com"));
}

TEST_F(OfferTimeline, AnAcceptedOfferIsATaskForTheRulesTeam) {
    auto line = make();
    shareOutAt(line, due);
    answerAt(line, at("2026-03-10T09:30:00Z"), "PX-110");
    EXPECT_THAT(line.run(at("2026-03-31T00:00:00Z")),
                ElementsAre("2026-03-02T08:00:00Z opened a@example.com",
                            "2026-03-09T08:00:00Z offer/2 a@example.com",
                            "2026-03-10T09:30:00Z offer_answered/2/0 desk@example.com",
                            "2026-03-10T09:30:00Z offer_answered/2/1 two@example.com"));
    EXPECT_EQ(line.subject.notices.at(2).template_name, "offer-accepted");
    EXPECT_EQ(line.subject.notices.at(2).reason,
              "PX-110 was accepted instead and has to be entered.");
    EXPECT_EQ(withheldOffer(line), "offer_open: An accepted offer waits to be entered.");
    line.record(Substituted{"PX-100", "PX-110"}, {});
    EXPECT_EQ(withheldOffer(line), "wish");
}

TEST_F(OfferTimeline, WhatIsWithdrawnIsToldToWhoHeardOfIt) {
    auto line = make();
    shareOutAt(line, due);
    line.change(at("2026-03-10T08:00:00Z"), [this](Timeline&) { goods.stock.pop_back(); });
    recheckAt(line, at("2026-03-10T09:00:00Z"));
    EXPECT_THAT(line.run(at("2026-03-31T00:00:00Z")),
                ElementsAre("2026-03-02T08:00:00Z opened a@example.com",
                            "2026-03-09T08:00:00Z offer/2 a@example.com",
                            "2026-03-10T09:00:00Z offer_withdrawn/2 a@example.com"));
    EXPECT_EQ(line.subject.notices.at(2).template_name, "offer-withdrawn");
    EXPECT_EQ(line.subject.notices.at(2).reason,
              "What the customer was offered holds no longer: of PX-120 only 0 are free, and 10 "
              "were offered.");
}

TEST_F(OfferTimeline, WhatNobodyHeardOfIsWithdrawnSilently) {
    policy.digest = {DigestRule::By::Customer, period("6h"), "digest"};
    auto line = make();
    shareOutAt(line, due);
    line.change(at("2026-03-09T09:00:00Z"), [this](Timeline&) { goods.stock.clear(); });
    recheckAt(line, at("2026-03-09T10:00:00Z"));
    EXPECT_THAT(line.run(at("2026-03-31T00:00:00Z")),
                ElementsAre("2026-03-02T14:00:00Z opened a@example.com"));
    EXPECT_EQ(line.subject.notices.at(1).state, NoticeState::Superseded);
}

TEST_F(OfferTimeline, TheReasonOfWhatIsGivenUpIsTheEndOfTheOffer) {
    policy.digest = {DigestRule::By::Customer, period("6h"), "digest"};
    auto line = make();
    shareOutAt(line, due);
    line.run(at("2026-03-09T09:00:00Z"));
    line.record(OfferAnswered{2, "", "Ann", "by phone"}, {});
    const auto decision = line.look(rules::Detail::Brief);
    EXPECT_THAT(decision.wanted, IsEmpty());
    EXPECT_THAT(decision.withheld,
                Contains(AllOf(Field(&Withheld::key, "offer/2"),
                               Field(&Withheld::detail, "The offer is declined."))));
}

TEST_F(OfferTimeline, AnOfferIsNotToldOnceItsHoldHasEnded) {
    auto line = make();
    shareOutAt(line, due);
    // The source is silent for three days from the moment at which the offer was made.
    line.fresh_until = [this](Timestamp now) {
        return now < due || now > due + std::chrono::days{3}
                   ? std::optional{now + std::chrono::hours{1}}
                   : std::nullopt;
    };
    EXPECT_THAT(line.run(at("2026-03-31T00:00:00Z")),
                Not(Contains("2026-03-12T08:15:00Z offer/2 a@example.com")));
    EXPECT_EQ(line.sent.size(), 1U);
    EXPECT_EQ(line.subject.events.at(2).event,
              (Event{OfferWithdrawn{2, "it could not be told before its hold ended"}}));
    EXPECT_EQ(line.subject.events.at(2).at, at("2026-03-11T08:00:00Z"));
    EXPECT_EQ(withheldOffer(line), "wish");  // nobody was asked, so that 'never' does not count
}

TEST_F(OfferTimeline, AfterOneThatNobodyHeardOfTheLineWaitsItsTurn) {
    auto line = make();
    line.run(due);
    line.record(OfferMade{"same family",
                          {{"PX-110", "", "MAIN", Decimal{10}, {}}},
                          at("2026-03-11T08:00:00Z"),
                          at("2026-03-16T08:00:00Z")},
                {});
    line.record(OfferWithdrawn{2, "it is gone"}, {});
    EXPECT_EQ(withheldOffer(line),
              "offer_open: Another offer may be made at 2026-03-16T08:00:00Z.");
}

TEST_F(OfferTimeline, WhatIsOnItsWayWhenTheHoldEndsIsTakenBackIfItCanBe) {
    auto line = make();
    line.on_wire = std::chrono::days{3};
    shareOutAt(line, due);
    line.run(at("2026-03-10T00:00:00Z"));
    ASSERT_EQ(line.subject.notices.at(1).state, NoticeState::Bundled);
    EXPECT_EQ(line.look().wanted.size(), 1U);
    line.run(at("2026-03-11T07:59:00Z"));
    EXPECT_EQ(line.look().look_again, at("2026-03-11T08:00:00Z"));
    line.now = at("2026-03-11T08:00:00Z");
    EXPECT_THAT(line.look().wanted, IsEmpty());
}

TEST_F(OfferTimeline, AClosedLineIsToldNothingMoreOfIt) {
    auto line = make();
    shareOutAt(line, due);
    line.event(at("2026-03-10T09:00:00Z"), Shipped{Decimal{10}, {}},
               [](OrderLine& its) { its.shipped = its.ordered; });
    recheckAt(line, at("2026-03-10T09:00:00Z"));
    EXPECT_THAT(line.run(at("2026-03-31T00:00:00Z")),
                ElementsAre("2026-03-02T08:00:00Z opened a@example.com",
                            "2026-03-09T08:00:00Z offer/2 a@example.com",
                            "2026-03-10T09:00:00Z shipped/3 a@example.com"));
    EXPECT_EQ(line.look().offer_wish, nullptr);
}

TEST_F(OfferTimeline, ARuleThatIsGoneTellsNothingButThatItsOfferHoldsNoLonger) {
    auto line = make();
    shareOutAt(line, due);
    line.run(due);
    line.rules.substitution.clear();
    EXPECT_THAT(line.run(at("2026-03-10T00:00:00Z")).size(), 2U);
    line.record(OfferWithdrawn{2, "it is gone"}, {});
    const auto decision = line.look();
    ASSERT_EQ(decision.wanted.size(), 1U);
    EXPECT_EQ(decision.wanted[0].template_name, "offer-withdrawn");
}

TEST_F(OfferTimeline, EveryRuleThatLookedIsExplained) {
    auto other = substitution;
    other.name = "for silver";
    auto tier = test("customer.tier");
    tier.any_of = {"silver"};
    other.match = condition({tier});
    auto line = make();
    line.rules.substitution = {other, substitution};
    line.run(due);
    std::vector<std::string> looks;
    for (const auto& look : line.look().looks)
        if (look.rule.section == "substitution")
            looks.push_back(fmt::format("{} {}", look.rule.name,
                                        look.applied ? "applied" : look.failed->found));
    EXPECT_THAT(looks, ElementsAre("for silver gold", "same family applied"));
}

/// Random offers, answers and gaps in the data, the same for the same seed.
std::vector<std::string> playOffers(OfferTimeline& test, unsigned seed, std::chrono::minutes step) {
    std::mt19937 random{seed};
    const auto below = [&](int end) { return std::uniform_int_distribution{0, end - 1}(random); };
    test.policy = plainPolicy();
    test.goods = plainGoods();
    test.gone.clear();
    test.substitution.again_after.reset();
    if (below(2) == 0) test.policy.digest = {DigestRule::By::Customer, period("6h"), "digest"};
    if (below(2) == 0) test.policy.send_window = SendWindow{{8 * 60, 11 * 60}, true, {}, true};
    if (below(2) == 0) test.substitution.again_after = period("4d");
    auto line = test.make();
    line.step = step;
    line.on_wire = std::chrono::minutes{below(3) == 0 ? 2000 : 0};
    const auto begin = test.due;
    const auto gap = begin + std::chrono::hours{below(200)};
    line.fresh_until = [gap](Timestamp now) {
        const bool silent = now > gap && now < gap + std::chrono::hours{60};
        return silent ? std::nullopt : std::optional{now + std::chrono::hours{1}};
    };
    for (int i = 0; i < 12; ++i) {
        const auto when = begin + std::chrono::minutes{below(20 * 24 * 60)};
        switch (below(4)) {
            case 0:
                line.change(when, [](Timeline& its) {
                    const auto offers = rules::offersOf(its.subject);
                    if (!offers.empty() && offers.back().state == rules::OfferView::State::Open)
                        its.record(OfferAnswered{offers.back().number, "", "Ann", ""}, {});
                });
                break;
            case 1:
                line.change(when, [&test](Timeline&) { std::swap(test.goods.stock, test.gone); });
                test.recheckAt(line, when);
                break;
            default:
                test.shareOutAt(line, when);
        }
    }
    return line.run(begin + std::chrono::days{25});
}

TEST_F(OfferTimeline, LookingOftenTellsNothingMore) {
    int offers = 0;
    for (unsigned seed = 0; seed < 200; ++seed) {
        const auto when_due = playOffers(*this, seed, std::chrono::minutes{0});
        ASSERT_EQ(when_due, playOffers(*this, seed, std::chrono::minutes{53})) << seed;
        offers += static_cast<int>(std::count_if(
            when_due.begin(), when_due.end(),
            [](const std::string& sent) { return sent.find(" offer/") != std::string::npos; }));
    }
    EXPECT_GT(offers, 100);
}

}  // namespace offer_timeline_test
}  // namespace backorderd::rules_test

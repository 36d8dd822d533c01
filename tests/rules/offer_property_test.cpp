#include <gmock/gmock.h>

#include <map>
#include <random>

#include "rules/goods_samples.hpp"
#include "rules/offers.hpp"

namespace backorderd::rules_test {
namespace offer_property_test {

using rules::OfferView;
using State = OfferView::State;
using Place = std::pair<std::string, std::string>;

/// Lines that are offered substitutes over weeks, while stock comes and goes, customers answer or
/// do not, and mails leave or do not.
class Market {
public:
    explicit Market(unsigned seed) : random_{seed} {
        rules = rulesOf({});
        rules.tiers = {"platinum", "gold"};
        substitution = plainSubstitution();
        substitution.max = 1 + below(3);
        substitution.candidates.cover_full = chance(50);
        substitution.candidates.keep_back = Decimal{below(4)};
        goods = plainGoods();
        goods.stock.clear();
        for (const auto* const item : {"PX-110", "PX-120"})
            for (const auto* const warehouse : {"MAIN", "WEST"})
                goods.stock.push_back({item, warehouse, Decimal{below(40)}});
        const int lines = 2 + below(8);
        for (int i = 1; i <= lines; ++i) addLine(i);
    }

    void turn() {
        now += std::chrono::hours{1 + below(30)};
        for (auto& subject : cases) {
            for (const auto& event : rules::offerClockEvents(subject, now))
                log(subject, now, event);
            if (chance(20)) answer(subject);
            if (chance(5)) subject.line.shipped = subject.line.shipped + Decimal{1};
            if (chance(2)) log(subject, now, Vanished{});
            if (const auto gone = rules::recheckOffer(subject, goods, heldBut(subject.id), now))
                log(subject, now, *gone);
        }
        if (chance(40)) {
            auto& level = goods.stock.at(static_cast<std::size_t>(below(4)));
            level.free = Decimal{below(40)};
        }
    }

    /// Every line without an open or accepted offer wants one.
    std::vector<rules::OfferWish> wishes() const {
        std::vector<rules::OfferWish> found;
        for (const auto& subject : cases) {
            const auto offers = rules::offersOf(subject);
            const bool busy = !offers.empty() && (offers.back().state == State::Open ||
                                                  offers.back().state == State::Accepted);
            if (!busy && !subject.closed_at) found.push_back({&subject, &substitution});
        }
        return found;
    }

    /// Serves so many lines at a time.
    std::vector<std::pair<CaseId, OfferMade>> shareOut(const std::vector<rules::OfferWish>& of,
                                                       std::size_t at_once = 1000) const {
        const auto held_by_all = heldBut(0);
        rules::OfferRound round{rules, of, goods, held_by_all, now};
        std::vector<std::pair<CaseId, OfferMade>> made;
        while (!round.done())
            for (auto& offer : round.serve(at_once)) made.push_back(std::move(offer));
        return made;
    }

    void enter(const std::vector<std::pair<CaseId, OfferMade>>& made) {
        for (const auto& [id, offer] : made) {
            auto& subject = cases.at(static_cast<std::size_t>(id - 1));
            const int number = log(subject, now, offer);
            if (chance(30)) continue;
            Notice notice;
            notice.key = rules::offerKey(number);
            notice.topic = Topic::Offer;
            notice.state = chance(80) ? NoticeState::Sent : NoticeState::Bundled;
            notice.state_at = now;
            subject.notices.push_back(notice);
        }
    }

    std::map<Place, Decimal> held() const {
        std::map<Place, Decimal> sums;
        for (const auto& hold : heldBut(0)) {
            auto& sum = sums[{hold.item, hold.warehouse}];
            sum = sum + hold.quantity;
        }
        return sums;
    }

    std::vector<rules::OfferWish> shuffled(std::vector<rules::OfferWish> of) {
        std::shuffle(of.begin(), of.end(), random_);
        return of;
    }

    RuleSet rules;
    SubstitutionRule substitution;
    Goods goods;
    std::vector<Case> cases;
    Timestamp now = at("2026-03-09T08:00:00Z");

private:
    int below(int end) { return std::uniform_int_distribution{0, end - 1}(random_); }
    bool chance(int percent) { return below(100) < percent; }

    void addLine(int number) {
        auto subject = caseNumbered(number);
        subject.line.ordered = Decimal{1 + below(15)};
        const char* const tiers[] = {"platinum", "gold", "silver", ""};
        subject.line.customer.tier = tiers[below(4)];
        subject.opened_at += std::chrono::hours{below(3)};
        cases.push_back(std::move(subject));
    }

    void answer(Case& subject) {
        const auto offers = rules::offersOf(subject);
        if (offers.empty() || offers.back().state != State::Open) return;
        const auto& offer = offers.back();
        log(subject, now,
            OfferAnswered{offer.number, chance(50) ? offer.made->items[0].item : "", "Ann", ""});
    }

    std::vector<StockHold> heldBut(CaseId except) const {
        std::vector<StockHold> all;
        for (const auto& subject : cases) {
            if (subject.id == except) continue;
            const auto its = rules::holdsOf(subject, now);
            all.insert(all.end(), its.begin(), its.end());
        }
        return all;
    }

    std::mt19937 random_;
};

Decimal freeIn(const Goods& goods, const Place& place) {
    for (const auto& level : goods.stock)
        if (level.item == place.first && level.warehouse == place.second) return level.free;
    return {};
}

/// What a market holds after new offers is covered wherever they took anything.
void expectCovered(const Market& market, const std::vector<std::pair<CaseId, OfferMade>>& made,
                   unsigned seed) {
    const auto held = market.held();
    for (const auto& [id, offer] : made) {
        const auto open = market.cases.at(static_cast<std::size_t>(id - 1)).line.open();
        EXPECT_GE(offer.answer_by, offer.hold_until) << seed;
        EXPECT_LE(static_cast<int>(offer.items.size()), market.substitution.max) << seed;
        for (const auto& item : offer.items) {
            const Place place{item.item, item.warehouse};
            EXPECT_LE(held.at(place),
                      freeIn(market.goods, place) - market.substitution.candidates.keep_back)
                << seed << " " << item.item << " in " << item.warehouse;
            EXPECT_TRUE(item.quantity.isPositive() && item.quantity <= open) << seed;
            EXPECT_TRUE(item.quantity == open || !market.substitution.candidates.cover_full)
                << seed;
        }
    }
}

TEST(OfferProperties, NeverMoreUnitsAreOfferedThanAreFree) {
    std::size_t offers = 0;
    for (unsigned seed = 0; seed < 1500; ++seed) {
        Market market{seed};
        for (int turn = 0; turn < 15; ++turn) {
            market.turn();
            const auto made = market.shareOut(market.wishes());
            market.enter(made);
            expectCovered(market, made, seed);
            offers += made.size();
        }
        ASSERT_FALSE(::testing::Test::HasFailure()) << seed;
    }
    EXPECT_GT(offers, 5000U);
}

TEST(OfferProperties, SharingOutDoesNotDependOnTheOrderOfWishesNorOnHowManyAreServedAtOnce) {
    for (unsigned seed = 5000; seed < 6000; ++seed) {
        Market market{seed};
        for (int turn = 0; turn < 5; ++turn) {
            market.turn();
            const auto wishes = market.wishes();
            const auto made = market.shareOut(wishes);
            ASSERT_EQ(made, market.shareOut(market.shuffled(wishes), 1 + seed % 3)) << seed;
            market.enter(made);
        }
    }
}

TEST(OfferProperties, OnlyOpenAndAcceptedOffersHoldAnything) {
    for (unsigned seed = 7000; seed < 7500; ++seed) {
        Market market{seed};
        for (int turn = 0; turn < 10; ++turn) {
            market.turn();
            market.enter(market.shareOut(market.wishes()));
            for (const auto& subject : market.cases) {
                const auto offers = rules::offersOf(subject);
                const auto holds = rules::holdsOf(subject, market.now);
                const bool may_hold =
                    !offers.empty() && !subject.closed_at &&
                    (offers.back().state == State::Open || offers.back().state == State::Accepted);
                EXPECT_TRUE(may_hold || holds.empty()) << seed;
                for (const auto& hold : holds) EXPECT_GT(hold.until, market.now) << seed;
            }
        }
        ASSERT_FALSE(::testing::Test::HasFailure()) << seed;
    }
}

}  // namespace offer_property_test
}  // namespace backorderd::rules_test

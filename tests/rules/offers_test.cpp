#include "rules/offers.hpp"

#include <gmock/gmock.h>

#include "rules/goods_samples.hpp"

namespace backorderd::rules_test {
namespace offers_test {

using rules::OfferView;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using State = OfferView::State;

const Timestamp kMade = at("2026-03-09T08:00:00Z");
const Timestamp kHeldUntil = at("2026-03-11T08:00:00Z");
const Timestamp kAnswerBy = at("2026-03-16T08:00:00Z");

OfferMade offerOf(std::vector<OfferedItem> items) {
    return {"same family", std::move(items), kHeldUntil, kAnswerBy};
}

/// Ten PX-110, and ten PX-120 as the second best.
OfferMade plainOffer() {
    return offerOf({{"PX-110", "Name of PX-110", "MAIN", Decimal{10}, {Decimal{13}, "USD"}},
                    {"PX-120", "Name of PX-120", "MAIN", Decimal{10}, {Decimal{12}, "USD"}}});
}

/// A case with an open offer, which is event 2.
Case offeredCase() {
    auto subject = caseNumbered(7);
    log(subject, kMade, plainOffer());
    return subject;
}

void addNotice(Case& subject, NoticeState state, Timestamp since) {
    Notice notice;
    notice.id = 1;
    notice.key = "offer/2";
    notice.topic = Topic::Offer;
    notice.state = state;
    notice.state_at = since;
    subject.notices.push_back(notice);
}

OfferView onlyOffer(const Case& subject) {
    const auto offers = rules::offersOf(subject);
    return offers.size() == 1 ? offers[0] : OfferView{};
}

// -- The log ----------------------------------------------------------------------------------

TEST(Offers, NoneWhereNoneWasMade) { EXPECT_THAT(rules::offersOf(plainCase()), IsEmpty()); }

TEST(Offers, AnOfferIsOpenUntilSomethingEndsIt) {
    const auto subject = offeredCase();
    const auto offer = onlyOffer(subject);
    EXPECT_EQ(offer.number, 2);
    EXPECT_EQ(offer.made_at, kMade);
    EXPECT_EQ(*offer.made, plainOffer());
    EXPECT_EQ(rules::offerStateName(offer.state), "open");
    EXPECT_EQ(offer.heard_at, std::nullopt);
}

struct End {
    std::string_view name;
    Event event;
    State state;
};
class OfferEnds : public ::testing::TestWithParam<End> {};

TEST_P(OfferEnds, ByItsEvent) {
    auto subject = offeredCase();
    log(subject, at("2026-03-10T09:00:00Z"), GetParam().event);
    // What comes after the end changes nothing.
    log(subject, at("2026-03-10T10:00:00Z"), OfferAnswered{2, "PX-120", "late", ""});
    const auto offer = onlyOffer(subject);
    EXPECT_EQ(rules::offerStateName(offer.state), rules::offerStateName(GetParam().state));
    EXPECT_EQ(offer.state_at, at("2026-03-10T09:00:00Z"));
}

INSTANTIATE_TEST_SUITE_P(
    Offers, OfferEnds,
    ::testing::Values(End{"Accepted", OfferAnswered{2, "PX-110", "Ann", ""}, State::Accepted},
                      End{"Declined", OfferAnswered{2, "", "Ann", ""}, State::Declined},
                      End{"Expired", OfferExpired{2}, State::Expired},
                      End{"Withdrawn", OfferWithdrawn{2, "it is gone"}, State::Withdrawn}),
    [](const auto& end) { return std::string{end.param.name}; });

TEST(Offers, AnEventOfAnotherOfferEndsNothing) {
    auto subject = offeredCase();
    log(subject, kMade, OfferExpired{9});
    EXPECT_EQ(onlyOffer(subject).state, State::Open);
}

TEST(Offers, EachHasItsOwnEnd) {
    auto subject = offeredCase();
    log(subject, kMade, OfferAnswered{2, "", "Ann", "too dear"});
    log(subject, kMade, plainOffer());
    const auto offers = rules::offersOf(subject);
    ASSERT_EQ(offers.size(), 2U);
    EXPECT_EQ(offers[0].answer->note, "too dear");
    EXPECT_EQ(offers[1].state, State::Open);
    EXPECT_EQ(offers[1].number, 4);
}

TEST(Offers, TheCustomerMayKnowOfItOnceItsNoticeHasLeft) {
    for (const auto state : {NoticeState::Sent, NoticeState::Unknown}) {
        auto subject = offeredCase();
        addNotice(subject, state, kMade + std::chrono::hours{1});
        EXPECT_EQ(onlyOffer(subject).heard_at, kMade + std::chrono::hours{1});
    }
    auto subject = offeredCase();
    addNotice(subject, NoticeState::Bundled, kMade);
    EXPECT_EQ(onlyOffer(subject).heard_at, std::nullopt);
}

// -- Holds ------------------------------------------------------------------------------------

TEST(Holds, AnOpenOfferHoldsAllItsItemsUntilTheHoldEnds) {
    const auto subject = offeredCase();
    EXPECT_THAT(rules::holdsOf(subject, kHeldUntil - std::chrono::seconds{1}),
                ElementsAre(StockHold{"PX-110", "MAIN", Decimal{10}, kHeldUntil},
                            StockHold{"PX-120", "MAIN", Decimal{10}, kHeldUntil}));
    EXPECT_THAT(rules::holdsOf(subject, kHeldUntil), IsEmpty());
}

TEST(Holds, AnAcceptedItemIsHeldAsLongAgain) {
    auto subject = offeredCase();
    const auto answered = at("2026-03-13T08:00:00Z");
    log(subject, answered, OfferAnswered{2, "PX-120", "Ann", ""});
    const auto until = answered + std::chrono::hours{48};
    EXPECT_THAT(rules::holdsOf(subject, answered),
                ElementsAre(StockHold{"PX-120", "MAIN", Decimal{10}, until}));
    EXPECT_THAT(rules::holdsOf(subject, until), IsEmpty());
}

TEST(Holds, WhatIsDeclinedExpiredOrWithdrawnHoldsNothing) {
    for (const Event& end : {Event{OfferAnswered{2, "", "Ann", ""}}, Event{OfferExpired{2}},
                             Event{OfferWithdrawn{2, "it is gone"}}}) {
        auto subject = offeredCase();
        log(subject, kMade, end);
        EXPECT_THAT(rules::holdsOf(subject, kMade), IsEmpty());
    }
}

TEST(Holds, ALineThatWaitsForNothingHoldsNothing) {
    auto subject = offeredCase();
    subject.line.shipped = subject.line.ordered;
    EXPECT_THAT(rules::holdsOf(subject, kMade), IsEmpty());
    subject = offeredCase();
    log(subject, kMade, Vanished{});
    EXPECT_THAT(rules::holdsOf(subject, kMade), IsEmpty());
}

TEST(Holds, WhatWasEnteredInTheErpIsHeldThere) {
    auto subject = offeredCase();
    log(subject, kMade, OfferAnswered{2, "PX-120", "Ann", ""});
    log(subject, kMade, Substituted{"PX-100", "PX-120"});
    EXPECT_THAT(rules::holdsOf(subject, kMade), IsEmpty());
}

TEST(Holds, NoMoreThanIsStillOpen) {
    auto subject = offeredCase();
    subject.line.shipped = Decimal{6};
    EXPECT_EQ(heldOf(rules::holdsOf(subject, kMade), "PX-110"), Decimal{4});
}

TEST(Holds, OneOfAnItemAndWarehouse) {
    auto subject = caseNumbered(7);
    const OfferedItem two{"PX-110", "", "MAIN", Decimal{2}, {}};
    log(subject, kMade, offerOf({two, two}));
    EXPECT_THAT(rules::holdsOf(subject, kMade),
                ElementsAre(StockHold{"PX-110", "MAIN", Decimal{4}, kHeldUntil}));
}

// -- Still true? ------------------------------------------------------------------------------

struct Recheck : ::testing::Test {
    Case subject = offeredCase();
    Goods goods = plainGoods();
    std::vector<StockHold> held;

    std::string why() const {
        const auto withdrawn = rules::recheckOffer(subject, goods, held, kMade);
        if (!withdrawn) return "";
        EXPECT_EQ(withdrawn->offer, 2);
        return withdrawn->reason;
    }
};

TEST_F(Recheck, AnOfferThatIsCoveredStands) {
    goods.stock = {stock("PX-110", "MAIN", "10"), stock("PX-120", "MAIN", "10")};
    EXPECT_EQ(why(), "");
}

TEST_F(Recheck, OneItemThatIsShortMakesAllOfItUntrue) {
    goods.stock[1].free = number("9.5");
    EXPECT_EQ(why(), "of PX-120 only 9.5 are free, and 10 were offered");
    goods.stock.pop_back();
    EXPECT_EQ(why(), "of PX-120 only 0 are free, and 10 were offered");
}

TEST_F(Recheck, WhatOthersHoldIsNotFree) {
    held = {{"PX-110", "MAIN", Decimal{40}, {}}, {"PX-120", "WEST", Decimal{99}, {}}};
    EXPECT_EQ(why(), "");
    held[0].quantity = Decimal{41};
    EXPECT_EQ(why(), "of PX-110 only 9 are free, and 10 were offered");
}

TEST_F(Recheck, UnitsInAnotherWarehouseDoNotCount) {
    goods.stock[0].warehouse = "WEST";
    EXPECT_EQ(why(), "of PX-110 only 0 are free, and 10 were offered");
}

TEST_F(Recheck, WhatHasShippedMeanwhileNeedsNoCover) {
    subject.line.shipped = Decimal{6};
    goods.stock = {stock("PX-110", "MAIN", "4"), stock("PX-120", "MAIN", "4")};
    EXPECT_EQ(why(), "");
}

TEST_F(Recheck, ALineThatIsServedNeedsNoOffer) {
    subject.line.allocated = Decimal{10};
    EXPECT_EQ(why(), "all that is open is reserved for the line");
    log(subject, kMade, Substituted{"PX-100", "PX-110"});
    EXPECT_EQ(why(), "the order names another item now");
    log(subject, kMade, Cancelled{Decimal{10}});
    EXPECT_EQ(why(), "the line waits for nothing any more");
}

TEST_F(Recheck, AnOfferThatHasEndedIsNotWithdrawn) {
    goods.stock.clear();
    log(subject, kMade, OfferAnswered{2, "", "Ann", ""});
    EXPECT_EQ(why(), "");
    subject = plainCase();
    EXPECT_EQ(why(), "");
}

// -- The clock --------------------------------------------------------------------------------

std::vector<Event> clockAt(const Case& subject, Timestamp now) {
    return rules::offerClockEvents(subject, now);
}

TEST(OfferClock, AnOfferThatWasHeardExpiresWhenItShouldHaveBeenAnswered) {
    auto subject = offeredCase();
    addNotice(subject, NoticeState::Sent, kMade);
    EXPECT_THAT(clockAt(subject, kAnswerBy - std::chrono::seconds{1}), IsEmpty());
    EXPECT_THAT(clockAt(subject, kAnswerBy), ElementsAre(Event{OfferExpired{2}}));
    log(subject, kAnswerBy, OfferExpired{2});
    EXPECT_THAT(clockAt(subject, kAnswerBy), IsEmpty());
}

TEST(OfferClock, OneThatNobodyHeardOfIsWithdrawnWhenItsHoldEnds) {
    const Event withdrawn{OfferWithdrawn{2, "it could not be told before its hold ended"}};
    auto subject = offeredCase();
    EXPECT_THAT(clockAt(subject, kHeldUntil - std::chrono::seconds{1}), IsEmpty());
    EXPECT_THAT(clockAt(subject, kHeldUntil), ElementsAre(withdrawn));
    EXPECT_THAT(clockAt(subject, kAnswerBy), ElementsAre(withdrawn));
    addNotice(subject, NoticeState::Expired, kHeldUntil);
    EXPECT_THAT(clockAt(subject, kHeldUntil), ElementsAre(withdrawn));
}

TEST(OfferClock, OneThatIsOnItsWayWaitsForWhatBecomesOfIt) {
    auto subject = offeredCase();
    addNotice(subject, NoticeState::Bundled, kMade);
    EXPECT_THAT(clockAt(subject, kAnswerBy), IsEmpty());
}

}  // namespace offers_test
}  // namespace backorderd::rules_test

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <ostream>

#include "lines/lines.hpp"
#include "lines/sample_line.hpp"

namespace backorderd {

/// What a failed expectation prints.
void PrintTo(const Event& event, std::ostream* out) {
    *out << eventName(event) << ": " << describeEvent(event);
}

namespace diff_test {

using Change = std::function<void(OrderLine&)>;

/// From the sample line, changed by `before`, to that line, changed by `step` as well.
struct DiffCase {
    const char* name;
    Change before;
    Change step;
    std::vector<Event> told;
};
void PrintTo(const DiffCase& diff_case, std::ostream* out) { *out << diff_case.name; }

void same(OrderLine&) {}

const Date kMarch20 = day("2026-03-20");
const Date kApril10 = day("2026-04-10");
const Shipment kParcel{"OUT1", day("2026-03-02"), "DHL", "JD01", ""};

class Diff : public testing::TestWithParam<DiffCase> {};

TEST_P(Diff, TellsTheFacts) {
    OrderLine before = sampleLine();
    GetParam().before(before);
    OrderLine now = before;
    GetParam().step(now);
    EXPECT_EQ(lines::diff(&before, now), GetParam().told);
}

std::string nameOf(const testing::TestParamInfo<DiffCase>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Quantity, Diff,
                         testing::Values(DiffCase{"NothingChanged", same, same, {}},
                                         DiffCase{"WordsThatNobodyWaitsFor",
                                                  same,
                                                  [](OrderLine& l) {
                                                      l.item.name = "Pump, blue";
                                                      l.attributes["note"] = "x";
                                                      l.unit_price.amount = Decimal{130};
                                                  },
                                                  {}},
                                         DiffCase{"MoreOrdered",
                                                  same,
                                                  [](OrderLine& l) { l.ordered = Decimal{12}; },
                                                  {QuantityChanged{Decimal{10}, Decimal{12}}}},
                                         DiffCase{"PartCancelled",
                                                  same,
                                                  [](OrderLine& l) { l.cancelled = Decimal{4}; },
                                                  {QuantityChanged{Decimal{10}, Decimal{6}}}},
                                         DiffCase{"OrderedAndCancelledRiseTogether",
                                                  same,
                                                  [](OrderLine& l) {
                                                      l.ordered = Decimal{15};
                                                      l.cancelled = Decimal{5};
                                                  },
                                                  {}},
                                         DiffCase{
                                             "FractionsAreExact",
                                             same,
                                             [](OrderLine& l) { l.ordered = decimal("10.000001"); },
                                             {QuantityChanged{Decimal{10}, decimal("10.000001")}}},
                                         DiffCase{"RaisedAfterPartShipped",
                                                  [](OrderLine& l) { l.shipped = Decimal{6}; },
                                                  [](OrderLine& l) { l.ordered = Decimal{20}; },
                                                  {QuantityChanged{Decimal{10}, Decimal{20}}}},
                                         DiffCase{"AnotherUnitIsAnotherQuantityNotAShipment",
                                                  [](OrderLine& l) { l.shipped = Decimal{2}; },
                                                  [](OrderLine& l) {
                                                      l.unit = "m";
                                                      l.ordered = Decimal{100};
                                                      l.shipped = Decimal{20};
                                                  },
                                                  {QuantityChanged{Decimal{10}, Decimal{100}}}}),
                         nameOf);

INSTANTIATE_TEST_SUITE_P(
    Promise, Diff,
    testing::Values(DiffCase{"Set",
                             [](OrderLine& l) { l.promise = {}; },
                             [](OrderLine& l) { l.promise = Promise::on(kMarch20); },
                             {PromiseSet{Promise::on(kMarch20)}}},
                    DiffCase{"Slip",
                             same,
                             [](OrderLine& l) { l.promise = Promise::on(kApril10); },
                             {PromiseMoved{Promise::on(kMarch20), Promise::on(kApril10)}}},
                    DiffCase{"PullIn",
                             [](OrderLine& l) { l.promise = Promise::on(kApril10); },
                             [](OrderLine& l) { l.promise = Promise::on(kMarch20); },
                             {PromiseMoved{Promise::on(kApril10), Promise::on(kMarch20)}}},
                    DiffCase{"Withdrawn",
                             same,
                             [](OrderLine& l) { l.promise = {}; },
                             {PromiseWithdrawn{Promise::on(kMarch20)}}},
                    DiffCase{"DateBecomesRangeWithLaterEnd",
                             same,
                             [](OrderLine& l) {
                                 l.promise = {kMarch20, kApril10};
                             },
                             {PromiseMoved{Promise::on(kMarch20), {kMarch20, kApril10}}}},
                    DiffCase{"OnlyTheBeginningOfTheRangeMoves",
                             [](OrderLine& l) {
                                 l.promise = {kMarch20, kApril10};
                             },
                             [](OrderLine& l) { l.promise = Promise::on(kApril10); },
                             {}},
                    DiffCase{"SupplyMovesWithThePromise",
                             same,
                             [](OrderLine& l) {
                                 l.supply.expected = kApril10;
                                 l.promise = Promise::on(kApril10);
                             },
                             {SupplyChanged{{"P1", day("2026-03-18"), Decimal{50}},
                                            {"P1", kApril10, Decimal{50}}},
                              PromiseMoved{Promise::on(kMarch20), Promise::on(kApril10)}}}),
    nameOf);

Change reserve(int quantity) {
    return [quantity](OrderLine& l) { l.allocated = Decimal{quantity}; };
}

INSTANTIATE_TEST_SUITE_P(
    Availability, Diff,
    testing::Values(
        DiffCase{"PartArrives", reserve(0), reserve(4), {PartlyAvailable{Decimal{4}, Decimal{10}}}},
        DiffCase{"MoreArrives", reserve(4), reserve(6), {PartlyAvailable{Decimal{6}, Decimal{10}}}},
        DiffCase{"AllArrives", reserve(4), reserve(10), {Available{Decimal{10}}}},
        DiffCase{
            "AllArrivesWhereTheErpSaidNothingBefore", same, reserve(10), {Available{Decimal{10}}}},
        DiffCase{"MoreReservedThanOpenIsAll", reserve(4), reserve(14), {Available{Decimal{10}}}},
        DiffCase{"AllStaysAll", reserve(10), reserve(14), {}},
        DiffCase{"NegativeIsNothing", reserve(0), reserve(-3), {}},
        DiffCase{
            "PartTakenAway", reserve(10), reserve(3), {AvailabilityLost{Decimal{10}, Decimal{3}}}},
        DiffCase{
            "AllTakenAway", reserve(4), reserve(0), {AvailabilityLost{Decimal{4}, Decimal{0}}}},
        DiffCase{"TheErpStopsSayingIt", reserve(4), [](OrderLine& l) { l.allocated.reset(); }, {}},
        DiffCase{
            "MoreOrderedThanIsReserved",
            reserve(10),
            [](OrderLine& l) { l.ordered = Decimal{15}; },
            {QuantityChanged{Decimal{10}, Decimal{15}}, PartlyAvailable{Decimal{10}, Decimal{15}}}},
        DiffCase{"WhatIsReservedIsEnoughNow",
                 reserve(6),
                 [](OrderLine& l) { l.cancelled = Decimal{4}; },
                 {QuantityChanged{Decimal{10}, Decimal{6}}, Available{Decimal{6}}}},
        DiffCase{"CancellingReleasesWhatWasReserved",
                 reserve(10),
                 [](OrderLine& l) {
                     l.cancelled = Decimal{4};
                     l.allocated = Decimal{6};
                 },
                 {QuantityChanged{Decimal{10}, Decimal{6}}}}),
    nameOf);

INSTANTIATE_TEST_SUITE_P(
    Shipping, Diff,
    testing::Values(DiffCase{"Part",
                             same,
                             [](OrderLine& l) {
                                 l.shipped = Decimal{4};
                                 l.shipment = kParcel;
                             },
                             {PartlyShipped{Decimal{4}, Decimal{6}, kParcel}}},
                    DiffCase{"WhatWasReservedLeavesAndIsNotLost",
                             reserve(4),
                             [](OrderLine& l) {
                                 l.shipped = Decimal{4};
                                 l.allocated = Decimal{0};
                             },
                             {PartlyShipped{Decimal{4}, Decimal{6}, {}}}},
                    DiffCase{"PartLeavesAndMoreIsReserved",
                             reserve(4),
                             [](OrderLine& l) {
                                 l.shipped = Decimal{4};
                                 l.allocated = Decimal{6};
                             },
                             {PartlyShipped{Decimal{4}, Decimal{6}, {}}, Available{Decimal{6}}}},
                    DiffCase{"PartLeavesAndTheRestIsTaken",
                             reserve(10),
                             [](OrderLine& l) {
                                 l.shipped = Decimal{4};
                                 l.allocated = Decimal{2};
                             },
                             {PartlyShipped{Decimal{4}, Decimal{6}, {}},
                              AvailabilityLost{Decimal{6}, Decimal{2}}}},
                    DiffCase{"All",
                             [](OrderLine& l) { l.shipped = Decimal{4}; },
                             [](OrderLine& l) {
                                 l.shipped = Decimal{10};
                                 l.shipment = kParcel;
                             },
                             {Shipped{Decimal{6}, kParcel}}},
                    DiffCase{"MoreThanOrdered",
                             same,
                             [](OrderLine& l) { l.shipped = Decimal{12}; },
                             {Shipped{Decimal{12}, {}}}},
                    DiffCase{"PartAndTheRestCancelled",
                             same,
                             [](OrderLine& l) {
                                 l.shipped = Decimal{4};
                                 l.cancelled = Decimal{6};
                             },
                             {QuantityChanged{Decimal{10}, Decimal{4}}, Shipped{Decimal{4}, {}}}},
                    DiffCase{"AFinishedLineLosesItsPromiseSupplyAndReservationSilently",
                             reserve(10),
                             [](OrderLine& l) {
                                 l.shipped = Decimal{10};
                                 l.promise = {};
                                 l.supply = {};
                                 l.allocated = Decimal{0};
                             },
                             {Shipped{Decimal{10}, {}}}},
                    DiffCase{"ReturnOfPartIsNoEvent",
                             [](OrderLine& l) { l.shipped = Decimal{6}; },
                             [](OrderLine& l) { l.shipped = Decimal{2}; },
                             {}},
                    DiffCase{"TrackingThatComesLaterIsNoShipment",
                             [](OrderLine& l) { l.shipped = Decimal{4}; },
                             [](OrderLine& l) { l.shipment = kParcel; },
                             {}}),
    nameOf);

INSTANTIATE_TEST_SUITE_P(Ending, Diff,
                         testing::Values(DiffCase{"Cancelled",
                                                  same,
                                                  [](OrderLine& l) { l.cancelled = Decimal{10}; },
                                                  {Cancelled{Decimal{10}}}},
                                         DiffCase{"RestCancelled",
                                                  [](OrderLine& l) { l.shipped = Decimal{4}; },
                                                  [](OrderLine& l) { l.cancelled = Decimal{6}; },
                                                  {Cancelled{Decimal{6}}}},
                                         DiffCase{"OrderedLoweredToWhatHasLeft",
                                                  [](OrderLine& l) { l.shipped = Decimal{4}; },
                                                  [](OrderLine& l) { l.ordered = Decimal{4}; },
                                                  {Cancelled{Decimal{6}}}},
                                         DiffCase{"NoMoreIsCancelledThanWasOpen",
                                                  [](OrderLine& l) { l.shipped = Decimal{4}; },
                                                  [](OrderLine& l) { l.ordered = Decimal{0}; },
                                                  {Cancelled{Decimal{6}}}},
                                         DiffCase{"AnnulledWithAReturn",
                                                  [](OrderLine& l) { l.shipped = Decimal{4}; },
                                                  [](OrderLine& l) {
                                                      l.ordered = Decimal{0};
                                                      l.shipped = Decimal{0};
                                                  },
                                                  {Cancelled{Decimal{10}}}},
                                         DiffCase{"StaysClosed",
                                                  [](OrderLine& l) { l.shipped = Decimal{10}; },
                                                  [](OrderLine& l) {
                                                      l.shipment = kParcel;
                                                      l.promise = {};
                                                  },
                                                  {}},
                                         DiffCase{"ReopenedByMoreOrdered",
                                                  [](OrderLine& l) { l.shipped = Decimal{10}; },
                                                  [](OrderLine& l) { l.ordered = Decimal{15}; },
                                                  {Reopened{Decimal{5}}}},
                                         DiffCase{"ReopenedByAReturn",
                                                  [](OrderLine& l) { l.shipped = Decimal{10}; },
                                                  [](OrderLine& l) { l.shipped = Decimal{8}; },
                                                  {Reopened{Decimal{2}}}},
                                         DiffCase{"OpenAgainButAllReserved",
                                                  [](OrderLine& l) { l.shipped = Decimal{10}; },
                                                  [](OrderLine& l) {
                                                      l.ordered = Decimal{15};
                                                      l.allocated = Decimal{5};
                                                  },
                                                  {}}),
                         nameOf);

INSTANTIATE_TEST_SUITE_P(
    Identity, Diff,
    testing::Values(DiffCase{"Substituted",
                             same,
                             [](OrderLine& l) { l.item.id = "PX-110"; },
                             {Substituted{"PX-100", "PX-110"}}},
                    DiffCase{"SubstitutedAndShippedAtOnce",
                             same,
                             [](OrderLine& l) {
                                 l.item.id = "PX-110";
                                 l.shipped = Decimal{10};
                             },
                             {Substituted{"PX-100", "PX-110"}, Shipped{Decimal{10}, {}}}},
                    DiffCase{"AnotherContact",
                             same,
                             [](OrderLine& l) { l.contact.email = "bob@example.com"; },
                             {ContactChanged{{"Ada", "ada@example.com", "", "", "", ""},
                                             {"Ada", "bob@example.com", "", "", "", ""}}}},
                    DiffCase{"SupplyGone",
                             same,
                             [](OrderLine& l) { l.supply = {}; },
                             {SupplyChanged{{"P1", day("2026-03-18"), Decimal{50}}, {}}}}),
    nameOf);

TEST(NewLine, OpensWithItsPromise) {
    EXPECT_EQ(lines::diff(nullptr, sampleLine()),
              (std::vector<Event>{LineOpened{Decimal{10}, Promise::on(kMarch20), false}}));
}

TEST(NewLine, ThatWaitsForNothingIsNoFact) {
    OrderLine shipped = sampleLine();
    shipped.shipped = Decimal{10};
    OrderLine reserved = sampleLine();
    reserved.allocated = Decimal{10};
    EXPECT_TRUE(lines::diff(nullptr, shipped).empty());
    EXPECT_TRUE(lines::diff(nullptr, reserved).empty());
}

TEST(NewLine, ThatIsPartlyReservedOpensAndSaysNothingElse) {
    OrderLine line = sampleLine();
    line.allocated = Decimal{9};
    EXPECT_EQ(lines::diff(nullptr, line).size(), 1u);
}

TEST(OnBackOrder, IsWhatIsOpenAndNotAllReserved) {
    OrderLine line = sampleLine();
    EXPECT_TRUE(lines::isOnBackOrder(line));
    line.allocated = Decimal{9};
    EXPECT_TRUE(lines::isOnBackOrder(line));
    line.allocated = Decimal{10};
    EXPECT_FALSE(lines::isOnBackOrder(line));
    line.allocated.reset();
    line.cancelled = Decimal{10};
    EXPECT_FALSE(lines::isOnBackOrder(line));
}

}  // namespace diff_test
}  // namespace backorderd

#include <gtest/gtest.h>

#include "lines/lines.hpp"
#include "lines/sample_line.hpp"

namespace backorderd {
namespace preorder_test {

const Date kMarch20 = day("2026-03-20");
const Date kApril10 = day("2026-04-10");

/// The sample line as a preorder with this release and this promise, as an ERP tells of it.
OrderLine preorder(std::optional<Date> release, Promise promise = {}) {
    OrderLine line = sampleLine();
    line.kind = LineKind::Preorder;
    line.release_date = release;
    line.promise = promise;
    return line;
}

std::vector<Event> told(OrderLine before, OrderLine now) {
    lines::normalise(before);
    lines::normalise(now);
    return lines::diff(&before, now);
}

using Events = std::vector<Event>;

TEST(Preorder, IsPromisedForItsReleaseWhereNothingElseIs) {
    OrderLine line = preorder(kApril10);
    lines::normalise(line);
    EXPECT_EQ(line, preorder(kApril10, Promise::on(kApril10)));
    line = preorder(kApril10, Promise::on(kMarch20));
    lines::normalise(line);
    EXPECT_EQ(line, preorder(kApril10, Promise::on(kMarch20)));
    line = preorder({});
    lines::normalise(line);
    EXPECT_EQ(line, preorder({}));
    line = preorder(kApril10);
    line.kind = LineKind::Backorder;
    lines::normalise(line);
    EXPECT_FALSE(line.promise.known());
}

TEST(Preorder, FollowsItsReleaseDate) {
    EXPECT_EQ(told(preorder(kMarch20), preorder(kApril10)),
              (Events{ReleaseMoved{kMarch20, kApril10},
                      PromiseMoved{Promise::on(kMarch20), Promise::on(kApril10)}}));
    EXPECT_EQ(told(preorder({}), preorder(kMarch20)),
              (Events{ReleaseMoved{{}, kMarch20}, PromiseSet{Promise::on(kMarch20)}}));
    EXPECT_EQ(told(preorder(kMarch20), preorder({})),
              (Events{ReleaseMoved{kMarch20, {}}, PromiseWithdrawn{Promise::on(kMarch20)}}));
    EXPECT_EQ(told(preorder(kMarch20), preorder(kMarch20)), Events{});
}

TEST(Preorder, KeepsAPromiseOfItsOwn) {
    const Promise own = Promise::on(kMarch20);
    EXPECT_EQ(told(preorder(kMarch20, own), preorder(kApril10, own)),
              (Events{ReleaseMoved{kMarch20, kApril10}}));
}

TEST(Preorder, OnceOutIsABackorder) {
    OrderLine out = sampleLine();
    out.promise = Promise::on(kApril10);
    EXPECT_EQ(told(preorder(kMarch20), out),
              (Events{PromiseMoved{Promise::on(kMarch20), Promise::on(kApril10)}}));
    OrderLine shipped = preorder(kApril10);
    shipped.shipped = shipped.ordered;
    EXPECT_EQ(told(preorder(kMarch20), shipped), (Events{Shipped{Decimal{10}, {}}}));
}

TEST(Preorder, TheReleaseOfAnotherKindIsNoFact) {
    OrderLine before = sampleLine(), now = sampleLine();
    before.release_date = kMarch20;
    now.release_date = kApril10;
    EXPECT_EQ(told(before, now), Events{});
}

}  // namespace preorder_test
}  // namespace backorderd

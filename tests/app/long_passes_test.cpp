#include <gmock/gmock.h>

#include "rig.hpp"
#include "rules/rules.hpp"

// What is decided over very many cases together is done piece by piece: what is due leaves in
// between, and a crash between two pieces loses nothing and tells nothing twice.

namespace backorderd::app::test {
namespace long_passes_test {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

/// Three pieces.
constexpr int kLines = 2 * static_cast<int>(kCasesPerPiece) + 200;

constexpr const char* kLongRules = R"(version: 1
teams:
  warehouse: { sender: ops }
cadence:
  - name: everyone
    match: {}
    messages:
      opened: { template: opened }
substitution:
  - name: alternates
    match: { item.category: pumps }
    candidates: { from: [erp] }
    offer: { max: 1, template: status, answer_within: 5d, hold: 48h }
fulfilment:
  - name: all
    match: {}
    to: warehouse
    template: status
)";

OrderLine lineOf(int number, const char* category = "valves") {
    auto line = sampleLine(std::to_string(number));
    line.order.number = "SO" + line.key.id;
    line.order.id = "o" + line.key.id;
    line.item.category = category;
    line.ordered = Decimal{1};
    return line;
}

/// So many lines wait, of which nobody is told.
struct LongRig : Rig {
    explicit LongRig(const char* category) : Rig{kLongRules, true, false} {
        settings.guards.blast_radius_max = 10 * kLines;
        start();
        for (int number = 1; number <= kLines; ++number)
            erp.lines.push_back(lineOf(number, category));
        erp.goods.stock = {{"OTHER", "", Decimal{5}}};
        erp.goods.alternates = {{"PX-100", "PX-110"}};
        poll();
        work();
    }

    void stock(const char* item, int free) {
        erp.goods.stock = {{"OTHER", "", Decimal{5}}, {item, "", Decimal{free}}};
        poll();
    }
    template <class Wanted>
    int count() {
        int found = 0;
        CaseFilter filter;
        filter.limit = 10 * kLines;
        for (const auto& subject : store->cases(store->listCases(filter)))
            for (const auto& entry : subject.events)
                found += std::holds_alternative<Wanted>(entry.event) ? 1 : 0;
        return found;
    }
    void oneTurn() {
        engine->work();
        context->restart();
        context->poll();
    }
    /// Until the first piece is committed.
    template <class Wanted>
    void begin() {
        for (int turn = 0; turn < 100 && count<Wanted>() == 0; ++turn) oneTurn();
        ASSERT_GT(count<Wanted>(), 0);
        ASSERT_LT(count<Wanted>(), kLines);
    }
    /// A line of which somebody is to be told at once; what was due before it leaves before it.
    void news() {
        auto line = lineOf(kLines + 1);
        line.item.id = "PX-300";
        erp.lines.push_back(line);
        poll();
        for (int turn = 0; turn < 20; ++turn) {
            const auto told = toCustomers();
            if (std::find(told.begin(), told.end(), "opened") != told.end()) return;
            oneTurn();
        }
    }
    std::vector<std::string> toCustomers() const { return topics(mailbox); }
};

TEST(LongPasses, ADueMailLeavesBetweenTwoPiecesOfAdvice) {
    LongRig rig{"valves"};
    rig.stock("PX-100", 50);
    rig.begin<AllocationProposed>();
    rig.news();
    EXPECT_THAT(rig.toCustomers(), ElementsAre("opened"));
    EXPECT_LT(rig.count<AllocationProposed>(), kLines);
    rig.work();
    EXPECT_EQ(rig.count<AllocationProposed>(), kLines);
    EXPECT_THAT(rig.store->arrivals("erp"), IsEmpty());
}

TEST(LongPasses, ACrashBetweenTwoPiecesOfAdviceLosesNoLineAndAdvisesNoneTwice) {
    LongRig rig{"valves"};
    rig.stock("PX-100", 50);
    rig.begin<AllocationProposed>();
    rig.crash();
    rig.start();
    rig.work();
    EXPECT_EQ(rig.count<AllocationProposed>(), kLines);
    EXPECT_THAT(rig.store->arrivals("erp"), IsEmpty());
    rig.crash();
    rig.start();
    rig.work();
    EXPECT_EQ(rig.count<AllocationProposed>(), kLines);
}

TEST(LongPasses, WhatArrivesMeanwhileIsInTheAdvice) {
    LongRig rig{"valves"};
    rig.stock("PX-100", 50);
    rig.begin<AllocationProposed>();
    rig.stock("PX-100", kLines);
    rig.work();
    int served = 0;
    CaseFilter filter;
    filter.limit = kLines;
    for (const auto& subject : rig.store->cases(rig.store->listCases(filter)))
        if (const auto* last = std::get_if<AllocationProposed>(&subject.events.back().event))
            served += last->quantity.isPositive() ? 1 : 0;
    EXPECT_EQ(served, kLines);
    EXPECT_THAT(rig.store->arrivals("erp"), IsEmpty());
}

TEST(LongPasses, ADueMailLeavesBetweenTwoPiecesOfOffers) {
    LongRig rig{"pumps"};
    rig.stock("PX-110", kLines - 100);
    rig.begin<OfferMade>();
    const auto offers = [&] {
        const auto told = rig.toCustomers();
        return std::count(told.begin(), told.end(), "offer");
    };
    rig.news();
    EXPECT_THAT(rig.toCustomers(), testing::Contains("opened"));
    EXPECT_LT(rig.count<OfferMade>(), kLines - 100);
    rig.work();
    EXPECT_EQ(rig.count<OfferMade>(), kLines - 100) << "no unit is in two offers";
    EXPECT_EQ(offers(), kLines - 100);
    const auto held = rig.store->heldStock("erp", rig.clock.now());
    ASSERT_THAT(held, SizeIs(1));
    EXPECT_EQ(held[0].quantity, Decimal{kLines - 100});
}

}  // namespace long_passes_test
}  // namespace backorderd::app::test

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <random>

#include "rules/goods_samples.hpp"

namespace backorderd::rules_test {
namespace fulfilment_property_test {

using Strategy = FulfilmentRule::Strategy;
using Rank = FulfilmentRule::Rank;
using Proposals = std::vector<std::pair<CaseId, AllocationProposed>>;

/// An item that arrived, the lines that wait for it, and other lines of their orders.
class Arrival {
public:
    explicit Arrival(unsigned seed) : random_{seed} {
        rules = rulesOf({});
        rules.tiers = {"platinum", "gold"};
        const int count = 1 + below(2);
        for (int i = 0; i < count; ++i) rules.fulfilment.push_back(randomRule(i + 1 < count));
        goods.stock = {{"PX-100", "MAIN", Decimal{below(60)}},
                       {"PX-100", "WEST", Decimal{below(30)}},
                       {"PX-200", "MAIN", Decimal{below(20)}}};
        if (chance(20)) goods.stock.push_back({"PX-100", "", Decimal{below(20)}});
        const int lines = 2 + below(10);
        for (int i = 1; i <= lines; ++i) cases.push_back(randomCase(i));
    }

    Proposals proposed() const {
        return allocationOf(rules, cases, "PX-100", goods, at("2026-03-09T08:00:00Z"));
    }
    void shuffle() { std::shuffle(cases.begin(), cases.end(), random_); }
    const OrderLine& line(CaseId id) const {
        return std::find_if(cases.begin(), cases.end(),
                            [id](const Case& subject) { return subject.id == id; })
            ->line;
    }
    Decimal freeOf(std::string_view item) const {
        Decimal sum;
        for (const auto& level : goods.stock)
            if (level.item == item) sum = sum + level.free;
        return sum;
    }

    RuleSet rules;
    Goods goods;
    std::vector<Case> cases;

private:
    int below(int end) { return std::uniform_int_distribution{0, end - 1}(random_); }
    bool chance(int percent) { return below(100) < percent; }

    FulfilmentRule randomRule(bool for_some) {
        FulfilmentRule rule;
        rule.name = for_some ? "some" : "all";
        if (for_some) {
            auto tier = test("customer.tier");
            tier.any_of = {"gold"};
            rule.match = condition({tier});
        }
        for (const auto strategy : {Strategy::Win, Strategy::Gain, Strategy::Lose}) {
            if (chance(40)) continue;
            auto named = test("attributes.s");
            named.any_of = {std::to_string(static_cast<int>(strategy))};
            rule.strategies.emplace_back(strategy, condition({named}));
        }
        rule.fallback = chance(50) ? Strategy::Fill : Strategy::Redistribute;
        if (chance(40)) rule.rank = {Rank::Tier};
        rule.ship_complete = chance(60);
        rule.one_backorder = chance(40);
        return rule;
    }

    Case randomCase(int id) {
        auto subject = caseNumbered(id);
        auto& line = subject.line;
        line.order.number = fmt::format("SO{}", below(6));
        line.order.id = line.order.number;
        // What is said of an order is the same on all its lines.
        line.order.ship_complete = line.order.number < "SO2";
        line.order.one_backorder = line.order.number == "SO2";
        if (line.order.number > "SO3" && chance(70)) line.kit = {"K1", Decimal{1 + below(4)}};
        if (chance(25)) line.item.id = "PX-200";
        line.ordered = Decimal{1 + below(20)};
        if (chance(40)) line.allocated = Decimal{below(20)};
        const char* const warehouses[] = {"MAIN", "MAIN", "WEST", ""};
        line.warehouse = warehouses[below(4)];
        const char* const tiers[] = {"platinum", "gold", "silver", ""};
        line.customer.tier = tiers[below(4)];
        line.attributes["s"] = std::to_string(below(5));
        if (chance(5)) subject.missing_since = subject.opened_at;
        return subject;
    }

    std::mt19937 random_;
};

Decimal reservedOf(const OrderLine& line) {
    return std::min(line.allocated.value_or(Decimal{}), line.open());
}
Decimal waitingOf(const OrderLine& line) { return line.open() - reservedOf(line); }

/// All of what is given is free, or reserved by lines that may lose it to a winner.
void expectNoMoreThanIsThere(const Arrival& arrival, const Proposals& proposals, unsigned seed) {
    Decimal given, may_be_taken;
    bool winner = false;
    for (const auto& [id, proposal] : proposals) {
        given = given + proposal.quantity;
        winner |= proposal.strategy == "win";
    }
    for (const auto& subject : arrival.cases)
        if (subject.line.item.id == "PX-100" && subject.line.kit.id.empty())
            may_be_taken = may_be_taken + reservedOf(subject.line);
    const auto free = arrival.freeOf("PX-100");
    EXPECT_LE(given, winner ? free + may_be_taken : free) << seed;
    for (const auto& level : arrival.goods.stock) {
        if (winner || level.item != "PX-100") continue;
        Decimal from_here;
        for (const auto& [id, proposal] : proposals)
            if (proposal.warehouse == level.warehouse) from_here = from_here + proposal.quantity;
        EXPECT_LE(from_here, level.free) << seed << " in " << level.warehouse;
    }
}

void expectEachIsExplained(const Arrival& arrival, const Proposals& proposals, unsigned seed) {
    EXPECT_NE(proposals.size(), 1U) << seed;
    int rank = 0;
    for (const auto& [id, proposal] : proposals) {
        EXPECT_EQ(proposal.rank, ++rank) << seed;
        EXPECT_EQ(proposal.of, static_cast<int>(proposals.size())) << seed;
        EXPECT_FALSE(proposal.reason.empty() || proposal.reason.starts_with(";")) << seed;
        EXPECT_EQ(proposal.open, waitingOf(arrival.line(id))) << seed;
        EXPECT_TRUE(proposal.quantity >= Decimal{} && proposal.quantity <= proposal.open) << seed;
        EXPECT_TRUE(proposal.strategy != "lose" || proposal.quantity.isZero()) << seed;
    }
}

/// Whether a rule that respects it speaks to the line.
bool respects(const Arrival& arrival, const OrderLine& line, bool FulfilmentRule::*what) {
    const auto& rules = arrival.rules.fulfilment;
    const bool first = rules.size() == 1 || line.customer.tier == "gold";
    return (first ? rules.front() : rules.back()).*what;
}

void expectWholeOrders(const Arrival& arrival, const Proposals& proposals, unsigned seed) {
    std::map<std::string, std::pair<bool, bool>> orders;  // something, not all
    for (const auto& [id, proposal] : proposals) {
        const auto& line = arrival.line(id);
        const bool ships_complete =
            line.order.ship_complete && respects(arrival, line, &FulfilmentRule::ship_complete);
        const bool one_backorder =
            line.order.one_backorder && respects(arrival, line, &FulfilmentRule::one_backorder);
        const bool whole = proposal.quantity == proposal.open;
        EXPECT_TRUE(!one_backorder || whole || proposal.quantity.isZero()) << seed;
        if (!ships_complete) continue;
        auto& [something, not_all] = orders[line.order.number];
        something |= proposal.quantity.isPositive();
        not_all |= !whole;
        Decimal needed;
        for (const auto& other : arrival.cases)
            if (other.line.order == line.order && other.line.item.id == "PX-200")
                needed = needed + waitingOf(other.line);
        EXPECT_TRUE(proposal.quantity.isZero() || needed <= arrival.freeOf("PX-200")) << seed;
    }
    for (const auto& [number, served] : orders)
        EXPECT_FALSE(served.first && served.second) << seed << " " << number;
}

std::int64_t kitsIn(Decimal quantity, const OrderLine& line) {
    return quantity.millionths() / line.kit.component.value_or(Decimal{1}).millionths();
}

void expectWholeKits(const Arrival& arrival, const Proposals& proposals, unsigned seed) {
    const auto givenTo = [&](CaseId id) {
        for (const auto& [its_id, proposal] : proposals)
            if (its_id == id) return proposal.quantity;
        return Decimal{};
    };
    for (const auto& [id, proposal] : proposals) {
        const auto& line = arrival.line(id);
        const bool complete = line.order.ship_complete;
        if (line.kit.id.empty() || complete || proposal.quantity.isZero()) continue;
        const auto total = reservedOf(line) + proposal.quantity;
        const auto kits = kitsIn(total, line);
        EXPECT_EQ(total, Decimal{static_cast<int>(kits)} * *line.kit.component) << seed;
        for (const auto& other : arrival.cases) {
            const auto& its = other.line;
            if (its.order.number != line.order.number || its.kit.id != line.kit.id) continue;
            const auto more =
                its.item.id == "PX-100" ? givenTo(other.id) : arrival.freeOf("PX-200");
            EXPECT_GE(kitsIn(std::min(its.open(), reservedOf(its) + more), its), kits) << seed;
        }
    }
}

TEST(FulfilmentProperties, KeepTheirPromisesForRandomArrivals) {
    std::size_t served = 0;
    for (unsigned seed = 0; seed < 5000; ++seed) {
        const Arrival arrival{seed};
        const auto proposals = arrival.proposed();
        expectNoMoreThanIsThere(arrival, proposals, seed);
        expectEachIsExplained(arrival, proposals, seed);
        expectWholeOrders(arrival, proposals, seed);
        expectWholeKits(arrival, proposals, seed);
        served += static_cast<std::size_t>(
            std::count_if(proposals.begin(), proposals.end(),
                          [](const auto& entry) { return entry.second.quantity.isPositive(); }));
        ASSERT_FALSE(::testing::Test::HasFailure()) << seed;
    }
    EXPECT_GT(served, 5000U);
}

TEST(FulfilmentProperties, TheOrderOfCasesMakesNoDifference) {
    for (unsigned seed = 10000; seed < 12000; ++seed) {
        Arrival arrival{seed};
        const auto proposals = arrival.proposed();
        arrival.shuffle();
        ASSERT_EQ(proposals, arrival.proposed()) << seed;
    }
}

}  // namespace fulfilment_property_test
}  // namespace backorderd::rules_test

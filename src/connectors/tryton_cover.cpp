#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

#include "connectors/tryton_line.hpp"

namespace backorderd::connectors::tryton {

namespace {

constexpr std::string_view kFromStock = "stock";

/// Undated counts as later than any date.
Date orLast(std::optional<Date> date) { return date.value_or(Date::max()); }

Date firstPlanned(const SaleLine& line) {
    Date first = Date::max();
    for (const Move& move : line.moves)
        if (move.isOpen()) first = std::min(first, orLast(move.planned));
    return first;
}

/// Takes from `from` as much as `need` asks for, and from both what was taken.
Decimal take(Decimal& need, Decimal& from) {
    const Decimal taken = std::max(std::min(need, from), Decimal{});
    need = need - taken;
    from = from - taken;
    return taken;
}

/// What is left of stock and supply while lines are served, in default units.
struct Pool {
    std::map<std::pair<Id, Id>, Decimal> free;
    std::map<std::pair<Id, Id>, std::vector<Incoming>> incoming;  ///< by product and warehouse
    std::map<Id, std::vector<Incoming>> bought_to_order;          ///< by purchase line
};

Pool makePool(const std::vector<SaleLine>& lines, const Stock& stock) {
    Pool pool;
    pool.free = stock.free;
    std::set<Id> answers_a_sale;
    for (const SaleLine& line : lines)
        if (line.purchase_line) answers_a_sale.insert(*line.purchase_line);
    for (const Incoming& delivery : stock.incoming) {
        if (delivery.purchase_line && answers_a_sale.contains(*delivery.purchase_line))
            pool.bought_to_order[*delivery.purchase_line].push_back(delivery);
        else
            pool.incoming[{delivery.product, delivery.warehouse}].push_back(delivery);
    }
    return pool;
}

/// Serves one line from deliveries, soonest first. Returns how much it got.
Decimal takeIncoming(Decimal& need, Supply& supply, std::vector<Incoming>& deliveries) {
    Decimal taken;
    for (Incoming& delivery : deliveries) {
        if (!need.isPositive()) break;
        if (!delivery.quantity.isPositive()) continue;
        taken = taken + take(need, delivery.quantity);
        supply.reference = delivery.purchase;
        supply.expected = delivery.planned;
    }
    return taken;
}

Coverage serve(const SaleLine& line, const Stock& stock, Pool& pool) {
    Coverage coverage;
    const Quantities sums = quantitiesOf(line, &stock);
    const auto product = stock.products.find(line.product);
    const Decimal default_factor =
        product == stock.products.end() ? line.unit_factor : product->second.unit_factor;
    Decimal need =
        inUnit(sums.left - sums.leaving - sums.reserved, line.unit_factor, default_factor);

    std::vector<Incoming>* deliveries = &pool.incoming[{line.product, line.warehouse}];
    bool awaits_its_own = line.sold_to_order && !line.purchase_line;
    if (line.purchase_line)
        if (const auto own = pool.bought_to_order.find(*line.purchase_line);
            own != pool.bought_to_order.end()) {
            awaits_its_own = true;
            deliveries = &own->second;
        }
    // Goods bought for this very order do not compete for what lies in stock.
    if (!awaits_its_own) take(need, pool.free[{line.product, line.warehouse}]);
    coverage.is_short = need.isPositive();
    if (!coverage.is_short) {
        if (sums.left.isPositive()) coverage.supply.reference = kFromStock;
        return coverage;
    }
    if (line.purchase_line) coverage.supply.reference = line.purchase;
    if (line.sold_to_order && !line.purchase_line) return coverage;
    const Decimal taken = takeIncoming(need, coverage.supply, *deliveries);
    if (taken.isPositive())
        coverage.supply.quantity = inUnit(taken, default_factor, line.unit_factor);
    return coverage;
}

}  // namespace

Decimal inUnit(Decimal quantity, Decimal from_factor, Decimal to_factor) {
    if (from_factor == to_factor || !to_factor.isPositive()) return quantity;
    constexpr double kLargest = 1e9;
    const auto rough = [](Decimal number) {
        return static_cast<double>(number.millionths()) / 1e6;
    };
    const double product = rough(quantity) * rough(from_factor);
    if (std::abs(product / rough(to_factor)) > kLargest)
        return quantity.isPositive() ? Decimal{1'000'000'000} : Decimal{-1'000'000'000};
    // Multiplied first, nothing is lost by rounding: 10 pieces of 1/3 make as many as 10/3.
    return std::abs(product) < 1e12 ? quantity * from_factor / to_factor
                                    : quantity * (from_factor / to_factor);
}

void sortBySoonest(std::vector<Incoming>& incoming) {
    std::sort(incoming.begin(), incoming.end(), [](const Incoming& a, const Incoming& b) {
        return std::make_tuple(orLast(a.planned), a.id) < std::make_tuple(orLast(b.planned), b.id);
    });
}

std::vector<Coverage> cover(const std::vector<SaleLine>& lines, const Stock& stock) {
    Pool pool = makePool(lines, stock);
    std::vector<std::size_t> turns(lines.size());
    std::iota(turns.begin(), turns.end(), std::size_t{0});
    std::sort(turns.begin(), turns.end(), [&](std::size_t a, std::size_t b) {
        return std::make_tuple(firstPlanned(lines[a]), orLast(lines[a].order.date), lines[a].id) <
               std::make_tuple(firstPlanned(lines[b]), orLast(lines[b].order.date), lines[b].id);
    });
    std::vector<Coverage> coverages(lines.size());
    for (const std::size_t turn : turns) coverages[turn] = serve(lines[turn], stock, pool);
    return coverages;
}

}  // namespace backorderd::connectors::tryton

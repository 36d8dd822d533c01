#include "rules/claims.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "rules/condition.hpp"
#include "rules/ranking.hpp"

namespace backorderd::rules {
namespace {

using Strategy = FulfilmentRule::Strategy;

/// Below zero: `a` ranks before `b`.
int compared(bool a_first, bool b_first) { return a_first ? -1 : b_first ? 1 : 0; }

int compareBy(FulfilmentRule::Rank rank, const Claim& a, const Claim& b) {
    switch (rank) {
        case FulfilmentRule::Rank::Tier:
            return compared(a.tier < b.tier, b.tier < a.tier);
        case FulfilmentRule::Rank::PromiseDate: {
            const auto& [a_date, b_date] = std::tie(a.line().promise.to, b.line().promise.to);
            if (!a_date || !b_date) return compared(a_date.has_value(), b_date.has_value());
            return compared(*a_date < *b_date, *b_date < *a_date);
        }
        case FulfilmentRule::Rank::Age:
            return compared(a.opened_on < b.opened_on, b.opened_on < a.opened_on);
        case FulfilmentRule::Rank::OpenValue: {
            const LargestFirst of_a{a.line().openValue()}, of_b{b.line().openValue()};
            return compared(of_a < of_b, of_b < of_a);
        }
    }
    return 0;
}

int compareRank(const Claim& a, const Claim& b) {
    for (const auto rank : a.rule->rank)
        if (const int order = compareBy(rank, a, b); order != 0) return order;
    return 0;
}

const FulfilmentRule* firstMatch(const RuleSet& rules, const Case& subject, Timestamp now) {
    for (const auto& rule : rules.fulfilment) {
        Question question{subject, now, calendarNamed(rules, rule.calendar)};
        if (holds(rule.match, question)) return &rule;
    }
    return nullptr;
}

Strategy strategyFor(const FulfilmentRule& rule, Question& question) {
    for (const auto& [strategy, condition] : rule.strategies)
        if (holds(condition, question)) return strategy;
    return rule.fallback;
}

std::string orderOf(const OrderLine& line) {
    return line.key.source + '\n' + (line.order.id.empty() ? line.order.number : line.order.id);
}

bool isReachable(const OrderLine& line, const FreeStock& stock) {
    return stock.at(line.item.id, sourceOf(line, stock)).isPositive();
}

/// Which claims belong together: one text for all of them, none for a line of its own.
std::string bundleOf(const Claim& claim, Bundle::Kind kind) {
    switch (kind) {
        case Bundle::Kind::Line:
            break;
        case Bundle::Kind::Kit:
            return "kit\n" + orderOf(claim.line()) + '\n' + claim.line().kit.id;
        case Bundle::Kind::Order:
            return "order\n" + orderOf(claim.line());
    }
    return "line\n" + std::to_string(claim.subject->id);
}

Bundle::Kind kindOf(const Claim& claim) {
    if (claim.rule->ship_complete && claim.line().order.ship_complete) return Bundle::Kind::Order;
    return claim.line().kit.id.empty() ? Bundle::Kind::Line : Bundle::Kind::Kit;
}

class Orders {
public:
    explicit Orders(const std::deque<Case>& cases) {
        for (const auto& subject : cases)
            if (!subject.closed_at && subject.line.isOpen())
                of_[orderOf(subject.line)].push_back(&subject);
    }

    void addOthers(Bundle& bundle) const {
        if (bundle.kind == Bundle::Kind::Line) return;
        const auto& first = bundle.claims.front().line();
        const auto found = of_.find(orderOf(first));
        if (found == of_.end()) return;
        for (const auto* const other : found->second) {
            const bool is_claim =
                std::any_of(bundle.claims.begin(), bundle.claims.end(),
                            [&](const Claim& claim) { return claim.subject->id == other->id; });
            const bool belongs =
                bundle.kind == Bundle::Kind::Order || other->line.kit.id == first.kit.id;
            if (belongs && !is_claim) bundle.others.push_back(other);
        }
    }

private:
    std::unordered_map<std::string, std::vector<const Case*>> of_;
};

}  // namespace

Decimal waitingOf(const OrderLine& line) { return line.open() - reservedOf(line); }

Decimal reservedOf(const OrderLine& line) {
    return std::clamp(line.allocated.value_or(Decimal{}), Decimal{}, line.open());
}

std::optional<Claim> claimOf(const Case& subject, const RuleSet& rules, Timestamp now) {
    const auto& line = subject.line;
    if (subject.closed_at || subject.missing_since || !line.isOpen()) return std::nullopt;
    const auto* const rule = firstMatch(rules, subject, now);
    if (!rule) return std::nullopt;
    Question question{subject, now, calendarNamed(rules, rule->calendar)};
    Claim claim;
    claim.subject = &subject;
    claim.rule = rule;
    claim.strategy = strategyFor(*rule, question);
    claim.tier = TierOrder{rules}.rank(line.customer.tier);
    claim.opened_on = question.zone().date(subject.opened_at);
    claim.waiting = waitingOf(line);
    claim.reserved = reservedOf(line);
    return claim;
}

bool isServedBefore(const Claim& a, const Claim& b) {
    if (a.strategy != b.strategy) return a.strategy < b.strategy;
    if (a.rule != b.rule) return a.rule < b.rule;  // rules of a set lie in the order of the file
    if (const int order = compareRank(a, b); order != 0) return order < 0;
    return std::tie(a.subject->opened_at, a.subject->id) <
           std::tie(b.subject->opened_at, b.subject->id);
}

bool isOfEqualRank(const Claim& a, const Claim& b) {
    return a.strategy == b.strategy && a.rule == b.rule && compareRank(a, b) == 0;
}

std::vector<Bundle> bundlesOf(std::span<const Claim> claims, const std::deque<Case>& cases,
                              const FreeStock& stock) {
    std::map<std::string, Bundle> by_name;
    for (const auto& claim : claims) {
        if (!claim.waiting.isPositive() || !isReachable(claim.line(), stock)) continue;
        const auto kind = kindOf(claim);
        auto& bundle = by_name[bundleOf(claim, kind)];
        const bool one_backorder = claim.rule->one_backorder && claim.line().order.one_backorder;
        bundle.kind = kind;
        bundle.whole |= one_backorder || kind == Bundle::Kind::Order;
        bundle.claims.push_back(claim);
        bundle.claims.back().source = sourceOf(claim.line(), stock);
    }
    const Orders orders{cases};
    std::vector<Bundle> bundles;
    for (auto& [name, bundle] : by_name) {
        orders.addOthers(bundle);
        bundles.push_back(std::move(bundle));
    }
    std::sort(bundles.begin(), bundles.end(), [](const Bundle& a, const Bundle& b) {
        return isServedBefore(a.place(), b.place());
    });
    return bundles;
}

std::string_view sourceOf(const OrderLine& line, const FreeStock& stock) {
    const auto& item = line.item.id;
    if (!line.warehouse.empty()) {
        const bool elsewhere =
            !stock.at(item, line.warehouse).isPositive() && stock.at(item, {}).isPositive();
        return elsewhere ? std::string_view{} : std::string_view{line.warehouse};
    }
    const auto places = stock.placesOf(item);
    const auto fullest = std::max_element(
        places.begin(), places.end(),
        [](const FreeStock::Place& a, const FreeStock::Place& b) { return a.free < b.free; });
    return fullest == places.end() ? std::string_view{} : fullest->warehouse;
}

}  // namespace backorderd::rules

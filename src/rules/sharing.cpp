#include <algorithm>
#include <tuple>

#include "rules/calendar.hpp"
#include "rules/offers.hpp"
#include "rules/ranking.hpp"
#include "rules/substitution.hpp"

namespace backorderd::rules {
namespace {

OfferedItem offered(const Option& option, Decimal open) {
    OfferedItem item;
    item.item = option.item;
    item.warehouse = option.warehouse;
    item.quantity = std::min(open, option.free);
    if (option.known) {
        item.name = option.known->item.name;
        item.unit_price = option.known->price;
    }
    return item;
}

/// Takes the best that fit from the stock; nothing is taken, and no item returned, where none does.
std::vector<OfferedItem> takeBest(const Search& search, Catalogue& catalogue, FreeStock& stock) {
    std::vector<OfferedItem> items;
    for (const auto& option : findOptions(search, catalogue, stock)) {
        if (!option.fits() || static_cast<int>(items.size()) >= search.rule.max) break;
        items.push_back(offered(option, search.subject.line.open()));
        stock.take(option.item, option.warehouse, items.back().quantity);
    }
    return items;
}

OfferMade offerOf(const Search& search, std::vector<OfferedItem> items) {
    const auto& calendar = calendarNamed(search.rules, search.rule.calendar);
    const Zone zone{calendar.timezone};
    const auto hold_until = addPeriod(search.now, search.rule.hold, calendar, zone);
    const auto answer_by = addPeriod(search.now, search.rule.answer_within, calendar, zone);
    return {search.rule.name, std::move(items), hold_until, std::max(answer_by, hold_until)};
}

std::vector<OfferWish> inOrderOfServing(const RuleSet& rules, std::span<const OfferWish> wishes) {
    const TierOrder tiers{rules};
    using Rank = std::tuple<std::size_t, Timestamp, LargestFirst, CaseId>;
    std::vector<std::pair<Rank, const OfferWish*>> ranked;
    ranked.reserve(wishes.size());
    for (const auto& wish : wishes) {
        const auto& subject = *wish.subject;
        ranked.emplace_back(Rank{tiers.rank(subject.line.customer.tier), subject.opened_at,
                                 LargestFirst{subject.line.openValue()}, subject.id},
                            &wish);
    }
    std::sort(ranked.begin(), ranked.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<OfferWish> in_order;
    in_order.reserve(ranked.size());
    for (const auto& [rank, wish] : ranked) in_order.push_back(*wish);
    return in_order;
}

}  // namespace

std::vector<Candidate> findCandidates(const RuleSet& rules, const SubstitutionRule& rule,
                                      const Case& subject, const Goods& goods,
                                      std::span<const StockHold> held, Timestamp now) {
    const Search search{rules, rule, subject, now};
    Catalogue catalogue{goods};
    std::vector<Candidate> candidates;
    for (const auto& option : findOptions(search, catalogue, FreeStock{goods.stock, held})) {
        auto& candidate = candidates.emplace_back();
        candidate.item.item.id = option.item;
        if (option.known) candidate.item = *option.known;
        candidate.warehouse = option.warehouse;
        candidate.free = option.free;
        candidate.price_ratio = option.price_ratio;
        candidate.fits = option.fits();
        candidate.why_not = verdictInWords(option, search);
    }
    return candidates;
}

struct OfferRound::State {
    const RuleSet& rules;
    std::vector<OfferWish> in_order{};
    std::size_t served = 0;
    Catalogue catalogue;
    FreeStock stock;
    Timestamp now{};
};

OfferRound::OfferRound(const RuleSet& rules, std::span<const OfferWish> wishes, const Goods& goods,
                       std::span<const StockHold> held, Timestamp now)
    : state_{new State{.rules = rules,
                       .in_order = inOrderOfServing(rules, wishes),
                       .catalogue = Catalogue{goods},
                       .stock = FreeStock{goods.stock, held},
                       .now = now}} {}

OfferRound::~OfferRound() = default;

bool OfferRound::done() const { return state_->served == state_->in_order.size(); }

std::vector<std::pair<CaseId, OfferMade>> OfferRound::serve(std::size_t lines_max) {
    auto& state = *state_;
    std::vector<std::pair<CaseId, OfferMade>> made;
    const auto end = state.served + std::min(lines_max, state.in_order.size() - state.served);
    for (; state.served < end; ++state.served) {
        const auto& wish = state.in_order[state.served];
        if (wish.subject->closed_at || !wish.subject->line.isOpen()) continue;
        const Search search{state.rules, *wish.rule, *wish.subject, state.now};
        if (auto items = takeBest(search, state.catalogue, state.stock); !items.empty())
            made.emplace_back(wish.subject->id, offerOf(search, std::move(items)));
    }
    return made;
}

}  // namespace backorderd::rules

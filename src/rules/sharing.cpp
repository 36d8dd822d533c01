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

std::vector<std::pair<CaseId, OfferMade>> shareOut(const RuleSet& rules,
                                                   std::span<const OfferWish> wishes,
                                                   const Goods& goods,
                                                   std::span<const StockHold> held, Timestamp now) {
    const TierOrder tiers{rules};
    const auto rank = [&](const OfferWish& wish) {
        const auto& subject = *wish.subject;
        return std::tuple{tiers.rank(subject.line.customer.tier), subject.opened_at,
                          LargestFirst{subject.line.openValue()}, subject.id};
    };
    std::vector<OfferWish> in_order{wishes.begin(), wishes.end()};
    std::sort(in_order.begin(), in_order.end(),
              [&](const OfferWish& a, const OfferWish& b) { return rank(a) < rank(b); });

    Catalogue catalogue{goods};
    FreeStock stock{goods.stock, held};
    std::vector<std::pair<CaseId, OfferMade>> made;
    for (const auto& wish : in_order) {
        if (wish.subject->closed_at || !wish.subject->line.isOpen()) continue;
        const Search search{rules, *wish.rule, *wish.subject, now};
        if (auto items = takeBest(search, catalogue, stock); !items.empty())
            made.emplace_back(wish.subject->id, offerOf(search, std::move(items)));
    }
    return made;
}

}  // namespace backorderd::rules

#include "rules/rationing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_map>

namespace backorderd::rules {
namespace {

using Strategy = FulfilmentRule::Strategy;

__extension__ using Wide = __int128;

constexpr std::string_view kAll = "all that it waits for";

std::string nameOf(const OrderLine& line) {
    return fmt::format("{}/{}", line.order.number, line.position);
}

std::string linesInWords(int count) {
    return count == 1 ? "1 line" : fmt::format("{} lines", count);
}

Decimal kitSize(const OrderLine& line) {
    const auto size = line.kit.component.value_or(Decimal{1});
    return size.isPositive() ? size : Decimal{1};
}

/// What a line needs beyond what it has reserved to be part of so many kits.
Decimal neededForKits(const OrderLine& line, std::int64_t kits) {
    const auto units = Decimal::fromMillionths(kits * kitSize(line).millionths());
    return std::max(Decimal{}, units - reservedOf(line));
}

bool isWhole(Decimal quantity) { return quantity.millionths() % Decimal::kScale == 0; }

/// Pieces are shared in pieces; what is sold by measure to the thousandth.
Decimal shareStep(std::span<Claim* const> sharers) {
    const bool pieces = std::all_of(sharers.begin(), sharers.end(),
                                    [](const Claim* claim) { return isWhole(claim->waiting); });
    return pieces ? Decimal{1} : Decimal::fromMillionths(Decimal::kScale / 1000);
}

/// `rest` × `part` ÷ `sum`, down to a multiple of `step`. The product may leave a Decimal's range.
Decimal shareOf(Decimal rest, Decimal part, Decimal sum, Decimal step) {
    const Wide share = Wide{rest.millionths()} * part.millionths() / sum.millionths();
    const auto exact = static_cast<std::int64_t>(share);
    return Decimal::fromMillionths(exact - exact % step.millionths());
}

/// A single line of which a part is as good as it is.
bool mayShare(const Bundle& bundle) {
    return bundle.strategy() == Strategy::Redistribute && bundle.kind == Bundle::Kind::Line &&
           !bundle.whole;
}

std::string servedInWords(const Claim& claim, int served_before) {
    if (claim.given == claim.waiting) return std::string{kAll};
    if (claim.given.isPositive())
        return served_before == 0
                   ? "all that is free"
                   : fmt::format("what is left behind {}", linesInWords(served_before));
    return served_before == 0
               ? "nothing is free for it"
               : fmt::format("nothing is left behind {}", linesInWords(served_before));
}

std::string noKitInWords(std::int64_t kits, std::string_view short_item) {
    if (short_item.empty()) return "what is open is no whole number of kits";
    return fmt::format("{} kit can be made, there is not enough of {}",
                       kits == 0 ? "no whole" : "not every", short_item);
}

void explainAll(Bundle& bundle, std::string_view words) {
    for (auto& claim : bundle.claims) claim.reason = words;
}

}  // namespace

Rationing::Rationing(std::string_view item, FreeStock stock, std::span<const Claim> claims)
    : item_{item}, stock_{std::move(stock)} {
    const bool somebody_wins = std::any_of(claims.begin(), claims.end(), [](const Claim& claim) {
        return claim.strategy == Strategy::Win;
    });
    if (!somebody_wins) return;
    for (auto claim = claims.rbegin(); claim != claims.rend(); ++claim) {
        // One unit out of a kit would spoil all of it.
        const bool may_give = claim->strategy >= Strategy::Redistribute &&
                              claim->reserved.isPositive() && claim->line().kit.id.empty();
        if (!may_give) continue;
        auto& reserves = reserves_[claim->line().warehouse];
        reserves.all.push_back({&*claim, claim->reserved, {}});
        reserves.left = reserves.left + claim->reserved;
    }
}

void Rationing::serve(std::span<Bundle> bundles) {
    for (auto from = bundles.begin(); from != bundles.end();) {
        const auto to = std::find_if(from, bundles.end(), [&](const Bundle& other) {
            return !isOfEqualRank(from->place(), other.place());
        });
        std::vector<Claim*> sharers;
        for (auto bundle = from; bundle != to; ++bundle)
            if (mayShare(*bundle)) sharers.push_back(&bundle->claims.front());
        shareAmong(sharers);
        for (auto bundle = from; bundle != to; ++bundle)
            if (!mayShare(*bundle)) serveBundle(*bundle);
        from = to;
    }
    nameLosses(bundles);
}

void Rationing::serveBundle(Bundle& bundle) {
    if (bundle.strategy() == Strategy::Lose)
        explainAll(bundle, "by the rule it gets nothing");
    else if (bundle.kind == Bundle::Kind::Kit)
        serveKits(bundle);
    else if (bundle.whole)
        serveWhole(bundle);
    else
        serveLine(bundle);
    served_ += static_cast<int>(bundle.claims.size());
}

void Rationing::serveLine(Bundle& bundle) {
    auto& claim = bundle.claims.front();
    auto reach = stock_.at(item_, sourceOf(claim.line(), stock_));
    if (claim.strategy == Strategy::Win) reach = reach + reclaimable(claim.line().warehouse);
    const auto from_others = give(claim, std::min(claim.waiting, reach));
    claim.reason = servedInWords(claim, served_) + from_others;
}

void Rationing::serveWhole(Bundle& bundle) {
    const auto needs = needsOf(bundle, waitingOf);
    const auto short_item = shortItem(needs, bundle.strategy() == Strategy::Win);
    const bool order = bundle.kind == Bundle::Kind::Order;
    if (!short_item.empty()) {
        explainAll(bundle, fmt::format("{}, and there is not enough of {}",
                                       order ? "its order ships complete"
                                             : "its order allows one more delivery only",
                                       short_item));
        return;
    }
    takeForOthers(bundle, needs);
    for (auto& claim : bundle.claims)
        claim.reason =
            std::string{order ? "its order can ship complete" : kAll} + give(claim, claim.waiting);
}

void Rationing::serveKits(Bundle& bundle) {
    std::string_view short_item;
    const auto kits = kitsOf(bundle, short_item);
    const auto needed = [kits](const OrderLine& line) { return neededForKits(line, kits); };
    const bool covered =
        std::all_of(bundle.claims.begin(), bundle.claims.end(),
                    [&](const Claim& claim) { return needed(claim.line()) >= claim.waiting; });
    if (kits == 0 || (bundle.whole && !covered)) {
        explainAll(bundle, noKitInWords(kits, short_item));
        return;
    }
    takeForOthers(bundle, needsOf(bundle, needed));
    auto words = fmt::format("{} whole kit{}", kits, kits == 1 ? "" : "s");
    if (!short_item.empty())
        words += fmt::format(", for more there is not enough of {}", short_item);
    for (auto& claim : bundle.claims) claim.reason = words + give(claim, needed(claim.line()));
}

void Rationing::shareAmong(std::span<Claim*> sharers) {
    std::map<std::string_view, std::vector<Claim*>> by_source;
    for (auto* const claim : sharers) by_source[sourceOf(claim->line(), stock_)].push_back(claim);
    for (auto& [source, claims] : by_source) shareSource(claims, source);
    served_ += static_cast<int>(sharers.size());
}

/// In proportion to what each waits for; what rounding leaves goes to the first in line.
void Rationing::shareSource(std::span<Claim*> sharers, std::string_view source) {
    const auto free = stock_.at(item_, source);
    const auto step = shareStep(sharers);
    Decimal sum;
    for (const auto* const claim : sharers) sum = sum + claim->waiting;
    auto left = free;
    for (auto* const claim : sharers) {
        claim->source = source;
        claim->given = free >= sum ? claim->waiting : shareOf(free, claim->waiting, sum, step);
        left = left - claim->given;
    }
    for (auto* const claim : sharers) {
        const auto more = std::min(step, claim->waiting - claim->given);
        if (free >= sum || more > left) continue;
        claim->given = claim->given + more;
        left = left - more;
    }
    for (auto* const claim : sharers) {
        stock_.take(item_, source, claim->given);
        claim->reason = claim->given == claim->waiting || sharers.size() == 1
                            ? servedInWords(*claim, served_)
                            : fmt::format("its share among {} of the same rank",
                                          linesInWords(static_cast<int>(sharers.size())));
    }
}

template <class Quantity>
std::vector<Rationing::Need> Rationing::needsOf(const Bundle& bundle, Quantity&& quantity) const {
    std::vector<Need> needs;
    const auto add = [&](const OrderLine& line, bool served) {
        const auto needed = quantity(line);
        if (!needed.isPositive()) return;
        needs.push_back({line.item.id, sourceOf(line, stock_), line.warehouse, needed,
                         !served && line.item.id == item_});
    };
    for (const auto& claim : bundle.claims) add(claim.line(), true);
    for (const auto* const other : bundle.others) add(other->line, false);
    return needs;
}

std::string_view Rationing::shortItem(std::vector<Need> needs, bool wins) const {
    std::sort(needs.begin(), needs.end(), [](const Need& a, const Need& b) {
        return std::tie(a.item, a.source, a.warehouse) < std::tie(b.item, b.source, b.warehouse);
    });
    std::map<std::pair<std::string_view, std::string_view>, Decimal> taken;
    std::map<std::string_view, Decimal> reclaimed;
    for (const auto& need : needs) {
        if (need.unserved) return need.item;
        auto& used = taken[{need.item, need.source}];
        const auto from_free = std::min(need.quantity, stock_.at(need.item, need.source) - used);
        used = used + from_free;
        const auto rest = need.quantity - from_free;
        if (!rest.isPositive()) continue;
        if (!wins || need.item != item_) return need.item;
        auto& back = reclaimed[need.warehouse];
        back = back + rest;
        if (back > reclaimable(need.warehouse)) return need.item;
    }
    return {};
}

/// The more kits, the more is needed: the most that can be made is found by halving.
std::int64_t Rationing::kitsOf(const Bundle& bundle, std::string_view& short_item) const {
    std::int64_t most = INT64_MAX;
    const auto bound = [&](const OrderLine& line) {
        most = std::min(most, line.open().millionths() / kitSize(line).millionths());
    };
    for (const auto& claim : bundle.claims) bound(claim.line());
    for (const auto* const other : bundle.others) bound(other->line);

    const auto shortFor = [&](std::int64_t kits) {
        return shortItem(
            needsOf(bundle, [kits](const OrderLine& line) { return neededForKits(line, kits); }),
            bundle.strategy() == Strategy::Win);
    };
    std::int64_t made = 0;
    for (std::int64_t too_many = most + 1; too_many - made > 1;) {
        const auto middle = made + (too_many - made) / 2;
        const auto missing = shortFor(middle);
        (missing.empty() ? made : too_many) = middle;
        if (!missing.empty()) short_item = missing;
    }
    return made;
}

/// What the other lines of an order or kit need is not there for the next one.
void Rationing::takeForOthers(const Bundle& bundle, const std::vector<Need>& needs) {
    if (bundle.others.empty()) return;
    for (const auto& need : needs)
        if (need.item != item_) stock_.take(need.item, need.source, need.quantity);
}

std::string Rationing::give(Claim& claim, Decimal quantity) {
    claim.source = sourceOf(claim.line(), stock_);
    claim.given = quantity;
    const auto from_free = std::min(quantity, stock_.at(item_, claim.source));
    stock_.take(item_, claim.source, from_free);
    auto rest = quantity - from_free;
    if (!rest.isPositive()) return {};
    std::string words;
    auto& reserves = reserves_[claim.line().warehouse];
    auto& next = reserves.first_left;
    while (rest.isPositive() && next < reserves.all.size()) {
        auto& reserve = reserves.all[next];
        const auto part = std::min(rest, reserve.left);
        reserve.left = reserve.left - part;
        reserves.left = reserves.left - part;
        rest = rest - part;
        words += fmt::format(", {} of it from what {} has reserved", part.toString(),
                             nameOf(reserve.holder->line()));
        reserve.gone_to += fmt::format("; {} of what it has reserved are proposed for {}",
                                       part.toString(), nameOf(claim.line()));
        if (!reserve.left.isPositive()) ++next;
    }
    return words;
}

Decimal Rationing::reclaimable(std::string_view warehouse) const {
    const auto found = reserves_.find(warehouse);
    return found == reserves_.end() ? Decimal{} : found->second.left;
}

void Rationing::nameLosses(std::span<Bundle> bundles) const {
    std::unordered_map<const Case*, std::string_view> losses;
    for (const auto& [warehouse, reserves] : reserves_)
        for (const auto& reserve : reserves.all)
            if (!reserve.gone_to.empty()) losses.emplace(reserve.holder->subject, reserve.gone_to);
    if (losses.empty()) return;
    for (auto& bundle : bundles)
        for (auto& claim : bundle.claims)
            if (const auto loss = losses.find(claim.subject); loss != losses.end())
                claim.reason += loss->second;
}

}  // namespace backorderd::rules

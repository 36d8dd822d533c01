#include "app/shelf.hpp"

#include <algorithm>
#include <set>

namespace backorderd::app {
namespace {

/// Where more lines wait for an item, nobody reads what of its supply is left over.
constexpr std::size_t kLinesMax = 2000;

}  // namespace

std::vector<rules::Candidate> Shelf::candidatesFor(const Case& subject) {
    for (const auto& rule : rules_.substitution)
        if (rules::holds(rules_, rule.calendar, rule.match, subject, now_))
            return candidatesOf(rule, subject);
    return {};
}

std::vector<rules::Candidate> Shelf::candidatesOf(const SubstitutionRule& rule,
                                                  const Case& subject) {
    const auto& source = subject.line.key.source;
    const auto& goods = goodsFor(rule, subject);
    return rules::findCandidates(rules_, rule, subject, goods, heldAt(source), now_);
}

/// Only a rule that looks for what is alike needs the whole catalogue.
const Goods& Shelf::goodsFor(const SubstitutionRule& rule, const Case& subject) {
    const auto& source = subject.line.key.source;
    const auto& item = subject.line.item.id;
    if (!rule.candidates.same.empty()) {
        auto known = catalogues_.find(source);
        if (known == catalogues_.end())
            known = catalogues_.emplace(source, store_.goods(source)).first;
        return known->second;
    }
    std::set<std::string> items{item};
    const auto own = store_.goodsOf(source, {{item}});
    for (const auto& alternate : own.alternates) items.insert(alternate.substitute);
    if (const auto listed = rule.candidates.items.find(item); listed != rule.candidates.items.end())
        items.insert(listed->second.begin(), listed->second.end());
    some_ = store_.goodsOf(source, std::vector(items.begin(), items.end()));
    return some_;
}

const std::vector<StockHold>& Shelf::heldAt(const std::string& source) {
    auto known = held_.find(source);
    if (known == held_.end()) known = held_.emplace(source, store_.heldStock(source, now_)).first;
    return known->second;
}

std::optional<int> Shelf::leadTimeDays(const Case& subject) {
    const auto& item = subject.line.item.id;
    const auto own = store_.goodsOf(subject.line.key.source, {{item}});
    for (const auto& known : own.items)
        if (known.item.id == item) return known.lead_time_days;
    return std::nullopt;
}

std::optional<Decimal> Shelf::expected(const Case& subject) {
    const auto& source = subject.line.key.source;
    const auto& item = subject.line.item.id;
    const auto known = expected_.find({source, item});
    if (known != expected_.end()) return known->second;
    return expected_[{source, item}] = sumUpExpected(source, item);
}

std::optional<Decimal> Shelf::sumUpExpected(const std::string& source, const std::string& item) {
    const std::vector<std::string> items{item};
    const auto supply = store_.goodsOf(source, items).supply;
    if (supply.empty()) return std::nullopt;
    const auto waiting = store_.openCasesOfItems(source, items);
    if (waiting.size() > kLinesMax) return std::nullopt;
    Decimal coming, spoken_for;
    for (const auto& [of, ordered] : supply)
        if (ordered.quantity) coming = coming + *ordered.quantity;
    for (const auto& other : store_.cases(waiting))
        if (other.line.supply.covered()) spoken_for = spoken_for + other.line.open();
    return std::max(coming - spoken_for, Decimal{});
}

}  // namespace backorderd::app

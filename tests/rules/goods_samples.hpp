#pragma once

#include <gmock/gmock.h>

#include "rules/builders.hpp"
#include "rules/rules.hpp"

/// Goods, substitution rules and cases, as the tests of offers and of fulfilment need them.
namespace backorderd::rules_test {

inline StockLevel stock(std::string_view item, std::string_view warehouse, std::string_view free) {
    return {std::string{item}, std::string{warehouse}, number(free)};
}

inline CatalogueItem catalogueItem(std::string_view id, std::string_view price = "",
                                   std::string_view currency = "USD") {
    CatalogueItem made;
    made.item.id = id;
    made.item.name = fmt::format("Name of {}", id);
    made.item.category = "pumps";
    if (!price.empty()) made.price = {number(price), std::string{currency}};
    return made;
}

/// PX-100 at 12.50 is out of stock; PX-110 and PX-120 are there in MAIN.
inline Goods plainGoods() {
    Goods goods;
    goods.items = {catalogueItem("PX-100", "12.5"), catalogueItem("PX-110", "13"),
                   catalogueItem("PX-120", "12")};
    goods.alternates = {{"PX-100", "PX-110"}, {"PX-100", "PX-120"}};
    goods.stock = {stock("PX-110", "MAIN", "50"), stock("PX-120", "MAIN", "50")};
    return goods;
}

inline SubstitutionRule plainSubstitution() {
    SubstitutionRule rule;
    rule.name = "same family";
    rule.calendar = "vienna";
    rule.offer = message("substitute-offer");
    rule.accepted_team = "sales_desk";
    return rule;
}

/// The case of line 1 of order SO<id>, which waits for ten PX-100 of MAIN.
inline Case caseNumbered(CaseId id) {
    auto subject = plainCase();
    subject.id = id;
    auto& line = subject.line;
    line.key.id = fmt::format("SO{}/1", id);
    line.order.id = fmt::format("{}", id);
    line.order.number = fmt::format("SO{}", id);
    line.warehouse = "MAIN";
    line.customer.id = fmt::format("C{}", id);
    return subject;
}

/// Adds an event to the log and returns its number.
inline int log(Case& subject, Timestamp when, Event event) {
    const int seq = static_cast<int>(subject.events.size()) + 1;
    subject.events.push_back({seq, when, std::move(event)});
    if (closesCase(subject.events.back().event)) subject.closed_at = when;
    return seq;
}

inline Decimal heldOf(const std::vector<StockHold>& holds, std::string_view item) {
    Decimal sum;
    for (const auto& hold : holds)
        if (hold.item == item) sum = sum + hold.quantity;
    return sum;
}

/// What is proposed for an item that arrived.
inline std::vector<std::pair<CaseId, AllocationProposed>> allocationOf(
    const RuleSet& rules, const std::vector<Case>& cases, const std::string& item,
    const Goods& goods, Timestamp now) {
    rules::Allocation allocation{rules, item, now};
    for (auto subject : cases) allocation.add(std::move(subject));
    return allocation.propose(goods);
}

}  // namespace backorderd::rules_test

#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "backorderd/store.hpp"
#include "rules/rules.hpp"

namespace backorderd::app {

/// What is in stock and on order, as it was when it was first asked for: for the length of one
/// piece of work, so that a digest of forty lines does not read a catalogue forty times.
class Shelf {
public:
    Shelf(Store& store, const RuleSet& rules, Timestamp now)
        : store_{store}, rules_{rules}, now_{now} {}

    /// What could be offered for a line now, by the first substitution rule that matches it, best
    /// first, with what cannot and why not; empty where no rule matches.
    std::vector<rules::Candidate> candidatesFor(const Case& subject);
    /// The candidates of one rule for a line.
    std::vector<rules::Candidate> candidatesOf(const SubstitutionRule& rule, const Case& subject);
    /// Of the line's item: calendar days from ordering to arrival; empty: not known.
    std::optional<int> leadTimeDays(const Case& subject);
    /// Of the line's item: what is on order beyond what open lines name as their supply; empty: not
    /// known.
    std::optional<Decimal> expected(const Case& subject);

private:
    const Goods& goodsFor(const SubstitutionRule& rule, const Case& subject);
    const std::vector<StockHold>& heldAt(const std::string& source);
    std::optional<Decimal> sumUpExpected(const std::string& source, const std::string& item);

    Store& store_;
    const RuleSet& rules_;
    Timestamp now_;
    std::map<std::string, Goods, std::less<>> catalogues_;  ///< by source
    std::map<std::string, std::vector<StockHold>, std::less<>> held_;
    std::map<std::pair<std::string, std::string>, std::optional<Decimal>> expected_;  ///< by item
    Goods some_;  ///< of the line that was asked for last
};

}  // namespace backorderd::app

#pragma once

#include <string_view>
#include <tuple>

#include "backorderd/money.hpp"
#include "backorderd/rule.hpp"

/// In which order lines are served where there is not enough for all.
namespace backorderd::rules {

/// The order of customer tiers.
class TierOrder {
public:
    explicit TierOrder(const RuleSet& rules) : tiers_{rules.tiers} {}

    /// 0 for the best; a tier that is not listed comes behind all that are, and no tier last.
    std::size_t rank(std::string_view tier) const {
        if (tier.empty()) return tiers_.size() + 1;
        std::size_t rank = 0;
        while (rank < tiers_.size() && tiers_[rank] != tier) ++rank;
        return rank;
    }

private:
    const std::vector<std::string>& tiers_;
};

/// Orders amounts, the largest first. Amounts of different currencies are not compared: they stand
/// apart by the names of their currencies.
struct LargestFirst {
    Money money;

    friend bool operator<(const LargestFirst& a, const LargestFirst& b) {
        return std::tie(a.money.currency, b.money.amount) <
               std::tie(b.money.currency, a.money.amount);
    }
    bool operator==(const LargestFirst&) const = default;
};

}  // namespace backorderd::rules

#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/claims.hpp"

/// Who gets how much of an item that arrived.
namespace backorderd::rules {

/// Gives what is free of one item to bundles, one after the other.
class Rationing {
public:
    /// `claims`: all on the item, best first; winners may be given what the others have reserved.
    Rationing(std::string_view item, FreeStock stock, std::span<const Claim> claims);

    /// Fills in `given` and `reason` of every claim. Together no more is given than is free and
    /// than winners take from what others have reserved. `bundles`: best first.
    void serve(std::span<Bundle> bundles);

private:
    /// Reserved units that a winner may be given.
    struct Reserve {
        const Claim* holder = nullptr;
        Decimal left;
        std::string gone_to;  ///< for a person
    };
    /// Those of one warehouse.
    struct Reserves {
        std::vector<Reserve> all;    ///< worst first
        std::size_t first_left = 0;  ///< before it nothing is left
        Decimal left;
    };
    /// So many of an item must be free in one place.
    struct Need {
        std::string_view item;
        std::string_view source;
        std::string_view warehouse;  ///< of the line
        Decimal quantity;
        bool unserved = false;  ///< of this item, for a line that is not served: it can't be met
    };

    void serveBundle(Bundle& bundle);
    void serveLine(Bundle& bundle);
    void serveWhole(Bundle& bundle);
    void serveKits(Bundle& bundle);
    void shareAmong(std::span<Claim*> sharers);
    void shareSource(std::span<Claim*> sharers, std::string_view source);

    template <class Quantity>
    std::vector<Need> needsOf(const Bundle& bundle, Quantity&& quantity) const;
    /// The first item of which there is too little; empty where all needs can be met.
    std::string_view shortItem(std::vector<Need> needs, bool wins) const;
    std::int64_t kitsOf(const Bundle& bundle, std::string_view& short_item) const;
    void takeForOthers(const Bundle& bundle, const std::vector<Need>& needs);
    /// Gives it from what is free, and then from reserves; returns the words for the latter.
    std::string give(Claim& claim, Decimal quantity);
    Decimal reclaimable(std::string_view warehouse) const;
    void nameLosses(std::span<Bundle> bundles) const;

    std::string_view item_;
    FreeStock stock_;
    std::map<std::string_view, Reserves> reserves_;  ///< by warehouse
    int served_ = 0;                                 ///< claims so far
};

}  // namespace backorderd::rules

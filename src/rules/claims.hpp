#pragma once

#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rules/free_stock.hpp"
#include "rules/rules.hpp"

/// Who waits for an item, and in which order they are served.
namespace backorderd::rules {

/// A line of the item to which a fulfilment rule speaks, and what it gets.
struct Claim {
    const Case* subject = nullptr;
    const FulfilmentRule* rule = nullptr;
    FulfilmentRule::Strategy strategy{};
    std::size_t tier = 0;
    Date opened_on{};  ///< in the zone of the rule's calendar
    Decimal waiting;   ///< open and not reserved
    Decimal reserved;
    Decimal given;
    std::string_view source;  ///< the warehouse it is served from
    std::string reason;       ///< why it gets so much, for a person

    const OrderLine& line() const { return subject->line; }
};

/// Claims that are served together or not at all. Most are a single line.
struct Bundle {
    enum class Kind {
        Line,
        Kit,   ///< components of one kit on one order: as many whole kits as there can be
        Order  ///< lines of an order that ships complete
    };
    Kind kind = Kind::Line;
    bool whole = false;         ///< each line gets all that it waits for, or nothing
    std::vector<Claim> claims;  ///< best first; at least one
    /// The other open lines of the kit or order, which must be served for this to make sense.
    std::vector<const Case*> others;

    /// An order or a kit is complete with its last line, so that it stands where that one does.
    const Claim& place() const { return claims.back(); }
    FulfilmentRule::Strategy strategy() const { return place().strategy; }
};

/// Open and not reserved; never below zero.
Decimal waitingOf(const OrderLine& line);
/// Of the open quantity.
Decimal reservedOf(const OrderLine& line);

/// The claim of a line that is open and that a rule matches, also where it waits for nothing.
std::optional<Claim> claimOf(const Case& subject, const RuleSet& rules, Timestamp now);

/// Before: by strategy (win, gain, redistribute, fill, lose), then by rule in the order of the
/// file, then as the rule ranks, then the older case. Equal: as the rule ranks, where all else is
/// equal.
bool isServedBefore(const Claim& a, const Claim& b);
bool isOfEqualRank(const Claim& a, const Claim& b);

/// Those of the claims that wait and that the stock can reach, bundled, best first. `claims`: best
/// first; `cases`: all among which the other lines of orders and kits are.
std::vector<Bundle> bundlesOf(std::span<const Claim> claims, const std::deque<Case>& cases,
                              const FreeStock& stock);

/// Where a line is served from: its own warehouse; else what the ERP names no warehouse for; a line
/// that names none itself from where most is free.
std::string_view sourceOf(const OrderLine& line, const FreeStock& stock);

}  // namespace backorderd::rules

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "backorderd/line.hpp"
#include "backorderd/problem.hpp"

namespace backorderd {

/// Free stock of an item: on hand and reserved for nobody.
struct StockLevel {
    std::string item;
    std::string warehouse;
    Decimal free;

    bool operator==(const StockLevel&) const = default;
};

/// One record of a page, before it is decoded. An unchanged line costs the comparison of its
/// fingerprint and nothing else.
struct LineRecord {
    std::string_view id;            ///< the ERP's id of the line; lives as long as the page
    std::uint64_t fingerprint = 0;  ///< of everything that `decode` looks at, joined files included
};

/// The end of a snapshot, reached.
struct SnapshotEnd {
    /// Proven complete: only then may the absence of a line mean anything.
    bool complete = false;
    std::string why_incomplete;  ///< for a person; empty where complete
    Timestamp as_of{};           ///< the moment whose state this is, by the ERP's account
    std::vector<StockLevel> stock;
};

}  // namespace backorderd

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

/// An item as the ERP's catalogue has it, whether a line waits for it or not.
struct CatalogueItem {
    Item item;
    Money price;  ///< for comparing a substitute with the original; no currency: not known
    std::optional<int> lead_time_days;  ///< from ordering to arrival, calendar days; 0 to 3650

    bool operator==(const CatalogueItem&) const = default;
};

/// `substitute` may be offered where `item` is wanted, in the ERP's own opinion. One direction
/// only.
struct Alternate {
    std::string item;
    std::string substitute;

    auto operator<=>(const Alternate&) const = default;
};

/// What is coming of an item, for whichever line.
struct ItemSupply {
    std::string item;
    Supply supply;

    bool operator==(const ItemSupply&) const = default;
};

/// What a source knows of items beside the lines. What an ERP does not say is empty.
struct Goods {
    std::vector<StockLevel> stock;
    std::vector<CatalogueItem> items;
    std::vector<Alternate> alternates;
    std::vector<ItemSupply> supply;

    bool operator==(const Goods&) const = default;
};

/// Units that an offer keeps from other offers.
struct StockHold {
    std::string item;
    std::string warehouse;
    Decimal quantity;
    Timestamp until{};  ///< from this moment on they are free again

    bool operator==(const StockHold&) const = default;
};

/// One record of a page, before it is decoded. An unchanged line costs the comparison of its
/// fingerprint and nothing else.
struct LineRecord {
    std::string_view id;            ///< the ERP's id of the line; lives as long as the page
    std::uint64_t fingerprint = 0;  ///< of everything that `decode` looks at, joined files included
    /// No back order by the source's own definition: taken in only where the line is known.
    bool known_only = false;
};

/// The end of a snapshot, reached.
struct SnapshotEnd {
    /// Proven complete: only then may the absence of a line mean anything.
    bool complete = false;
    /// Every line that the source has came by, all of one moment; only single records, each named
    /// by a problem, could not be read. What is complete is so too.
    bool read_through = false;
    /// `goods` is all that the source knows; where not, it is thrown away. What is complete has it.
    bool goods_read = false;
    std::string why_incomplete;  ///< for a person; empty where complete
    Timestamp as_of{};           ///< the moment whose state this is, by the ERP's account
    /// Where the next read of changes begins, in the source's own terms: its clock, a version of a
    /// row. Kept by the store, never looked into. Empty: from here only a full read goes on.
    std::string bookmark;
    Goods goods;
};

}  // namespace backorderd

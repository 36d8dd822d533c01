#pragma once

#include <cstddef>
#include <vector>

#include "backorderd/snapshot.hpp"
#include "connectors/files_rows.hpp"

/// Files that say what can be had: stock, the catalogue, and what may stand in for what. What
/// stands twice is a problem: which of them counts is not known.
namespace backorderd::connectors::files {

Joined readStock(RecordFile& file, const Columns& columns, std::size_t& rows_left,
                 std::vector<StockLevel>& stock);
Joined readItems(RecordFile& file, const Columns& columns, std::size_t& rows_left,
                 std::vector<CatalogueItem>& items);
/// Of a pair that stands twice, one is kept: it says the same.
Joined readAlternates(RecordFile& file, const Columns& columns, std::size_t& rows_left,
                      std::vector<Alternate>& alternates);

}  // namespace backorderd::connectors::files

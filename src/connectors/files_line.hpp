#pragma once

#include <string>
#include <vector>

#include "connectors/files_join.hpp"
#include "connectors/files_record.hpp"

namespace backorderd::connectors::files {

/// Turns the cells of a record into an order line, with the supply that was found for it in a
/// supply file: what the record itself says of its supply wins.
class LineMaker {
public:
    /// All of it outlives the maker.
    LineMaker(std::string source, const Columns& columns, const KindWords& kinds);

    Result<OrderLine> make(RecordFile& file, const Record& record, const Supply* joined);

private:
    std::string setCell(OrderLine& line, const Cell& cell, const ValueFormat& format);

    std::string source_;
    const Columns& columns_;
    const KindWords& kinds_;
    int ordered_column_;
    bool has_ordered_ = false;  ///< of the record at hand
    std::vector<Cell> cells_;
};

}  // namespace backorderd::connectors::files

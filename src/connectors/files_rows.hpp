#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backorderd/line.hpp"
#include "connectors/files_record.hpp"

namespace backorderd::connectors::files {

/// One row of a file that is held in memory, by our names of its columns.
class Row {
public:
    /// All of it outlives the row.
    Row(const std::vector<Cell>& cells, const Columns& columns, const ValueFormat& format)
        : cells_{cells}, columns_{columns}, format_{format} {}

    /// Empty where the row has no such column, as what follows is.
    std::string_view text(std::string_view name) const;
    std::optional<Date> date(std::string_view name);
    /// Within a thousand million either way, so that sums of many stay in the range of a Decimal.
    std::optional<Decimal> number(std::string_view name);
    /// A whole number from 0 to `max`.
    std::optional<int> count(std::string_view name, int max);
    /// The columns that begin so and hold something, without the beginning.
    Attributes attributes(std::string_view prefix) const;
    /// Empty: nothing was wrong so far.
    const std::string& fault() const { return fault_; }

private:
    const Cell* cell(std::string_view name) const;
    std::optional<std::string> canonical(std::string_view name, FieldType type);
    void wrong(std::string_view name);

    const std::vector<Cell>& cells_;
    const Columns& columns_;
    const ValueFormat& format_;
    std::string fault_;
};

/// How reading a whole file of rows that are held in memory went.
struct Joined {
    Problems problems;
    std::optional<Failure> failure;  ///< the disk
};

/// Goes over a whole file; `take` returns what is wrong with a row. `rows_left` counts down over
/// all files of a role.
Joined forEachRow(RecordFile& file, const Columns& columns, std::size_t& rows_left,
                  const std::function<std::string(Row& row)>& take);

}  // namespace backorderd::connectors::files

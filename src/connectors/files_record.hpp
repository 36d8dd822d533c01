#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "backorderd/problem.hpp"
#include "connectors/files_columns.hpp"
#include "connectors/files_window.hpp"

namespace backorderd::connectors::files {

/// One row of a CSV file or one object of a JSON file, not yet taken apart. The views live until
/// the next batch.
struct Record {
    std::string_view bytes;
    std::string_view line;  ///< text of the column `line`; empty where it is not asked for
    std::string_view item;  ///< text of the column `item.id`; empty where it is not asked for
};

/// The next records of a file, in its order. At the file's end, none.
struct Batch {
    std::vector<Record> records;
    Problems problems;  ///< records that could not be read
};

/// A value of a record. `text` lives until the next call of `cells`.
struct Cell {
    int column = 0;
    std::string_view text;
    const char* at = nullptr;  ///< where in the record it stands
    bool canonical = false;    ///< written as we write it, whatever the settings say
};

/// What of a record is looked at before it is taken apart.
struct Keys {
    bool line = false;
    bool item = false;
};

/// A file of records, read batch by batch.
class RecordFile {
public:
    static constexpr std::size_t kBatchRecords = 10'000;

    virtual ~RecordFile() = default;

    /// Replaces the batch. False: the end of the file, or the disk failed (`failure()`).
    virtual bool next(Batch& batch) = 0;
    /// Takes a record of the last batch apart; only columns that are known. A record that cannot be
    /// is a problem.
    virtual std::optional<Problem> cells(const Record& record, std::vector<Cell>& cells) = 0;
    /// Hash of what `cells` goes by beside the record's bytes: the header.
    virtual std::uint64_t shape() const = 0;
    /// How numbers and dates are written.
    virtual const ValueFormat& values() const = 0;
    virtual const Window& window() const = 0;
    /// Problems of this file so far that were too many to be listed.
    virtual std::size_t unlistedProblems() const = 0;
    /// Whether more than the records that were named may be missing: the file is empty or cut off,
    /// or its header or what follows some place makes no sense.
    virtual bool brokeOff() const = 0;

    const std::optional<Failure>& failure() const { return window().failure(); }
};

/// Lists problems, up to a number that a person may still read.
class ProblemList {
public:
    static constexpr std::size_t kListedMax = 100;

    void add(Problems& to, Place place, std::string text);
    std::size_t unlisted() const { return count_ > kListedMax ? count_ - kListedMax : 0; }

private:
    std::size_t count_ = 0;
};

}  // namespace backorderd::connectors::files

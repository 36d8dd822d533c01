#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace backorderd::connectors::rest {

/// One line of a record, as it was told the last time.
struct RememberedLine {
    std::string_view id;  ///< lives as long as it is remembered
    std::uint64_t fingerprint = 0;
    bool known_only = false;
};

/// Which lines a record gave, by the hash of its bytes: what came as before, and looked up what it
/// did before, need not be read again. Holds for one mapping with one set of values. About 80 bytes
/// a line.
class RememberedRecords {
public:
    struct Record {
        std::uint64_t hash = 0;
        std::int64_t changed = 0;  ///< what `changes.bookmark` said, in seconds; 0: nothing
        std::uint32_t first = 0, count = 0;
        std::uint32_t read = 0;  ///< in which it came last
    };

    void beginRead() { ++read_; }
    /// Whether it came in the read before this one. Then it is how its lines were told last: no
    /// other record of them came since.
    bool cameLast(const Record& record) const { return record.read + 1 == read_; }
    /// It came in this read as well.
    void cameAgain(const Record& record);

    /// Null where no such record is remembered. Quickest where records come in the order in which
    /// they came the last time.
    const Record* find(std::uint64_t hash);
    std::span<const RememberedLine> lines(const Record& record) const {
        return {lines_.data() + record.first, record.count};
    }
    /// What it looked up, as it was remembered.
    std::string_view lookedUp(const Record& record) const;
    /// Remembers it, in place of what was remembered by that hash, unless there are too many.
    void remember(std::uint64_t hash, std::int64_t changed, std::span<const RememberedLine> lines,
                  std::string_view looked_up = {});
    /// A full read that had so many lines is over: where most of what is remembered is no more,
    /// all of it is forgotten.
    void endOfRead(std::size_t lines);

private:
    void grow();
    std::string_view keep(std::string_view bytes);
    std::size_t slotOf(std::uint64_t hash) const;
    Record& recordOf(std::uint64_t hash);

    std::vector<Record> records_;
    std::vector<std::uint32_t> table_;  ///< open addressing: places in `records_`, from 1; 0: free
    std::uint32_t read_ = 0;
    std::size_t next_ = 0;  ///< behind the record that was found last
    std::vector<RememberedLine> lines_;
    std::vector<std::string_view> looked_up_;      ///< by record, as far as one looks something up
    std::vector<std::unique_ptr<char[]>> chunks_;  ///< the bytes of ids and of what was looked up
    std::size_t chunk_free_ = 0;
};

}  // namespace backorderd::connectors::rest

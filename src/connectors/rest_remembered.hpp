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

/// Which lines a record gave, by the hash of its bytes: what came as before need not be read again.
/// Holds for one mapping with one set of values. About 60 bytes a line.
class RememberedRecords {
public:
    struct Record {
        std::uint64_t hash = 0;
        std::int64_t changed = 0;  ///< what `changes.bookmark` said, in seconds; 0: nothing
        std::uint32_t first = 0, count = 0;
    };

    /// Null where no such record is remembered.
    const Record* find(std::uint64_t hash) const;
    std::span<const RememberedLine> lines(const Record& record) const {
        return {lines_.data() + record.first, record.count};
    }
    /// Remembers it, unless it is so already or there are too many.
    void remember(std::uint64_t hash, std::int64_t changed, std::span<const RememberedLine> lines);
    /// A full read that had so many lines is over: where most of what is remembered is no more,
    /// all of it is forgotten.
    void endOfRead(std::size_t lines);

private:
    void grow();
    std::string_view keep(std::string_view id);
    std::size_t slotOf(std::uint64_t hash) const;

    std::vector<Record> table_;  ///< open addressing; a hash of 0 is a free place
    std::size_t records_ = 0;
    std::vector<RememberedLine> lines_;
    std::vector<std::unique_ptr<char[]>> chunks_;  ///< the bytes of ids
    std::size_t chunk_free_ = 0;
};

}  // namespace backorderd::connectors::rest

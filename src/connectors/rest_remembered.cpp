#include "connectors/rest_remembered.hpp"

#include <algorithm>

namespace backorderd::connectors::rest {
namespace remembered {

/// Beyond these a read costs what it costs, and memory stays within bounds.
constexpr std::size_t kLinesMax = 2'000'000;
constexpr std::size_t kChunkBytes = std::size_t{1} << 18;
constexpr std::size_t kIdBytesMax = 256;
constexpr std::size_t kTableMin = 1024;
/// So many lines may be remembered in vain whatever the size of the source.
constexpr std::size_t kLinesInVain = 10'000;

}  // namespace remembered

std::size_t RememberedRecords::slotOf(std::uint64_t hash) const {
    std::size_t slot = hash & (table_.size() - 1);
    while (table_[slot].hash != 0 && table_[slot].hash != hash)
        slot = (slot + 1) & (table_.size() - 1);
    return slot;
}

const RememberedRecords::Record* RememberedRecords::find(std::uint64_t hash) const {
    if (table_.empty() || hash == 0) return nullptr;
    const Record& found = table_[slotOf(hash)];
    return found.hash == hash ? &found : nullptr;
}

void RememberedRecords::grow() {
    std::vector<Record> old(std::max(remembered::kTableMin, table_.size() * 2));
    old.swap(table_);
    for (const Record& record : old)
        if (record.hash != 0) table_[slotOf(record.hash)] = record;
}

std::string_view RememberedRecords::keep(std::string_view id) {
    if (chunks_.empty() || chunk_free_ < id.size()) {
        chunks_.push_back(std::make_unique<char[]>(remembered::kChunkBytes));
        chunk_free_ = remembered::kChunkBytes;
    }
    char* const at = chunks_.back().get() + (remembered::kChunkBytes - chunk_free_);
    std::copy(id.begin(), id.end(), at);
    chunk_free_ -= id.size();
    return {at, id.size()};
}

void RememberedRecords::remember(std::uint64_t hash, std::int64_t changed,
                                 std::span<const RememberedLine> lines) {
    const auto too_long = [](const RememberedLine& line) {
        return line.id.size() > remembered::kIdBytesMax;
    };
    if (hash == 0 || lines_.size() + lines.size() > remembered::kLinesMax ||
        records_ > remembered::kLinesMax || std::ranges::any_of(lines, too_long))
        return;
    // At most three quarters are taken, so that a search is short.
    if ((records_ + 1) * 4 > table_.size() * 3) grow();
    Record& record = table_[slotOf(hash)];
    if (record.hash != 0) return;
    record = {hash, changed, static_cast<std::uint32_t>(lines_.size()),
              static_cast<std::uint32_t>(lines.size())};
    ++records_;
    for (const RememberedLine& line : lines)
        lines_.push_back({keep(line.id), line.fingerprint, line.known_only});
}

void RememberedRecords::endOfRead(std::size_t lines) {
    if (std::max(lines_.size(), records_) <= 2 * lines + remembered::kLinesInVain) return;
    *this = RememberedRecords{};
}

}  // namespace backorderd::connectors::rest

#include "connectors/rest_remembered.hpp"

#include <algorithm>

namespace backorderd::connectors::rest {
namespace remembered {

/// Beyond these a read costs what it costs, and memory stays within bounds.
constexpr std::size_t kLinesMax = 2'000'000;
constexpr std::size_t kChunkBytes = std::size_t{1} << 18;
constexpr std::size_t kIdBytesMax = 256;
constexpr std::size_t kLookedUpBytesMax = 4096;
constexpr std::size_t kTableMin = 1024;
/// So many lines may be remembered in vain whatever the size of the source.
constexpr std::size_t kLinesInVain = 10'000;

}  // namespace remembered

std::size_t RememberedRecords::slotOf(std::uint64_t hash) const {
    std::size_t slot = hash & (table_.size() - 1);
    while (table_[slot] != 0 && records_[table_[slot] - 1].hash != hash)
        slot = (slot + 1) & (table_.size() - 1);
    return slot;
}

const RememberedRecords::Record* RememberedRecords::find(std::uint64_t hash) {
    if (next_ < records_.size() && records_[next_].hash == hash) return &records_[next_++];
    if (table_.empty()) return nullptr;
    const std::uint32_t place = table_[slotOf(hash)];
    if (place == 0) return nullptr;
    next_ = place;
    return &records_[place - 1];
}

std::string_view RememberedRecords::lookedUp(const Record& record) const {
    const auto place = static_cast<std::size_t>(&record - records_.data());
    return place < looked_up_.size() ? looked_up_[place] : std::string_view{};
}

void RememberedRecords::cameAgain(const Record& record) {
    records_[static_cast<std::size_t>(&record - records_.data())].read = read_;
}

void RememberedRecords::grow() {
    table_.assign(std::max(remembered::kTableMin, table_.size() * 2), 0);
    for (std::size_t i = 0; i < records_.size(); ++i)
        table_[slotOf(records_[i].hash)] = static_cast<std::uint32_t>(i + 1);
}

std::string_view RememberedRecords::keep(std::string_view bytes) {
    if (chunks_.empty() || chunk_free_ < bytes.size()) {
        chunks_.push_back(std::make_unique<char[]>(remembered::kChunkBytes));
        chunk_free_ = remembered::kChunkBytes;
    }
    char* const at = chunks_.back().get() + (remembered::kChunkBytes - chunk_free_);
    std::copy(bytes.begin(), bytes.end(), at);
    chunk_free_ -= bytes.size();
    return {at, bytes.size()};
}

RememberedRecords::Record& RememberedRecords::recordOf(std::uint64_t hash) {
    // At most three quarters are taken, so that a search is short.
    if ((records_.size() + 1) * 4 > table_.size() * 3) grow();
    std::uint32_t& place = table_[slotOf(hash)];
    if (place == 0) {
        records_.emplace_back();
        place = static_cast<std::uint32_t>(records_.size());
    }
    return records_[place - 1];
}

void RememberedRecords::remember(std::uint64_t hash, std::int64_t changed,
                                 std::span<const RememberedLine> lines,
                                 std::string_view looked_up) {
    const auto too_long = [](const RememberedLine& line) {
        return line.id.size() > remembered::kIdBytesMax;
    };
    if (lines_.size() + lines.size() > remembered::kLinesMax ||
        records_.size() > remembered::kLinesMax || std::ranges::any_of(lines, too_long) ||
        looked_up.size() > remembered::kLookedUpBytesMax)
        return;
    Record& record = recordOf(hash);
    record = {hash, changed, static_cast<std::uint32_t>(lines_.size()),
              static_cast<std::uint32_t>(lines.size()), read_};
    next_ = static_cast<std::size_t>(&record - records_.data()) + 1;
    for (const RememberedLine& line : lines)
        lines_.push_back({keep(line.id), line.fingerprint, line.known_only});
    if (looked_up.empty() && looked_up_.size() < next_) return;
    looked_up_.resize(std::max(looked_up_.size(), next_));
    looked_up_[next_ - 1] = keep(looked_up);
}

void RememberedRecords::endOfRead(std::size_t lines) {
    next_ = 0;
    if (std::max(lines_.size(), records_.size()) <= 2 * lines + remembered::kLinesInVain) return;
    const std::uint32_t read = read_;
    *this = RememberedRecords{};
    read_ = read;
}

}  // namespace backorderd::connectors::rest

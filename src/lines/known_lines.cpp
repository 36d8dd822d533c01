#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>

#include "lines/lines.hpp"

namespace backorderd::lines {

namespace {

constexpr std::uint64_t kCaseIdMax = (std::uint64_t{1} << 48) - 1;
constexpr std::uint64_t kTagMask = (1u << 11) - 1;
constexpr std::size_t kKeyBytesMax = (std::size_t{1} << 28) - 1;
constexpr std::size_t kKeyChunkBytes = std::size_t{1} << 16;
constexpr std::size_t kEntriesPerChunk = 4096;
constexpr std::size_t kNone = static_cast<std::size_t>(-1);

/// One line in 24 bytes; its key lies in the arena.
struct Entry {
    std::uint64_t fingerprint = 0;
    std::uint64_t case_id : 48 = 0;
    std::uint64_t live : 1 = 0;
    std::uint64_t known : 1 = 0;      ///< `put`; otherwise only seen so far
    std::uint64_t committed : 1 = 0;  ///< `fingerprint` is what was put, not what was seen since
    std::uint64_t seen : 1 = 0;
    std::uint64_t missing : 1 = 0;
    std::uint64_t tag : 11 = 0;  ///< of the key's hash; spares most comparisons of unequal keys
    std::uint64_t key_chunk : 20 = 0;
    std::uint64_t key_offset : 16 = 0;
    std::uint64_t key_bytes : 28 = 0;
};
static_assert(sizeof(Entry) == 24);

/// The keys, one behind another. Chunks never move, and none is ever much too large.
class KeyArena {
public:
    void store(std::string_view key, Entry& entry) {
        if (key.size() > kKeyBytesMax) throw std::length_error{"a line id of over 256 MiB"};
        if (chunks_.empty() || room_ < key.size()) addChunk(std::max(key.size(), kKeyChunkBytes));
        const std::size_t chunk = chunks_.size() - 1;
        if (chunk >> 20 != 0) throw std::length_error{"over 64 GiB of line ids"};
        const std::size_t offset = used_;
        std::memcpy(chunks_.back().get() + offset, key.data(), key.size());
        used_ += key.size();
        room_ -= key.size();
        entry.key_chunk = chunk & ((1u << 20) - 1);
        entry.key_offset = offset & 0xffff;
        entry.key_bytes = key.size() & kKeyBytesMax;
    }

    std::string_view at(const Entry& entry) const {
        return {chunks_[entry.key_chunk].get() + entry.key_offset,
                static_cast<std::size_t>(entry.key_bytes)};
    }

private:
    void addChunk(std::size_t bytes) {
        chunks_.push_back(std::make_unique<char[]>(bytes));
        used_ = 0;
        room_ = bytes;
    }

    std::vector<std::unique_ptr<char[]>> chunks_;
    std::size_t used_ = 0, room_ = 0;  // of the last chunk
};

}  // namespace

/// Entries lie in the order in which they came, which is the ERP's order: a snapshot that brings
/// the lines in that order again finds each right behind the one before, without hashing. An open
/// addressing index of entry numbers serves every other look-up.
struct KnownLines::Table {
    using Chunk = std::array<Entry, kEntriesPerChunk>;

    std::vector<std::unique_ptr<Chunk>> chunks;
    std::size_t entries = 0;  ///< used so far, erased ones included
    std::size_t live = 0;
    std::size_t known = 0;
    std::size_t expected_next = 0;
    Reading reading = Reading::All;    ///< of the snapshot that was begun last
    std::vector<std::uint32_t> index;  ///< entry number + 1; 0 is free. A power of two.
    KeyArena keys;

    Entry& at(std::size_t number) {
        return (*chunks[number / kEntriesPerChunk])[number % kEntriesPerChunk];
    }
    static std::uint64_t hashOf(std::string_view id) { return XXH3_64bits(id.data(), id.size()); }
    static std::uint64_t tagOf(std::uint64_t hash) { return (hash >> 48) & kTagMask; }
    std::size_t home(std::uint64_t hash) const { return hash & (index.size() - 1); }
    std::size_t next(std::size_t slot) const { return (slot + 1) & (index.size() - 1); }

    std::size_t find(std::string_view id, std::uint64_t hash);
    std::size_t findExpected(std::string_view id);
    std::size_t add(std::string_view id, std::uint64_t hash);
    void growIndex(std::size_t lines);
    void remove(std::size_t number);
    void compact();
};

std::size_t KnownLines::Table::find(std::string_view id, std::uint64_t hash) {
    if (index.empty()) return kNone;
    for (std::size_t slot = home(hash); index[slot] != 0; slot = next(slot)) {
        const std::size_t number = index[slot] - 1;
        const Entry& entry = at(number);
        if (entry.tag == tagOf(hash) && keys.at(entry) == id) return number;
    }
    return kNone;
}

/// The entry behind the one that was found last, where it is the one looked for.
std::size_t KnownLines::Table::findExpected(std::string_view id) {
    if (expected_next >= entries) return kNone;
    const Entry& entry = at(expected_next);
    return entry.live && keys.at(entry) == id ? expected_next : kNone;
}

std::size_t KnownLines::Table::add(std::string_view id, std::uint64_t hash) {
    if (entries >= 0xffff'fffe) throw std::length_error{"over four thousand million lines"};
    growIndex(live + 1);
    if (entries == chunks.size() * kEntriesPerChunk) chunks.push_back(std::make_unique<Chunk>());
    const std::size_t number = entries;
    Entry& entry = at(number);
    keys.store(id, entry);
    entry.live = 1;
    entry.tag = tagOf(hash) & kTagMask;
    std::size_t slot = home(hash);
    while (index[slot] != 0) slot = next(slot);
    index[slot] = static_cast<std::uint32_t>(number + 1);
    ++entries;
    ++live;
    return number;
}

/// Keeps the index at most four fifths full, so that a look-up ends soon.
void KnownLines::Table::growIndex(std::size_t lines) {
    if (lines * 5 <= index.size() * 4) return;
    std::size_t slots = std::max<std::size_t>(index.size(), 64);
    while (lines * 5 > slots * 4) slots *= 2;
    index.assign(slots, 0);
    for (std::size_t number = 0; number < entries; ++number) {
        if (!at(number).live) continue;
        std::size_t slot = home(hashOf(keys.at(at(number))));
        while (index[slot] != 0) slot = next(slot);
        index[slot] = static_cast<std::uint32_t>(number + 1);
    }
}

/// Frees the slot and moves those behind it that would no longer be found up into the gap.
void KnownLines::Table::remove(std::size_t number) {
    std::size_t gap = home(hashOf(keys.at(at(number))));
    while (index[gap] != number + 1) gap = next(gap);
    for (std::size_t slot = next(gap); index[slot] != 0; slot = next(slot)) {
        const std::size_t wish = home(hashOf(keys.at(at(index[slot] - 1))));
        const std::size_t mask = index.size() - 1;
        if (((slot - wish) & mask) < ((slot - gap) & mask)) continue;
        index[gap] = index[slot];
        gap = slot;
    }
    index[gap] = 0;
    if (at(number).known) --known;
    --live;
    at(number) = Entry{};
}

/// Gives back the room of erased lines once they are the larger part.
void KnownLines::Table::compact() {
    if (entries - live <= live + kEntriesPerChunk) return;
    Table fresh;
    fresh.growIndex(live);
    for (std::size_t number = 0; number < entries; ++number) {
        const Entry& old = at(number);
        if (!old.live) continue;
        const std::string_view id = keys.at(old);
        Entry& entry = fresh.at(fresh.add(id, hashOf(id)));
        entry.fingerprint = old.fingerprint;
        entry.case_id = old.case_id;
        entry.known = old.known;
        entry.committed = old.committed;
        entry.seen = old.seen;
        entry.missing = old.missing;
    }
    fresh.known = known;
    fresh.reading = reading;
    *this = std::move(fresh);
}

KnownLines::KnownLines() : table_{std::make_unique<Table>()} {}
KnownLines::~KnownLines() = default;

/// Forgets lines that were seen and never put, and lines without a case that the last snapshot of
/// all lines did not show: neither may pile up over the weeks, and nobody has to hear of their end.
void KnownLines::beginSnapshot(Reading reading) {
    const bool all_shown = table_->reading == Reading::All;
    table_->reading = reading;
    for (std::size_t number = 0; number < table_->entries; ++number) {
        Entry& entry = table_->at(number);
        const bool forgotten = !entry.known || (all_shown && entry.case_id == 0 && !entry.seen);
        entry.seen = 0;
        if (entry.live && forgotten) table_->remove(number);
    }
    table_->compact();
    table_->expected_next = 0;
}

bool KnownLines::knows(std::string_view id) const {
    const std::size_t number = table_->find(id, Table::hashOf(id));
    return number != kNone && table_->at(number).known;
}

KnownLines::Sight KnownLines::see(std::string_view id, std::uint64_t fingerprint) {
    std::size_t number = table_->findExpected(id);
    if (number == kNone) {
        const std::uint64_t hash = Table::hashOf(id);
        number = table_->find(id, hash);
        if (number == kNone) number = table_->add(id, hash);
    }
    table_->expected_next = number + 1;

    Entry& entry = table_->at(number);
    Sight sight{Seen::Unchanged, static_cast<CaseId>(entry.case_id), entry.missing != 0};
    const bool same = entry.fingerprint == fingerprint;
    if (entry.seen) {
        sight.seen = same ? Seen::Again : Seen::Conflict;
        return sight;
    }
    entry.seen = 1;
    if (entry.known && entry.committed && same) return sight;
    sight.seen = entry.known ? Seen::Changed : Seen::New;
    if (entry.known && entry.committed) sight.committed = entry.fingerprint;
    entry.fingerprint = fingerprint;
    entry.committed = 0;
    return sight;
}

void KnownLines::put(std::string_view id, std::uint64_t fingerprint, CaseId case_id) {
    if (case_id < 0 || static_cast<std::uint64_t>(case_id) > kCaseIdMax)
        throw std::out_of_range{"a case id that no store gives"};
    const std::uint64_t hash = Table::hashOf(id);
    std::size_t number = table_->find(id, hash);
    if (number == kNone) number = table_->add(id, hash);
    Entry& entry = table_->at(number);
    if (!entry.known) ++table_->known;
    entry.known = 1;
    entry.committed = 1;
    entry.fingerprint = fingerprint;
    entry.case_id = static_cast<std::uint64_t>(case_id) & kCaseIdMax;
}

void KnownLines::markMissing(std::string_view id, bool missing) {
    const std::size_t number = table_->find(id, Table::hashOf(id));
    if (number != kNone) table_->at(number).missing = missing ? 1 : 0;
}

void KnownLines::erase(std::string_view id) {
    const std::size_t number = table_->find(id, Table::hashOf(id));
    if (number != kNone) table_->remove(number);
}

std::vector<KnownLines::Unseen> KnownLines::unseen(bool missing_only) const {
    std::vector<Unseen> lines;
    for (std::size_t number = 0; number < table_->entries; ++number) {
        const Entry& entry = table_->at(number);
        if (!entry.live || !entry.known || entry.seen || entry.case_id == 0) continue;
        if (missing_only && !entry.missing) continue;
        lines.push_back(
            {table_->keys.at(entry), static_cast<CaseId>(entry.case_id), entry.missing != 0});
    }
    return lines;
}

std::size_t KnownLines::size() const { return table_->known; }

}  // namespace backorderd::lines

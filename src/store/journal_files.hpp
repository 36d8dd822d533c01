#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "backorderd/dates.hpp"

namespace backorderd::store {

/// A closed file of a send journal. Its name, `FILE.SEQ.SECONDS`, tells its last record. A
/// persisted format: do not change.
struct ClosedSegment {
    std::filesystem::path path;
    std::uint64_t last_seq = 0;
    Timestamp last_at{};
};
std::filesystem::path closedName(const std::filesystem::path& file, std::uint64_t last_seq,
                                 Timestamp last_at);
/// Ascending by sequence number.
std::vector<ClosedSegment> closedSegments(const std::filesystem::path& file);

/// The key of the hashes, in `FILE.key`: 32 random bytes as hexadecimal digits. Made where neither
/// it nor a journal exists; its absence beside a journal is JournalRefused.
std::string journalKey(const std::filesystem::path& file, bool journal_exists);

/// HMAC-SHA256, its first 128 bits as hexadecimal digits.
std::string keyedHash(const std::string& key, std::string_view text);

/// All bytes of a file; one that cannot be read is JournalRefused.
std::string journalBytes(const std::filesystem::path& file);
/// Makes a new entry of a directory durable.
void syncDirectory(const std::filesystem::path& directory);
[[noreturn]] void refuseJournal(const std::filesystem::path& file, const std::string& text);

}  // namespace backorderd::store

#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "backorderd/dates.hpp"

struct evp_mac_ctx_st;  // OpenSSL's
struct ossl_lib_ctx_st;

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
/// Whether it is there; JournalRefused where that cannot be found out.
bool journalFileExists(const std::filesystem::path& file);
/// Ascending by sequence number. A directory that cannot be read is JournalRefused: without its
/// files it would look as if less had left.
std::vector<ClosedSegment> closedSegments(const std::filesystem::path& file);

/// The key of the hashes, in `FILE.key`: 32 random bytes as hexadecimal digits. Made where neither
/// it nor a journal exists; its absence beside a journal is JournalRefused.
std::string journalKey(const std::filesystem::path& file, bool journal_exists);

/// HMAC-SHA256 under one key, the first 128 bits as hexadecimal digits.
class KeyedHash {
public:
    explicit KeyedHash(const std::string& key);
    std::string operator()(std::string_view text) const;

private:
    struct Free {
        void operator()(evp_mac_ctx_st* context) const;
        void operator()(ossl_lib_ctx_st* library) const;
    };
    std::unique_ptr<ossl_lib_ctx_st, Free> library_;
    std::unique_ptr<evp_mac_ctx_st, Free> context_;  ///< has the key; begun anew for each text
};

/// All bytes of a file; one that cannot be read is JournalRefused.
std::string journalBytes(const std::filesystem::path& file);
/// Makes a new entry of a directory durable.
void syncDirectory(const std::filesystem::path& directory);
[[noreturn]] void refuseJournal(const std::filesystem::path& file, const std::string& text);

}  // namespace backorderd::store

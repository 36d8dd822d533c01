#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "backorderd/store.hpp"

namespace backorderd::store {

/// One line of the send journal. Everything in it that could name somebody is a keyed hash.
struct JournalRecord {
    enum class What {
        Wire,     ///< it may have left: written and synced before the first irreversible byte
        Sent,     ///< it was accepted
        NotSent,  ///< it was refused, now or for good: what `Wire` announced has not left
        Unknown,  ///< no answer came
    };
    std::uint64_t seq = 0;  ///< filled in by `append`; ascending, and never used twice
    Timestamp at{};
    What what{};
    std::string message;               ///< hash of the message's stable id
    std::vector<std::string> notices;  ///< hashes of its notices' identities
};

/// The send journal cannot be used as it is: damaged, or not to be opened. `what()` says where, and
/// what to do. Nothing was changed.
class JournalRefused : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

struct JournalOptions {
    /// A file larger than this is closed, and another begun.
    std::uint64_t segment_bytes = 16 << 20;
    /// Closed files whose last record is older than this are deleted.
    std::chrono::seconds keep{std::chrono::hours{24 * 30}};
    /// What makes a file durable; 0, or -1 with errno. For tests that let the disk fail.
    std::function<int(int descriptor)> sync;
    /// Called where the disk is full; true: there is room now, and the write goes on.
    std::function<bool()> make_room;
};

/// An append-only file outside of the database's directory that says what left. A restored backup
/// of the database learns from it what it must not send again. One process at a time: whoever holds
/// the store.
class SendJournal {
public:
    virtual ~SendJournal() = default;

    /// A keyed hash, 32 hexadecimal digits; the same for the same text as long as the journal
    /// lives.
    virtual std::string hash(std::string_view text) const = 0;
    /// Who this journal is: another one, or one begun anew, has another id.
    virtual std::string id() const = 0;
    /// There was none, and this one has been begun.
    virtual bool isNew() const = 0;
    /// What of it was cut off, because a crash left it unfinished; empty: nothing.
    virtual std::string cutOff() const = 0;
    virtual std::uint64_t lastSeq() const = 0;
    /// All records above a sequence number, ascending.
    virtual std::vector<JournalRecord> after(std::uint64_t seq) const = 0;

    /// Writes records with the sequence numbers `first`, `first` + 1 …, which are above all before.
    /// With `durable`, they are on the disk when it returns. A disk that fails or is full is
    /// StoreBroken, which ends the process; the next start finds what is there.
    virtual void append(std::span<JournalRecord> records, std::uint64_t first, bool durable) = 0;
};

/// Opens a journal, or begins one where there is none; makes its directory (mode 0700), and the key
/// of its hashes beside it. `now` is for deleting old files.
std::unique_ptr<SendJournal> openJournal(const std::string& file, Timestamp now,
                                         const JournalOptions& options = {});

/// The text of which a notice's hash is made: the same in every copy of the database. Hashes of it
/// are kept for months: do not change.
std::string identityText(const NoticeIdentity& notice);

}  // namespace backorderd::store

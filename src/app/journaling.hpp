#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "backorderd/store.hpp"
#include "store/journal.hpp"

namespace backorderd::app {

/// Writes the steps of messages to the store and, behind it, to the send journal: the store's
/// number is never below the journal's, so that a journal which is ahead tells of an older
/// database.
class JournaledSteps {
public:
    /// `journal` null: the store alone. Both must outlive the steps.
    JournaledSteps(Store& store, store::SendJournal* journal) : store_{store}, journal_{journal} {}

    /// Records outcomes and makes marks, in one durable write of the store and one of the journal.
    /// Returns when both say durably that the messages `on_wire` may leave. The journal's part of
    /// outcomes alone is not synced: what is lost of it counts as unknown.
    void record(std::span<const Settlement> settlements, std::span<const Annotation> notes,
                std::span<const MessageId> on_wire, Timestamp now);

    /// Messages that the store says are on the wire and that have not left, because the journal has
    /// no record of it: that is durable before the first byte. None where the journal lacks more
    /// than a crash takes from it.
    std::vector<MessageId> neverLeft() const;

private:
    std::uint64_t nextSeq() const;
    void addOutcomes(std::span<const Settlement> settlements, Timestamp now);
    void addMarks(std::span<const MessageId> ids, Timestamp now);

    Store& store_;
    store::SendJournal* journal_;
    std::vector<store::JournalRecord> records_;  ///< of the write under way
    std::map<MessageId, std::string> leaving_;   ///< on the wire, by the hash in the journal
};

}  // namespace backorderd::app

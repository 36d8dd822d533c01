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

    /// Returns when store and journal both say durably that these messages may leave.
    void markOnWire(std::span<const MessageId> ids, Timestamp now);
    /// Records outcomes. The journal's part is not synced: what is lost of it counts as unknown.
    void settle(std::span<const Settlement> settlements, Timestamp now,
                std::span<const Annotation> notes);

private:
    std::uint64_t nextSeq() const;

    Store& store_;
    store::SendJournal* journal_;
    std::map<MessageId, std::string> leaving_;  ///< on the wire, by the hash in the journal
};

}  // namespace backorderd::app

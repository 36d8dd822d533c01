#pragma once

#include <span>
#include <string>
#include <vector>

#include "backorderd/store.hpp"
#include "codec/codec.hpp"
#include "store/query.hpp"

namespace backorderd::store {

/// What concerns persons, in every table, and how it goes. Callers hold the transaction.
class PersonTables {
public:
    explicit PersonTables(SQLite::Database& database);

    /// Removes the documents of messages that have ended and were made up to `until`; how many.
    int removeDocuments(Timestamp until, int limit);
    /// Closed cases, none of whose notices may still be sent, that still name persons.
    std::vector<CaseId> casesClosed(Timestamp until, int limit);
    /// Takes persons out of a closed case, and out of the messages that tell of no other one.
    void removePersons(CaseId id, Timestamp now);
    /// Takes out who the customer is as well, and empties every message that tells of the case.
    /// False, with nothing done, where such a message is leaving at this moment.
    bool removeCustomer(CaseId id, Timestamp now);
    /// Takes a word out of the audit trail.
    void removeFromTrail(const std::string& word);

private:
    enum class Depth { Persons, Customer };
    void removeFromLine(CaseId id, Depth depth);
    void removeFromEvents(CaseId id);
    void removeFromNotices(CaseId id);
    void removeFromMessages(std::span<const MessageId> ids);

    Query old_documents_, delete_document_;
    Query closed_, line_, set_line_, set_names_, mark_;
    Query events_, set_event_;
    Query leaving_, drop_messages_, drop_notices_, empty_notices_, empty_notice_steps_;
    Query messages_of_, messages_done_, empty_message_, empty_message_steps_;
    Query delete_notes_, delete_notes_done_, trail_, trail_of_line_;
    codec::LineDecoder decoder_;
};

}  // namespace backorderd::store

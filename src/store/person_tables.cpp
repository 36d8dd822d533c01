#include "store/person_tables.hpp"

#include <stdexcept>

namespace backorderd::store {
namespace {

/// Stands where an address or a customer was. A persisted format: do not change.
constexpr const char* kRemoved = "(removed)";

constexpr const char* kEnded =
    "('sent', 'refused', 'unknown', 'dead', 'superseded', 'bounced', 'dropped')";

std::string oldDocuments() {
    return std::string{"SELECT message_id, created_at, state IN "} + kEnded +
           " FROM message_document JOIN message ON id = message_id ORDER BY message_id";
}

/// Takes out of an event what persons said, and who they are.
struct WordRemover {
    void operator()(ContactChanged& changed) const { changed = {}; }
    void operator()(OfferAnswered& answered) const { answered.author = answered.note = ""; }
    void operator()(Acknowledged& taken) const { taken.author = taken.note = ""; }
    void operator()(Responded& said) const { said.text = said.author = ""; }
    void operator()(PartlyShipped& shipped) const { removeTracking(shipped.shipment); }
    void operator()(Shipped& shipped) const { removeTracking(shipped.shipment); }
    template <class Other>
    void operator()(Other&) const {}

    /// With its number a carrier tells anybody who received the parcel, and where.
    static void removeTracking(Shipment& shipment) {
        shipment.reference = shipment.tracking = shipment.tracking_url = "";
    }
};

/// Fields of an ERP that we do not know may hold anything.
void removePersonsFrom(OrderLine& line) {
    line.contact = {};
    line.sales_rep = {};
    line.customer.name = "";
    line.customer.attributes.clear();
    line.attributes.clear();
    line.order.reference = "";
    WordRemover::removeTracking(line.shipment);
}

}  // namespace

PersonTables::PersonTables(SQLite::Database& database)
    : old_documents_{database, oldDocuments().c_str()},
      delete_document_{database, "DELETE FROM message_document WHERE message_id = ?1"},
      closed_{database,
              "SELECT id FROM case_file WHERE closed_at IS NOT NULL AND closed_at <= ?1"
              " AND persons_removed_at IS NULL AND NOT EXISTS (SELECT 1 FROM notice"
              " WHERE case_id = case_file.id AND state IN ('planned', 'held', 'bundled'))"
              " LIMIT ?2"},
      line_{database,
            "SELECT source.name, line, closed_at IS NOT NULL FROM case_file"
            " JOIN case_line ON case_id = case_file.id JOIN source ON source.id = source_id"
            " WHERE case_file.id = ?1"},
      set_line_{database, "UPDATE case_line SET line = ?2 WHERE case_id = ?1"},
      set_names_{database,
                 "UPDATE case_file SET customer_id = ?2, order_number = ?2, position = ''"
                 " WHERE id = ?1"},
      mark_{database, "UPDATE case_file SET persons_removed_at = ?2 WHERE id = ?1"},
      events_{database, "SELECT seq, name, members FROM case_event WHERE case_id = ?1"},
      set_event_{database, "UPDATE case_event SET members = ?3 WHERE case_id = ?1 AND seq = ?2"},
      leaving_{database,
               "SELECT 1 FROM message JOIN notice ON message_id = message.id WHERE case_id = ?1"
               " AND message.state IN ('claimed', 'on_wire')"},
      drop_messages_{database,
                     "UPDATE message SET state = 'dropped', state_reason = ?2, state_at = ?3,"
                     " next_attempt_at = NULL WHERE state IN ('ready', 'deferred', 'held')"
                     " AND id IN (SELECT message_id FROM notice WHERE case_id = ?1)"},
      drop_notices_{database,
                    "UPDATE notice SET state = 'dropped', state_reason = ?2, state_at = ?3"
                    " WHERE state IN ('planned', 'held', 'bundled') AND (case_id = ?1 OR"
                    " message_id IN (SELECT message_id FROM notice WHERE case_id = ?1))"},
      empty_notices_{database,
                     "UPDATE notice SET address = ?2, name = '', digest_key = '', reason = '',"
                     " state_reason = '' WHERE case_id = ?1"},
      empty_notice_steps_{database,
                          "UPDATE notice_transition SET reason = '' WHERE notice_id IN"
                          " (SELECT id FROM notice WHERE case_id = ?1)"},
      messages_of_{database,
                   "SELECT DISTINCT message_id FROM notice"
                   " WHERE case_id = ?1 AND message_id IS NOT NULL"},
      messages_done_{database,
                     "SELECT DISTINCT message_id FROM notice AS mine WHERE case_id = ?1"
                     " AND message_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM notice AS other"
                     " JOIN case_file ON case_file.id = other.case_id"
                     " WHERE other.message_id = mine.message_id AND persons_removed_at IS NULL)"},
      empty_message_{database,
                     "UPDATE message SET address = ?2, name = '', subject = '', envelope_from = '',"
                     " state_reason = '', last_reply = '' WHERE id = ?1"},
      empty_message_steps_{database,
                           "UPDATE message_transition SET reason = '' WHERE message_id = ?1"},
      delete_notes_{database, "DELETE FROM annotation WHERE source = ?1 AND order_id = ?2"},
      delete_notes_done_{database,
                         "DELETE FROM annotation WHERE source = ?1 AND order_id = ?2"
                         " AND state <> 'due'"},
      trail_{database,
             "UPDATE audit SET subject = replace(subject, ?1, ?2), reason = replace(reason, ?1, ?2)"
             " WHERE instr(subject, ?1) > 0 OR instr(reason, ?1) > 0"},
      trail_of_line_{database, "UPDATE audit SET reason = ?2 WHERE subject = ?1"} {}

// Messages are numbered in the order in which they were made: the first young one ends the walk.
int PersonTables::removeDocuments(Timestamp until, int limit) {
    std::vector<MessageId> ids;
    {
        auto rows = old_documents_.rows();
        while (rows.next() && rows.time(1) <= until && static_cast<int>(ids.size()) < limit)
            if (rows.flag(2)) ids.push_back(rows.integer(0));
    }
    for (const auto id : ids) delete_document_.run(id);
    return static_cast<int>(ids.size());
}

std::vector<CaseId> PersonTables::casesClosed(Timestamp until, int limit) {
    return readIds(closed_.rows(until, limit));
}

void PersonTables::removePersons(CaseId id, Timestamp now) {
    removeFromLine(id, Depth::Persons);
    mark_.run(id, now);
    removeFromEvents(id);
    const auto messages = readIds(messages_done_.rows(id));
    removeFromNotices(id);
    removeFromMessages(messages);
}

bool PersonTables::removeCustomer(CaseId id, Timestamp now) {
    if (leaving_.rows(id).next()) return false;
    // The notices first: afterwards those of a digest are found through the message no more.
    constexpr std::string_view kForgotten = "the customer was forgotten";
    drop_notices_.run(id, kForgotten, now);
    drop_messages_.run(id, kForgotten, now);
    removeFromLine(id, Depth::Customer);
    set_names_.run(id, std::string_view{kRemoved});
    mark_.run(id, now);
    removeFromEvents(id);
    const auto messages = readIds(messages_of_.rows(id));
    removeFromNotices(id);
    removeFromMessages(messages);
    return true;
}

void PersonTables::removeFromLine(CaseId id, Depth depth) {
    OrderLine line;
    {
        auto rows = line_.rows(id);
        if (!rows.next() || !rows.flag(2))
            throw std::logic_error("persons are removed from a case that is open, or is none");
        line = decoder_.decode(rows.view(1), rows.view(0));
    }
    if (!line.order.id.empty()) {
        if (depth == Depth::Customer)
            delete_notes_.run(line.key.source, line.order.id);
        else
            delete_notes_done_.run(line.key.source, line.order.id);
    }
    // What somebody did on the line stays, with their name; why may be the customer's own words.
    trail_of_line_.run(line.key.source + ' ' + line.key.id, std::string_view{kRemoved});
    removePersonsFrom(line);
    if (depth == Depth::Customer) {
        line.customer = {};
        line.customer.id = kRemoved;
        line.order = {};
        line.order.number = kRemoved;
        line.position = line.item.customer_code = "";
    }
    set_line_.run(id, codec::encodeLine(line));
}

void PersonTables::removeFromEvents(CaseId id) {
    std::vector<std::pair<std::int64_t, std::string>> changed;
    {
        auto rows = events_.rows(id);
        while (rows.next()) {
            auto event = codec::decodeEvent(rows.view(1), rows.view(2));
            std::visit(WordRemover{}, event);
            auto members = codec::encodeEvent(event);
            if (members != rows.view(2)) changed.emplace_back(rows.integer(0), std::move(members));
        }
    }
    for (const auto& [seq, members] : changed) set_event_.run(id, seq, members);
}

void PersonTables::removeFromNotices(CaseId id) {
    empty_notices_.run(id, std::string_view{kRemoved});
    empty_notice_steps_.run(id);
}

void PersonTables::removeFromMessages(std::span<const MessageId> ids) {
    for (const auto id : ids) {
        delete_document_.run(id);
        empty_message_.run(id, std::string_view{kRemoved});
        empty_message_steps_.run(id);
    }
}

void PersonTables::removeFromTrail(const std::string& word) {
    trail_.run(word, std::string_view{kRemoved});
}

}  // namespace backorderd::store

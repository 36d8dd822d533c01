#include "store/message_tables.hpp"

#include <fmt/format.h>

namespace backorderd::store {
namespace {

constexpr const char* kFind =
    "SELECT id, stable_id, sender, channel, address, name, language, timezone, subject,"
    " envelope_from, document, state, state_reason, state_at, created_at, attempts,"
    " next_attempt_at, last_reply, unknown_outcomes"
    " FROM message LEFT JOIN message_document ON message_id = id WHERE id = ?1";

/// A step into a state; the states from which it may be taken are the condition. Only Deferred has
/// a time for the next attempt.
std::string step(std::string_view to, std::string_view from) {
    return fmt::format(
        "UPDATE message SET state = '{}', state_reason = ?2, state_at = ?3, next_attempt_at = NULL"
        " WHERE id = ?1 AND state IN ({})",
        to, from);
}

Message readMessage(const Rows& row) {
    Message message;
    message.id = row.integer(0);
    message.stable_id = row.text(1);
    message.sender = row.text(2);
    message.recipient.channel = known(parseChannel(row.view(3)), row.view(3));
    message.recipient.address = row.text(4);
    message.recipient.name = row.text(5);
    message.recipient.language = row.text(6);
    message.recipient.timezone = row.text(7);
    message.subject = row.text(8);
    message.envelope_from = row.text(9);
    message.document = row.text(10);
    message.state = known(parseMessageState(row.view(11)), row.view(11));
    message.state_reason = row.text(12);
    message.state_at = row.time(13);
    message.created_at = row.time(14);
    message.attempts = static_cast<int>(row.integer(15));
    message.next_attempt_at = row.maybeTime(16);
    message.last_reply = row.text(17);
    message.unknown_outcomes = static_cast<int>(row.integer(18));
    return message;
}

}  // namespace

// What is done to each message that leaves is done OR ROLLBACK: the transaction ends anyway where a
// step cannot be taken, and SQLite then keeps no copies to undo the one statement with.
MessageTables::MessageTables(SQLite::Database& database)
    : database_{database},
      insert_{database,
              "INSERT INTO message (stable_id, sender, channel, address, name, language, timezone,"
              " subject, envelope_from, state, state_reason, state_at, created_at, attempts,"
              " last_reply)"
              " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'ready', ?10, ?11, ?11, 0, '')"},
      // Bound as text and kept as bytes: a document may hold anything.
      insert_document_{database,
                       "INSERT INTO message_document (message_id, document)"
                       " VALUES (?1, CAST(?2 AS BLOB))"},
      find_{database, kFind},
      sender_of_{database, "SELECT sender FROM message WHERE id = ?1"},
      ready_{database,
             "SELECT id FROM message WHERE state = 'ready' AND sender = ?1 ORDER BY id LIMIT ?2"},
      in_state_{database, "SELECT id FROM message WHERE state = ?1 ORDER BY id"},
      list_{database,
            "SELECT id FROM message WHERE ?1 = '' OR address = ?1 ORDER BY id DESC LIMIT ?2"},
      list_state_{database,
                  "SELECT id FROM message WHERE state = ?3 AND (?1 = '' OR address = ?1)"
                  " ORDER BY id DESC LIMIT ?2"},
      heard_{database,
             "SELECT heard_at FROM message WHERE address = ?1 AND heard_at >= ?3 AND channel = ?2"
             " AND (?4 = '' OR sender = ?4) ORDER BY heard_at"},
      unsent_to_{database,
                 "SELECT count(*) FROM message WHERE address = ?1 AND channel = ?2"
                 " AND (?3 = '' OR sender = ?3) AND heard_at IS NULL"
                 " AND state IN ('ready', 'claimed', 'on_wire', 'deferred')"},
      newest_{database, "SELECT max(created_at) FROM message"},
      counts_{database, "SELECT state, count(*) FROM message GROUP BY state ORDER BY state"},
      claim_{database,
             "UPDATE OR ROLLBACK message SET state = 'claimed', state_reason = '', state_at = ?2,"
             " attempts = attempts + 1 WHERE id = ?1 AND state = 'ready'"},
      on_wire_{database,
               "UPDATE OR ROLLBACK message SET state = 'on_wire', state_reason = '', state_at = ?2,"
               " attempts = attempts + (state = 'ready')"
               " WHERE id = ?1 AND (state = 'claimed' OR state = 'ready')"},
      settle_{database,
              "UPDATE OR ROLLBACK message SET state = ?2, state_reason = ?3, last_reply = ?4,"
              " next_attempt_at = CASE ?2 WHEN 'deferred' THEN ?5 END, state_at = ?6,"
              " unknown_outcomes = unknown_outcomes + ?7, attempts = attempts - ?8,"
              " heard_at = CASE WHEN ?7 OR ?2 IN ('sent', 'unknown') THEN ?6 ELSE heard_at END"
              " WHERE id = ?1 AND state IN ('claimed', 'on_wire')"},
      make_ready_{database, step("ready", "'deferred'").c_str()},
      supersede_{database,
                 "UPDATE message SET state = 'superseded', superseded = 1, state_reason = ?2,"
                 " state_at = ?3, next_attempt_at = NULL"
                 " WHERE id = ?1 AND (state = 'ready' OR state = 'deferred')"},
      doubt_{database,
             (step("unknown", "'ready', 'deferred'") + " AND unknown_outcomes > 0").c_str()},
      release_{database, step("ready", "'claimed'").c_str()},
      lose_{database,
            "UPDATE message SET state = 'unknown', state_reason = ?2, heard_at = state_at,"
            " unknown_outcomes = unknown_outcomes + 1, state_at = ?3 WHERE id = ?1 AND state = "
            "'on_wire'"},
      // What was removed in the meantime cannot be sent again.
      retry_{database, (step("ready", "'deferred', 'refused', 'unknown', 'dead'") +
                        " AND EXISTS (SELECT 1 FROM message_document WHERE message_id = ?1)")
                           .c_str()},
      drop_{database,
            step("dropped", "'ready', 'deferred', 'held', 'refused', 'unknown', 'dead'").c_str()},
      depart_ready_{database, step("ready", "'deferred', 'held'").c_str()},
      depart_claimed_{database,
                      "UPDATE message SET state = 'claimed', state_reason = ?2, state_at = ?3,"
                      " attempts = attempts + 1 WHERE id = ?1 AND state = 'ready'"},
      depart_{database,
              "UPDATE message SET state = ?2, state_reason = ?3, state_at = ?4, heard_at = ?5,"
              " unknown_outcomes = unknown_outcomes + (?2 = 'unknown')"
              " WHERE id = ?1 AND state IN ('claimed', 'on_wire', 'unknown')"} {}

void MessageTables::insert(Message& message) {
    const auto& to = message.recipient;
    insert_.run(message.stable_id, message.sender, channelName(to.channel), to.address, to.name,
                to.language, to.timezone, message.subject, message.envelope_from,
                message.state_reason, message.created_at);
    message.id = database_.getLastInsertRowid();
    message.state = MessageState::Ready;
    message.state_at = message.created_at;
    message.attempts = 0;
    insert_document_.run(message.id, message.document);
}

std::optional<Message> MessageTables::find(MessageId id) {
    auto rows = find_.rows(id);
    if (!rows.next()) return std::nullopt;
    return readMessage(rows);
}

std::string MessageTables::senderOf(MessageId id) {
    auto rows = sender_of_.rows(id);
    return rows.next() ? rows.text(0) : std::string{};
}

std::vector<MessageId> MessageTables::readyOf(std::string_view sender, int limit) {
    return readIds(ready_.rows(sender, limit));
}

std::vector<MessageId> MessageTables::inState(MessageState state) {
    return readIds(in_state_.rows(messageStateName(state)));
}

std::vector<MessageId> MessageTables::list(const MessageFilter& filter) {
    if (!filter.state) return readIds(list_.rows(filter.recipient, filter.limit));
    return readIds(
        list_state_.rows(filter.recipient, filter.limit, messageStateName(*filter.state)));
}

int MessageTables::unsentTo(const Recipient& recipient) {
    auto rows =
        unsent_to_.rows(recipient.address, channelName(recipient.channel), recipient.sender);
    return rows.next() ? static_cast<int>(rows.integer(0)) : 0;
}

std::vector<Timestamp> MessageTables::heardBy(const Recipient& recipient, Timestamp since) {
    std::vector<Timestamp> times;
    auto rows =
        heard_.rows(recipient.address, channelName(recipient.channel), since, recipient.sender);
    while (rows.next()) times.push_back(rows.time(0));
    return times;
}

std::vector<std::pair<MessageState, std::int64_t>> MessageTables::counts() {
    std::vector<std::pair<MessageState, std::int64_t>> counts;
    auto rows = counts_.rows();
    while (rows.next())
        counts.emplace_back(known(parseMessageState(rows.view(0)), rows.view(0)), rows.integer(1));
    return counts;
}

std::optional<Timestamp> MessageTables::newestAt() {
    auto rows = newest_.rows();
    return rows.next() ? rows.maybeTime(0) : std::nullopt;
}

bool MessageTables::claim(MessageId id, Timestamp now) { return claim_.run(id, now) == 1; }

bool MessageTables::markOnWire(MessageId id, Timestamp now) { return on_wire_.run(id, now) == 1; }

bool MessageTables::settle(const Settlement& settlement, Timestamp now) {
    return settle_.run(settlement.id, messageStateName(settlement.state), settlement.reason,
                       settlement.reply, settlement.next_attempt_at, now,
                       settlement.outcome_unknown, settlement.not_tried) == 1;
}

bool MessageTables::makeReady(MessageId id, Timestamp now) {
    return make_ready_.run(id, std::string_view{}, now) == 1;
}

bool MessageTables::supersede(MessageId id, std::string_view reason, Timestamp now) {
    return supersede_.run(id, reason, now) == 1;
}

bool MessageTables::doubt(MessageId id, std::string_view reason, Timestamp now) {
    return doubt_.run(id, reason, now) == 1;
}

bool MessageTables::release(MessageId id, std::string_view reason, Timestamp now) {
    return release_.run(id, reason, now) == 1;
}

bool MessageTables::loseSight(MessageId id, std::string_view reason, Timestamp now) {
    return lose_.run(id, reason, now) == 1;
}

bool MessageTables::retry(MessageId id, std::string_view reason, Timestamp now) {
    return retry_.run(id, reason, now) == 1;
}

bool MessageTables::drop(MessageId id, std::string_view reason, Timestamp now) {
    return drop_.run(id, reason, now) == 1;
}

bool MessageTables::depart(const Departed& departed, Timestamp now) {
    depart_ready_.run(departed.id, departed.reason, now);
    depart_claimed_.run(departed.id, departed.reason, now);
    return depart_.run(departed.id, messageStateName(departed.state), departed.reason, now,
                       departed.at) == 1;
}

}  // namespace backorderd::store

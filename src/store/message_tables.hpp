#pragma once

#include <optional>
#include <span>
#include <vector>

#include "backorderd/store.hpp"
#include "store/query.hpp"

namespace backorderd::store {

/// Tables message and message_document. Each step of a message's life is one function that names
/// the states from which it may be taken; false, or our own bug, where the message is in another.
/// Callers hold the transaction.
class MessageTables {
public:
    explicit MessageTables(SQLite::Database& database);

    /// Fills in the id.
    void insert(Message& message);
    /// Without the ids of its notices.
    std::optional<Message> find(MessageId id);
    std::string senderOf(MessageId id);
    std::vector<MessageId> readyOf(std::string_view sender, int limit);
    std::vector<MessageId> inState(MessageState state);
    std::vector<MessageId> list(const MessageFilter& filter);
    std::vector<Timestamp> heardBy(const Recipient& recipient, Timestamp since);
    int unsentTo(const Recipient& recipient);
    std::optional<Timestamp> newestAt();
    std::vector<std::pair<MessageState, std::int64_t>> counts();

    /// Ready -> Claimed; counts the attempt.
    bool claim(MessageId id, Timestamp now);
    /// Claimed or Ready -> OnWire; counts the attempt of the latter.
    bool markOnWire(MessageId id, Timestamp now);
    /// Claimed or OnWire -> the outcome.
    bool settle(const Settlement& settlement, Timestamp now);
    /// Deferred -> Ready.
    bool makeReady(MessageId id, Timestamp now);
    /// Ready or Deferred -> Superseded.
    bool supersede(MessageId id, std::string_view reason, Timestamp now);
    /// What may have arrived is Unknown from now on: planned anew, it could be told twice. False:
    /// it cannot have.
    bool doubt(MessageId id, std::string_view reason, Timestamp now);
    /// Claimed -> Ready.
    bool release(MessageId id, std::string_view reason, Timestamp now);
    /// OnWire -> Unknown.
    bool loseSight(MessageId id, std::string_view reason, Timestamp now);
    /// Deferred, Refused, Unknown or Dead -> Ready.
    bool retry(MessageId id, std::string_view reason, Timestamp now);
    /// Ready, Deferred, Held, Refused, Unknown or Dead -> Dropped.
    bool drop(MessageId id, std::string_view reason, Timestamp now);
    /// Ready, Deferred, Held, Claimed, OnWire or Unknown -> Sent or Unknown: it left, as the send
    /// journal says. One that waits takes the steps that it took then.
    bool depart(const Departed& departed, Timestamp now);

private:
    SQLite::Database& database_;
    Query insert_, insert_document_, find_, sender_of_, ready_, in_state_, list_, list_state_;
    Query heard_, unsent_to_, newest_, counts_;
    Query claim_, on_wire_, settle_, make_ready_, supersede_, doubt_, release_, lose_, retry_,
        drop_;
    Query depart_ready_, depart_claimed_, depart_;
};

}  // namespace backorderd::store

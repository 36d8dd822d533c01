#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backorderd/notice.hpp"

namespace backorderd {

/// The life of a message, from frozen bytes to an end. Persisted by name; drawn in docs/outbox.md:
/// do not change.
enum class MessageState {
    Ready,       ///< rendered and frozen; waits for a sender
    Claimed,     ///< a sender has it; nothing irreversible has happened
    OnWire,      ///< durable mark: from here on the receiver may have it
    Deferred,    ///< refused for now, or never left; tried again at `next_attempt_at`
    Sent,        ///< accepted
    Refused,     ///< refused for good
    Unknown,     ///< bytes were on the wire and no answer came
    Dead,        ///< every attempt failed, or it became too old
    Held,        ///< a guard stopped it; waits for an operator
    Superseded,  ///< no longer true before it left
    Bounced,     ///< accepted, and returned later
    Dropped,     ///< by an operator
};
std::string_view messageStateName(MessageState state);
std::optional<MessageState> parseMessageState(std::string_view name);

/// A message's stable id without its domain: the id by which a webhook is known. No full stop is in
/// it.
inline std::string webhookId(std::string_view stable_id) {
    return std::string{stable_id.substr(0, stable_id.find('@'))};
}

/// One mail, SMS or webhook call; carries one notice or a digest of many. From `Ready` on its bytes
/// never change: every attempt sends the same document under the same id.
struct Message {
    MessageId id = 0;  ///< 0 until stored
    /// Deterministic: made of the keys of the notices it carries. For mail the Message-ID without
    /// the angle brackets.
    std::string stable_id;
    std::string sender;  ///< name of the sender in the settings
    Recipient recipient;
    std::string subject;        ///< for lists and logs
    std::string envelope_from;  ///< mail: return path
    std::string document;       ///< the frozen bytes in the channel's own form; docs/senders.md
    MessageState state = MessageState::Ready;
    std::string state_reason;
    Timestamp state_at{};
    Timestamp created_at{};
    int attempts = 0;
    int unknown_outcomes = 0;  ///< attempts after which the receiver may have it
    /// Wall time of the next attempt, for people and for the next start; while the daemon runs,
    /// retries are timed on the monotonic clock.
    std::optional<Timestamp> next_attempt_at;
    std::string last_reply;  ///< what the receiver said last
    std::vector<NoticeId> notices;

    bool operator==(const Message&) const = default;
};

}  // namespace backorderd

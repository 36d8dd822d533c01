#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "backorderd/dates.hpp"
#include "backorderd/line.hpp"

namespace backorderd {

using CaseId = std::int64_t;
using NoticeId = std::int64_t;
using MessageId = std::int64_t;

/// What a notice is about: the keys below `messages:` of a cadence policy, then what the other
/// rules tell. The names are persisted: do not change.
enum class Topic {
    Opened,
    PromiseChanged,
    PromiseLapsed,
    Status,
    PartlyAvailable,
    Available,
    PartlyShipped,
    Shipped,
    Cancelled,
    NoContact,               ///< to our own people: the customer cannot be reached
    Offer,                   ///< to the customer: substitutes
    OfferWithdrawn,          ///< to the customer: an offer they had heard of holds no longer
    OfferAnswered,           ///< to our own people: an accepted substitute is a task
    Escalation,              ///< to our own people: a step of a ladder
    Allocation,              ///< to our own people: who should get the stock that arrived
    Expedite,                ///< to our own people: long overdue
    Uncovered,               ///< to our own people: nothing is on order
    EscalationAcknowledged,  ///< to senders that keep incidents: somebody has taken a ladder on
    EscalationEnded,         ///< to senders that keep incidents: a ladder has ended
};
std::string_view topicName(Topic topic);  ///< `promise_changed`
std::optional<Topic> parseTopic(std::string_view name);
/// Whether the customer hears it; the others go to our own people.
bool isForCustomer(Topic topic);
/// Shipped and cancelled: they end the story that an earlier message began.
bool isClosing(Topic topic);
/// EscalationAcknowledged and EscalationEnded: what became of an incident that an alert opened.
bool isIncidentUpdate(Topic topic);

enum class Channel { Email, Sms, Webhook, Chat };
std::string_view channelName(Channel channel);  ///< `email`
std::optional<Channel> parseChannel(std::string_view name);

/// Whom one notice is for, and how they are reached.
struct Recipient {
    Channel channel = Channel::Email;
    std::string address;
    std::string name;
    std::string language;  ///< BCP 47; empty: the house language.
    std::string timezone;  ///< IANA; empty: the calendar's.
    std::string sender{};  ///< the sender that reaches them, by its name in the settings; empty:
                           ///< the one that serves the channel

    bool operator==(const Recipient&) const = default;
};

/// The life of a notice. Persisted by name; drawn in docs/outbox.md: do not change.
enum class NoticeState {
    Planned,     ///< waits for its window
    Held,        ///< a guard stopped it; waits for an operator
    Bundled,     ///< frozen in a message, whose state says what becomes of it
    Sent,        ///< its message was accepted
    Superseded,  ///< no longer true, or replaced by something newer, before it left
    Suppressed,  ///< the recipient said no, or the address bounced
    Expired,     ///< could not leave within the time for which it is worth anything
    Refused,     ///< the receiver refused for good
    Unknown,     ///< bytes were on the wire and no answer came
    Dead,        ///< every attempt failed
    Dropped,     ///< by an operator
};
std::string_view noticeStateName(NoticeState state);
std::optional<NoticeState> parseNoticeState(std::string_view name);
/// Planned, Held or Bundled: it may still leave.
bool isPending(NoticeState state);
/// Sent, or Unknown, where the receiver may have it.
bool wasHeard(NoticeState state);

/// What a notice said, or will say, of the promise; kept so that the next one can say 'was'.
struct ToldFacts {
    Promise promise;
    Decimal open;

    bool operator==(const ToldFacts&) const = default;
};

/// One thing that one person must be told because of one rule. The unit of intent: its key is
/// deterministic, so that evaluating twice cannot create it twice.
struct Notice {
    NoticeId id = 0;  ///< 0 until stored.
    CaseId case_id = 0;
    /// Unique within the case: the topic and what makes the occasion (`promise_changed/7`: event 7
    /// of the case; `status/2026-03-16`: due that local date). Persisted and compared for ever: do
    /// not change how it is made, and never let a rule's name or text into it.
    std::string key;
    Topic topic = Topic::Opened;
    std::string rule;           ///< name of the policy that asked for it
    std::string template_name;  ///< resolved first/second/further
    Recipient recipient;
    /// Notices with the same key share a message when they are due together. Empty: never shared.
    std::string digest_key;
    Timestamp fact_at{};   ///< when the fact came about
    Timestamp ready_at{};  ///< before this moment it must not leave (grace, settle, send window)
    Timestamp due_at{};    ///< at this moment its digest closes; ready_at where there is no digest
    std::optional<Timestamp> expires_at;  ///< after this moment it is worth nothing
    std::string reason;                   ///< why it is sent, for a person
    ToldFacts facts;
    NoticeState state = NoticeState::Planned;
    std::string state_reason;  ///< why it is in that state, for a person
    Timestamp state_at{};      ///< since when; of one that was put off, when that was
    MessageId message_id = 0;  ///< the message that carries it; 0 while there is none
    /// The guard that holds or postpones it, or did so last: `blast_radius`, `silence/12`.
    std::string guard{};
    /// Guards that an operator let it pass, with spaces between: they do not stop it again.
    std::string approved{};

    bool operator==(const Notice&) const = default;
};

}  // namespace backorderd

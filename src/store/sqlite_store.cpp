#include "store/sqlite_store.hpp"

#include <SQLiteCpp/Statement.h>

#include <algorithm>

namespace backorderd::store {
namespace {

/// What a message's state means for the notices in it.
NoticeState noticeStateOf(MessageState state) {
    switch (state) {
        case MessageState::Ready:
        case MessageState::Claimed:
        case MessageState::OnWire:
        case MessageState::Deferred:
        case MessageState::Held:
            return NoticeState::Bundled;
        case MessageState::Sent:
        case MessageState::Bounced:
            return NoticeState::Sent;
        case MessageState::Refused:
            return NoticeState::Refused;
        case MessageState::Unknown:
            return NoticeState::Unknown;
        case MessageState::Dead:
            return NoticeState::Dead;
        case MessageState::Superseded:
            return NoticeState::Superseded;
        case MessageState::Dropped:
            return NoticeState::Dropped;
    }
    throw std::logic_error("a message state that nobody named");
}

void require(bool done, std::string_view step, MessageId id) {
    if (!done) throw std::logic_error(fmt::format("message {} cannot be {}", id, step));
}

}  // namespace

std::vector<Case> SqliteStore::cases(std::span<const CaseId> ids) {
    return reading("reading cases", [&] {
        std::vector<Case> cases;
        cases.reserve(ids.size());
        for (const auto id : ids) cases.push_back(cases_.read(id));
        return cases;
    });
}

void SqliteStore::follow(MessageId id, MessageState state, std::string_view reason, Timestamp now) {
    for (const auto case_id : notices_.followMessage(id, noticeStateOf(state), reason, now))
        cases_.wake(case_id, now);
}

void SqliteStore::followDeparture(const Departed& departed, Timestamp now) {
    for (const auto case_id : notices_.followMessage(departed.id, noticeStateOf(departed.state),
                                                     departed.reason, departed.at))
        cases_.wake(case_id, now);
}

void SqliteStore::commit(std::span<CaseChange> changes) {
    std::vector<CaseId> ids;
    for (const auto& change : changes) ids.push_back(change.after.id);
    writing("committing cases", [&] {
        for (std::size_t i = 0; i < changes.size(); ++i) {
            auto& change = changes[i];
            change.after.id = ids[i];
            cases_.write(change);
            strikeOutArrival(change);
        }
        lists_.walkedOver(changes);
    });
}

void SqliteStore::strikeOutArrival(const CaseChange& change) {
    for (const auto& entry : change.new_events) {
        const auto* const proposed = std::get_if<AllocationProposed>(&entry.event);
        if (proposed && proposed->rank == proposed->of)
            passes_.forget(sources_.idOf(change.after.line.key.source), change.after.line.item.id);
    }
}

void SqliteStore::freeze(std::span<Message> messages) {
    std::vector<Departed> given;
    for (const auto& message : messages)
        given.push_back({0, message.state, message.state_at, message.state_reason});
    writing("freezing messages", [&] {
        for (std::size_t i = 0; i < messages.size(); ++i) {
            auto& message = messages[i];
            messages_.insert(message);
            const bool left = given[i].state != MessageState::Ready;
            for (const auto notice : message.notices) {
                if (left) notices_.letGo(notice, given[i].reason, message.created_at);
                notices_.bind(notice, message.id, message.created_at);
            }
            if (left) depart(message, given[i]);
        }
    });
}

void SqliteStore::freezeNoting(Message& message, std::string_view key, std::string_view value) {
    writing("freezing a message", [&] {
        messages_.insert(message);
        for (const auto notice : message.notices)
            notices_.bind(notice, message.id, message.created_at);
        notes_.setMeta(key, value);
    });
}

std::vector<Message> SqliteStore::read(std::span<const MessageId> ids) {
    std::vector<Message> found;
    found.reserve(ids.size());
    for (const auto id : ids) {
        auto message = messages_.find(id);
        if (!message) continue;
        message->notices = notices_.idsOfMessage(id);
        found.push_back(std::move(*message));
    }
    return found;
}

std::vector<Message> SqliteStore::claimReady(std::string_view sender, Timestamp now, int limit) {
    const auto ids =
        reading("finding ready messages", [&] { return messages_.readyOf(sender, limit); });
    // An idle sender costs no transaction.
    if (ids.empty()) return {};
    // A claim that a power failure undoes leaves the message ready, which is the truth. Where this
    // throws, the process ends.
    reading("claiming messages", [&] { syncCommits(database_, false); });
    auto claimed = writing("claiming messages", [&] {
        for (const auto id : ids) require(messages_.claim(id, now), "claimed", id);
        return read(ids);
    });
    reading("claiming messages", [&] { syncCommits(database_, true); });
    return claimed;
}

void SqliteStore::recordMarks(std::span<const MessageId> ids, Timestamp now) {
    for (const auto id : ids) require(messages_.markOnWire(id, now), "marked on wire", id);
}

void SqliteStore::recordOutcomes(std::span<const Settlement> settlements,
                                 std::span<const Annotation> notes, Timestamp now) {
    for (const auto& settlement : settlements) {
        require(messages_.settle(settlement, now), "settled", settlement.id);
        follow(settlement.id, settlement.state, settlement.reason, now);
        if (settlement.address_invalid)
            guards_.suppressRecipient(
                settlement.id, settlement.reply.empty() ? settlement.reason : settlement.reply,
                now);
    }
    for (const auto& note : notes) notes_.add(note, now);
}

void SqliteStore::settle(std::span<const Settlement> settlements, Timestamp now,
                         std::span<const Annotation> notes) {
    writing("recording outcomes", [&] { recordOutcomes(settlements, notes, now); });
}

void SqliteStore::settleAndMark(std::span<const Settlement> settlements,
                                std::span<const Annotation> notes,
                                std::span<const MessageId> on_wire, Timestamp now,
                                std::uint64_t journal_seq) {
    writing("recording outcomes and marks", [&] {
        recordOutcomes(settlements, notes, now);
        recordMarks(on_wire, now);
        departures_.setJournalSeq(journal_seq);
    });
}

void SqliteStore::makeReady(std::span<const MessageId> ids, Timestamp now) {
    writing("making messages ready", [&] {
        for (const auto id : ids) require(messages_.makeReady(id, now), "made ready", id);
    });
}

void SqliteStore::supersede(std::span<const MessageId> ids, std::string_view reason,
                            Timestamp now) {
    writing("superseding messages", [&] {
        for (const auto id : ids) {
            if (messages_.doubt(id, reason, now)) follow(id, MessageState::Unknown, reason, now);
            if (!messages_.supersede(id, reason, now)) continue;  // It is leaving, or has left.
            cases_.wakeOf(id, now);
            notices_.release(id, reason, now);
        }
    });
}

std::vector<MessageId> SqliteStore::lookAtUnsent(std::span<const std::string> senders,
                                                 Timestamp now) {
    return writing("looking at what is unsent", [&] {
        std::vector<MessageId> others;
        for (const auto state : {MessageState::Ready, MessageState::Deferred}) {
            for (const auto id : messages_.inState(state)) {
                cases_.wakeOf(id, now);
                const auto sender = messages_.senderOf(id);
                if (std::ranges::find(senders, sender) == senders.end()) others.push_back(id);
            }
        }
        return others;
    });
}

std::vector<MessageId> SqliteStore::rescue(Timestamp now, const SendAgain& again,
                                           std::span<const Annotation> notes) {
    return writing("rescuing messages", [&] {
        for (const auto id : messages_.inState(MessageState::Claimed))
            require(messages_.release(id, "the daemon ended before anything was sent", now),
                    "released", id);
        const auto lost = messages_.inState(MessageState::OnWire);
        constexpr std::string_view kReason = "the daemon ended before the outcome was known";
        for (const auto id : lost) {
            require(messages_.loseSight(id, kReason, now), "called unknown", id);
            follow(id, MessageState::Unknown, kReason, now);
            if (!again) continue;
            if (const auto why = again(read({&id, 1}).front())) putBack(id, *why);
        }
        for (const auto& note : notes) notes_.add(note, now);
        return lost;
    });
}

bool SqliteStore::putBack(MessageId id, const AuditEntry& why) {
    if (!messages_.retry(id, why.reason, why.at)) return false;
    follow(id, MessageState::Ready, why.reason, why.at);
    notes_.audit(why);
    return true;
}

bool SqliteStore::retryMessage(MessageId id, const AuditEntry& why) {
    return writing("retrying a message", [&] { return putBack(id, why); });
}

bool SqliteStore::dropMessage(MessageId id, const AuditEntry& why) {
    return writing("dropping a message", [&] {
        if (!messages_.drop(id, why.reason, why.at)) return false;
        follow(id, MessageState::Dropped, why.reason, why.at);
        notes_.audit(why);
        return true;
    });
}

bool SqliteStore::dropNotice(NoticeId id, const AuditEntry& why) {
    return writing("dropping a notice", [&] {
        if (!notices_.drop(id, why.reason, why.at)) return false;
        cases_.wake(notices_.byIds({&id, 1}).front().case_id, why.at);
        notes_.audit(why);
        return true;
    });
}

std::int64_t SqliteStore::approve(std::span<const NoticeId> ids, const AuditEntry& why) {
    return writing("approving notices", [&] {
        std::int64_t approved = 0;
        for (const auto& notice : notices_.byIds(ids)) {
            if (!guards_.approve(notice.id, "approved by " + why.actor + ": " + why.reason, why.at))
                continue;
            cases_.wake(notice.case_id, why.at);
            ++approved;
        }
        if (approved > 0) notes_.audit(why);
        return approved;
    });
}

SilenceId SqliteStore::addSilence(const Silence& silence, const AuditEntry& why) {
    return writing("adding a silence", [&] {
        const auto id = guards_.add(silence);
        notes_.audit(why);
        return id;
    });
}

bool SqliteStore::endSilence(SilenceId id, const AuditEntry& why) {
    return writing("ending a silence", [&] {
        if (!guards_.end(id, why.at)) return false;
        notes_.audit(why);
        return true;
    });
}

void SqliteStore::suppress(std::span<const Suppression> entries, const AuditEntry& why) {
    writing("suppressing addresses", [&] {
        for (const auto& entry : entries) guards_.suppress(entry);
        notes_.audit(why);
    });
}

bool SqliteStore::unsuppress(Channel channel, std::string_view address, const AuditEntry& why) {
    return writing("lifting a suppression", [&] {
        if (!guards_.unsuppress(channel, address)) return false;
        notes_.audit(why);
        return true;
    });
}

void SqliteStore::setPreference(const Preference& preference, const AuditEntry& why) {
    writing("noting a preference", [&] {
        preferences_.set(preference);
        preferences_.lookAtPlanned(why.at);
        notes_.audit(why);
    });
}

bool SqliteStore::clearPreference(std::string_view contact, const AuditEntry& why) {
    return writing("clearing a preference", [&] {
        if (!preferences_.clear(contact)) return false;
        preferences_.lookAtPlanned(why.at);
        notes_.audit(why);
        return true;
    });
}

void SqliteStore::removePreferences(std::span<const std::string> contacts) {
    writing("removing preferences", [&] {
        for (const auto& contact : contacts) preferences_.clear(contact);
    });
}

void SqliteStore::settleAnnotation(std::int64_t id, std::string_view failure,
                                   std::optional<Timestamp> retry_at) {
    writing("settling a note", [&] {
        if (!notes_.settle(id, failure, retry_at))
            throw std::logic_error(fmt::format("note {} is not due", id));
    });
}

int SqliteStore::removePersons(Timestamp closed_until, int limit, Timestamp now) {
    const auto ids =
        reading("finding closed cases", [&] { return persons_.casesClosed(closed_until, limit); });
    if (ids.empty()) return 0;
    writing("removing persons", [&] {
        for (const auto id : ids) persons_.removePersons(id, now);
    });
    return static_cast<int>(ids.size());
}

std::vector<CaseId> SqliteStore::removeCustomer(std::span<const CaseId> closed, Timestamp now) {
    return writing("removing a customer", [&] {
        std::vector<CaseId> busy;
        for (const auto id : closed)
            if (!persons_.removeCustomer(id, now)) busy.push_back(id);
        return busy;
    });
}

void SqliteStore::removeFromTrail(std::span<const std::string> words, const AuditEntry& why) {
    writing("removing words from the audit trail", [&] {
        for (const auto& word : words) persons_.removeFromTrail(word);
        notes_.audit(why);
    });
}

}  // namespace backorderd::store

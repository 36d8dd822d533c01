#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Transaction.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <stdexcept>

#include "store/case_lists.hpp"
#include "store/case_tables.hpp"
#include "store/database.hpp"
#include "store/message_tables.hpp"
#include "store/note_tables.hpp"
#include "store/notice_tables.hpp"
#include "store/source_tables.hpp"
#include "store/store.hpp"

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

/// One transaction a function; the tables know nothing of transactions.
class SqliteStore final : public Store {
    /// Tells a broken database from our own bug: a row that a constraint refuses is the latter.
    template <class Work>
    static auto reading(const char* what, Work work) {
        try {
            return work();
        } catch (const SQLite::Exception& error) {
            const std::string text = fmt::format("store, {}: {}", what, error.what());
            if ((error.getErrorCode() & 0xff) == SQLITE_CONSTRAINT) throw std::logic_error(text);
            throw StoreBroken(text);
        } catch (const StoreBroken&) {
            throw;
        } catch (const std::runtime_error& error) {
            throw StoreBroken(fmt::format("store, {}: {}", what, error.what()));
        }
    }
    template <class Work>
    auto writing(const char* what, Work work) {
        return reading(what, [&] {
            SQLite::Transaction transaction{database_, SQLite::TransactionBehavior::IMMEDIATE};
            if constexpr (std::is_void_v<decltype(work())>) {
                work();
                transaction.commit();
            } else {
                auto result = work();
                transaction.commit();
                return result;
            }
        });
    }

public:
    SqliteStore(const std::string& directory, const OpenOptions& options)
        : lock_{directory}, database_{openDatabase(directory, options)} {}

    SourceState source(std::string_view name) override {
        return reading("reading a source", [&] { return sources_.source(name); });
    }
    void saveSource(const SourceState& state) override {
        writing("saving a source", [&] { sources_.save(state); });
    }
    void forEachKnownLine(std::string_view source,
                          const std::function<void(const KnownLine&)>& callback) override {
        reading("reading the known lines", [&] { sources_.forEachLine(source, callback); });
    }
    void saveStock(std::string_view source, std::span<const StockLevel> stock) override {
        writing("saving stock", [&] { sources_.saveStock(source, stock); });
    }
    std::vector<StockLevel> stockOf(std::string_view source, std::string_view item) override {
        return reading("reading stock", [&] { return sources_.stockOf(source, item); });
    }

    std::vector<Case> cases(std::span<const CaseId> ids) override;
    std::optional<CaseId> caseOfLine(std::string_view source, std::string_view line_id) override {
        return reading("finding a line", [&] { return lists_.ofLine(source, line_id); });
    }
    std::vector<CaseId> casesDue(Timestamp now, int limit) override {
        return reading("finding due cases", [&] { return lists_.due(now, limit); });
    }
    std::optional<Timestamp> nextLookAgain() override {
        return reading("finding the next due case", [&] { return lists_.nextLookAgain(); });
    }
    std::vector<CaseId> findCases(std::string_view text) override {
        return reading("finding cases", [&] { return lists_.find(text); });
    }
    std::vector<CaseId> openCasesOf(std::string_view source, std::string_view order_number,
                                    std::string_view item) override {
        return reading("finding open cases",
                       [&] { return lists_.openOf(source, order_number, item); });
    }
    std::vector<CaseId> listCases(const CaseFilter& filter) override {
        return reading("listing cases", [&] { return lists_.list(filter); });
    }
    void lookAtAllAgain(Timestamp at) override {
        writing("making all cases due", [&] { lists_.walkAll(at); });
    }
    void commit(std::span<CaseChange> changes) override;

    std::vector<std::vector<Notice>> dueGroups(Timestamp now, int limit) override {
        return reading("finding due notices", [&] { return notices_.dueGroups(now, limit); });
    }
    std::optional<Timestamp> nextNoticeDue() override {
        return reading("finding the next due notice", [&] { return notices_.nextDue(); });
    }
    std::vector<Timestamp> heardBy(const Recipient& recipient, Timestamp since) override {
        return reading("reading what was heard",
                       [&] { return messages_.heardBy(recipient, since); });
    }
    void freeze(std::span<Message> messages) override;

    std::vector<Message> claimReady(std::string_view sender, Timestamp now, int limit) override;
    void markOnWire(std::span<const MessageId> ids, Timestamp now) override;
    void settle(std::span<const Settlement> settlements, Timestamp now,
                std::span<const Annotation> notes) override;
    void makeReady(std::span<const MessageId> ids, Timestamp now) override;
    void supersede(std::span<const MessageId> ids, std::string_view reason, Timestamp now) override;
    std::vector<MessageId> rescue(Timestamp now) override;
    std::vector<Message> messages(std::span<const MessageId> ids) override {
        return reading("reading messages", [&] { return read(ids); });
    }
    std::vector<MessageId> listMessages(const MessageFilter& filter) override {
        return reading("listing messages", [&] { return messages_.list(filter); });
    }
    std::vector<Notice> notices(std::span<const NoticeId> ids) override {
        return reading("reading notices", [&] { return notices_.byIds(ids); });
    }
    std::vector<Notice> listPlanned(int limit) override {
        return reading("listing notices", [&] { return notices_.planned(limit); });
    }
    QueueCounts counts() override {
        return reading("counting", [&] {
            return QueueCounts{notices_.counts(), messages_.counts()};
        });
    }
    bool retryMessage(MessageId id, const AuditEntry& why) override;
    bool dropMessage(MessageId id, const AuditEntry& why) override;
    bool dropNotice(NoticeId id, const AuditEntry& why) override;

    std::vector<Annotation> annotationsDue(Timestamp now, int limit) override {
        return reading("finding due notes", [&] { return notes_.due(now, limit); });
    }
    std::optional<Timestamp> nextAnnotationDue() override {
        return reading("finding the next due note", [&] { return notes_.nextDue(); });
    }
    void settleAnnotation(std::int64_t id, std::string_view failure,
                          std::optional<Timestamp> retry_at) override;

    std::vector<AuditEntry> auditTrail(int limit) override {
        return reading("reading the audit trail", [&] { return notes_.auditTrail(limit); });
    }
    std::string meta(std::string_view key) override {
        return reading("reading a fact", [&] { return notes_.meta(key); });
    }
    void setMeta(std::string_view key, std::string_view value) override {
        writing("saving a fact", [&] { notes_.setMeta(key, value); });
    }

private:
    std::vector<Message> read(std::span<const MessageId> ids);
    /// A step was taken: the notices follow it, and the cases are due.
    void follow(MessageId id, MessageState state, std::string_view reason, Timestamp now) {
        notices_.followMessage(id, noticeStateOf(state), reason, now);
        cases_.wakeOf(id, now);
    }

    DirectoryLock lock_;
    SQLite::Database database_;
    SourceTables sources_{database_};
    NoticeTables notices_{database_};
    MessageTables messages_{database_};
    NoteTables notes_{database_};
    CaseTables cases_{database_, sources_, notices_};
    CaseLists lists_{database_, sources_};
};

std::vector<Case> SqliteStore::cases(std::span<const CaseId> ids) {
    return reading("reading cases", [&] {
        std::vector<Case> cases;
        cases.reserve(ids.size());
        for (const auto id : ids) cases.push_back(cases_.read(id));
        return cases;
    });
}

void SqliteStore::commit(std::span<CaseChange> changes) {
    writing("committing cases", [&] {
        for (auto& change : changes) cases_.write(change);
        lists_.walkedOver(changes);
    });
}

void SqliteStore::freeze(std::span<Message> messages) {
    writing("freezing messages", [&] {
        for (auto& message : messages) {
            messages_.insert(message);
            for (const auto notice : message.notices)
                notices_.bind(notice, message.id, message.created_at);
        }
    });
}

std::vector<Message> SqliteStore::read(std::span<const MessageId> ids) {
    std::vector<Message> found;
    found.reserve(ids.size());
    for (const auto id : ids) {
        auto message = messages_.find(id);
        require(message.has_value(), "read: it does not exist", id);
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
    return writing("claiming messages", [&] {
        for (const auto id : ids) require(messages_.claim(id, now), "claimed", id);
        return read(ids);
    });
}

void SqliteStore::markOnWire(std::span<const MessageId> ids, Timestamp now) {
    writing("marking messages", [&] {
        for (const auto id : ids) require(messages_.markOnWire(id, now), "marked on wire", id);
    });
}

void SqliteStore::settle(std::span<const Settlement> settlements, Timestamp now,
                         std::span<const Annotation> notes) {
    writing("recording outcomes", [&] {
        for (const auto& settlement : settlements) {
            require(messages_.settle(settlement, now), "settled", settlement.id);
            follow(settlement.id, settlement.state, settlement.reason, now);
        }
        for (const auto& note : notes) notes_.add(note, now);
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
            if (!messages_.supersede(id, reason, now)) continue;  // It is leaving, or has left.
            cases_.wakeOf(id, now);
            notices_.release(id, reason, now);
        }
    });
}

std::vector<MessageId> SqliteStore::rescue(Timestamp now) {
    return writing("rescuing messages", [&] {
        for (const auto id : messages_.inState(MessageState::Claimed))
            require(messages_.release(id, "the daemon ended before anything was sent", now),
                    "released", id);
        const auto lost = messages_.inState(MessageState::OnWire);
        constexpr std::string_view kReason = "the daemon ended before the outcome was known";
        for (const auto id : lost) {
            require(messages_.loseSight(id, kReason, now), "called unknown", id);
            follow(id, MessageState::Unknown, kReason, now);
        }
        return lost;
    });
}

bool SqliteStore::retryMessage(MessageId id, const AuditEntry& why) {
    return writing("retrying a message", [&] {
        if (!messages_.retry(id, why.reason, why.at)) return false;
        follow(id, MessageState::Ready, why.reason, why.at);
        notes_.audit(why);
        return true;
    });
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

void SqliteStore::settleAnnotation(std::int64_t id, std::string_view failure,
                                   std::optional<Timestamp> retry_at) {
    writing("settling a note", [&] {
        if (!notes_.settle(id, failure, retry_at))
            throw std::logic_error(fmt::format("note {} is not due", id));
    });
}

}  // namespace

std::unique_ptr<Store> openStore(const std::string& data_dir, const OpenOptions& options) {
    prepareDirectory(data_dir, options.create);
    try {
        return std::make_unique<SqliteStore>(data_dir, options);
    } catch (const SQLite::Exception& error) {
        throw StoreBroken(fmt::format("opening the store in {}: {}", data_dir, error.what()));
    }
}

}  // namespace backorderd::store

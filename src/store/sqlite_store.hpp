#pragma once

#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Transaction.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

#include "store/case_lists.hpp"
#include "store/case_tables.hpp"
#include "store/checkpoints.hpp"
#include "store/database.hpp"
#include "store/departure_tables.hpp"
#include "store/goods_tables.hpp"
#include "store/guard_tables.hpp"
#include "store/message_tables.hpp"
#include "store/note_tables.hpp"
#include "store/notice_tables.hpp"
#include "store/pass_tables.hpp"
#include "store/person_tables.hpp"
#include "store/preference_tables.hpp"
#include "store/source_tables.hpp"

namespace backorderd::store {

/// One transaction a function; the tables know nothing of transactions.
class SqliteStore final : public Store {
    /// Tells a broken database from our own bug: a row that a constraint refuses is the latter.
    template <class Work>
    auto reading(const char* what, Work work) {
        try {
            return work();
        } catch (const SQLite::Exception& error) {
            const std::string text = fmt::format("store, {}: {}", what, wordsOf(error));
            if ((error.getErrorCode() & 0xff) == SQLITE_CONSTRAINT) throw std::logic_error(text);
            leaveLogAlone(database_);
            throw StoreBroken(text);
        } catch (const StoreBroken&) {
            throw;
        } catch (const std::runtime_error& error) {
            throw StoreBroken(fmt::format("store, {}: {}", what, error.what()));
        }
    }
    /// `work` may run twice: on a full disk once more, where room can be made. What the first time
    /// put into its arguments it must not rest on.
    template <class Work>
    auto writing(const char* what, Work work) {
        return reading(what, [&] {
            try {
                return inTransaction(work);
            } catch (const SQLite::Exception& error) {
                const bool full = (error.getErrorCode() & 0xff) == SQLITE_FULL;
                if (!full || !make_room_ || !make_room_()) throw;
            }
            // What the tables remember of the first time was undone with it.
            sources_.readAgain();
            lists_.readAgain();
            return inTransaction(work);
        });
    }
    template <class Work>
    auto inTransaction(Work& work) {
        SQLite::Transaction transaction{database_, SQLite::TransactionBehavior::IMMEDIATE};
        if constexpr (std::is_void_v<decltype(work())>) {
            work();
            transaction.commit();
        } else {
            auto result = work();
            transaction.commit();
            return result;
        }
    }

public:
    /// `lock` is held as long as the store lives; null for one that lives in memory only.
    SqliteStore(std::unique_ptr<DirectoryLock> lock, SQLite::Database database,
                std::function<bool()> make_room = {})
        : lock_{std::move(lock)},
          database_{std::move(database)},
          make_room_{std::move(make_room)} {}

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
    GoodsChange saveGoods(std::string_view source, const Goods& goods) override {
        return writing("saving goods", [&] {
            auto change = goods_.save(sources_.idOf(source), goods);
            passes_.arrived(sources_.idOf(source), change.arrived);
            return change;
        });
    }
    std::vector<std::string> arrivals(std::string_view source) override {
        return reading("reading arrivals",
                       [&] { return passes_.arrivals(sources_.findId(source)); });
    }
    void forgetArrivals(std::string_view source, std::span<const std::string> items) override {
        writing("forgetting arrivals", [&] {
            for (const auto& item : items) passes_.forget(sources_.findId(source), item);
        });
    }
    Goods goods(std::string_view source) override {
        return reading("reading goods", [&] { return goods_.all(sources_.findId(source)); });
    }
    Goods goodsOf(std::string_view source, std::span<const std::string> items) override {
        return reading("reading goods", [&] { return goods_.of(sources_.findId(source), items); });
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
    std::vector<CaseId> casesWantingOffer(std::string_view source) override {
        return reading("finding who wants an offer", [&] { return lists_.wantingOffer(source); });
    }
    std::vector<CaseId> casesOffered(std::string_view source) override {
        return reading("finding offers", [&] { return passes_.offered(sources_.findId(source)); });
    }
    std::vector<CaseId> casesEscalated(std::string_view source) override {
        return reading("finding ladders",
                       [&] { return passes_.escalated(sources_.findId(source)); });
    }
    std::vector<CaseId> openCasesOfItems(std::string_view source,
                                         std::span<const std::string> items) override {
        return reading("finding who waits", [&] { return lists_.openOfItems(source, items); });
    }
    std::vector<StockHold> heldStock(std::string_view source, Timestamp now,
                                     CaseId except) override {
        return reading("reading what is held",
                       [&] { return goods_.held(sources_.findId(source), now, except); });
    }
    void lookAtAllAgain(Timestamp at) override {
        writing("making all cases due", [&] { lists_.walkAll(at); });
    }
    void commit(std::span<CaseChange> changes) override;

    std::vector<std::vector<Notice>> dueGroups(Timestamp now, int notices_max) override {
        return reading("finding due notices", [&] { return notices_.dueGroups(now, notices_max); });
    }
    std::optional<Timestamp> newestMessageAt() override {
        return reading("finding the newest message", [&] { return messages_.newestAt(); });
    }
    std::optional<Timestamp> nextNoticeDue() override {
        return reading("finding the next due notice", [&] { return notices_.nextDue(); });
    }
    std::vector<Timestamp> heardBy(const Recipient& recipient, Timestamp since) override {
        return reading("reading what was heard",
                       [&] { return messages_.heardBy(recipient, since); });
    }
    int unsentTo(const Recipient& recipient) override {
        return reading("counting what is unsent", [&] { return messages_.unsentTo(recipient); });
    }
    void freeze(std::span<Message> messages) override;
    void freezeNoting(Message& message, std::string_view key, std::string_view value) override;

    std::int64_t countDue(Timestamp now, std::string_view guard, std::int64_t limit) override {
        return reading("counting what is due", [&] { return guards_.countDue(now, guard, limit); });
    }
    std::int64_t countFrozen(Timestamp since, std::string_view guard) override {
        return reading("counting messages", [&] { return guards_.countFrozen(since, guard); });
    }
    std::int64_t holdDue(Timestamp now, std::string_view guard, std::string_view reason) override {
        return writing("holding notices", [&] { return guards_.holdDue(now, guard, reason); });
    }
    std::vector<Notice> heldNotices(std::string_view guard, int limit, NoticeId after) override {
        return reading("listing what is held",
                       [&] { return notices_.byIds(guards_.held(guard, limit, after)); });
    }
    std::int64_t approve(std::span<const NoticeId> ids, const AuditEntry& why) override;
    std::int64_t makePostponedDue(std::string_view guard, Timestamp now) override {
        return writing("making notices due", [&] { return guards_.makePostponedDue(guard, now); });
    }
    SilenceId addSilence(const Silence& silence, const AuditEntry& why) override;
    std::vector<Silence> silences(Timestamp since) override {
        return reading("reading silences", [&] { return guards_.silences(since); });
    }
    std::vector<Silence> silencesEnded(Timestamp now) override {
        return reading("reading silences", [&] { return guards_.ended(now); });
    }
    void silenceEndTold(SilenceId id) override {
        writing("telling of a silence's end", [&] { guards_.endTold(id); });
    }
    bool endSilence(SilenceId id, const AuditEntry& why) override;
    void suppress(std::span<const Suppression> entries, const AuditEntry& why) override;
    bool unsuppress(Channel channel, std::string_view address, const AuditEntry& why) override;
    std::vector<Suppression> suppressions() override {
        return reading("reading suppressions", [&] { return guards_.suppressions(); });
    }
    void setPreference(const Preference& preference, const AuditEntry& why) override;
    bool clearPreference(std::string_view contact, const AuditEntry& why) override;
    std::vector<Preference> preferences() override {
        return reading("reading preferences", [&] { return preferences_.all(); });
    }
    void removePreferences(std::span<const std::string> contacts) override;
    std::optional<Suppression> suppressionOf(const Recipient& recipient) override {
        return reading("finding a suppression", [&] { return guards_.suppressionOf(recipient); });
    }

    std::vector<Message> claimReady(std::string_view sender, Timestamp now, int limit) override;
    std::vector<Message> ready(std::string_view sender, int limit) override {
        return reading("reading ready messages",
                       [&] { return read(messages_.readyOf(sender, limit)); });
    }
    void settle(std::span<const Settlement> settlements, Timestamp now,
                std::span<const Annotation> notes) override;
    void settleAndMark(std::span<const Settlement> settlements, std::span<const Annotation> notes,
                       std::span<const MessageId> on_wire, Timestamp now,
                       std::uint64_t journal_seq) override;
    void makeReady(std::span<const MessageId> ids, Timestamp now) override;
    void supersede(std::span<const MessageId> ids, std::string_view reason, Timestamp now) override;
    std::vector<MessageId> rescue(Timestamp now, const SendAgain& again,
                                  std::span<const Annotation> notes) override;
    std::vector<Message> messages(std::span<const MessageId> ids) override {
        return reading("reading messages", [&] { return read(ids); });
    }
    std::vector<MessageId> lookAtUnsent(std::span<const std::string> senders,
                                        Timestamp now) override;
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

    std::uint64_t journalSeq() override {
        return reading("reading the journal's number", [&] { return departures_.journalSeq(); });
    }
    std::uint64_t journalSeqBefore() override {
        return reading("reading the journal's number", [&] { return departures_.seqBefore(); });
    }
    std::vector<MessageIdentity> messageIdentities(std::span<const MessageId> ids) override;
    std::vector<NoticeIdentity> noticeIdentities(std::span<const NoticeId> ids) override;
    void importDepartures(std::span<const Departure> known, std::span<const Departed> messages,
                          std::uint64_t journal_seq, Timestamp now) override;
    std::optional<Departure> departure(std::string_view hash) override {
        return reading("finding what left", [&] { return departures_.find(hash); });
    }
    bool hasDepartures() override {
        return reading("finding what left", [&] { return departures_.any(); });
    }

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
    void audit(const AuditEntry& entry) override {
        writing("writing the audit trail", [&] { notes_.audit(entry); });
    }
    int removeDocuments(Timestamp until, int limit) override {
        return writing("removing documents",
                       [&] { return persons_.removeDocuments(until, limit); });
    }
    int removePersons(Timestamp closed_until, int limit, Timestamp now) override;
    std::vector<CaseId> removeCustomer(std::span<const CaseId> closed, Timestamp now) override;
    void removeFromTrail(std::span<const std::string> words, const AuditEntry& why) override;
    void tidy() override;
    void compact() override;

    std::string meta(std::string_view key) override {
        return reading("reading a fact", [&] { return notes_.meta(key); });
    }
    void setMeta(std::string_view key, std::string_view value) override {
        writing("saving a fact", [&] { notes_.setMeta(key, value); });
    }
    void backup(const std::string& file) override;

private:
    std::vector<Message> read(std::span<const MessageId> ids);
    void recordOutcomes(std::span<const Settlement> settlements, std::span<const Annotation> notes,
                        Timestamp now);
    void recordMarks(std::span<const MessageId> ids, Timestamp now);
    /// The last in line for an item was advised: its arrival is served.
    void strikeOutArrival(const CaseChange& change);
    /// A step was taken: the notices follow it, and the cases are due.
    bool putBack(MessageId id, const AuditEntry& why);
    void follow(MessageId id, MessageState state, std::string_view reason, Timestamp now);
    /// The notices were heard when the message left: what comes next is counted from there.
    void followDeparture(const Departed& departed, Timestamp now);

    /// A message that was just written left before a restore.
    void depart(Message& message, Departed departed);

    std::unique_ptr<DirectoryLock> lock_;
    SQLite::Database database_;
    std::function<bool()> make_room_;
    SourceTables sources_{database_};
    NoticeTables notices_{database_};
    MessageTables messages_{database_};
    NoteTables notes_{database_};
    DepartureTables departures_{database_};
    GoodsTables goods_{database_};
    PassTables passes_{database_};
    GuardTables guards_{database_};
    PreferenceTables preferences_{database_};
    PersonTables persons_{database_};
    CaseTables cases_{database_, sources_, notices_, goods_};
    CaseLists lists_{database_, sources_};
};

}  // namespace backorderd::store

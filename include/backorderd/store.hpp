#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "backorderd/case.hpp"
#include "backorderd/guard.hpp"
#include "backorderd/message.hpp"
#include "backorderd/preference.hpp"
#include "backorderd/snapshot.hpp"

namespace backorderd {

/// What is kept of a source between polls.
struct SourceState {
    std::string name;
    bool baseline_done = false;             ///< a first snapshot has been taken in to its end
    std::optional<Timestamp> last_good_at;  ///< `as_of` of the last snapshot read to its end
    std::optional<Timestamp> last_poll_at;
    std::string last_result;  ///< of the last poll, for a person
    /// Where the next read of changes begins; empty: the next one is full.
    std::string bookmark{};
    std::optional<Timestamp>
        last_full_at{};  ///< when the last full read began that came to its end
};

/// The part of a line that stays resident, so that an unchanged line costs no reading.
struct KnownLine {
    CaseId case_id = 0;
    std::string_view id;  ///< valid during the callback
    std::uint64_t fingerprint = 0;
    bool missing = false;  ///< `Case::missing_since` is set
};

/// The new state of one case. `after.id` 0 makes a new case, and makes it its line's current one.
struct CaseChange {
    Case after;  ///< line, opened_at, closed_at, missing_since, look_again; `events` and `notices`
                 ///< are ignored
    /// Of the record the line was read from. Empty: the line was not read anew, and its stored form
    /// and fingerprint stay as they are. Always set for a new case.
    std::optional<std::uint64_t> fingerprint;
    std::vector<CaseEvent> new_events;
    std::vector<Notice> new_notices;      ///< id 0; a key the case has already is our own bug
    std::vector<Notice> changed_notices;  ///< pending ones; all columns but the key are replaced
    bool wants_offer = false;             ///< the case waits for a substitute to be offered
    /// What its offers hold now, replacing what they held; empty: unchanged.
    std::optional<std::vector<StockHold>> holds;
};

/// A case's name in lists.
struct CaseFilter {
    std::string source;    ///< empty: any
    std::string customer;  ///< id
    std::string order;     ///< number
    std::string item;      ///< id
    bool include_closed = false;
    int limit = 100;
    /// Continues behind this case, ascending by id.
    CaseId after = 0;
};

struct MessageFilter {
    std::optional<MessageState> state;
    std::string recipient;  ///< address
    int limit = 100;
};

/// What became of one attempt; see `Store::settle`.
struct Settlement {
    MessageId id = 0;
    MessageState state{};  ///< Sent, Deferred, Refused, Unknown, Ready (again) or Dead
    std::string reason;
    std::string reply;
    std::optional<Timestamp> next_attempt_at;
    bool outcome_unknown = false;  ///< adds one to `Message::unknown_outcomes`
    /// Ready again without an attempt having been made: the one that claiming counted is taken
    /// back.
    bool not_tried = false;
    /// The receiver says that there is no such recipient: nothing more goes there.
    bool address_invalid = false;
};

/// A note to be written on an order in the ERP.
struct Annotation {
    std::int64_t id = 0;  ///< 0 until stored
    std::string source;
    std::string order_id;
    std::string marker;  ///< unique; a persisted key
    std::string text;
    int attempts = 0;
    std::optional<Timestamp> next_attempt_at;
};

/// One operator's action, or one of the daemon's own that somebody may ask about later.
struct AuditEntry {
    Timestamp at{};
    std::string actor;
    std::string action;
    std::string subject;
    std::string reason;
};

/// What one notice is known by in every copy of the database, whatever numbers it has there.
struct NoticeIdentity {
    std::string source;
    std::string line_id;
    std::string occasion;  ///< its key; of what happened to a line, what was told of it
    std::string address;
};

struct MessageIdentity {
    std::string stable_id;
    std::vector<NoticeIdentity> notices;
};

/// What left after this copy of the database was made: known by the keyed hash of a message's id or
/// of a notice's identity.
struct Departure {
    std::string hash;
    MessageState state{};  ///< Sent or Unknown
    Timestamp at{};
};

/// Messages of this copy that left after it was made. `at` becomes the `state_at` of their notices.
struct Departed {
    MessageId id = 0;
    MessageState state{};  ///< Sent or Unknown
    Timestamp at{};
    std::string reason;
};

struct QueueCounts {
    std::vector<std::pair<NoticeState, std::int64_t>> notices;
    std::vector<std::pair<MessageState, std::int64_t>> messages;
};

/// The state of everything, durable. SQLite is what ships; every store passes tests/store/contract.
///
/// Each function is one transaction: all of it is durable when it returns, or none of it is. A
/// database that cannot be written is an exception (`StoreBroken`), which ends the process: the
/// next start is safe. One caller at a time; calls block for the time of the disk.
class Store {
public:
    virtual ~Store() = default;

    // -- What was read -----------------------------------------------------------------------
    virtual SourceState source(std::string_view name) = 0;
    virtual void saveSource(const SourceState& state) = 0;
    /// Calls back for every line of the source whose current case is open.
    virtual void forEachKnownLine(std::string_view source,
                                  const std::function<void(const KnownLine&)>& callback) = 0;
    /// Replaces what is known of a source's items. Only differences are written.
    struct GoodsChange {
        bool any = false;
        /// Items of which more is free in all warehouses together than before, ascending. Empty
        /// where the source had no stock at all before: that is a first reading, not an arrival.
        std::vector<std::string> arrived;
    };
    virtual GoodsChange saveGoods(std::string_view source, const Goods& goods) = 0;
    /// Items that arrived (see `saveGoods`, which adds to them) and whose allocation nobody has
    /// been advised on since, ascending. Committing the AllocationProposed of the last in line
    /// (`rank` is `of`) strikes out the item of its line, `forgetArrivals` those that call for no
    /// advice.
    virtual std::vector<std::string> arrivals(std::string_view source) = 0;
    virtual void forgetArrivals(std::string_view source, std::span<const std::string> items) = 0;
    /// All of it, ascending by item; as large as the ERP's catalogue.
    virtual Goods goods(std::string_view source) = 0;
    /// The same of these items alone; alternates are those of which they are `item`.
    virtual Goods goodsOf(std::string_view source, std::span<const std::string> items) = 0;

    // -- Cases -------------------------------------------------------------------------------
    /// The cases of these ids with their logs, in the order asked for; an id that does not exist is
    /// our own bug.
    virtual std::vector<Case> cases(std::span<const CaseId> ids) = 0;
    /// The current case of a line, open or closed.
    virtual std::optional<CaseId> caseOfLine(std::string_view source, std::string_view line_id) = 0;
    /// Ids of open or closed cases whose `look_again` has come, oldest first.
    virtual std::vector<CaseId> casesDue(Timestamp now, int limit) = 0;
    virtual std::optional<Timestamp> nextLookAgain() = 0;
    /// Cases a person may mean by `text`: a line id, `ORDER/POSITION`, or an order number; the
    /// current case of each line first.
    virtual std::vector<CaseId> findCases(std::string_view text) = 0;
    /// Open cases of the same order and item, for recognising a renumbered line.
    virtual std::vector<CaseId> openCasesOf(std::string_view source, std::string_view order_number,
                                            std::string_view item) = 0;
    virtual std::vector<CaseId> listCases(const CaseFilter& filter) = 0;
    /// Open cases that want to be offered a substitute, ascending.
    virtual std::vector<CaseId> casesWantingOffer(std::string_view source) = 0;
    /// Open cases that were ever offered a substitute, ascending.
    virtual std::vector<CaseId> casesOffered(std::string_view source) = 0;
    /// Open cases on which an escalation ever started, ascending.
    virtual std::vector<CaseId> casesEscalated(std::string_view source) = 0;
    /// Open cases that wait for one of these items, ascending.
    virtual std::vector<CaseId> openCasesOfItems(std::string_view source,
                                                 std::span<const std::string> items) = 0;
    /// What the offers of all cases but `except` hold at `now`, added up by item and warehouse;
    /// `until` is not filled in.
    virtual std::vector<StockHold> heldStock(std::string_view source, Timestamp now,
                                             CaseId except = 0) = 0;
    /// Makes every open case due at `at`: the rules have changed. Touches no case one by one.
    virtual void lookAtAllAgain(Timestamp at) = 0;
    /// Writes the new states, events and notices of these cases, all or nothing, and fills in the
    /// ids of new cases and notices.
    virtual void commit(std::span<CaseChange> changes) = 0;

    // -- Notices -> messages -----------------------------------------------------------------
    /// Planned notices that can be sent together now: for each digest key (or single notice) whose
    /// earliest `due_at` has come, all its notices with `ready_at` <= now. Groups are whole: the
    /// last is the one with which they hold `notices_max` notices, or more.
    virtual std::vector<std::vector<Notice>> dueGroups(Timestamp now, int notices_max) = 0;
    virtual std::optional<Timestamp> nextNoticeDue() = 0;
    /// When the newest message was frozen.
    virtual std::optional<Timestamp> newestMessageAt() = 0;
    /// When messages that this recipient may have got were sent, since `since`, ascending.
    virtual std::vector<Timestamp> heardBy(const Recipient& recipient, Timestamp since) = 0;
    /// How many messages to this recipient are Ready, Claimed, OnWire or Deferred, without those
    /// that `heardBy` knows.
    virtual int unsentTo(const Recipient& recipient) = 0;
    /// Freezes messages: writes each as Ready, binds its notices (Planned -> Bundled) to it and
    /// fills in the ids. A `stable_id` that exists is our own bug. One whose state is Sent or
    /// Unknown is what left before a restore, at its `state_at`: it and its notices, which may be
    /// Held as well, are written in that state.
    virtual void freeze(std::span<Message> messages) = 0;
    /// Freezes one message, and with it notes that it was made: see `setMeta`.
    virtual void freezeNoting(Message& message, std::string_view key, std::string_view value) = 0;

    // -- Guards ------------------------------------------------------------------------------
    /// How many messages the planned notices that are due would make, counted up to `limit`,
    /// without those that were approved for `guard`.
    virtual std::int64_t countDue(Timestamp now, std::string_view guard, std::int64_t limit) = 0;
    /// How many messages were frozen since `since`, without those approved for `guard` and those
    /// that left before a restore.
    virtual std::int64_t countFrozen(Timestamp since, std::string_view guard) = 0;
    /// Planned and due -> Held by `guard`, but for those approved for it; how many.
    virtual std::int64_t holdDue(Timestamp now, std::string_view guard,
                                 std::string_view reason) = 0;
    /// Held notices behind `after`, of one guard or of any, ascending by id.
    virtual std::vector<Notice> heldNotices(std::string_view guard, int limit,
                                            NoticeId after = 0) = 0;
    /// Held -> Planned, approved for the guard that held them; makes their cases due. Returns how
    /// many were held.
    virtual std::int64_t approve(std::span<const NoticeId> ids, const AuditEntry& why) = 0;
    /// What `guard` postponed is due at `now`; how many.
    virtual std::int64_t makePostponedDue(std::string_view guard, Timestamp now) = 0;
    virtual SilenceId addSilence(const Silence& silence, const AuditEntry& why) = 0;
    /// Those that end behind `since`, ascending by id.
    virtual std::vector<Silence> silences(Timestamp since) = 0;
    /// Those that ended by `now` without anybody having been told.
    virtual std::vector<Silence> silencesEnded(Timestamp now) = 0;
    virtual void silenceEndTold(SilenceId id) = 0;
    /// Ends it at `why.at`; false where there is none, or it has ended.
    virtual bool endSilence(SilenceId id, const AuditEntry& why) = 0;
    /// Adds suppressions or replaces them. A 'refused' one is added by `settle` as well.
    virtual void suppress(std::span<const Suppression> entries, const AuditEntry& why) = 0;
    virtual bool unsuppress(Channel channel, std::string_view address, const AuditEntry& why) = 0;
    /// Ascending by channel and address.
    virtual std::vector<Suppression> suppressions() = 0;
    /// What stops a recipient; `All` before `Optional` where both the address and its domain are
    /// named.
    virtual std::optional<Suppression> suppressionOf(const Recipient& recipient) = 0;

    // -- Preferences -------------------------------------------------------------------------
    /// Notes what a contact prefers, in place of what was noted before, and makes the cases due of
    /// which something is planned.
    virtual void setPreference(const Preference& preference, const AuditEntry& why) = 0;
    /// False where nothing is noted of the contact; else as `setPreference`.
    virtual bool clearPreference(std::string_view contact, const AuditEntry& why) = 0;
    /// Ascending by contact.
    virtual std::vector<Preference> preferences() = 0;

    // -- Messages ----------------------------------------------------------------------------
    /// Takes up to `limit` Ready messages of a sender, oldest first, and marks them Claimed.
    /// A power failure may undo that: they are Ready then.
    virtual std::vector<Message> claimReady(std::string_view sender, Timestamp now, int limit) = 0;
    /// Up to `limit` Ready messages of a sender, oldest first, as they are.
    virtual std::vector<Message> ready(std::string_view sender, int limit) = 0;
    /// Records outcomes (Claimed or OnWire -> the settlement's state), the same for the notices in
    /// them, makes their cases due, and adds `notes`.
    virtual void settle(std::span<const Settlement> settlements, Timestamp now,
                        std::span<const Annotation> notes) = 0;
    /// In one durable write: records the outcomes of some as `settle` does, and marks others,
    /// Claimed or Ready -> OnWire, which counts the attempt where no claim did. `journal_seq`: the
    /// number of the last record that the send journal will have of it; 0: there is no journal.
    virtual void settleAndMark(std::span<const Settlement> settlements,
                               std::span<const Annotation> notes,
                               std::span<const MessageId> on_wire, Timestamp now,
                               std::uint64_t journal_seq = 0) = 0;
    /// Deferred -> Ready, when its retry time has come.
    virtual void makeReady(std::span<const MessageId> ids, Timestamp now) = 0;
    /// Ready or Deferred messages -> Superseded: what they say is no longer true; one that is
    /// leaving or has left stays as it is. Their notices go back to Planned, without a message, and
    /// their cases become due: what is still true of a digest is told in a new message. One that
    /// may have arrived by an attempt before -> Unknown, and so its notices.
    virtual void supersede(std::span<const MessageId> ids, std::string_view reason,
                           Timestamp now) = 0;
    /// Whether a message of which nobody knows if it left is sent again, and by whose word.
    using SendAgain = std::function<std::optional<AuditEntry>(const Message&)>;
    /// What a crash left behind: Claimed -> Ready (nothing left), OnWire -> Unknown, counted in
    /// `unknown_outcomes`, and on to Ready where `again` says so: another crash must not come
    /// between. Returns those that were OnWire. `again` empty: none is sent again. Adds `notes`.
    virtual std::vector<MessageId> rescue(Timestamp now, const SendAgain& again = {},
                                          std::span<const Annotation> notes = {}) = 0;
    /// Makes the cases of all Ready and Deferred messages due, so that what they say is looked at
    /// again. Returns the messages that name none of these senders.
    virtual std::vector<MessageId> lookAtUnsent(std::span<const std::string> senders,
                                                Timestamp now) = 0;
    /// Messages by id, with their documents and notice ids; an id that does not exist is left out.
    virtual std::vector<Message> messages(std::span<const MessageId> ids) = 0;
    virtual std::vector<MessageId> listMessages(const MessageFilter& filter) = 0;
    virtual std::vector<Notice> notices(std::span<const NoticeId> ids) = 0;
    /// Pending notices that no message carries yet, soonest first.
    virtual std::vector<Notice> listPlanned(int limit) = 0;
    virtual QueueCounts counts() = 0;
    /// An operator's retry (Deferred, Refused, Unknown, Dead -> Ready) or drop (any that has not
    /// been sent -> Dropped). False where the state does not allow it.
    virtual bool retryMessage(MessageId id, const AuditEntry& why) = 0;
    virtual bool dropMessage(MessageId id, const AuditEntry& why) = 0;
    virtual bool dropNotice(NoticeId id, const AuditEntry& why) = 0;

    // -- After a restore ---------------------------------------------------------------------
    /// The highest `journal_seq` that any step carried; what the journal has above it left after
    /// this copy of the database was made.
    virtual std::uint64_t journalSeq() = 0;
    /// The same before the newest step that carried one: a journal that ends at it, or behind it,
    /// lacks records of that step alone.
    virtual std::uint64_t journalSeqBefore() = 0;
    /// In the order asked for.
    virtual std::vector<MessageIdentity> messageIdentities(std::span<const MessageId> ids) = 0;
    virtual std::vector<NoticeIdentity> noticeIdentities(std::span<const NoticeId> ids) = 0;
    /// Takes in what the journal knows: `known` is remembered, `messages` (Ready, Deferred, Held,
    /// Claimed, OnWire or Unknown) and their notices go to the state said.
    virtual void importDepartures(std::span<const Departure> known,
                                  std::span<const Departed> messages, std::uint64_t journal_seq,
                                  Timestamp now) = 0;
    virtual std::optional<Departure> departure(std::string_view hash) = 0;
    /// Whether any is known.
    virtual bool hasDepartures() = 0;

    // -- Notes to the ERP --------------------------------------------------------------------
    virtual std::vector<Annotation> annotationsDue(Timestamp now, int limit) = 0;
    virtual std::optional<Timestamp> nextAnnotationDue() = 0;
    /// Empty `retry_at` and empty `failure`: done. With `retry_at`: tried again. Otherwise given
    /// up.
    virtual void settleAnnotation(std::int64_t id, std::string_view failure,
                                  std::optional<Timestamp> retry_at) = 0;

    virtual std::vector<AuditEntry> auditTrail(int limit) = 0;
    virtual void audit(const AuditEntry& entry) = 0;

    // -- Persons -----------------------------------------------------------------------------
    // docs/privacy.md says what is kept of persons. What these remove is gone from the store's
    // files once `tidy` or `compact` has returned.

    /// Removes the documents of up to `limit` messages that have ended and were made up to `until`;
    /// returns how many. Such a message cannot be sent again.
    virtual int removeDocuments(Timestamp until, int limit) = 0;
    /// Removes names, addresses and words of persons from up to `limit` cases that were closed up
    /// to `closed_until` and have nothing left to send; returns how many.
    virtual int removePersons(Timestamp closed_until, int limit, Timestamp now) = 0;
    /// Removes from these closed cases, and from every message that tells of them, also which
    /// customer they are of; what waits to be sent is dropped. Returns the cases of which a message
    /// is leaving at this moment, which stay as they are.
    virtual std::vector<CaseId> removeCustomer(std::span<const CaseId> closed, Timestamp now) = 0;
    /// Removes what these contacts prefer.
    virtual void removePreferences(std::span<const std::string> contacts) = 0;
    /// Removes these words from the audit trail, and adds `why`.
    virtual void removeFromTrail(std::span<const std::string> words, const AuditEntry& why) = 0;
    /// Leaves nothing removed in the write-ahead log; quick.
    virtual void tidy() = 0;
    /// Writes the whole store anew, so that nothing that was ever removed is left in its files.
    /// Blocks for seconds for each gigabyte. `std::runtime_error`: there was no room; nothing
    /// changed.
    virtual void compact() = 0;

    // -- Meta --------------------------------------------------------------------------------
    /// Small facts that survive a restart (fingerprint of the rules, environment id).
    virtual std::string meta(std::string_view key) = 0;
    virtual void setMeta(std::string_view key, std::string_view value) = 0;
    /// Writes a consistent copy of everything to a new file; blocks for the time of the disk. A
    /// file that exists, or a folder that cannot be written, is `std::runtime_error`, and nothing
    /// is left.
    virtual void backup(const std::string& file) = 0;
};

/// The store cannot be read or written; carries a reason for the log. Ends the process.
class StoreBroken : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

}  // namespace backorderd

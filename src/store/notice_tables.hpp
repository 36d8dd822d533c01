#pragma once

#include <optional>
#include <span>
#include <vector>

#include "backorderd/store.hpp"
#include "store/query.hpp"

namespace backorderd::store {

/// Table notice. Callers hold the transaction.
class NoticeTables {
public:
    explicit NoticeTables(SQLite::Database& database);

    /// Fills in the id.
    void insert(Notice& notice);
    /// Replaces all columns but the key of a pending notice.
    void update(const Notice& notice);

    std::vector<Notice> ofCase(CaseId case_id);
    std::vector<NoticeId> idsOfMessage(MessageId message_id);
    std::vector<Notice> byIds(std::span<const NoticeId> ids);
    std::vector<Notice> planned(int limit);
    std::vector<std::vector<Notice>> dueGroups(Timestamp now, int notices_max);
    std::optional<Timestamp> nextDue();

    /// Held -> Planned, where it is held.
    void letGo(NoticeId id, std::string_view reason, Timestamp now);
    /// Planned -> Bundled.
    void bind(NoticeId id, MessageId message_id, Timestamp now);
    /// What became of a message is what became of its notices. Returns their cases.
    std::vector<CaseId> followMessage(MessageId message_id, NoticeState state,
                                      std::string_view reason, Timestamp now);
    /// Bundled -> Planned, out of the message.
    void release(MessageId message_id, std::string_view reason, Timestamp now);
    /// Planned or Held -> Dropped; false in any other state.
    bool drop(NoticeId id, std::string_view reason, Timestamp now);
    std::vector<std::pair<NoticeState, std::int64_t>> counts();

private:
    SQLite::Database& database_;
    Query insert_, update_, of_case_, of_message_, with_case_, by_id_, planned_, due_, group_,
        next_due_;
    Query let_go_, bind_, follow_, release_, drop_, counts_;
};

}  // namespace backorderd::store

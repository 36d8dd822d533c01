#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "backorderd/store.hpp"
#include "store/query.hpp"

namespace backorderd::store {

/// Table departure, the send journal's number in meta, and what notices are known by across copies
/// of the database. Callers hold the transaction.
class DepartureTables {
public:
    explicit DepartureTables(SQLite::Database& database);

    std::uint64_t journalSeq();
    std::uint64_t seqBefore();
    /// 0, or a number below the one that is there, changes nothing.
    void setJournalSeq(std::uint64_t seq);
    MessageIdentity ofMessage(MessageId id);
    NoticeIdentity ofNotice(NoticeId id);
    void add(const Departure& departure);
    std::optional<Departure> find(std::string_view hash);
    bool any();

private:
    Query seq_, seq_before_, set_seq_, set_before_, stable_id_, of_message_, of_notice_, add_,
        find_, any_;
};

}  // namespace backorderd::store

#pragma once

#include <optional>
#include <span>
#include <vector>

#include "backorderd/store.hpp"
#include "store/query.hpp"

namespace backorderd::store {

/// What stops notices: what guards do to table notice, and the tables silence and
/// suppression. Callers hold the transaction.
class GuardTables {
public:
    explicit GuardTables(SQLite::Database& database);

    std::int64_t countDue(Timestamp now, std::string_view guard, std::int64_t limit);
    std::int64_t countFrozen(Timestamp since, std::string_view guard);
    std::int64_t holdDue(Timestamp now, std::string_view guard, std::string_view reason);
    std::vector<NoticeId> held(std::string_view guard, int limit, NoticeId after);
    /// Held -> Planned; false in any other state.
    bool approve(NoticeId id, std::string_view reason, Timestamp now);
    std::int64_t makePostponedDue(std::string_view guard, Timestamp now);

    SilenceId add(const Silence& silence);
    std::vector<Silence> silences(Timestamp since);
    std::vector<Silence> ended(Timestamp now);
    void endTold(SilenceId id);
    bool end(SilenceId id, Timestamp now);

    void suppress(const Suppression& entry);
    /// The recipient of a message does not exist, as the receiver says.
    void suppressRecipient(MessageId id, std::string_view reply, Timestamp now);
    bool unsuppress(Channel channel, std::string_view address);
    std::vector<Suppression> suppressions();
    std::optional<Suppression> suppressionOf(const Recipient& recipient);

private:
    SQLite::Database& database_;
    Query count_due_, count_frozen_, hold_due_, held_, held_by_, approve_, make_due_;
    Query add_, silences_, ended_, end_told_, end_;
    Query suppress_, recipient_, unsuppress_, suppressions_, suppression_of_;
};

}  // namespace backorderd::store

#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "backorderd/store.hpp"
#include "store/query.hpp"
#include "store/source_tables.hpp"

namespace backorderd::store {

/// Which cases: those that are due, and those that somebody looks for. Callers hold the
/// transaction.
class CaseLists {
public:
    CaseLists(SQLite::Database& database, SourceTables& sources);

    /// A transaction was rolled back: what is kept here may be of it.
    void readAgain();
    std::vector<CaseId> due(Timestamp now, int limit);
    std::optional<Timestamp> nextLookAgain();
    /// Begins a walk over all open cases.
    void walkAll(Timestamp at);
    /// These cases were committed, and with that looked at: the walk goes on behind them.
    void walkedOver(std::span<const CaseChange> changes);

    std::optional<CaseId> ofLine(std::string_view source, std::string_view line_id);
    std::vector<CaseId> find(std::string_view text);
    std::vector<CaseId> openOf(std::string_view source, std::string_view order_number,
                               std::string_view item);
    std::vector<CaseId> list(const CaseFilter& filter);
    std::vector<CaseId> wantingOffer(std::string_view source);
    std::vector<CaseId> openOfItems(std::string_view source, std::span<const std::string> items);

private:
    /// The row of table look_again_walk. Kept here as well, because commits are many.
    struct Walk {
        Timestamp at{};
        CaseId done_to = 0;
        CaseId last_case = 0;
    };
    std::optional<CaseId> nextOnWalk(const Walk& walk, CaseId behind);
    void findLine(std::vector<CaseId>& found, std::int64_t source_id, const std::string& line_id);

    SQLite::Database& database_;
    SourceTables& sources_;
    Query due_, next_, last_case_, next_open_;
    Query read_walk_, write_walk_, end_walk_;
    Query earlier_, of_order_, of_position_, open_of_, wanting_offer_, open_of_items_;
    std::optional<Walk> walk_;
};

}  // namespace backorderd::store

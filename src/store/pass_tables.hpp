#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "backorderd/store.hpp"
#include "store/query.hpp"

namespace backorderd::store {

/// Table arrival, and the indexes that lead to cases with offers and ladders: what passes over many
/// cases go by. Callers hold the transaction.
class PassTables {
public:
    explicit PassTables(SQLite::Database& database);

    void arrived(std::int64_t source_id, std::span<const std::string> items);
    std::vector<std::string> arrivals(std::int64_t source_id);
    void forget(std::int64_t source_id, const std::string& item);

    /// Open cases that have an event `offer_made`, `escalation_started`.
    std::vector<CaseId> offered(std::int64_t source_id);
    std::vector<CaseId> escalated(std::int64_t source_id);

private:
    Query add_, list_, forget_, offered_, escalated_;
};

}  // namespace backorderd::store

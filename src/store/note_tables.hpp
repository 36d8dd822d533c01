#pragma once

#include <optional>
#include <string>
#include <vector>

#include "backorderd/store.hpp"
#include "store/query.hpp"

namespace backorderd::store {

/// Tables annotation, audit and meta. Callers hold the transaction.
class NoteTables {
public:
    explicit NoteTables(SQLite::Database& database);

    /// A marker that is there already is the same note: it is not written twice.
    void add(const Annotation& note, Timestamp now);
    std::vector<Annotation> due(Timestamp now, int limit);
    std::optional<Timestamp> nextDue();
    bool settle(std::int64_t id, std::string_view failure, std::optional<Timestamp> retry_at);

    void audit(const AuditEntry& entry);
    /// The newest first.
    std::vector<AuditEntry> auditTrail(int limit);

    std::string meta(std::string_view key);
    void setMeta(std::string_view key, std::string_view value);

private:
    Query add_, due_, next_due_, settle_, add_audit_, audit_, meta_, set_meta_;
};

}  // namespace backorderd::store

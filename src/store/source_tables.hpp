#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "backorderd/store.hpp"
#include "store/query.hpp"

namespace backorderd::store {

/// Tables source and line: what was read last. Callers hold the transaction.
class SourceTables {
public:
    explicit SourceTables(SQLite::Database& database);

    /// A transaction was rolled back: what is kept here may be of it.
    void readAgain();
    SourceState source(std::string_view name);
    void save(const SourceState& state);
    /// The number of a source; a source that is not known yet is made.
    std::int64_t idOf(std::string_view name);
    /// The number of a source, or 0.
    std::int64_t findId(std::string_view name) const;
    const std::map<std::string, std::int64_t, std::less<>>& all() const { return ids_; }

    void forEachLine(std::string_view source,
                     const std::function<void(const KnownLine&)>& callback);

    /// A row of table line without its key.
    struct LineRow {
        CaseId case_id = 0;
        std::uint64_t fingerprint = 0;
        bool open = true;
        bool missing = false;
        bool operator==(const LineRow&) const = default;
    };
    std::optional<LineRow> findLine(std::int64_t source_id, const std::string& line_id);
    /// False, with nothing done, where the line has a row already.
    bool insertLine(std::int64_t source_id, const std::string& line_id, const LineRow& row);
    void updateLine(std::int64_t source_id, const std::string& line_id, const LineRow& row);
    /// Changes the flags alone; nothing where another case is the line's current one.
    void flagLine(std::int64_t source_id, const std::string& line_id, CaseId case_id, bool open,
                  bool missing);
    void deleteLine(std::int64_t source_id, const std::string& line_id, CaseId case_id);

private:
    std::map<std::string, std::int64_t, std::less<>> ids_;
    Query ids_query_, read_, insert_, update_;
    Query lines_, find_line_, insert_line_, update_line_, flag_line_, delete_line_;
};

}  // namespace backorderd::store

#pragma once

#include <span>
#include <string>
#include <vector>

#include "backorderd/store.hpp"
#include "codec/codec.hpp"
#include "store/goods_tables.hpp"
#include "store/notice_tables.hpp"
#include "store/query.hpp"
#include "store/source_tables.hpp"

namespace backorderd::store {

/// Tables case_file, case_line and case_event: writing cases, and reading them by id. Callers hold
/// the transaction.
class CaseTables {
public:
    CaseTables(SQLite::Database& database, SourceTables& sources, NoticeTables& notices,
               GoodsTables& goods);

    /// Fills in the ids of a new case and of new notices.
    void write(CaseChange& change);
    Case read(CaseId id);
    void wake(CaseId id, Timestamp now);
    /// Wakes the cases whose notices a message carries.
    void wakeOf(MessageId message_id, Timestamp now);

private:
    void insert(CaseChange& change);
    void updateTimes(const CaseChange& change);
    /// The line was read anew: its text, its names and its row in table line.
    void updateLine(const CaseChange& change);
    void putLineRow(const CaseChange& change, std::int64_t source_id,
                    const std::string& old_line_id);
    void renumber(std::int64_t source_id, const std::string& old_line_id,
                  const std::string& line_id, const SourceTables::LineRow& row);
    bool isCurrent(CaseId id);

    SQLite::Database& database_;
    SourceTables& sources_;
    NoticeTables& notices_;
    GoodsTables& goods_;
    codec::LineDecoder decoder_;
    Query insert_, insert_line_, insert_event_, update_earlier_;
    Query times_, update_times_, stored_, update_names_, update_line_, later_;
    Query read_, events_, wake_, of_message_;
};

}  // namespace backorderd::store

#include "store/source_tables.hpp"

#include <tuple>

namespace backorderd::store {
namespace {

// The database keeps signed numbers; a fingerprint is only ever compared.
std::int64_t stored(std::uint64_t fingerprint) { return static_cast<std::int64_t>(fingerprint); }
std::uint64_t fingerprint(std::int64_t stored) { return static_cast<std::uint64_t>(stored); }

}  // namespace

SourceTables::SourceTables(SQLite::Database& database)
    : ids_query_{database, "SELECT name, id FROM source"},
      read_{database,
            "SELECT baseline_done, last_good_at, last_poll_at, last_result, bookmark,"
            " last_full_at FROM source WHERE id = ?1"},
      insert_{database, "INSERT INTO source (name) VALUES (?1)"},
      update_{database,
              "UPDATE source SET baseline_done = ?2, last_good_at = ?3, last_poll_at = ?4,"
              " last_result = ?5, bookmark = ?6, last_full_at = ?7 WHERE id = ?1"},
      lines_{database,
             "SELECT line_id, case_id, fingerprint, missing FROM line"
             " WHERE source_id = ?1 AND open = 1"},
      find_line_{database,
                 "SELECT case_id, fingerprint, open, missing FROM line"
                 " WHERE source_id = ?1 AND line_id = ?2"},
      insert_line_{database,
                   "INSERT INTO line (source_id, line_id, case_id, fingerprint, open, missing)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING"},
      update_line_{database,
                   "UPDATE line SET case_id = ?3, fingerprint = ?4, open = ?5, missing = ?6"
                   " WHERE source_id = ?1 AND line_id = ?2"},
      flag_line_{database,
                 "UPDATE line SET open = ?4, missing = ?5"
                 " WHERE source_id = ?1 AND line_id = ?2 AND case_id = ?3"},
      delete_line_{database,
                   "DELETE FROM line WHERE source_id = ?1 AND line_id = ?2 AND case_id = ?3"} {
    readAgain();
}

void SourceTables::readAgain() {
    ids_.clear();
    auto rows = ids_query_.rows();
    while (rows.next()) ids_.emplace(rows.text(0), rows.integer(1));
}

SourceState SourceTables::source(std::string_view name) {
    SourceState state;
    state.name = name;
    auto rows = read_.rows(findId(name));
    if (!rows.next()) return state;
    state.baseline_done = rows.flag(0);
    state.last_good_at = rows.maybeTime(1);
    state.last_poll_at = rows.maybeTime(2);
    state.last_result = rows.text(3);
    state.bookmark = rows.text(4);
    state.last_full_at = rows.maybeTime(5);
    return state;
}

void SourceTables::save(const SourceState& state) {
    update_.run(idOf(state.name), state.baseline_done, state.last_good_at, state.last_poll_at,
                state.last_result, state.bookmark, state.last_full_at);
}

std::int64_t SourceTables::findId(std::string_view name) const {
    const auto known = ids_.find(name);
    return known == ids_.end() ? 0 : known->second;
}

std::int64_t SourceTables::idOf(std::string_view name) {
    if (const auto known = findId(name)) return known;
    insert_.run(name);
    auto rows = ids_query_.rows();
    while (rows.next()) ids_.insert_or_assign(rows.text(0), rows.integer(1));
    return ids_.at(std::string{name});
}

void SourceTables::forEachLine(std::string_view source,
                               const std::function<void(const KnownLine&)>& callback) {
    auto rows = lines_.rows(findId(source));
    while (rows.next())
        callback({.case_id = rows.integer(1),
                  .id = rows.view(0),
                  .fingerprint = fingerprint(rows.integer(2)),
                  .missing = rows.flag(3)});
}

std::optional<SourceTables::LineRow> SourceTables::findLine(std::int64_t source_id,
                                                            const std::string& line_id) {
    auto rows = find_line_.rows(source_id, line_id);
    if (!rows.next()) return std::nullopt;
    return LineRow{rows.integer(0), fingerprint(rows.integer(1)), rows.flag(2), rows.flag(3)};
}

bool SourceTables::insertLine(std::int64_t source_id, const std::string& line_id,
                              const LineRow& row) {
    return insert_line_.run(source_id, line_id, row.case_id, stored(row.fingerprint), row.open,
                            row.missing) == 1;
}

void SourceTables::updateLine(std::int64_t source_id, const std::string& line_id,
                              const LineRow& row) {
    update_line_.run(source_id, line_id, row.case_id, stored(row.fingerprint), row.open,
                     row.missing);
}

void SourceTables::flagLine(std::int64_t source_id, const std::string& line_id, CaseId case_id,
                            bool open, bool missing) {
    flag_line_.run(source_id, line_id, case_id, open, missing);
}

void SourceTables::deleteLine(std::int64_t source_id, const std::string& line_id, CaseId case_id) {
    delete_line_.run(source_id, line_id, case_id);
}

}  // namespace backorderd::store

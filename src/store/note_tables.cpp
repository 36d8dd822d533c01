#include "store/note_tables.hpp"

namespace backorderd::store {

NoteTables::NoteTables(SQLite::Database& database)
    : add_{database,
           "INSERT INTO annotation (source, order_id, marker, text, state, due_at)"
           " VALUES (?1, ?2, ?3, ?4, 'due', ?5) ON CONFLICT (marker) DO NOTHING"},
      due_{database,
           "SELECT id, source, order_id, marker, text, attempts, due_at FROM annotation"
           " WHERE due_at <= ?1 ORDER BY due_at, id LIMIT ?2"},
      next_due_{database, "SELECT min(due_at) FROM annotation WHERE due_at IS NOT NULL"},
      settle_{database,
              "UPDATE annotation SET state = ?2, failure = ?3, due_at = ?4, attempts = attempts + 1"
              " WHERE id = ?1 AND state = 'due'"},
      add_audit_{database,
                 "INSERT INTO audit (at, actor, action, subject, reason)"
                 " VALUES (?1, ?2, ?3, ?4, ?5)"},
      audit_{database,
             "SELECT at, actor, action, subject, reason FROM audit ORDER BY id DESC LIMIT ?1"},
      meta_{database, "SELECT value FROM meta WHERE key = ?1"},
      set_meta_{database,
                "INSERT INTO meta (key, value) VALUES (?1, ?2)"
                " ON CONFLICT DO UPDATE SET value = excluded.value"} {}

void NoteTables::add(const Annotation& note, Timestamp now) {
    add_.run(note.source, note.order_id, note.marker, note.text,
             note.next_attempt_at.value_or(now));
}

std::vector<Annotation> NoteTables::due(Timestamp now, int limit) {
    std::vector<Annotation> notes;
    auto rows = due_.rows(now, limit);
    while (rows.next())
        notes.push_back({.id = rows.integer(0),
                         .source = rows.text(1),
                         .order_id = rows.text(2),
                         .marker = rows.text(3),
                         .text = rows.text(4),
                         .attempts = static_cast<int>(rows.integer(5)),
                         .next_attempt_at = rows.maybeTime(6)});
    return notes;
}

std::optional<Timestamp> NoteTables::nextDue() {
    auto rows = next_due_.rows();
    return rows.next() ? rows.maybeTime(0) : std::nullopt;
}

bool NoteTables::settle(std::int64_t id, std::string_view failure,
                        std::optional<Timestamp> retry_at) {
    const std::string_view state = retry_at ? "due" : failure.empty() ? "done" : "given_up";
    return settle_.run(id, state, failure, retry_at) == 1;
}

void NoteTables::audit(const AuditEntry& entry) {
    add_audit_.run(entry.at, entry.actor, entry.action, entry.subject, entry.reason);
}

std::vector<AuditEntry> NoteTables::auditTrail(int limit) {
    std::vector<AuditEntry> entries;
    auto rows = audit_.rows(limit);
    while (rows.next())
        entries.push_back({rows.time(0), rows.text(1), rows.text(2), rows.text(3), rows.text(4)});
    return entries;
}

std::string NoteTables::meta(std::string_view key) {
    auto rows = meta_.rows(key);
    return rows.next() ? rows.text(0) : std::string{};
}

void NoteTables::setMeta(std::string_view key, std::string_view value) {
    set_meta_.run(key, value);
}

}  // namespace backorderd::store

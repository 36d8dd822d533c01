#include "store/case_tables.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace backorderd::store {
namespace {

SourceTables::LineRow lineRow(const CaseChange& change) {
    return {.case_id = change.after.id,
            .fingerprint = *change.fingerprint,
            .open = !change.after.closed_at.has_value(),
            .missing = change.after.missing_since.has_value()};
}

[[noreturn]] void noSuchCase(CaseId id) {
    throw std::logic_error(fmt::format("there is no case {}", id));
}

}  // namespace

CaseTables::CaseTables(SQLite::Database& database, SourceTables& sources, NoticeTables& notices,
                       GoodsTables& goods)
    : database_{database},
      sources_{sources},
      notices_{notices},
      goods_{goods},
      insert_{database,
              "INSERT INTO case_file (source_id, opened_at, adopted, closed_at, missing_since,"
              " look_again, customer_id, order_number, item_id, position, wants_offer)"
              " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"},
      insert_line_{database, "INSERT INTO case_line (case_id, line) VALUES (?1, ?2)"},
      insert_event_{database,
                    "INSERT INTO case_event (case_id, seq, at, name, members)"
                    " VALUES (?1, ?2, ?3, ?4, ?5)"},
      update_earlier_{database, "UPDATE case_file SET earlier_case_id = ?2 WHERE id = ?1"},
      times_{database,
             "SELECT closed_at, missing_since, look_again, wants_offer FROM case_file"
             " WHERE id = ?1"},
      update_times_{database,
                    "UPDATE case_file SET closed_at = ?2, missing_since = ?3, look_again = ?4,"
                    " wants_offer = ?5 WHERE id = ?1"},
      stored_{database,
              "SELECT customer_id, order_number, item_id, position, line"
              " FROM case_file JOIN case_line ON case_id = id WHERE id = ?1"},
      update_names_{database,
                    "UPDATE case_file SET customer_id = ?2, order_number = ?3, item_id = ?4,"
                    " position = ?5 WHERE id = ?1"},
      update_line_{database, "UPDATE case_line SET line = ?2 WHERE case_id = ?1"},
      later_{database, "SELECT 1 FROM case_file WHERE earlier_case_id = ?1"},
      read_{database,
            "SELECT source.name, opened_at, adopted, closed_at, missing_since, look_again, line"
            " FROM case_file JOIN case_line ON case_id = case_file.id"
            " JOIN source ON source.id = source_id WHERE case_file.id = ?1"},
      events_{database,
              "SELECT seq, at, name, members FROM case_event WHERE case_id = ?1 ORDER BY seq"},
      wake_{database, "UPDATE case_file SET look_again = ?2 WHERE id = ?1"},
      of_message_{database, "SELECT case_id FROM notice WHERE message_id = ?1"} {}

void CaseTables::write(CaseChange& change) {
    auto& after = change.after;
    if (after.id == 0) {
        insert(change);
    } else {
        updateTimes(change);
        if (change.fingerprint) updateLine(change);
    }
    for (const auto& [seq, at, event] : change.new_events)
        insert_event_.run(after.id, seq, at, eventName(event), codec::encodeEvent(event));
    for (auto& notice : change.new_notices) {
        notice.case_id = after.id;
        notices_.insert(notice);
    }
    for (const auto& notice : change.changed_notices) notices_.update(notice);
    if (change.holds) goods_.hold(after.id, sources_.idOf(after.line.key.source), *change.holds);
}

void CaseTables::insert(CaseChange& change) {
    auto& after = change.after;
    const auto& line = after.line;
    if (!change.fingerprint)
        throw std::logic_error(fmt::format("new case of line {} has no fingerprint", line.key.id));
    const auto source_id = sources_.idOf(line.key.source);
    insert_.run(source_id, after.opened_at, after.adopted, after.closed_at, after.missing_since,
                after.look_again, line.customer.id, line.order.number, line.item.id, line.position,
                change.wants_offer);
    after.id = database_.getLastInsertRowid();
    insert_line_.run(after.id, codec::encodeLine(line));
    // Nearly every new case is of a new line: only where it is not, the line is looked up.
    const auto row = lineRow(change);
    if (sources_.insertLine(source_id, line.key.id, row)) return;
    update_earlier_.run(after.id, sources_.findLine(source_id, line.key.id)->case_id);
    sources_.updateLine(source_id, line.key.id, row);
}

// What stays as it is, is not written: most changes touch the times alone, and a page that is not
// dirtied costs nothing.
void CaseTables::updateTimes(const CaseChange& change) {
    const auto& after = change.after;
    bool same = false, same_flags = false;
    {
        auto rows = times_.rows(after.id);
        if (!rows.next()) noSuchCase(after.id);
        const auto closed_at = rows.maybeTime(0), missing_since = rows.maybeTime(1);
        same = closed_at == after.closed_at && missing_since == after.missing_since &&
               rows.maybeTime(2) == after.look_again && rows.flag(3) == change.wants_offer;
        same_flags = closed_at.has_value() == after.closed_at.has_value() &&
                     missing_since.has_value() == after.missing_since.has_value();
    }
    if (!same)
        update_times_.run(after.id, after.closed_at, after.missing_since, after.look_again,
                          change.wants_offer);
    if (!same_flags)
        sources_.flagLine(sources_.idOf(after.line.key.source), after.line.key.id, after.id,
                          !after.closed_at, after.missing_since.has_value());
}

void CaseTables::updateLine(const CaseChange& change) {
    const auto& after = change.after;
    const auto& line = after.line;
    const std::string text = codec::encodeLine(line);
    std::string old_line_id = line.key.id;
    bool same_names = false, same_text = false;
    {
        auto rows = stored_.rows(after.id);
        if (!rows.next()) noSuchCase(after.id);
        same_names = rows.view(0) == line.customer.id && rows.view(1) == line.order.number &&
                     rows.view(2) == line.item.id && rows.view(3) == line.position;
        same_text = rows.view(4) == text;
        if (!same_text) old_line_id = decoder_.decode(rows.view(4), line.key.source).key.id;
    }
    if (!same_names)
        update_names_.run(after.id, line.customer.id, line.order.number, line.item.id,
                          line.position);
    if (!same_text) update_line_.run(after.id, text);
    putLineRow(change, sources_.idOf(line.key.source), old_line_id);
}

void CaseTables::putLineRow(const CaseChange& change, std::int64_t source_id,
                            const std::string& old_line_id) {
    const auto& id = change.after.line.key.id;
    const auto wanted = lineRow(change);
    if (old_line_id != id) {
        renumber(source_id, old_line_id, id, wanted);
        return;
    }
    const auto row = sources_.findLine(source_id, id);
    // An earlier case of a line that has a newer one has no row of its own.
    if (row && row->case_id == change.after.id && *row != wanted)
        sources_.updateLine(source_id, id, wanted);
}

// The new id may still be taken by a line that is renumbered later in the same commit (8 -> 9,
// 9 -> 10): its row is taken over here and made anew there.
void CaseTables::renumber(std::int64_t source_id, const std::string& old_line_id,
                          const std::string& line_id, const SourceTables::LineRow& row) {
    if (!isCurrent(row.case_id)) return;
    sources_.deleteLine(source_id, old_line_id, row.case_id);
    if (!sources_.insertLine(source_id, line_id, row)) sources_.updateLine(source_id, line_id, row);
}

bool CaseTables::isCurrent(CaseId id) { return !later_.rows(id).next(); }

Case CaseTables::read(CaseId id) {
    Case subject;
    subject.id = id;
    {
        auto rows = read_.rows(id);
        if (!rows.next()) noSuchCase(id);
        subject.line = decoder_.decode(rows.view(6), rows.view(0));
        subject.opened_at = rows.time(1);
        subject.adopted = rows.flag(2);
        subject.closed_at = rows.maybeTime(3);
        subject.missing_since = rows.maybeTime(4);
        subject.look_again = rows.maybeTime(5);
    }
    auto rows = events_.rows(id);
    while (rows.next())
        subject.events.push_back({static_cast<int>(rows.integer(0)), rows.time(1),
                                  codec::decodeEvent(rows.view(2), rows.view(3))});
    subject.notices = notices_.ofCase(id);
    return subject;
}

void CaseTables::wake(CaseId id, Timestamp now) { wake_.run(id, now); }

// Most messages carry one notice: a look-up and an update cost less than one statement that gathers
// ids in a table of its own first.
void CaseTables::wakeOf(MessageId message_id, Timestamp now) {
    for (const auto id : readIds(of_message_.rows(message_id))) wake(id, now);
}

}  // namespace backorderd::store

#include "store/case_lists.hpp"

#include <algorithm>
#include <set>
#include <string>

#include "codec/codec.hpp"

namespace backorderd::store {
namespace {

// The current case of each line first: one that no other case names as its earlier one.
constexpr const char* kOfOrder =
    "SELECT id FROM case_file AS this WHERE order_number = ?1"
    " ORDER BY EXISTS (SELECT 1 FROM case_file WHERE earlier_case_id = this.id), id";
constexpr const char* kOfPosition =
    "SELECT id FROM case_file AS this WHERE order_number = ?1 AND position = ?2"
    " ORDER BY EXISTS (SELECT 1 FROM case_file WHERE earlier_case_id = this.id), id";

void append(std::vector<CaseId>& found, const std::vector<CaseId>& more) {
    for (const auto id : more)
        if (std::find(found.begin(), found.end(), id) == found.end()) found.push_back(id);
}

}  // namespace

CaseLists::CaseLists(SQLite::Database& database, SourceTables& sources)
    : database_{database},
      sources_{sources},
      due_{database,
           "SELECT id FROM case_file WHERE look_again <= ?1 ORDER BY look_again, id LIMIT ?2"},
      next_{database, "SELECT min(look_again) FROM case_file WHERE look_again IS NOT NULL"},
      last_case_{database, "SELECT max(id) FROM case_file"},
      next_open_{database,
                 "SELECT id FROM case_file WHERE id > ?1 AND id <= ?2 AND closed_at IS NULL"
                 " ORDER BY id LIMIT ?3"},
      read_walk_{database, "SELECT at, done_to, last_case FROM look_again_walk"},
      write_walk_{database,
                  "INSERT INTO look_again_walk (only, at, done_to, last_case)"
                  " VALUES (1, ?1, ?2, ?3) ON CONFLICT DO UPDATE"
                  " SET at = excluded.at, done_to = excluded.done_to,"
                  " last_case = excluded.last_case"},
      end_walk_{database, "DELETE FROM look_again_walk"},
      earlier_{database, "SELECT earlier_case_id FROM case_file WHERE id = ?1"},
      of_order_{database, kOfOrder},
      of_position_{database, kOfPosition},
      open_of_{database,
               "SELECT id FROM case_file WHERE order_number = ?2 AND source_id = ?1"
               " AND item_id = ?3 AND closed_at IS NULL ORDER BY id"},
      wanting_offer_{database,
                     "SELECT id FROM case_file WHERE source_id = ?1 AND wants_offer = 1"
                     " AND closed_at IS NULL ORDER BY id"},
      // A scan: an index by item would dirty most of its pages in every slice of a first load.
      open_of_items_{database,
                     "SELECT id FROM case_file WHERE source_id = ?1 AND closed_at IS NULL"
                     " AND item_id IN (SELECT value FROM json_each(?2)) ORDER BY id"} {
    readAgain();
}

void CaseLists::readAgain() {
    walk_.reset();
    auto rows = read_walk_.rows();
    if (rows.next()) walk_ = Walk{rows.time(0), rows.integer(1), rows.integer(2)};
}

std::vector<CaseId> CaseLists::due(Timestamp now, int limit) {
    auto ids = readIds(due_.rows(now, limit));
    if (!walk_ || walk_->at > now || static_cast<int>(ids.size()) >= limit) return ids;
    const std::set<CaseId> taken{ids.begin(), ids.end()};
    auto rows = next_open_.rows(walk_->done_to, walk_->last_case, limit);
    while (static_cast<int>(ids.size()) < limit && rows.next())
        if (!taken.contains(rows.integer(0))) ids.push_back(rows.integer(0));
    return ids;
}

std::optional<Timestamp> CaseLists::nextLookAgain() {
    auto rows = next_.rows();
    auto next = rows.next() ? rows.maybeTime(0) : std::nullopt;
    if (walk_ && (!next || walk_->at < *next)) next = walk_->at;
    return next;
}

void CaseLists::walkAll(Timestamp at) {
    CaseId last = 0;
    {
        auto rows = last_case_.rows();
        if (rows.next() && !rows.isNull(0)) last = rows.integer(0);
    }
    const Walk walk{at, 0, last};
    if (!nextOnWalk(walk, 0)) {
        end_walk_.run();
        walk_.reset();
        return;
    }
    write_walk_.run(walk.at, walk.done_to, walk.last_case);
    walk_ = walk;
}

void CaseLists::walkedOver(std::span<const CaseChange> changes) {
    if (!walk_) return;
    std::set<CaseId> committed;
    for (const auto& change : changes) committed.insert(change.after.id);
    auto next = nextOnWalk(*walk_, walk_->done_to);
    const CaseId before = walk_->done_to;
    while (next && committed.contains(*next)) {
        walk_->done_to = *next;
        next = nextOnWalk(*walk_, *next);
    }
    if (!next) {
        end_walk_.run();
        walk_.reset();
    } else if (walk_->done_to != before) {
        write_walk_.run(walk_->at, walk_->done_to, walk_->last_case);
    }
}

std::optional<CaseId> CaseLists::nextOnWalk(const Walk& walk, CaseId behind) {
    auto rows = next_open_.rows(behind, walk.last_case, 1);
    if (!rows.next()) return std::nullopt;
    return rows.integer(0);
}

std::optional<CaseId> CaseLists::ofLine(std::string_view source, std::string_view line_id) {
    const auto row = sources_.findLine(sources_.findId(source), std::string{line_id});
    if (!row) return std::nullopt;
    return row->case_id;
}

std::vector<CaseId> CaseLists::find(std::string_view text) {
    std::vector<CaseId> found;
    for (const auto& [name, id] : sources_.all()) findLine(found, id, std::string{text});
    for (auto slash = text.rfind('/'); slash != std::string_view::npos && slash > 0;
         slash = text.rfind('/', slash - 1))
        append(found, readIds(of_position_.rows(text.substr(0, slash), text.substr(slash + 1))));
    append(found, readIds(of_order_.rows(text)));
    return found;
}

void CaseLists::findLine(std::vector<CaseId>& found, std::int64_t source_id,
                         const std::string& line_id) {
    const auto row = sources_.findLine(source_id, line_id);
    for (CaseId id = row ? row->case_id : 0; id != 0;) {
        append(found, {id});
        auto rows = earlier_.rows(id);
        id = rows.next() && !rows.isNull(0) ? rows.integer(0) : 0;
    }
}

std::vector<CaseId> CaseLists::openOf(std::string_view source, std::string_view order_number,
                                      std::string_view item) {
    return readIds(open_of_.rows(sources_.findId(source), order_number, item));
}

std::vector<CaseId> CaseLists::wantingOffer(std::string_view source) {
    return readIds(wanting_offer_.rows(sources_.findId(source)));
}

std::vector<CaseId> CaseLists::openOfItems(std::string_view source,
                                           std::span<const std::string> items) {
    return readIds(open_of_items_.rows(sources_.findId(source), codec::encodeTexts(items)));
}

std::vector<CaseId> CaseLists::list(const CaseFilter& filter) {
    // Only the conditions that are asked for, so that an index can serve them.
    std::string sql = "SELECT id FROM case_file WHERE id > ?1";
    if (!filter.include_closed) sql += " AND closed_at IS NULL";
    if (!filter.source.empty()) sql += " AND source_id = ?3";
    if (!filter.customer.empty()) sql += " AND customer_id = ?4";
    if (!filter.order.empty()) sql += " AND order_number = ?5";
    if (!filter.item.empty()) sql += " AND item_id = ?6";
    sql += " ORDER BY id LIMIT ?2";
    // The last condition makes every parameter exist.
    sql.insert(sql.find(" ORDER"), " AND ?6 IS ?6 AND ?5 IS ?5 AND ?4 IS ?4 AND ?3 IS ?3");
    Query query{database_, sql.c_str()};
    return readIds(query.rows(filter.after, filter.limit, sources_.findId(filter.source),
                              filter.customer, filter.order, filter.item));
}

}  // namespace backorderd::store

#include "store/departure_tables.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace backorderd::store {
namespace {

/// Of a ladder, how often it had told something before it started the time that the key names:
/// `escalation/START/STEP/...`.
constexpr std::string_view kEpisode =
    "CASE notice.topic WHEN 'escalation' THEN (SELECT"
    " count(DISTINCT CAST(substr(other.key, 12) AS INTEGER)) FROM notice AS other"
    " WHERE other.case_id = notice.case_id AND other.topic = notice.topic"
    " AND other.rule = notice.rule AND"
    " CAST(substr(other.key, 12) AS INTEGER) < CAST(substr(notice.key, 12) AS INTEGER)) END";

/// The line's own id stands in its JSON text, by the name that codec/ gives it.
std::string identityWhere(std::string_view condition) {
    return fmt::format(
        "SELECT source.name, json_extract(case_line.line, '$.line'), notice.key, notice.address,"
        " notice.topic, told_from, told_to, told_open, notice.rule, {}"
        " FROM notice JOIN case_file ON case_file.id = notice.case_id"
        " JOIN case_line ON case_line.case_id = notice.case_id"
        " JOIN source ON source.id = case_file.source_id WHERE {} ORDER BY notice.id",
        kEpisode, condition);
}

/// The key of an alert of a ladder without the place in the log at which the ladder started.
std::string alertOf(const Rows& row) {
    const auto key = row.view(2);
    const auto start = key.find('/') + 1;
    return fmt::format("{}/{}/{}{}", row.view(4), row.view(8), row.integer(9),
                       key.substr(key.find('/', start)));
}

/// What happened is known by what was told of it, and not by its place in the case's log, as in the
/// key: a restored copy logs anew what it missed, often less of it.
std::string occasionOf(const Rows& row) {
    const auto topic = known(parseTopic(row.view(4)), row.view(4));
    switch (topic) {
        case Topic::Shipped:
        case Topic::Cancelled:
            return row.text(4);
        case Topic::PromiseChanged:
        case Topic::PromiseLapsed:
            return fmt::format("{}/{}/{}", row.view(4), row.view(5), row.view(6));
        case Topic::PartlyAvailable:
        case Topic::Available:
        case Topic::PartlyShipped:
            return fmt::format("{}/{}/{}/{}", row.view(4), row.view(5), row.view(6), row.view(7));
        case Topic::Escalation:
            return alertOf(row);
        default:
            return row.text(2);
    }
}

NoticeIdentity readIdentity(const Rows& row) {
    return {row.text(0), row.text(1), occasionOf(row), row.text(3)};
}

}  // namespace

DepartureTables::DepartureTables(SQLite::Database& database)
    : seq_{database, "SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'journal_seq'"},
      seq_before_{database,
                  "SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'journal_seq_before'"},
      set_seq_{database,
               "INSERT INTO meta (key, value) VALUES ('journal_seq', CAST(?1 AS TEXT))"
               " ON CONFLICT DO UPDATE SET value = excluded.value"
               " WHERE CAST(value AS INTEGER) < ?1"},
      set_before_{database,
                  "INSERT INTO meta (key, value)"
                  " SELECT 'journal_seq_before', value FROM meta WHERE key = 'journal_seq'"
                  " ON CONFLICT DO UPDATE SET value = excluded.value"},
      stable_id_{database, "SELECT stable_id FROM message WHERE id = ?1"},
      of_message_{database, identityWhere("notice.message_id = ?1").c_str()},
      of_notice_{database, identityWhere("notice.id = ?1").c_str()},
      // Of two records of one departure, the surer one counts.
      add_{database,
           "INSERT INTO departure (hash, state, at) VALUES (?1, ?2, ?3)"
           " ON CONFLICT DO UPDATE SET state = excluded.state, at = excluded.at"
           " WHERE state = 'unknown'"},
      find_{database, "SELECT hash, state, at FROM departure WHERE hash = ?1"},
      any_{database, "SELECT EXISTS (SELECT 1 FROM departure)"} {}

std::uint64_t DepartureTables::journalSeq() {
    auto rows = seq_.rows();
    return rows.next() ? static_cast<std::uint64_t>(rows.integer(0)) : 0;
}

std::uint64_t DepartureTables::seqBefore() {
    auto rows = seq_before_.rows();
    return rows.next() ? static_cast<std::uint64_t>(rows.integer(0)) : 0;
}

void DepartureTables::setJournalSeq(std::uint64_t seq) {
    if (seq == 0) return;
    set_before_.run();
    set_seq_.run(static_cast<std::int64_t>(seq));
}

MessageIdentity DepartureTables::ofMessage(MessageId id) {
    MessageIdentity identity;
    auto names = stable_id_.rows(id);
    if (!names.next()) throw std::logic_error(fmt::format("there is no message {}", id));
    identity.stable_id = names.text(0);
    auto rows = of_message_.rows(id);
    while (rows.next()) identity.notices.push_back(readIdentity(rows));
    return identity;
}

NoticeIdentity DepartureTables::ofNotice(NoticeId id) {
    auto rows = of_notice_.rows(id);
    if (!rows.next()) throw std::logic_error(fmt::format("there is no notice {}", id));
    return readIdentity(rows);
}

void DepartureTables::add(const Departure& departure) {
    add_.run(departure.hash, messageStateName(departure.state), departure.at);
}

std::optional<Departure> DepartureTables::find(std::string_view hash) {
    auto rows = find_.rows(hash);
    if (!rows.next()) return std::nullopt;
    const auto state = parseMessageState(rows.view(1));
    if (!state) throw StoreBroken(fmt::format("'{}' is no state of a message", rows.view(1)));
    return Departure{rows.text(0), *state, rows.time(2)};
}

bool DepartureTables::any() {
    auto rows = any_.rows();
    return rows.next() && rows.flag(0);
}

}  // namespace backorderd::store

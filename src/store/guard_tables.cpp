#include "store/guard_tables.hpp"

namespace backorderd::store {
namespace {

Silence readSilence(const Rows& row) {
    Silence silence;
    silence.id = row.integer(0);
    const auto text = row.text(1);
    for (std::size_t at = 0; at <= text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        silence.matchers.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    silence.author = row.text(2);
    silence.reason = row.text(3);
    silence.starts_at = row.time(4);
    silence.ends_at = row.time(5);
    silence.end_told = row.flag(6);
    return silence;
}

std::vector<Silence> readSilences(Rows rows) {
    std::vector<Silence> silences;
    while (rows.next()) silences.push_back(readSilence(rows));
    return silences;
}

Suppression readSuppression(const Rows& row) {
    return {known(parseChannel(row.view(0)), row.view(0)),
            row.text(1),
            known(parseSuppressionKind(row.view(2)), row.view(2)),
            row.text(3),
            row.text(4),
            row.text(5),
            row.time(6)};
}

std::string joined(const std::vector<std::string>& matchers) {
    std::string text;
    for (const auto& matcher : matchers) text += (text.empty() ? "" : "\n") + matcher;
    return text;
}

/// `@example.com` of a mail address; empty where it has no domain.
std::string domainKey(const std::string& address) {
    const auto at = address.rfind('@');
    return at == std::string::npos ? std::string{} : address.substr(at);
}

}  // namespace

GuardTables::GuardTables(SQLite::Database& database)
    : database_{database},
      count_due_{database,
                 "SELECT count(*) FROM (SELECT 1 FROM notice WHERE state = 'planned'"
                 " AND due_at <= ?1 AND ready_at <= ?1"
                 " AND instr(' ' || approved || ' ', ' ' || ?2 || ' ') = 0"
                 " GROUP BY CASE digest_key WHEN '' THEN id ELSE digest_key END LIMIT ?3)"},
      count_frozen_{database,
                    "SELECT count(*) FROM message WHERE created_at >= ?1"
                    // What left before it was made left before a restore.
                    " AND (heard_at IS NULL OR heard_at >= created_at) AND NOT EXISTS"
                    " (SELECT 1 FROM notice WHERE message_id = message.id"
                    " AND instr(' ' || approved || ' ', ' ' || ?2 || ' ') > 0)"},
      hold_due_{database,
                "UPDATE notice SET state = 'held', guard = ?2, state_reason = ?3, state_at = ?1"
                " WHERE state = 'planned' AND due_at <= ?1 AND ready_at <= ?1"
                " AND instr(' ' || approved || ' ', ' ' || ?2 || ' ') = 0"},
      held_{database,
            "SELECT id FROM notice WHERE state = 'held' AND id > ?2 ORDER BY id LIMIT ?1"},
      held_by_{database,
               "SELECT id FROM notice WHERE state = 'held' AND guard = ?1 AND id > ?3"
               " ORDER BY id LIMIT ?2"},
      approve_{database,
               // Later than before in any case: the next message's id is made of this moment.
               "UPDATE notice SET state = 'planned', state_reason = ?2,"
               " state_at = max(?3, state_at + 1), approved = trim(approved || ' ' || guard)"
               " WHERE id = ?1 AND state = 'held'"},
      make_due_{database,
                "UPDATE notice SET ready_at = ?2, due_at = ?2"
                " WHERE guard = ?1 AND state = 'planned'"},
      add_{database,
           "INSERT INTO silence (matchers, author, reason, starts_at, ends_at)"
           " VALUES (?1, ?2, ?3, ?4, ?5)"},
      silences_{database,
                "SELECT id, matchers, author, reason, starts_at, ends_at, end_told FROM silence"
                " WHERE ends_at > ?1 ORDER BY id"},
      ended_{database,
             "SELECT id, matchers, author, reason, starts_at, ends_at, end_told FROM silence"
             " WHERE end_told = 0 AND ends_at <= ?1 ORDER BY id"},
      end_told_{database, "UPDATE silence SET end_told = 1 WHERE id = ?1"},
      end_{database,
           "UPDATE silence SET ends_at = ?2, starts_at = min(starts_at, ?2)"
           " WHERE id = ?1 AND ends_at > ?2"},
      suppress_{database,
                "INSERT INTO suppression (channel, address, kind, reason, source, author, at)"
                " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
                " ON CONFLICT DO UPDATE SET kind = excluded.kind, reason = excluded.reason,"
                " source = excluded.source, author = excluded.author, at = excluded.at"},
      recipient_{database, "SELECT channel, address FROM message WHERE id = ?1"},
      unsuppress_{database, "DELETE FROM suppression WHERE channel = ?1 AND address = ?2"},
      suppressions_{database,
                    "SELECT channel, address, kind, reason, source, author, at FROM suppression"
                    " ORDER BY channel, address"},
      suppression_of_{database,
                      "SELECT channel, address, kind, reason, source, author, at FROM suppression"
                      " WHERE channel = ?1 AND address = ?2"} {}

std::int64_t GuardTables::countDue(Timestamp now, std::string_view guard, std::int64_t limit) {
    return readIds(count_due_.rows(now, guard, limit)).front();
}

std::int64_t GuardTables::countFrozen(Timestamp since, std::string_view guard) {
    return readIds(count_frozen_.rows(since, guard)).front();
}

std::int64_t GuardTables::holdDue(Timestamp now, std::string_view guard, std::string_view reason) {
    return hold_due_.run(now, guard, reason);
}

std::vector<NoticeId> GuardTables::held(std::string_view guard, int limit, NoticeId after) {
    return guard.empty() ? readIds(held_.rows(limit, after))
                         : readIds(held_by_.rows(guard, limit, after));
}

bool GuardTables::approve(NoticeId id, std::string_view reason, Timestamp now) {
    return approve_.run(id, reason, now) == 1;
}

std::int64_t GuardTables::makePostponedDue(std::string_view guard, Timestamp now) {
    return make_due_.run(guard, now);
}

SilenceId GuardTables::add(const Silence& silence) {
    add_.run(joined(silence.matchers), silence.author, silence.reason, silence.starts_at,
             silence.ends_at);
    return database_.getLastInsertRowid();
}

std::vector<Silence> GuardTables::silences(Timestamp since) {
    return readSilences(silences_.rows(since));
}

std::vector<Silence> GuardTables::ended(Timestamp now) { return readSilences(ended_.rows(now)); }

void GuardTables::endTold(SilenceId id) { end_told_.run(id); }

bool GuardTables::end(SilenceId id, Timestamp now) { return end_.run(id, now) == 1; }

void GuardTables::suppress(const Suppression& entry) {
    suppress_.run(channelName(entry.channel), canonicalAddress(entry.address),
                  suppressionKindName(entry.kind), entry.reason, entry.source, entry.author,
                  entry.at);
}

void GuardTables::suppressRecipient(MessageId id, std::string_view reply, Timestamp now) {
    Suppression entry;
    {
        auto rows = recipient_.rows(id);
        if (!rows.next() || rows.view(1).empty()) return;  // A team's sender has no address.
        entry = {known(parseChannel(rows.view(0)), rows.view(0)),
                 rows.text(1),
                 SuppressionKind::All,
                 std::string{reply},
                 "refused",
                 "backorderd",
                 now};
    }
    suppress(entry);
}

bool GuardTables::unsuppress(Channel channel, std::string_view address) {
    return unsuppress_.run(channelName(channel), canonicalAddress(address)) == 1;
}

std::vector<Suppression> GuardTables::suppressions() {
    std::vector<Suppression> entries;
    auto rows = suppressions_.rows();
    while (rows.next()) entries.push_back(readSuppression(rows));
    return entries;
}

// Asked for every notice: one statement for both keys would build a table of them each time.
std::optional<Suppression> GuardTables::suppressionOf(const Recipient& recipient) {
    const auto address = canonicalAddress(recipient.address);
    std::optional<Suppression> found;
    for (const auto& key : {address, domainKey(address)}) {
        auto rows = suppression_of_.rows(channelName(recipient.channel), key);
        if (!rows.next()) continue;
        auto entry = readSuppression(rows);
        if (entry.kind == SuppressionKind::All) return entry;
        if (!found) found = std::move(entry);
    }
    return found;
}

}  // namespace backorderd::store

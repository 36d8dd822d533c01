#include "store/notice_tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <stdexcept>
#include <string>

namespace backorderd::store {
namespace {

constexpr std::string_view kColumns =
    "id, case_id, key, topic, rule, template, channel, address, name, language, timezone,"
    " digest_key, fact_at, ready_at, due_at, expires_at, reason, told_from, told_to, told_open,"
    " state, state_reason, state_at, message_id, sender, guard, approved";

std::string selectWhere(std::string_view condition) {
    return fmt::format("SELECT {} FROM notice WHERE {}", kColumns, condition);
}

Notice readNotice(const Rows& row) {
    Notice notice;
    notice.id = row.integer(0);
    notice.case_id = row.integer(1);
    notice.key = row.text(2);
    notice.topic = known(parseTopic(row.view(3)), row.view(3));
    notice.rule = row.text(4);
    notice.template_name = row.text(5);
    notice.recipient.channel = known(parseChannel(row.view(6)), row.view(6));
    notice.recipient.address = row.text(7);
    notice.recipient.name = row.text(8);
    notice.recipient.language = row.text(9);
    notice.recipient.timezone = row.text(10);
    notice.digest_key = row.text(11);
    notice.fact_at = row.time(12);
    notice.ready_at = row.time(13);
    notice.due_at = row.time(14);
    notice.expires_at = row.maybeTime(15);
    notice.reason = row.text(16);
    notice.facts.promise = {row.maybeDate(17), row.maybeDate(18)};
    notice.facts.open = row.decimal(19);
    notice.state = known(parseNoticeState(row.view(20)), row.view(20));
    notice.state_reason = row.text(21);
    notice.state_at = row.time(22);
    notice.message_id = row.isNull(23) ? 0 : row.integer(23);
    notice.recipient.sender = row.text(24);
    notice.guard = row.text(25);
    notice.approved = row.text(26);
    return notice;
}

std::vector<Notice> readAll(Rows rows) {
    std::vector<Notice> notices;
    while (rows.next()) notices.push_back(readNotice(rows));
    return notices;
}

std::optional<MessageId> maybe(MessageId id) {
    if (id == 0) return std::nullopt;
    return id;
}

}  // namespace

// A statement that changes one row by its id, with single comparisons: for a list of more than two
// states, and for many rows with a trigger, SQLite builds a table of its own each time.
NoticeTables::NoticeTables(SQLite::Database& database)
    : database_{database},
      insert_{database,
              "INSERT INTO notice (case_id, key, topic, rule, template, channel, address, name,"
              " language, timezone, digest_key, fact_at, ready_at, due_at, expires_at, reason,"
              " told_from, told_to, told_open, state, state_reason, state_at, message_id, sender,"
              " guard, approved)"
              " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,"
              " ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26)"},
      update_{database,
              "UPDATE notice SET topic = ?2, rule = ?3, template = ?4, channel = ?5, address = ?6,"
              " name = ?7, language = ?8, timezone = ?9, digest_key = ?10, fact_at = ?11,"
              " ready_at = ?12, due_at = ?13, expires_at = ?14, reason = ?15, told_from = ?16,"
              " told_to = ?17, told_open = ?18, state = ?19, state_reason = ?20, state_at = ?21,"
              " message_id = ?22, sender = ?23, guard = ?24, approved = ?25"
              " WHERE id = ?1 AND (state = 'planned' OR state = 'held' OR state = 'bundled')"},
      of_case_{database, selectWhere("case_id = ?1").c_str()},
      of_message_{database, "SELECT id FROM notice WHERE message_id = ?1 ORDER BY id"},
      with_case_{database, "SELECT id, case_id FROM notice WHERE message_id = ?1"},
      by_id_{database, selectWhere("id = ?1").c_str()},
      planned_{database,
               selectWhere("state IN ('planned', 'held') ORDER BY due_at, id LIMIT ?1").c_str()},
      due_{database,
           "SELECT id, digest_key FROM notice WHERE state = 'planned' AND due_at <= ?1"
           " ORDER BY due_at, id"},
      group_{database, selectWhere("state = 'planned' AND digest_key <> '' AND digest_key = ?1"
                                   " AND ready_at <= ?2 ORDER BY id")
                           .c_str()},
      next_due_{database, "SELECT min(due_at) FROM notice WHERE state = 'planned'"},
      let_go_{database,
              "UPDATE notice SET state = 'planned', state_reason = ?2, state_at = ?3"
              " WHERE id = ?1 AND state = 'held'"},
      bind_{database,
            "UPDATE notice SET state = 'bundled', state_reason = '', state_at = ?3,"
            " message_id = ?2 WHERE id = ?1 AND state = 'planned'"},
      follow_{database,
              "UPDATE OR ROLLBACK notice SET state = ?2, state_reason = ?3, state_at = ?4"
              " WHERE id = ?1 AND state <> ?2 AND (state = 'bundled' OR state = 'refused' OR"
              " state = 'unknown' OR state = 'dead')"},
      release_{database,
               // Later than before in any case: the next message's id is made of this moment.
               "UPDATE notice SET state = 'planned', state_reason = ?2,"
               " state_at = max(?3, state_at + 1),"
               " message_id = NULL WHERE message_id = ?1 AND state = 'bundled'"},
      drop_{database,
            "UPDATE notice SET state = 'dropped', state_reason = ?2, state_at = ?3"
            " WHERE id = ?1 AND state IN ('planned', 'held')"},
      counts_{database, "SELECT state, count(*) FROM notice GROUP BY state ORDER BY state"} {}

void NoticeTables::insert(Notice& notice) {
    const auto& to = notice.recipient;
    insert_.run(notice.case_id, notice.key, topicName(notice.topic), notice.rule,
                notice.template_name, channelName(to.channel), to.address, to.name, to.language,
                to.timezone, notice.digest_key, notice.fact_at, notice.ready_at, notice.due_at,
                notice.expires_at, notice.reason, notice.facts.promise.from,
                notice.facts.promise.to, notice.facts.open, noticeStateName(notice.state),
                notice.state_reason, notice.state_at, maybe(notice.message_id), to.sender,
                notice.guard, notice.approved);
    notice.id = database_.getLastInsertRowid();
}

void NoticeTables::update(const Notice& notice) {
    const auto& to = notice.recipient;
    const int changed = update_.run(
        notice.id, topicName(notice.topic), notice.rule, notice.template_name,
        channelName(to.channel), to.address, to.name, to.language, to.timezone, notice.digest_key,
        notice.fact_at, notice.ready_at, notice.due_at, notice.expires_at, notice.reason,
        notice.facts.promise.from, notice.facts.promise.to, notice.facts.open,
        noticeStateName(notice.state), notice.state_reason, notice.state_at,
        maybe(notice.message_id), to.sender, notice.guard, notice.approved);
    if (changed != 1)
        throw std::logic_error(
            fmt::format("notice {} is not pending: it cannot change", notice.id));
}

// Sorted here: SQLite would copy each row into a table of its own to do so.
std::vector<Notice> NoticeTables::ofCase(CaseId case_id) {
    auto notices = readAll(of_case_.rows(case_id));
    std::ranges::sort(notices, {}, &Notice::id);
    return notices;
}

std::vector<NoticeId> NoticeTables::idsOfMessage(MessageId message_id) {
    std::vector<NoticeId> ids;
    auto rows = of_message_.rows(message_id);
    while (rows.next()) ids.push_back(rows.integer(0));
    return ids;
}

std::vector<Notice> NoticeTables::byIds(std::span<const NoticeId> ids) {
    std::vector<Notice> notices;
    notices.reserve(ids.size());
    for (const auto id : ids) {
        auto rows = by_id_.rows(id);
        if (!rows.next()) throw std::logic_error(fmt::format("there is no notice {}", id));
        notices.push_back(readNotice(rows));
    }
    return notices;
}

std::vector<Notice> NoticeTables::planned(int limit) { return readAll(planned_.rows(limit)); }

std::vector<std::vector<Notice>> NoticeTables::dueGroups(Timestamp now, int notices_max) {
    std::vector<std::vector<Notice>> groups;
    std::set<std::string, std::less<>> taken;
    auto rows = due_.rows(now);
    const auto most = static_cast<std::size_t>(notices_max);
    for (std::size_t found = 0; found < most && rows.next();) {
        const auto digest_key = rows.view(1);
        if (digest_key.empty()) {
            const NoticeId id = rows.integer(0);
            auto single = byIds({&id, 1});
            if (single.front().ready_at > now) continue;
            groups.push_back(std::move(single));
            ++found;
        } else if (taken.emplace(digest_key).second) {
            auto group = readAll(group_.rows(digest_key, now));
            found += group.size();
            if (!group.empty()) groups.push_back(std::move(group));
        }
    }
    return groups;
}

std::optional<Timestamp> NoticeTables::nextDue() {
    auto rows = next_due_.rows();
    return rows.next() ? rows.maybeTime(0) : std::nullopt;
}

void NoticeTables::letGo(NoticeId id, std::string_view reason, Timestamp now) {
    let_go_.run(id, reason, now);
}

void NoticeTables::bind(NoticeId id, MessageId message_id, Timestamp now) {
    if (bind_.run(id, message_id, now) != 1)
        throw std::logic_error(
            fmt::format("notice {} is not planned: no message can carry it", id));
}

std::vector<CaseId> NoticeTables::followMessage(MessageId message_id, NoticeState state,
                                                std::string_view reason, Timestamp now) {
    std::vector<NoticeId> ids;
    std::vector<CaseId> cases;
    auto rows = with_case_.rows(message_id);
    while (rows.next()) {
        ids.push_back(rows.integer(0));
        cases.push_back(rows.integer(1));
    }
    for (const auto id : ids) follow_.run(id, noticeStateName(state), reason, now);
    return cases;
}

void NoticeTables::release(MessageId message_id, std::string_view reason, Timestamp now) {
    release_.run(message_id, reason, now);
}

bool NoticeTables::drop(NoticeId id, std::string_view reason, Timestamp now) {
    return drop_.run(id, reason, now) == 1;
}

std::vector<std::pair<NoticeState, std::int64_t>> NoticeTables::counts() {
    std::vector<std::pair<NoticeState, std::int64_t>> counts;
    auto rows = counts_.rows();
    while (rows.next())
        counts.emplace_back(known(parseNoticeState(rows.view(0)), rows.view(0)), rows.integer(1));
    return counts;
}

}  // namespace backorderd::store

#include "app/rails.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <nlohmann/json.hpp>

#include "app/arguments.hpp"
#include "app/declined.hpp"
#include "app/explain.hpp"
#include "app/guards.hpp"
#include "rules/rules.hpp"

namespace backorderd::app {
namespace {

using nlohmann::json;

constexpr int kHeldPerPage = 1000;
constexpr std::size_t kSamples = 3;
constexpr std::size_t kCasesPerLook = 500;
constexpr std::chrono::seconds kSilenceMax{366LL * 24 * 3600};

std::string domainOfAddress(std::string_view address) {
    const auto at = address.rfind('@');
    return at == std::string_view::npos ? "-" : std::string{address.substr(at + 1)};
}

/// Calls back for each held notice that the arguments name; a storm of them is read page by page.
template <class Callback>
void forEachHeld(Store& store, const json& arguments, Callback&& callback) {
    const auto guard = textOf(arguments, "guard");
    auto ids = arguments.value("ids", std::vector<NoticeId>{});
    std::sort(ids.begin(), ids.end());
    for (NoticeId after = 0;;) {
        const auto page = store.heldNotices(guard, kHeldPerPage, after);
        if (page.empty()) return;
        for (const auto& notice : page)
            if (ids.empty() || std::binary_search(ids.begin(), ids.end(), notice.id))
                callback(notice);
        after = page.back().id;
    }
}

std::optional<Timestamp> instantIn(const json& arguments, const char* name) {
    const auto text = textOf(arguments, name);
    if (text.empty()) return std::nullopt;
    if (const auto instant = parseTimestamp(text)) return instant;
    if (const auto day = parseDate(text)) return Timestamp{day->time_since_epoch()};
    throw Declined{"'" + text + "' is no moment; write 2026-03-20 or 2026-03-20T09:00:00Z"};
}

/// `90m`, `4h`, `3d`, `2w`.
std::chrono::seconds spanOf(const std::string& text) {
    int count = 0;
    const char* const end = text.data() + text.size();
    const auto [unit, error] = std::from_chars(text.data(), end, count);
    const std::map<char, int> seconds{{'m', 60}, {'h', 3600}, {'d', 86'400}, {'w', 604'800}};
    const bool fits = error == std::errc{} && unit + 1 == end && count > 0 && count <= 100'000 &&
                      seconds.contains(*unit);
    if (!fits) throw Declined{"'" + text + "' is no time; write 90m, 4h, 3d or 2w"};
    return std::chrono::seconds{static_cast<std::int64_t>(count) * seconds.at(*unit)};
}

Condition conditionOf(const std::vector<std::string>& matchers) {
    auto condition = config::readMatchers(matchers);
    if (!condition) throw Declined{formatProblems(condition.error())};
    return std::move(*condition);
}

json silenceRow(const Silence& silence, Timestamp now) {
    std::string match;
    for (const auto& matcher : silence.matchers) match += (match.empty() ? "" : ", ") + matcher;
    return {{"id", silence.id},
            {"match", match},
            {"author", silence.author},
            {"reason", silence.reason},
            {"starts_at", formatTimestamp(silence.starts_at)},
            {"ends_at", formatTimestamp(silence.ends_at)},
            {"state", silence.isActive(now)    ? "active"
                      : silence.ends_at <= now ? "ended"
                                               : "to come"}};
}

}  // namespace

json listHeld(Engine& engine, Store& store, const json& arguments) {
    std::size_t count = 0;
    std::map<std::string, int> by_rule, by_template, by_domain, by_guard;
    json notices = json::array(), samples = json::array();
    const auto limit = static_cast<std::size_t>(std::max(arguments.value("limit", 100), 0));
    forEachHeld(store, arguments, [&](const Notice& notice) {
        ++count;
        // A template is worth a sample once.
        if (by_template[notice.template_name]++ == 0 && samples.size() < kSamples) {
            const auto rendered = engine.sample(notice);
            samples.push_back({{"notice", notice.id},
                               {"to", notice.recipient.address},
                               {"template", notice.template_name},
                               {"subject", rendered.subject},
                               {"text", rendered.text}});
        }
        ++by_rule[notice.rule];
        ++by_domain[domainOfAddress(notice.recipient.address)];
        ++by_guard[notice.guard];
        if (notices.size() < limit) notices.push_back(noticeRow(notice));
    });
    return {{"count", count},         {"by_rule", by_rule},   {"by_template", by_template},
            {"by_domain", by_domain}, {"by_guard", by_guard}, {"notices", notices},
            {"samples", samples}};
}

json approveHeld(Store& store, const json& arguments, Timestamp now) {
    const auto guard = textOf(arguments, "guard");
    const bool named = !guard.empty() || arguments.value("all", false) ||
                       !arguments.value("ids", std::vector<NoticeId>{}).empty();
    if (!named) throw Declined{"say what to approve: --guard NAME, --all or numbers of notices"};
    std::vector<NoticeId> ids;
    forEachHeld(store, arguments, [&](const Notice& notice) { ids.push_back(notice.id); });
    const auto why = auditFor(
        arguments, "queue approve",
        std::to_string(ids.size()) + " notices" + (guard.empty() ? std::string{} : " of " + guard),
        now);
    const auto approved = ids.empty() ? 0 : store.approve(ids, why);
    if (approved == 0) throw Declined{"nothing of that is held"};
    return {{"approved", approved}};
}

json addSilence(Engine& engine, Store& store, const json& arguments, Timestamp now) {
    Silence silence;
    silence.matchers = arguments.value("match", std::vector<std::string>{});
    conditionOf(silence.matchers);
    const auto why = auditFor(arguments, "silence add", silence.matchers.front(), now);
    silence.author = why.actor;
    silence.reason = why.reason;
    silence.starts_at = std::max(instantIn(arguments, "from").value_or(now), now);
    const auto until = instantIn(arguments, "until");
    const auto span = textOf(arguments, "for");
    if (until.has_value() != span.empty())
        throw Declined{"say how long: either --for 4h or --until 2026-03-20T09:00:00Z"};
    silence.ends_at = until ? *until : silence.starts_at + spanOf(span);
    if (silence.ends_at <= silence.starts_at)
        throw Declined{"the silence would end before it begins"};
    if (silence.ends_at - silence.starts_at > kSilenceMax)
        throw Declined{"a silence lasts a year at most"};
    silence.id = store.addSilence(silence, why);
    engine.askGuardsAgain();
    return silenceRow(silence, now);
}

json listSilences(Store& store, const json& arguments, Timestamp now) {
    json rows = json::array();
    for (const auto& silence : store.silences(arguments.value("all", false) ? Timestamp{} : now))
        rows.push_back(silenceRow(silence, now));
    return rows;
}

json expireSilence(Store& store, const json& arguments, Timestamp now) {
    Silence silence;
    silence.id = arguments.value("id", SilenceId{0});
    const auto why = auditFor(arguments, "silence expire", std::to_string(silence.id), now);
    if (!store.endSilence(silence.id, why))
        throw Declined{"there is no silence " + std::to_string(silence.id) +
                       " that has not ended ('silence list' lists them)"};
    return {{"id", silence.id}, {"due", store.makePostponedDue(silence.guardName(), now)}};
}

json previewSilence(Store& store, const json& arguments, Timestamp now) {
    const auto condition = conditionOf(arguments.value("match", std::vector<std::string>{}));
    json lines = json::array(), planned = json::array();
    const auto limit = static_cast<std::size_t>(std::max(arguments.value("limit", 100), 0));
    int count = 0;
    CaseFilter filter;
    filter.limit = static_cast<int>(kCasesPerLook);
    for (auto ids = store.listCases(filter); !ids.empty(); ids = store.listCases(filter)) {
        for (const auto& subject : store.cases(ids)) {
            if (!rules::holds(condition, subject, now)) continue;
            ++count;
            if (lines.size() < limit) lines.push_back(lineRow(subject, now));
            for (const auto& notice : subject.notices)
                if (notice.state == NoticeState::Planned && planned.size() < limit)
                    planned.push_back(noticeRow(notice));
        }
        filter.after = ids.back();
    }
    return {{"count", count}, {"lines", lines}, {"planned", planned}};
}

json silencesOf(Store& store, const Case& subject, Timestamp now) {
    json texts = json::array();
    for (const auto& silence : store.silences(now))
        if (silence.isActive(now) && fits(silence, subject, now))
            texts.push_back(describeSilence(silence));
    return texts;
}

}  // namespace backorderd::app

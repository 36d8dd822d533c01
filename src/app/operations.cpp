#include "app/operations.hpp"

#include <map>
#include <nlohmann/json.hpp>

#include "app/arguments.hpp"
#include "app/casework.hpp"
#include "app/coverage.hpp"
#include "app/declined.hpp"
#include "app/explain.hpp"
#include "app/gatekeeping.hpp"
#include "app/personal_data.hpp"
#include "app/preferring.hpp"
#include "app/rails.hpp"
#include "app/suppressing.hpp"
#include "app/telling.hpp"
#include "rules/rules.hpp"

namespace backorderd::app {
namespace {

using nlohmann::json;
namespace asio = boost::asio;

json answer(json result) { return {{"ok", true}, {"result", std::move(result)}}; }
json decline(std::string reason) { return {{"ok", false}, {"error", std::move(reason)}}; }

json reportRow(const PollReport& report) {
    json problems = json::array();
    for (const auto& problem : report.problems) problems.push_back(formatProblem(problem));
    return {
        {"source", report.source},       {"end", endName(report.end)}, {"reason", report.reason},
        {"remark", report.remark},       {"lines", report.lines},      {"changed", report.changed},
        {"opened", report.opened},       {"closed", report.closed},    {"missing", report.missing},
        {"unsettled", report.unsettled}, {"problems", problems}};
}

json textsOf(const Problems& problems) {
    json texts = json::array();
    for (const auto& problem : problems) texts.push_back(formatProblem(problem));
    return texts;
}

/// A moment as an operator writes it: an instant, or a day, which begins at midnight UTC.
std::optional<Timestamp> momentOf(const json& arguments, const char* name) {
    const auto text = textOf(arguments, name);
    if (text.empty()) return std::nullopt;
    if (const auto instant = parseTimestamp(text)) return instant;
    if (const auto day = parseDate(text)) return Timestamp{day->time_since_epoch()};
    throw Declined{"'" + text + "' is no moment; write 2026-03-20 or 2026-03-20T09:00:00Z"};
}

/// Whose act it is stands in the audit trail for ever: an act without a name is refused.
AuditEntry auditOf(const json& arguments, std::string_view action, Timestamp now) {
    return auditFor(arguments, action, std::to_string(arguments.value("id", std::int64_t{0})), now);
}

}  // namespace

Operations::Operations(Store& store, const Clock& clock, std::function<Engine&()> engine,
                       Reload reload)
    : store_{store}, clock_{clock}, engine_{std::move(engine)}, reload_{std::move(reload)} {}

asio::awaitable<json> Operations::call(std::string name, json arguments) {
    try {
        if (name == "poll") co_return co_await poll(arguments);
        if (name == "reload") co_return co_await reload(arguments);
        if (name == "check") co_return co_await check(arguments);
        if (name == "status") co_return status();
        if (name == "lines") co_return lines(arguments);
        if (name == "explain") co_return explain(arguments);
        if (name == "preview") co_return preview(arguments);
        const auto now = clock_.now();
        if (name == "ack") co_return answer(acknowledge(engine_(), store_, arguments, now));
        if (name == "respond") co_return answer(respond(engine_(), store_, arguments, now));
        if (name == "offers") co_return answer(listOffers(engine_(), store_, arguments));
        if (name == "escalations")
            co_return answer(listEscalations(engine_(), store_, arguments, now));
        if (name == "backup") co_return backup(arguments);
        if (name == "forget") co_return answer(forgetCustomer(engine_(), store_, arguments, now));
        if (name == "export") co_return answer(exportCustomer(store_, arguments, now));
        if (name == "gates") co_return answer(gateRows(engine_().gates()));
        if (name == "pause") co_return answer(pauseSending(engine_(), arguments, now));
        if (name == "resume") co_return answer(resumeSending(engine_(), arguments, now));
        if (name == "drill") {
            auto rows = co_await drillSenders(engine_(), arguments);
            co_return answer(std::move(rows));
        }
        if (name == "queue.list") co_return queueList(arguments);
        if (name == "queue.show") co_return queueShow(arguments);
        if (auto said = rails(name, arguments); !said.is_null()) co_return answer(std::move(said));
        if (name.starts_with("queue.")) co_return queueChange(name.substr(6), arguments);
    } catch (const Declined& declined) {
        co_return decline(declined.reason);
    } catch (const json::exception& error) {
        co_return decline(std::string{"the arguments do not fit: "} + error.what());
    }
    co_return decline("there is no operation '" + name + "'");
}

json Operations::status() {
    auto& engine = engine_();
    json sources = json::array();
    for (const auto& name : engine.sourceNames()) {
        const auto& state = engine.sourceState(name);
        const auto at = [](const std::optional<Timestamp>& time) {
            return time ? json(formatTimestamp(*time)) : json();
        };
        sources.push_back({{"name", name},
                           {"baseline_done", state.baseline_done},
                           {"last_poll_at", at(state.last_poll_at)},
                           {"last_good_at", at(state.last_good_at)},
                           {"last_result", state.last_result}});
    }
    json notices = json::object(), messages = json::object();
    const auto counts = store_.counts();
    for (const auto& [state, count] : counts.notices)
        notices[std::string{noticeStateName(state)}] = count;
    for (const auto& [state, count] : counts.messages)
        messages[std::string{messageStateName(state)}] = count;
    return answer({{"mode", engine.mode().words()},
                   {"gates", gateRows(engine.gates())},
                   {"sources", sources},
                   {"notices", notices},
                   {"messages", messages},
                   {"policies", engine.policy().rules.cadence.size()}});
}

asio::awaitable<json> Operations::poll(const json& arguments) {
    const auto wanted = textOf(arguments, "source");
    std::vector<std::string> names;
    for (const auto& name : engine_().sourceNames())
        if (wanted.empty() || wanted == name) names.push_back(name);
    if (names.empty()) {
        const auto near = nearestWord(wanted, engine_().sourceNames());
        throw Declined{"there is no source '" + wanted + "'" +
                       (near.empty() ? "" : " (did you mean '" + near + "'?)")};
    }
    const bool accept = arguments.value("accept", false);
    if (accept) {
        if (wanted.empty()) throw Declined{"name the source whose next poll is accepted"};
        auto why = auditOf(arguments, "poll --accept", clock_.now());
        why.subject = wanted;
        store_.audit(why);
    }
    json reports = json::array();
    for (const auto& name : names) {
        auto report = co_await engine_().poll(name, accept);
        // What is under way began before it was asked for, and may miss what is asked about.
        while (!report && co_await engine_().pollEnded(name))
            report = co_await engine_().poll(name, accept);
        if (!report) throw Declined{"the daemon is stopping or reloading; ask again in a moment"};
        reports.push_back(reportRow(*report));
    }
    co_return answer(std::move(reports));
}

asio::awaitable<json> Operations::reload(const json& arguments) {
    const bool anyway = arguments.value("anyway", false);
    std::optional<AuditEntry> insisted;
    if (anyway) insisted = auditOf(arguments, "reload --anyway", clock_.now());
    const auto problems = co_await reload_(anyway);
    if (hasErrors(problems))
        co_return decline("the old rules and settings stay in force:\n" + formatProblems(problems));
    if (insisted) {
        insisted->subject = "rules";
        store_.audit(*insisted);
    }
    co_return answer({{"warnings", textsOf(problems)}});
}

asio::awaitable<json> Operations::check(const json& arguments) {
    const auto rules = config::loadRules(textOf(arguments, "rules_dir"));
    if (!rules) co_return answer(json::array());  // Who asked has the problems already.
    const auto problems = co_await findUncovered(*rules, store_, clock_.now());
    json rows = json::array();
    for (const auto& problem : problems)
        rows.push_back({{"file", problem.place.file},
                        {"line", problem.place.line},
                        {"column", problem.place.column},
                        {"text", problem.text}});
    co_return answer(std::move(rows));
}

json Operations::backup(const json& arguments) {
    const auto file = textOf(arguments, "file"), author = textOf(arguments, "author");
    if (file.empty() || file.front() != '/') throw Declined{"the backup needs a file's full path"};
    if (author.empty()) throw Declined{"an author is needed: --author NAME"};
    try {
        store_.backup(file);
    } catch (const StoreBroken&) {
        throw;
    } catch (const std::runtime_error& error) {
        throw Declined{error.what()};
    }
    store_.audit({clock_.now(), author, "backup", file, ""});
    return answer({{"file", file}});
}

json Operations::lines(const json& arguments) {
    CaseFilter filter;
    filter.source = textOf(arguments, "source");
    filter.customer = textOf(arguments, "customer");
    filter.order = textOf(arguments, "order");
    filter.item = textOf(arguments, "item");
    filter.include_closed = arguments.value("closed", false);
    filter.limit = limitOf(arguments);
    filter.after = arguments.value("after", CaseId{0});
    json rows = json::array();
    for (const auto& subject : store_.cases(store_.listCases(filter)))
        rows.push_back(lineRow(subject, clock_.now()));
    return answer(std::move(rows));
}

json Operations::explain(const json& arguments) {
    const auto text = textOf(arguments, "line");
    const auto ids = store_.findCases(text);
    if (ids.empty())
        throw Declined{"no line fits '" + text +
                       "': give a line id, ORDER/POSITION or an order number ('backorderd lines' "
                       "lists what is open)"};
    const auto now = clock_.now();
    const auto at = momentOf(arguments, "at");
    json stories = json::array();
    for (const auto& subject : store_.cases(ids))
        stories.push_back(tellCase(engine_(), store_, subject, now, at));
    // What holds everything is the first answer to 'why has it not been sent?'.
    for (auto& story : stories) {
        story["mode"] = engine_().mode().words();
        story["gates"] = gateRows(engine_().gates());
    }
    return answer(std::move(stories));
}

Case Operations::findCase(const std::string& text) {
    const auto ids = store_.findCases(text);
    if (ids.empty()) throw Declined{"no line fits '" + text + "'"};
    return std::move(store_.cases(std::vector{ids.front()}).front());
}

json Operations::preview(const json& arguments) {
    const auto name = textOf(arguments, "template");
    const auto line = textOf(arguments, "line");
    const auto language = textOf(arguments, "language");
    const auto& policy = engine_().policy();
    auto request = render::exampleRequest(name, language);
    if (!line.empty()) {
        auto& entry = request.entries.front();
        entry.subject = findCase(line);
        entry.notice.case_id = entry.subject.id;
        entry.notice.facts = {entry.subject.line.promise, entry.subject.line.open()};
        entry.told_before.reset();
        entry.event.reset();
        if (!entry.subject.events.empty()) entry.event = entry.subject.events.back().event;
        request.recipient.name = entry.subject.line.contact.name;
        if (language.empty()) request.recipient.language = entry.subject.line.contact.language;
        request.now = clock_.now();
        request.today = rules::localDate(request.now, entry.subject.line.contact.timezone);
    }
    const auto rendered = policy.templates.render(request);
    if (!rendered) throw Declined{formatProblems(rendered.error())};
    return answer({{"subject", rendered->subject},
                   {"text", rendered->text},
                   {"html", rendered->html},
                   {"sms", rendered->sms},
                   {"language", rendered->language}});
}

/// Null where the name is none of these.
json Operations::rails(const std::string& name, const json& arguments) {
    const auto now = clock_.now();
    if (name == "queue.held") return listHeld(engine_(), store_, arguments);
    if (name == "queue.approve") return approveHeld(store_, arguments, now);
    if (name == "silence.add") return addSilence(engine_(), store_, arguments, now);
    if (name == "silence.list") return listSilences(store_, arguments, now);
    if (name == "silence.expire") return expireSilence(store_, arguments, now);
    if (name == "silence.preview") return previewSilence(store_, arguments, now);
    if (name == "suppress.add") return addSuppressions(engine_(), store_, arguments, now);
    if (name == "suppress.list") return listSuppressions(store_);
    if (name == "suppress.remove") return removeSuppression(store_, arguments, now);
    if (name == "preference.set") return setPreference(engine_(), store_, arguments, now);
    if (name == "preference.list") return listPreferences(store_, arguments);
    if (name == "preference.clear") return clearPreference(engine_(), store_, arguments, now);
    return {};
}

json Operations::queueList(const json& arguments) {
    MessageFilter filter;
    filter.recipient = textOf(arguments, "recipient");
    filter.limit = limitOf(arguments);
    const auto state = textOf(arguments, "state");
    if (!state.empty() && state != "planned") {
        filter.state = parseMessageState(state);
        if (!filter.state) throw Declined{"there is no message state '" + state + "'"};
    }
    json messages = json::array(), planned = json::array();
    if (state != "planned")
        for (const auto& message : store_.messages(store_.listMessages(filter)))
            messages.push_back(messageRow(message));
    if (state.empty() || state == "planned")
        for (const auto& notice : store_.listPlanned(filter.limit))
            if (filter.recipient.empty() || notice.recipient.address == filter.recipient)
                planned.push_back(noticeRow(notice));
    return answer({{"messages", messages}, {"planned", planned}});
}

json Operations::queueShow(const json& arguments) {
    const auto id = arguments.value("id", MessageId{0});
    const auto found = store_.messages(std::vector{id});
    if (found.empty()) throw Declined{"there is no message " + std::to_string(id)};
    json row = messageRow(found.front());
    row["document"] = found.front().document;
    row["notices"] = json::array();
    for (const auto& notice : store_.notices(found.front().notices))
        row["notices"].push_back(noticeRow(notice));
    return answer(std::move(row));
}

json Operations::queueChange(std::string_view action, const json& arguments) {
    const auto id = arguments.value("id", std::int64_t{0});
    const auto why = auditOf(arguments, std::string{"queue "}.append(action), clock_.now());
    bool done = false;
    if (action == "retry")
        done = store_.retryMessage(id, why);
    else if (action == "drop")
        done = store_.dropMessage(id, why);
    else if (action == "drop-notice")
        done = store_.dropNotice(id, why);
    else
        throw Declined{"there is no operation 'queue." + std::string{action} + "'"};
    if (!done)
        throw Declined{"'" + std::string{action} + "' is not possible: " + std::to_string(id) +
                       " does not exist, or its state does not allow it ('queue show' tells)"};
    return answer({{"id", id}});
}

}  // namespace backorderd::app

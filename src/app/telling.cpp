#include "app/telling.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/explain.hpp"
#include "app/foresight.hpp"
#include "app/past.hpp"
#include "app/preferring.hpp"
#include "app/rails.hpp"
#include "app/shelf.hpp"

namespace backorderd::app {
namespace {

using nlohmann::json;

/// The rule whose candidates are shown: the first that matches, or where none does the first, so
/// that somebody who asks why nothing is offered sees what there would be.
const SubstitutionRule* shownRule(const RuleSet& rules, const Case& subject, Timestamp at) {
    for (const auto& rule : rules.substitution)
        if (rules::holds(rules, rule.calendar, rule.match, subject, at)) return &rule;
    return rules.substitution.empty() ? nullptr : &rules.substitution.front();
}

/// How old the data are, and why: a source that is quarantined gives no newer ones.
json dataRow(const Engine& engine, const std::string& source) {
    const auto names = engine.sourceNames();
    if (std::find(names.begin(), names.end(), source) == names.end()) return json();
    const auto& state = engine.sourceState(source);
    const auto until = engine.freshUntil(source);
    return {
        {"last_poll", state.last_result},
        {"last_good_at", state.last_good_at ? json(formatTimestamp(*state.last_good_at)) : json()},
        {"fresh_until", until ? json(formatTimestamp(*until)) : json()}};
}

json tell(Engine& engine, Store& store, const Case& subject, const Decision& decision,
          Timestamp at) {
    const auto& rules = engine.policy().rules;
    const auto& item = subject.line.item.id;
    Telling telling{subject, decision, rules, at, {}, "", {}};
    telling.stock = store.goodsOf(subject.line.key.source, {{item}}).stock;
    if (const auto* rule = shownRule(rules, subject, at); rule && !subject.closed_at) {
        telling.candidates_rule = rule->name;
        telling.candidates = Shelf{store, rules, at}.candidatesOf(*rule, subject);
    }
    auto story = explainCase(telling);
    story["as_of"] = formatTimestamp(at);
    story["silences"] = silencesOf(store, subject, at);
    story["preferences"] = preferenceWords(engine.preferences(), subject.line);
    story["data"] = dataRow(engine, subject.line.key.source);
    return story;
}

json tellPast(Engine& engine, Store& store, const Case& subject, Timestamp at) {
    const auto past = caseAt(subject, at);
    if (!past.known)
        return {{"line", subject.line.key.id},
                {"order", subject.line.order.number},
                {"position", subject.line.position},
                {"as_of", formatTimestamp(at)},
                {"opened_at", formatTimestamp(subject.opened_at)},
                {"not_yet", true}};
    // The data were fresh then, as far as anybody knows.
    const rules::Facts facts{at, at + std::chrono::seconds{1}, &engine.preferences()};
    const auto decision =
        rules::evaluate(engine.policy().rules, past.subject, facts, rules::Detail::Full);
    auto story = tell(engine, store, past.subject, decision, at);
    story["unsure"] = past.unsure;
    return story;
}

json tellFuture(Engine& engine, Store& store, const Case& subject, Timestamp now, Timestamp at) {
    const auto& rules = engine.policy().rules;
    const auto foreseen = foresee(rules, engine.preferences(), subject, now, at);
    const rules::Facts facts{at, at + std::chrono::seconds{1}, &engine.preferences()};
    const auto decision = rules::evaluate(rules, foreseen.then, facts, rules::Detail::Full);
    auto story = tell(engine, store, foreseen.then, decision, at);
    story["foreseen"] = json::array();
    for (const auto& notice : foreseen.leaving) {
        const auto& to = notice.recipient;
        story["foreseen"].push_back({{"at", formatTimestamp(notice.state_at)},
                                     {"topic", topicName(notice.topic)},
                                     {"rule", notice.rule},
                                     {"to", to.address.empty() ? to.sender : to.address},
                                     {"reason", notice.reason}});
    }
    return story;
}

}  // namespace

json tellCase(Engine& engine, Store& store, const Case& subject, Timestamp now,
              std::optional<Timestamp> at) {
    if (at && *at < now) return tellPast(engine, store, subject, *at);
    if (at && *at > now) return tellFuture(engine, store, subject, now, *at);
    return tell(engine, store, subject, engine.evaluator().look(subject, now), now);
}

}  // namespace backorderd::app

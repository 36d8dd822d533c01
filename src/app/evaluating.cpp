#include "app/evaluating.hpp"

#include <algorithm>

#include "outbox/outbox.hpp"

namespace backorderd::app {
namespace {

void appendEvent(Case& subject, std::vector<CaseEvent>& added, const Event& event, Timestamp now) {
    const int seq = subject.events.empty() ? 1 : subject.events.back().seq + 1;
    subject.events.push_back({seq, now, event});
    added.push_back(subject.events.back());
    if (closesCase(event)) subject.closed_at = now;
}

}  // namespace

Evaluator::Evaluator(Store& store, const Policy& policy, FreshUntil fresh_until)
    : store_{store}, policy_{&policy}, fresh_until_{std::move(fresh_until)} {}

rules::Facts Evaluator::factsOf(const Case& subject, Timestamp now) const {
    return {now, fresh_until_(subject.line.key.source)};
}

void Evaluator::decide(Changes& changes, Case&& subject, const std::vector<Event>& events,
                       Timestamp now, bool just_read) {
    auto& change = changes.cases.emplace_back();
    change.after = std::move(subject);
    auto& after = change.after;
    for (const auto& event : events) appendEvent(after, change.new_events, event, now);
    auto facts = factsOf(after, now);
    if (just_read && (!facts.fresh_until || *facts.fresh_until <= now))
        facts.fresh_until = now + std::chrono::seconds{1};
    for (const auto& event : rules::clockEvents(policy_->rules, after, facts))
        appendEvent(after, change.new_events, event, now);
    const auto decision = rules::evaluate(policy_->rules, after, facts);
    auto plan = outbox::reconcile(after, decision, now);
    change.new_notices = std::move(plan.create);
    change.changed_notices = std::move(plan.change);
    after.look_again = decision.look_again;
    changes.stale.insert(changes.stale.end(), plan.stale_messages.begin(),
                         plan.stale_messages.end());
}

void Evaluator::commit(Changes& changes, Timestamp now) {
    store_.commit(changes.cases);
    // Two cases of one digest name the same message.
    auto& stale = changes.stale;
    std::sort(stale.begin(), stale.end());
    stale.erase(std::unique(stale.begin(), stale.end()), stale.end());
    // Taking a message back makes its cases due, and they are decided anew without it.
    if (stale.empty()) return;
    if (on_stale_) on_stale_(stale);
    store_.supersede(stale, "the line changed before the message left", now);
}

int Evaluator::evaluateDue(Timestamp now, int limit) {
    const auto ids = store_.casesDue(now, limit);
    evaluateNow(ids, now);
    return static_cast<int>(ids.size());
}

void Evaluator::evaluateNow(const std::vector<CaseId>& ids, Timestamp now) {
    if (ids.empty()) return;
    Changes changes;
    changes.cases.reserve(ids.size());
    for (auto& subject : store_.cases(ids)) decide(changes, std::move(subject), {}, now, false);
    commit(changes, now);
}

Decision Evaluator::explain(const Case& subject, Timestamp now) const {
    return rules::evaluate(policy_->rules, subject, factsOf(subject, now), rules::Detail::Full);
}

}  // namespace backorderd::app

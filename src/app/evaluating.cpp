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

Evaluator::Change Evaluator::decide(Case subject, const std::vector<Event>& events, Timestamp now,
                                    bool just_read) {
    Change result;
    auto& change = result.change;
    for (const auto& event : events) appendEvent(subject, change.new_events, event, now);
    if (const auto lapse = rules::lapseEvent(policy_->rules, subject, now))
        appendEvent(subject, change.new_events, *lapse, now);
    auto facts = factsOf(subject, now);
    if (just_read && (!facts.fresh_until || *facts.fresh_until <= now))
        facts.fresh_until = now + std::chrono::seconds{1};
    const auto decision = rules::evaluate(policy_->rules, subject, facts);
    auto plan = outbox::reconcile(subject, decision, now);
    change.new_notices = std::move(plan.create);
    change.changed_notices = std::move(plan.change);
    subject.look_again = decision.look_again;
    result.stale = std::move(plan.stale_messages);
    change.after = std::move(subject);
    return result;
}

void Evaluator::commit(std::vector<Change>& changes, Timestamp now) {
    std::vector<CaseChange> bare;
    std::vector<MessageId> stale;
    bare.reserve(changes.size());
    for (auto& [change, its_stale] : changes) {
        bare.push_back(std::move(change));
        stale.insert(stale.end(), its_stale.begin(), its_stale.end());
    }
    store_.commit(bare);
    // Two cases of one digest name the same message.
    std::sort(stale.begin(), stale.end());
    stale.erase(std::unique(stale.begin(), stale.end()), stale.end());
    // Taking a message back makes its cases due, and they are decided anew without it.
    if (!stale.empty()) store_.supersede(stale, "the line changed before the message left", now);
    for (std::size_t i = 0; i < changes.size(); ++i) changes[i].change = std::move(bare[i]);
}

int Evaluator::evaluateDue(Timestamp now, int limit) {
    const auto ids = store_.casesDue(now, limit);
    evaluateNow(ids, now);
    return static_cast<int>(ids.size());
}

void Evaluator::evaluateNow(const std::vector<CaseId>& ids, Timestamp now) {
    if (ids.empty()) return;
    std::vector<Change> changes;
    changes.reserve(ids.size());
    for (auto& subject : store_.cases(ids))
        changes.push_back(decide(std::move(subject), {}, now, false));
    commit(changes, now);
}

Decision Evaluator::explain(const Case& subject, Timestamp now) const {
    return rules::evaluate(policy_->rules, subject, factsOf(subject, now), rules::Detail::Full);
}

}  // namespace backorderd::app

#include "app/evaluating.hpp"

#include <algorithm>
#include <iterator>

#include "outbox/outbox.hpp"

namespace backorderd::app {
namespace {

void appendEvent(Case& subject, std::vector<CaseEvent>& added, const Event& event, Timestamp now) {
    const int seq = subject.events.empty() ? 1 : subject.events.back().seq + 1;
    subject.events.push_back({seq, now, event});
    added.push_back(subject.events.back());
    if (closesCase(event)) subject.closed_at = now;
}

/// Nearly no case has ever had an offer: the others pay one look at each event.
bool hadOffer(const Case& subject) {
    return std::any_of(subject.events.begin(), subject.events.end(), [](const CaseEvent& entry) {
        return std::holds_alternative<OfferMade>(entry.event);
    });
}

/// What the case held when it was last decided. Its holds end when it is due at the earliest (see
/// `keepHolds`), so that right before that moment they were all there.
std::vector<StockHold> holdsBefore(const Case& subject, Timestamp now) {
    if (!hadOffer(subject)) return {};
    const bool was_due = subject.look_again && *subject.look_again <= now;
    return rules::holdsOf(subject, was_due ? *subject.look_again - std::chrono::seconds{1} : now);
}

/// What is held by others: `held` without the case's own.
std::vector<StockHold> without(std::vector<StockHold> held, const std::vector<StockHold>& own) {
    for (const auto& mine : own)
        for (auto& all : held)
            if (all.item == mine.item && all.warehouse == mine.warehouse)
                all.quantity = all.quantity - std::min(mine.quantity, all.quantity);
    return held;
}

/// States what the case holds now where that has changed, and makes it due when a hold ends: others
/// may then be offered the units. Of a line that was just read, `before` is not what it held: less
/// of it is open now, or nothing.
void keepHolds(CaseChange& change, const std::vector<StockHold>& before, bool just_read,
               Timestamp now) {
    auto& after = change.after;
    if (!hadOffer(after)) return;
    std::vector<StockHold> holds;
    if (!after.closed_at) holds = rules::holdsOf(after, now);
    for (const auto& hold : holds)
        if (!after.look_again || hold.until < *after.look_again) after.look_again = hold.until;
    if (just_read || holds != before) change.holds = std::move(holds);
}

/// Whether a notice comes to its end here. The decision was made as if it stood: what comes next in
/// its place is found by another look only.
bool endsSomething(const CaseChange& change) {
    const auto ended = [](const Notice& notice) { return !isPending(notice.state); };
    return std::any_of(change.new_notices.begin(), change.new_notices.end(), ended) ||
           std::any_of(change.changed_notices.begin(), change.changed_notices.end(), ended);
}

/// Whether one of its notices may be made into a message now.
bool mayLeave(const Case& subject, Timestamp now) {
    return std::any_of(subject.notices.begin(), subject.notices.end(), [now](const Notice& notice) {
        return notice.state == NoticeState::Planned && notice.ready_at <= now;
    });
}

/// Gives the case its notices as they were written.
void takeOver(CaseChange& change) {
    auto& notices = change.after.notices;
    for (auto& changed : change.changed_notices)
        for (auto& notice : notices)
            if (notice.id == changed.id) notice = std::move(changed);
    std::move(change.new_notices.begin(), change.new_notices.end(), std::back_inserter(notices));
}

}  // namespace

Evaluator::Evaluator(Store& store, const Policy& policy, FreshUntil fresh_until)
    : store_{store}, policy_{&policy}, fresh_until_{std::move(fresh_until)} {}

rules::Facts Evaluator::factsOf(const Case& subject, Timestamp now) const {
    return {now, fresh_until_(subject.line.key.source), preferences_};
}

void Evaluator::decide(Changes& changes, Case&& subject, const std::vector<Event>& events,
                       Timestamp now, bool just_read) {
    const auto held_before = holdsBefore(subject, now);
    auto& change = changes.cases.emplace_back();
    change.after = std::move(subject);
    auto& after = change.after;
    for (const auto& event : events) appendEvent(after, change.new_events, event, now);
    auto facts = factsOf(after, now);
    if (just_read && (!facts.fresh_until || *facts.fresh_until <= now))
        facts.fresh_until = now + std::chrono::seconds{1};
    const auto passTime = [&] {
        for (const auto& event : rules::clockEvents(policy_->rules, after, facts))
            appendEvent(after, change.new_events, event, now);
    };
    passTime();
    if (const auto withdrawn = findUntrueOffer(changes, after, held_before, now)) {
        appendEvent(after, change.new_events, *withdrawn, now);
        passTime();  // A ladder may start by it.
    }
    const auto decision = rules::evaluate(policy_->rules, after, facts);
    auto plan = outbox::reconcile(after, decision, now);
    change.new_notices = std::move(plan.create);
    change.changed_notices = std::move(plan.change);
    change.wants_offer = decision.offer_wish != nullptr;
    after.look_again = decision.look_again;
    if (endsSomething(change) && !after.closed_at) {
        const auto soon = now + std::chrono::seconds{1};
        after.look_again = std::min(after.look_again.value_or(soon), soon);
    }
    keepHolds(change, held_before, just_read, now);
    changes.stale.insert(changes.stale.end(), plan.stale_messages.begin(),
                         plan.stale_messages.end());
}

/// The units of one offer that is withdrawn are there for the next that is looked at, so that of
/// two offers that have become too many only one goes.
std::optional<OfferWithdrawn> Evaluator::findUntrueOffer(Changes& changes, const Case& subject,
                                                         const std::vector<StockHold>& own,
                                                         Timestamp now) {
    if (!hadOffer(subject)) return std::nullopt;
    const auto offers = rules::offersOf(subject);
    if (offers.empty() || offers.back().state != rules::OfferView::State::Open) return std::nullopt;
    const auto& source = subject.line.key.source;
    auto held = changes.held.find(source);
    if (held == changes.held.end())
        held = changes.held.emplace(source, store_.heldStock(source, now)).first;
    std::vector<std::string> items;
    for (const auto& item : offers.back().made->items) items.push_back(item.item);
    auto others = without(held->second, own);
    auto withdrawn = rules::recheckOffer(subject, store_.goodsOf(source, items), others, now);
    if (withdrawn) held->second = std::move(others);
    return withdrawn;
}

void Evaluator::commit(Changes& changes, Timestamp now) {
    store_.commit(changes.cases);
    if (on_committed_)
        for (const auto& change : changes.cases) on_committed_(change);
    // Two cases of one digest name the same message.
    auto& stale = changes.stale;
    std::sort(stale.begin(), stale.end());
    stale.erase(std::unique(stale.begin(), stale.end()), stale.end());
    takeBack(stale, "the line changed before the message left", now);
}

void Evaluator::takeBack(const std::vector<MessageId>& ids, std::string_view reason,
                         Timestamp now) {
    if (ids.empty()) return;
    if (on_stale_) on_stale_(ids);
    store_.supersede(ids, reason, now);
    forget();
}

int Evaluator::evaluateDue(Timestamp now, int limit, int piece_max) {
    const auto ids = store_.casesDue(now, limit);
    const auto most = static_cast<std::size_t>(piece_max);
    for (std::size_t i = 0; i < ids.size(); i += most) {
        const auto first = ids.begin() + static_cast<std::ptrdiff_t>(i);
        const auto count = std::min(most, ids.size() - i);
        for (auto& change : evaluate({first, first + static_cast<std::ptrdiff_t>(count)}, now)) {
            auto& subject = change.after;
            // One whose message was taken back is due again: nobody has decided about it without
            // it.
            if (subject.look_again && *subject.look_again <= now) continue;
            if (!mayLeave(subject, now)) continue;
            const auto id = subject.id;
            just_evaluated_.insert_or_assign(id, std::move(subject));
        }
    }
    return static_cast<int>(ids.size());
}

std::vector<Case> Evaluator::evaluateNow(const std::vector<CaseId>& ids, Timestamp now) {
    std::vector<Case> cases;
    std::vector<CaseId> others;
    for (const auto id : ids) {
        if (auto found = just_evaluated_.extract(id))
            cases.push_back(std::move(found.mapped()));
        else
            others.push_back(id);
    }
    for (auto& change : evaluate(others, now)) cases.push_back(std::move(change.after));
    return cases;
}

std::vector<CaseChange> Evaluator::evaluate(const std::vector<CaseId>& ids, Timestamp now) {
    if (ids.empty()) return {};
    Changes changes;
    changes.cases.reserve(ids.size());
    for (auto& subject : store_.cases(ids)) decide(changes, std::move(subject), {}, now, false);
    const bool takes_back = !changes.stale.empty();
    commit(changes, now);
    if (!takes_back) {
        for (auto& change : changes.cases) takeOver(change);
        return std::move(changes.cases);
    }
    // Taking messages back changes notices behind our back, also of cases evaluated before.
    forget();
    auto cases = store_.cases(ids);
    for (std::size_t i = 0; i < cases.size(); ++i) changes.cases[i].after = std::move(cases[i]);
    return std::move(changes.cases);
}

Decision Evaluator::look(const Case& subject, Timestamp now, rules::Detail detail) const {
    return rules::evaluate(policy_->rules, subject, factsOf(subject, now), detail);
}

}  // namespace backorderd::app

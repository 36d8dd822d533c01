#include "app/foresight.hpp"

#include <algorithm>

#include "outbox/outbox.hpp"
#include "rules/rules.hpp"

namespace backorderd::app {
namespace {

/// A case that is looked at more often than this has a rule that somebody should look at.
constexpr int kLooksMax = 5000;

void addClockEvents(const RuleSet& rules, Case& subject, const rules::Facts& facts) {
    for (const auto& event : rules::clockEvents(rules, subject, facts)) {
        const int seq = subject.events.empty() ? 1 : subject.events.back().seq + 1;
        subject.events.push_back({seq, facts.now, event});
    }
}

void apply(Case& subject, outbox::Plan&& plan) {
    for (const auto& changed : plan.change)
        for (auto& notice : subject.notices)
            if (notice.key == changed.key) notice = changed;
    for (auto& notice : plan.create) {
        notice.id = subject.notices.empty() ? 1 : subject.notices.back().id + 1;
        subject.notices.push_back(std::move(notice));
    }
}

bool send(Foreseen& foreseen, Timestamp now) {
    bool any = false;
    for (auto& notice : foreseen.then.notices) {
        const bool frozen = notice.state == NoticeState::Bundled;
        const bool due =
            notice.state == NoticeState::Planned && notice.ready_at <= now && notice.due_at <= now;
        if (!frozen && !due) continue;
        notice.state = NoticeState::Sent;
        notice.state_at = now;
        foreseen.leaving.push_back(notice);
        any = true;
    }
    return any;
}

std::optional<Timestamp> nextMoment(const Case& subject, const Decision& decision, Timestamp now) {
    std::optional<Timestamp> next;
    const auto consider = [&](Timestamp at) {
        at = std::max(at, now + std::chrono::seconds{1});
        if (!next || at < *next) next = at;
    };
    if (decision.look_again) consider(*decision.look_again);
    for (const auto& notice : subject.notices)
        if (notice.state == NoticeState::Planned)
            consider(std::max(notice.ready_at, notice.due_at));
    return next;
}

}  // namespace

Foreseen foresee(const RuleSet& rules, const Preferences& preferences, const Case& subject,
                 Timestamp now, Timestamp until) {
    Foreseen foreseen{subject, {}};
    auto& then = foreseen.then;
    for (int look = 0; look < kLooksMax; ++look) {
        const rules::Facts facts{now, until + std::chrono::seconds{1}, &preferences};
        addClockEvents(rules, then, facts);
        const auto decision = rules::evaluate(rules, then, facts);
        apply(then, outbox::reconcile(then, decision, now));
        if (send(foreseen, now)) continue;  // What left may make something else due.
        const auto next = nextMoment(then, decision, now);
        if (!next || *next > until) break;
        now = *next;
    }
    return foreseen;
}

}  // namespace backorderd::app

#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "rules/builders.hpp"
#include "rules/rules.hpp"

namespace backorderd::rules_test {

/// One case on a virtual clock, with the smallest outbox that keeps the rules of the real one: a
/// key is created once, what is not wanted is superseded, what is due is looked at again and left.
class Timeline {
public:
    using Change = std::function<void(Timeline&)>;

    Timeline(RuleSet rules_, Case subject_)
        : rules{std::move(rules_)}, subject{std::move(subject_)}, now{subject.opened_at} {}

    RuleSet rules;
    Case subject;
    Timestamp now;
    /// How long an attempt takes; nothing: it is accepted at once.
    std::chrono::minutes on_wire{0};
    /// So long after the moment that was asked for a look comes.
    std::chrono::seconds late{0};
    /// Extra looks between those that are asked for; none: zero.
    std::chrono::minutes step{0};
    std::function<std::optional<Timestamp>(Timestamp)> fresh_until = [](Timestamp at) {
        return std::optional{at + std::chrono::hours{1}};
    };
    Preferences preferences;
    /// Between the two nobody looks, and nothing leaves; what happens is learned at the end.
    std::optional<std::pair<Timestamp, Timestamp>> down;
    /// Called with every notice that leaves.
    std::function<void(const Notice&)> on_send = [](const Notice&) {};
    /// Called after every look, when what it found is in the case.
    std::function<void(const Timeline&, std::optional<Timestamp>)> on_look = [](const auto&, auto) {
    };
    /// `2026-03-02T08:00:00Z opened a@example.com`; the sender's name where there is no address.
    std::vector<std::string> sent;

    void change(Timestamp at, Change what) { changes_.emplace(at, std::move(what)); }

    /// An event on the line: `apply` brings the line to where the event leads.
    void event(Timestamp at, Event event, std::function<void(OrderLine&)> apply = {}) {
        change(at, [event = std::move(event), apply = std::move(apply)](Timeline& line) {
            line.record(event, apply);
        });
    }

    void record(const Event& event, const std::function<void(OrderLine&)>& apply) {
        if (apply) apply(subject.line);
        subject.events.push_back({static_cast<int>(subject.events.size()) + 1, now, event});
        if (closesCase(event)) subject.closed_at = now;
    }

    void movePromise(Timestamp at, std::string_view to) {
        change(at, [to = day(to)](Timeline& line) {
            const auto from = line.subject.line.promise;
            line.record(from.known() ? Event{PromiseMoved{from, Promise::on(to)}}
                                     : Event{PromiseSet{Promise::on(to)}},
                        [to](OrderLine& its) { its.promise = Promise::on(to); });
        });
    }

    Decision look(rules::Detail detail = rules::Detail::Full) const {
        return rules::evaluate(rules, subject, {now, fresh_until(now), &preferences}, detail);
    }

    /// Runs to `end`, inclusive.
    const std::vector<std::string>& run(Timestamp end) {
        while (true) {
            turn();
            const auto next = nextTurn();
            if (!next || *next > end) break;
            now = *next;
        }
        now = end;
        return sent;
    }

    std::vector<std::string> keys() const {
        std::vector<std::string> found;
        for (const auto& notice : subject.notices) found.push_back(notice.key);
        return found;
    }

private:
    void turn() {
        for (auto due = changes_.begin(); due != changes_.end() && due->first <= now;
             due = changes_.erase(due))
            due->second(*this);
        settle();
        evaluate();
        while (dispatch()) {
            settle();
            evaluate();
        }
    }

    void evaluate() {
        // What is taken back is planned anew at once.
        if (lookOnce()) lookOnce();
        on_look(*this, look_again_);
    }

    bool lookOnce() {
        for (const auto& event :
             rules::clockEvents(rules, subject, {now, fresh_until(now), &preferences}))
            record(event, {});
        auto decision = look(rules::Detail::Brief);
        look_again_ = decision.look_again;
        bool taken_back = false;
        for (auto& notice : subject.notices) taken_back |= reconcile(notice, decision);
        for (auto& wanted : decision.wanted) {
            if (wanted.id != 0) continue;
            wanted.id = static_cast<NoticeId>(subject.notices.size()) + 1;
            subject.notices.push_back(std::move(wanted));
        }
        return taken_back;
    }

    /// Frozen words cannot be corrected, only taken back; returns whether that was done.
    bool reconcile(Notice& notice, Decision& decision) const {
        if (!isPending(notice.state)) return false;
        const auto found =
            std::find_if(decision.wanted.begin(), decision.wanted.end(),
                         [&](const Notice& wanted) { return wanted.key == notice.key; });
        if (found == decision.wanted.end()) {
            end(notice, NoticeState::Superseded);
            return false;
        }
        const bool stale = notice.state == NoticeState::Bundled &&
                           (found->recipient != notice.recipient || found->facts != notice.facts);
        if (notice.state != NoticeState::Bundled) notice = *found;
        if (stale) end(notice, NoticeState::Planned);
        return stale;
    }

    /// One notice at a time: what it tells may make the next one needless.
    bool dispatch() {
        for (auto& notice : subject.notices) {
            if (notice.state != NoticeState::Planned || notice.due_at > now) continue;
            if (notice.expires_at && *notice.expires_at <= now) {
                end(notice, NoticeState::Expired);
                return true;
            }
            notice.state = NoticeState::Bundled;
            notice.state_at = now;
            return true;
        }
        return false;
    }

    void settle() {
        for (auto& notice : subject.notices) {
            if (notice.state != NoticeState::Bundled || notice.state_at + on_wire > now) continue;
            end(notice, NoticeState::Sent);
            const auto& to = notice.recipient;
            sent.push_back(fmt::format("{} {} {}", formatTimestamp(now), notice.key,
                                       to.address.empty() ? to.sender : to.address));
            on_send(notice);
        }
    }

    void end(Notice& notice, NoticeState state) const {
        notice.state = state;
        notice.state_at = now;
    }

    std::optional<Timestamp> nextTurn() const {
        std::optional<Timestamp> next;
        const auto consider = [&](std::optional<Timestamp> at) {
            if (at && *at > now && (!next || *at + late < *next)) next = *at + late;
        };
        consider(look_again_);
        if (!changes_.empty()) consider(changes_.begin()->first);
        for (const auto& notice : subject.notices) {
            if (notice.state == NoticeState::Planned) consider(notice.due_at);
            if (notice.state == NoticeState::Bundled) consider(notice.state_at + on_wire);
        }
        if (step.count() > 0) consider(now + step);
        if (next && down && *next >= down->first && *next < down->second) return down->second;
        return next;
    }

    std::multimap<Timestamp, Change> changes_;
    std::optional<Timestamp> look_again_;
};

}  // namespace backorderd::rules_test

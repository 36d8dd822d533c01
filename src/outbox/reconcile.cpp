#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "outbox/outbox.hpp"

namespace backorderd::outbox {

namespace {

template <class Notices>
auto findByKey(Notices& notices, std::string_view key) {
    return std::find_if(notices.begin(), notices.end(),
                        [key](const Notice& notice) { return notice.key == key; });
}

bool hasExpired(const Notice& notice, Timestamp now) {
    return notice.expires_at && now > *notice.expires_at;
}

void enter(Notice& notice, NoticeState state, std::string reason, Timestamp now) {
    notice.state = state;
    notice.state_reason = std::move(reason);
    notice.state_at = now;
}

void expire(Notice& notice, Timestamp now) {
    enter(notice, NoticeState::Expired,
          "could not leave by " + formatTimestamp(*notice.expires_at) +
              ", and after that it is worth nothing",
          now);
}

/// Why the decision no longer wants a notice, in its own words where it has some.
std::string whyNotWanted(const Decision& decision, const std::string& key) {
    const auto found = std::find_if(decision.withheld.begin(), decision.withheld.end(),
                                    [&](const Withheld& withheld) { return withheld.key == key; });
    if (found == decision.withheld.end()) return "no longer true, or replaced by something newer";
    const std::string name{withheldReasonName(found->reason)};
    return found->detail.empty() ? name : name + ": " + found->detail;
}

/// A new notice that is already worth nothing is written all the same, so that its key has reached
/// an end and `explain` can say so.
Notice created(const Case& subject, Notice wanted, Timestamp now) {
    wanted.id = 0;
    wanted.case_id = subject.id;
    wanted.message_id = 0;
    enter(wanted, NoticeState::Planned, "", now);
    if (hasExpired(wanted, now)) expire(wanted, now);
    return wanted;
}

/// What is wanted, under the identity and in the state of what is there.
Notice updated(const Notice& there, Notice wanted, Timestamp now) {
    wanted.id = there.id;
    wanted.case_id = there.case_id;
    wanted.state = there.state;
    // What a clock that was ahead put off is planned anew, and no longer for that reason.
    if (there.state_at <= now) wanted.state_reason = there.state_reason;
    wanted.state_at = there.state_at;
    wanted.message_id = there.message_id;
    wanted.guard = there.guard;
    wanted.approved = there.approved;
    return wanted;
}

/// What becomes of a pending notice that no message carries yet; `wanted` null: it is not wanted.
Notice next(const Notice& there, const Notice* wanted, const Decision& decision, Timestamp now) {
    Notice after = there;
    if (wanted == nullptr) {
        enter(after, NoticeState::Superseded, whyNotWanted(decision, there.key), now);
        return after;
    }
    // What an operator was asked to approve does not change under their hands.
    if (there.state == NoticeState::Planned) after = updated(there, *wanted, now);
    if (hasExpired(after, now)) expire(after, now);
    return after;
}

/// Frozen bytes cannot be corrected, only taken back: the store then plans their notices anew.
bool isStale(const Notice& frozen, const Notice* wanted, Timestamp now) {
    if (wanted == nullptr || hasExpired(frozen, now)) return true;
    const auto &was = frozen.recipient, &is = wanted->recipient;
    return frozen.facts != wanted->facts || was.channel != is.channel ||
           was.address != is.address || was.sender != is.sender;
}

}  // namespace

Plan reconcile(const Case& subject, const Decision& decision, Timestamp now) {
    Plan plan;
    for (const Notice& wanted : decision.wanted) {
        const bool there = findByKey(subject.notices, wanted.key) != subject.notices.end();
        const bool twice = findByKey(plan.create, wanted.key) != plan.create.end();
        if (!there && !twice) plan.create.push_back(created(subject, wanted, now));
    }

    std::set<MessageId> stale;
    for (const Notice& there : subject.notices) {
        if (!isPending(there.state)) continue;
        const auto found = findByKey(decision.wanted, there.key);
        const Notice* wanted = found == decision.wanted.end() ? nullptr : &*found;
        if (there.state == NoticeState::Bundled) {
            if (isStale(there, wanted, now)) stale.insert(there.message_id);
            continue;
        }
        Notice after = next(there, wanted, decision, now);
        if (after != there) plan.change.push_back(std::move(after));
    }
    plan.stale_messages.assign(stale.begin(), stale.end());
    return plan;
}

}  // namespace backorderd::outbox

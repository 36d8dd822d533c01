#include "rules/history.hpp"

#include <algorithm>

#include "rules/condition.hpp"

namespace backorderd::rules {
namespace {

/// The promise before the first event that changed it; as it stands where none did.
Promise firstPromise(const Case& subject) {
    for (const auto& entry : subject.events) {
        if (const auto* opened = std::get_if<LineOpened>(&entry.event)) return opened->promise;
        if (const auto* moved = std::get_if<PromiseMoved>(&entry.event)) return moved->from;
        if (const auto* gone = std::get_if<PromiseWithdrawn>(&entry.event)) return gone->from;
        if (std::holds_alternative<PromiseSet>(entry.event)) return {};
    }
    return subject.line.promise;
}

template <class... Kinds>
bool isOneOf(const Event& event) {
    return (std::holds_alternative<Kinds>(event) || ...);
}

bool heardByCustomer(const Notice& notice) {
    return isForCustomer(notice.topic) && wasHeard(notice.state);
}

}  // namespace

History::History(const Case& subject) : first_promise{firstPromise(subject)} {
    for (const auto& entry : subject.events) {
        if (isOneOf<PromiseSet, PromiseMoved, PromiseWithdrawn>(entry.event)) promise = &entry;
        if (isOneOf<PartlyAvailable, Available, AvailabilityLost>(entry.event)) stock = &entry;
        if (isOneOf<PartlyShipped>(entry.event)) shipments.push_back(&entry);
        if (closesCase(entry.event)) closing = &entry;
    }
    for (const auto& notice : subject.notices) {
        if (notice.topic == Topic::Opened) opened = &notice;
        if (isPending(notice.state)) ++pending[indexOf(notice.topic)];
        if (notice.state == NoticeState::Bundled && isForCustomer(notice.topic))
            frozen_at = std::min(frozen_at.value_or(notice.state_at), notice.state_at);
        if (!heardByCustomer(notice)) continue;
        ++heard[indexOf(notice.topic)];
        first_heard_at = std::min(first_heard_at.value_or(notice.state_at), notice.state_at);
        if (!last_heard || notice.state_at >= last_heard->state_at) last_heard = &notice;
    }
}

const Notice* findNotice(const Case& subject, std::string_view key) {
    const auto at = std::find_if(subject.notices.begin(), subject.notices.end(),
                                 [key](const Notice& notice) { return notice.key == key; });
    return at == subject.notices.end() ? nullptr : &*at;
}

bool customerHeard(const Case& subject) {
    return std::any_of(subject.notices.begin(), subject.notices.end(), heardByCustomer);
}

Timestamp lastHeardOrOpened(const Case& subject) {
    auto last = subject.opened_at;
    for (const auto& notice : subject.notices)
        if (heardByCustomer(notice)) last = std::max(last, notice.state_at);
    return last;
}

}  // namespace backorderd::rules

#include <algorithm>
#include <limits>
#include <tuple>

#include "app/preparing.hpp"

namespace backorderd::app {

void Preparer::beginDepartures(Timestamp now) {
    has_departures_ = journal_ && store_.hasDepartures();
    if (!has_departures_) return;
    for (const auto& notice : store_.listPlanned(std::numeric_limits<int>::max()))
        may_have_left_.push_back(notice.id);
    takeDepartures(now);
}

void Preparer::noted(const CaseChange& change) {
    if (!has_departures_) return;
    for (const auto* notices : {&change.new_notices, &change.changed_notices})
        for (const auto& notice : *notices) may_have_left_.push_back(notice.id);
}

bool Preparer::takeDepartures(Timestamp now) {
    if (may_have_left_.empty()) return false;
    auto& ids = may_have_left_;
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    std::map<std::tuple<Channel, std::string, std::string>, std::vector<Notice>> groups;
    for (auto& notice : store_.notices(std::exchange(may_have_left_, {}))) {
        if (notice.state != NoticeState::Planned && notice.state != NoticeState::Held) continue;
        const auto& to = notice.recipient;
        groups[{to.channel, to.address, to.sender}].push_back(std::move(notice));
    }
    std::vector<Message> messages;
    for (auto& [recipient, group] : groups) addDeparted(messages, group, now);
    if (!messages.empty()) store_.freeze(messages);
    return !messages.empty();
}

/// What left at one moment left as one message: its words went with the newer database, that it
/// left did not.
void Preparer::addDeparted(std::vector<Message>& messages, std::vector<Notice>& group,
                           Timestamp now) {
    if (!has_departures_ || group.empty()) return;
    std::vector<NoticeId> ids;
    for (const auto& notice : group) ids.push_back(notice.id);
    const auto identities = store_.noticeIdentities(ids);
    std::map<std::pair<Timestamp, MessageState>, std::vector<Notice>> left;
    std::vector<Notice> rest;
    for (std::size_t i = 0; i < group.size(); ++i) {
        const auto known = store_.departure(journal_->hash(store::identityText(identities[i])));
        (known ? left[{known->at, known->state}] : rest).push_back(std::move(group[i]));
    }
    group = std::move(rest);
    for (const auto& [departure, notices] : left) {
        auto message = envelopeFor(notices, now);
        message.subject = "(left before the database was restored)";
        std::tie(message.state_at, message.state) = departure;
        message.state_reason = "the send journal says that it left on " +
                               formatTimestamp(message.state_at) +
                               ", after this copy of the database was made";
        log_.warning("notice.left_before", {{"recipient", log_.address(message.recipient.address)},
                                            {"reason", message.state_reason}});
        messages.push_back(std::move(message));
    }
}

void Preparer::suppress(std::vector<Notice> group, const Cases& cases, Timestamp now,
                        const std::string& reason) {
    for (auto& notice : group) {
        notice.state = NoticeState::Suppressed;
        notice.state_reason = reason;
        notice.state_at = now;
    }
    log_.warning("notice.suppressed", {{"recipient", log_.address(group.front().recipient.address)},
                                       {"reason", reason}});
    change(group, cases, now);
}

}  // namespace backorderd::app

#include <algorithm>

#include "app/preparing.hpp"

namespace backorderd::app {

/// Takes out of a group what left before a restore, and returns it as the message that it was: its
/// words went with the newer database, that it left did not.
std::optional<Message> Preparer::departedBefore(std::vector<Notice>& group, Timestamp now) {
    if (!journal_ || group.empty() || !store_.hasDepartures()) return std::nullopt;
    std::vector<NoticeId> ids;
    for (const auto& notice : group) ids.push_back(notice.id);
    const auto identities = store_.noticeIdentities(ids);
    std::vector<Notice> left;
    std::vector<Notice> rest;
    Departure last;
    for (std::size_t i = 0; i < group.size(); ++i) {
        const auto known = store_.departure(journal_->hash(store::identityText(identities[i])));
        if (known && (left.empty() || known->at > last.at)) last = *known;
        (known ? left : rest).push_back(std::move(group[i]));
    }
    group = std::move(rest);
    if (left.empty()) return std::nullopt;
    auto message = envelopeFor(left, now);
    message.subject = "(left before the database was restored)";
    message.state = last.state;
    message.state_at = last.at;
    message.state_reason = "the send journal says that it left on " + formatTimestamp(last.at) +
                           ", after this copy of the database was made";
    log_.warning("notice.left_before", {{"recipient", log_.address(message.recipient.address)},
                                        {"reason", message.state_reason}});
    return message;
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

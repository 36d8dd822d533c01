#include <algorithm>
#include <set>

#include "app/preparing.hpp"
#include "outbox/outbox.hpp"
#include "rules/rules.hpp"

namespace backorderd::app {
namespace {

bool sameRecipient(const Recipient& a, const Recipient& b) {
    return a.channel == b.channel && a.address == b.address;
}

bool carriesNoticeOf(const Message& message, const Case& subject) {
    return std::ranges::any_of(subject.notices, [&](const Notice& notice) {
        return std::ranges::find(message.notices, notice.id) != message.notices.end();
    });
}

/// When messages about a case were heard; what is under way counts as heard now.
std::vector<Timestamp> toldOfCase(const Case& subject, Timestamp now) {
    std::vector<Timestamp> times;
    std::set<MessageId> seen;
    for (const auto& notice : subject.notices) {
        if (!isForCustomer(notice.topic) || notice.message_id == 0) continue;
        const bool under_way = notice.state == NoticeState::Bundled;
        if (!under_way && !wasHeard(notice.state)) continue;
        if (seen.insert(notice.message_id).second)
            times.push_back(under_way ? now : notice.state_at);
    }
    std::ranges::sort(times);
    return times;
}

}  // namespace

/// When messages were heard since a moment, ascending, by the recipient or about the line. What is
/// on its way counts as heard now: were it not counted, a server that is down would let a backlog
/// grow beyond the limit, and lines that open together would all be told at once.
std::vector<Timestamp> Preparer::toldTimes(const Notice& notice, const Case& subject,
                                           bool per_recipient,
                                           const std::vector<Message>& composed, Timestamp since,
                                           Timestamp now) {
    auto times = per_recipient ? store_.heardBy(notice.recipient, since) : toldOfCase(subject, now);
    auto on_the_way = std::ranges::count_if(composed, [&](const Message& message) {
        return per_recipient ? sameRecipient(message.recipient, notice.recipient)
                             : carriesNoticeOf(message, subject);
    });
    if (per_recipient) on_the_way += store_.unsentTo(notice.recipient);
    times.insert(times.end(), static_cast<std::size_t>(on_the_way), now);
    return times;
}

std::optional<Timestamp> Preparer::limitedUntil(const std::vector<Notice>& group,
                                                const Cases& cases,
                                                const std::vector<Message>& composed,
                                                Timestamp now) {
    std::optional<Timestamp> latest;
    for (const auto& notice : group) {
        if (!isForCustomer(notice.topic)) continue;
        const auto& subject = cases.at(notice.case_id);
        const auto* cadence = rules::policyOf(policy_->rules, subject, notice, now);
        if (!cadence || !cadence->limit) continue;
        const auto* message = cadence->message(notice.topic);
        if (message && message->critical) return std::nullopt;
        const Calendar utc;
        const auto* calendar = policy_->rules.findCalendar(cadence->calendar);
        const auto per =
            rules::addPeriod(now, cadence->limit->per, calendar ? *calendar : utc) - now;
        const auto told = toldTimes(notice, subject, cadence->limit->per_recipient, composed,
                                    now - per, now);
        const auto until = outbox::limitedUntil(told, cadence->limit->max, per, now);
        if (until && (!latest || *until > *latest)) latest = until;
    }
    return latest;
}

}  // namespace backorderd::app

#include "rules/plan.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace backorderd::rules {
namespace {

/// How long a notice that could not leave is worth anything, where its topic does not say.
constexpr std::chrono::days kWorth{14};
/// How far a hold may have moved a notice beyond what it would get now; see `planTimes`.
constexpr std::chrono::hours kHoldMax{1};

}  // namespace

const std::string& templateFor(const MessageRule& message, int heard) {
    const auto& chosen = heard == 0 ? message.first : heard == 1 ? message.second : message.further;
    return chosen.empty() ? message.template_name : chosen;
}

std::string digestKey(const CadencePolicy& policy, const OrderLine& line, Topic topic,
                      const Recipient& recipient) {
    if (policy.digest.by == DigestRule::By::None) return {};
    const auto whom =
        fmt::format("|{}|{}|{}", channelName(recipient.channel), recipient.address, policy.name);
    if (!isForCustomer(topic)) return "team:" + whom;
    if (policy.digest.by == DigestRule::By::Customer)
        return fmt::format("customer:{}/{}{}", line.key.source, line.customer.id, whom);
    const auto& order = line.order.id.empty() ? line.order.number : line.order.id;
    return fmt::format("order:{}/{}{}", line.key.source, order, whom);
}

PlanTimes planTimes(const TopicRule& rule, const Occasion& occasion, const Recipient& recipient,
                    const Notice* row, Timestamp now) {
    const auto& calendar = *rule.calendar;
    const Window window{*rule.policy, calendar, recipient.timezone};
    const auto timesFrom = [&](Timestamp from) {
        Timing timing{std::max(occasion.from, from), std::nullopt, occasion.latest};
        if (rule.policy->digest.by != DigestRule::By::None)
            timing.digest_window = rule.policy->digest.window;
        return sendTimes(timing, window, calendar);
    };
    const auto in_time = timesFrom(occasion.from);
    const auto if_planned_now = timesFrom(now);

    auto times = if_planned_now;
    if (row && row->due_at >= in_time.due && row->due_at <= timesFrom(now + kHoldMax).due)
        times = {row->ready_at, row->due_at};
    const auto worth_until =
        (row && row->expires_at) ? *row->expires_at : if_planned_now.due + kWorth;
    PlanTimes plan{times, std::max(worth_until, in_time.due + kWorth), window};
    if (times.ready <= now && !window.isOpen(now)) plan.hold(now);
    return plan;
}

void PlanTimes::hold(Timestamp until) {
    times.ready = std::max(times.ready, window.firstOpen(until));
    times.due = std::max(times.due, times.ready);
}

Timestamp nextOnGrid(Timestamp now, std::chrono::seconds step) {
    const auto since = now.time_since_epoch();
    return Timestamp{since - since % step + step};
}

}  // namespace backorderd::rules

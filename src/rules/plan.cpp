#include "rules/plan.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace backorderd::rules {
namespace {

/// How long a notice that could not leave is worth anything, where its topic does not say.
constexpr std::chrono::days kWorth{14};
constexpr int kDayMinutes = 24 * 60;
/// For so long, at least, an alert may be late on its day.
constexpr int kLateMinutes = 60;

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

std::string preferredDigestKey(const CadencePolicy& policy, const OrderLine& line,
                               const Recipient& recipient, std::string_view template_name) {
    const auto apart = policy.digest.by == DigestRule::By::None ? template_name : "";
    return fmt::format("customer:{}/{}|{}|{}|{}|{}", line.key.source, line.customer.id,
                       channelName(recipient.channel), recipient.address, policy.name, apart);
}

std::optional<Period> preferredWindow(DigestFrequency frequency) {
    switch (frequency) {
        case DigestFrequency::Immediate:
            return std::nullopt;
        case DigestFrequency::Daily:
            return Period{1, Period::Unit::Days};
        case DigestFrequency::Weekly:
            return Period{1, Period::Unit::Weeks};
    }
    return std::nullopt;
}

std::string alertDigestKey(std::string_view template_name, const Recipient& recipient) {
    return fmt::format("alert:|{}|{}|{}|{}", channelName(recipient.channel), recipient.address,
                       recipient.sender, template_name);
}

SendTimes Schedule::times(Timestamp from, std::optional<Timestamp> latest) const {
    if (!at_opening) return sendTimes({from, digest_window, latest}, window, calendar);
    const auto opening = window.firstOpening(from);
    return {opening, opening};
}

std::optional<SendTimes> Schedule::lateTimes(const SendTimes& asked, Timestamp now) const {
    if (!at_opening || asked.ready > now || !window.isOpen(now)) return std::nullopt;
    const auto opened = window.openedAt(now);
    if (!any_day_late && asked.ready < opened) return std::nullopt;
    return SendTimes{opened, opened};
}

Schedule scheduleOf(const CadencePolicy& policy, const Calendar& calendar,
                    const Recipient& recipient) {
    Schedule schedule{calendar, {policy, calendar, recipient}, std::nullopt};
    if (policy.digest.by != DigestRule::By::None) schedule.digest_window = policy.digest.window;
    return schedule;
}

Schedule scheduleOf(const AlertDigest& digest, const Calendar& calendar) {
    std::optional<SendWindow> hours;
    if (digest.at_minute) {
        const auto from = *digest.at_minute;
        const auto to = std::max(calendar.hours.to_minute, from + kLateMinutes);
        hours = SendWindow{{from, std::min(to, kDayMinutes)}, true, {}, false};
    }
    return {calendar, {hours, calendar, {}}, std::nullopt, digest.at_minute.has_value()};
}

PlanTimes planTimes(const Schedule& schedule, const Occasion& occasion, const Notice* row,
                    Timestamp now) {
    const auto timesFrom = [&](Timestamp from) {
        return schedule.times(std::max(occasion.from, from), occasion.latest);
    };
    const auto& window = schedule.window;
    const auto in_time = timesFrom(occasion.from);
    const auto if_planned_now = timesFrom(now);

    auto times = if_planned_now;
    // What the outbox put off itself, and says why, keeps its time, however late: planned anew, it
    // would be put off again, and two of one case would take turns for ever. What waited for
    // something else than its time leaves as soon as that is there. What was put off later than now
    // was so by a clock that was ahead, and its time means nothing.
    const bool put_off = row && !row->state_reason.empty() && row->state_at <= now;
    // A digest that is open goes on: planned now, it might reach beyond the send window, and end at
    // once.
    const bool gathers = row && row->ready_at <= now && timesFrom(row->ready_at).due == row->due_at;
    const bool keeps = put_off || gathers || (row && row->due_at <= if_planned_now.due);
    if (row && row->due_at >= in_time.due && keeps) times = {row->ready_at, row->due_at};
    // What was held for minutes counts from the opening, like what is looked at too late.
    if (const auto late = schedule.lateTimes(in_time, now); late && !put_off) times = *late;
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

#include "rules/window.hpp"

#include <algorithm>

namespace backorderd::rules {
namespace {

/// A window that stays shut for longer than this never opens.
constexpr int kShutDaysMax = 400;

std::string_view windowZone(const CadencePolicy& policy, const Calendar& calendar,
                            std::string_view customer_timezone) {
    const bool customers = policy.send_window && policy.send_window->in_customer_zone;
    return customers && Zone::exists(customer_timezone) ? customer_timezone
                                                        : std::string_view{calendar.timezone};
}

}  // namespace

Window::Window(const CadencePolicy& policy, const Calendar& calendar,
               std::string_view customer_timezone)
    : hours_{policy.send_window ? &*policy.send_window : nullptr},
      calendar_{calendar},
      zone_{windowZone(policy, calendar, customer_timezone)} {}

bool Window::allows(Date day) const {
    if (hours_->work_days_only) return isBusinessDay(calendar_, day);
    return hours_->days.test(std::chrono::weekday{day}.c_encoding());
}

Timestamp Window::firstOpen(Timestamp at) const {
    if (!hours_) return at;
    const auto today = zone_.date(at);
    for (auto day = today; day <= today + std::chrono::days{kShutDaysMax};
         day += std::chrono::days{1}) {
        if (!allows(day)) continue;
        const auto opens = zone_.instant(day, hours_->hours.from_minute);
        const auto shuts = zone_.instant(day, hours_->hours.to_minute);
        // Where the clock jumps over the whole window, `opens` is `shuts`.
        if (const auto first = std::max(at, opens); first < shuts) return first;
    }
    return at;
}

SendTimes sendTimes(const Timing& timing, const Window& window, const Calendar& calendar) {
    const auto ready = window.firstOpen(timing.from);
    if (!timing.digest_window) return {ready, ready};
    auto due = addPeriod(ready, *timing.digest_window, calendar, Zone{calendar.timezone});
    if (timing.latest) due = std::max(ready, std::min(due, *timing.latest));
    if (!window.isOpen(due)) due = timing.latest ? ready : window.firstOpen(due);
    return {ready, due};
}

}  // namespace backorderd::rules

#include "rules/window.hpp"

#include <algorithm>

namespace backorderd::rules {
namespace {

/// A window that stays shut for longer than this never opens.
constexpr int kShutDaysMax = 400;

const SendWindow kSmsWindow{
    {9 * 60, 20 * 60}, /*work_days_only=*/false, std::bitset<7>{0x7f}, /*in_customer_zone=*/true};

std::optional<SendWindow> hoursFor(const CadencePolicy& policy, Channel channel) {
    if (!policy.send_window && channel == Channel::Sms) return kSmsWindow;
    return policy.send_window;
}

std::string_view windowZone(const std::optional<SendWindow>& hours, const Calendar& calendar,
                            std::string_view customer_timezone) {
    const bool customers = hours && hours->in_customer_zone;
    return customers && Zone::exists(customer_timezone) ? customer_timezone
                                                        : std::string_view{calendar.timezone};
}

}  // namespace

Window::Window(std::optional<SendWindow> hours, const Calendar& calendar,
               std::string_view customer_timezone)
    : hours_{hours}, calendar_{calendar}, zone_{windowZone(hours, calendar, customer_timezone)} {}

Window::Window(const CadencePolicy& policy, const Calendar& calendar, const Recipient& recipient)
    : Window{hoursFor(policy, recipient.channel), calendar, recipient.timezone} {}

bool Window::allows(Date day) const {
    if (hours_->work_days_only) return isBusinessDay(calendar_, day);
    return hours_->days.test(std::chrono::weekday{day}.c_encoding());
}

/// `choose` gets the two ends of a day's window, and returns the instant where it has one.
template <class Choose>
Timestamp Window::firstOf(Timestamp at, Choose&& choose) const {
    if (!hours_) return at;
    const auto today = zone_.date(at);
    for (auto day = today; day <= today + std::chrono::days{kShutDaysMax};
         day += std::chrono::days{1}) {
        if (!allows(day)) continue;
        const auto opens = zone_.instant(day, hours_->hours.from_minute);
        const auto shuts = zone_.instant(day, hours_->hours.to_minute);
        // Where the clock jumps over the whole window, `opens` is `shuts`.
        if (opens >= shuts) continue;
        if (const std::optional<Timestamp> chosen = choose(opens, shuts)) return *chosen;
    }
    return at;
}

Timestamp Window::firstOpen(Timestamp at) const {
    return firstOf(at, [at](Timestamp opens, Timestamp shuts) {
        const auto first = std::max(at, opens);
        return first < shuts ? std::optional{first} : std::nullopt;
    });
}

Timestamp Window::firstOpening(Timestamp at) const {
    return firstOf(at, [at](Timestamp opens, Timestamp) {
        return opens >= at ? std::optional{opens} : std::nullopt;
    });
}

Timestamp Window::openedAt(Timestamp at) const {
    return hours_ ? zone_.instant(zone_.date(at), hours_->hours.from_minute) : at;
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

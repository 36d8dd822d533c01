#pragma once

#include <optional>

#include "backorderd/line.hpp"
#include "backorderd/notice.hpp"
#include "backorderd/rule.hpp"
#include "rules/calendar.hpp"

namespace backorderd::rules {

/// When the messages of a policy may leave, in the zone in which its hours are meant.
class Window {
public:
    /// `customer_timezone` counts where the window is in the customer's zone and the zone exists.
    Window(std::optional<SendWindow> hours, const Calendar& calendar,
           std::string_view customer_timezone);
    Window(const CadencePolicy& policy, const Calendar& calendar,
           std::string_view customer_timezone)
        : Window{policy.send_window, calendar, customer_timezone} {}
    /// As the policy writes to this recipient: an SMS rings, so that one never leaves without a
    /// window. Where the policy has none, it is from 9:00 to 20:00 of every day, where the
    /// recipient is.
    Window(const CadencePolicy& policy, const Calendar& calendar, const Recipient& recipient);

    /// The earliest instant from `at` on at which the window is open. `at` itself where there is no
    /// window, or none that ever opens.
    Timestamp firstOpen(Timestamp at) const;
    /// The same, of the instants at which it opens.
    Timestamp firstOpening(Timestamp at) const;
    /// When the window that is open at `at` opened.
    Timestamp openedAt(Timestamp at) const;
    bool isOpen(Timestamp at) const { return firstOpen(at) == at; }

private:
    bool allows(Date day) const;
    template <class Choose>
    Timestamp firstOf(Timestamp at, Choose&& choose) const;

    std::optional<SendWindow> hours_;  // empty: always open
    const Calendar& calendar_;
    Zone zone_;
};

/// When a notice may leave, and when its digest closes.
struct SendTimes {
    Timestamp ready;
    Timestamp due;
};

/// What decides on the times of a notice besides the window.
struct Timing {
    Timestamp from;  ///< grace and settling are over
    std::optional<Period> digest_window;
    std::optional<Timestamp> latest;  ///< no digest holds it beyond this moment
};

/// `ready` is the first open instant from `from` on; the digest then waits for its window, but
/// neither beyond `latest` nor, where that is given, into the time when the window is shut.
SendTimes sendTimes(const Timing& timing, const Window& window, const Calendar& calendar);

}  // namespace backorderd::rules

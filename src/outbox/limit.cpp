#include <algorithm>

#include "outbox/outbox.hpp"

namespace backorderd::outbox {

std::optional<Timestamp> limitedUntil(const std::vector<Timestamp>& heard, int max,
                                      std::chrono::seconds per, Timestamp now) {
    if (max <= 0) return now + per;
    // What is dated more than a period ahead was dated by a clock that was wrong. It is not known
    // when it was heard, and must not keep others waiting until that day.
    const auto end = std::upper_bound(heard.begin(), heard.end(), now + per);
    const auto within = std::upper_bound(heard.begin(), end, now - per);
    if (end - within < max) return std::nullopt;
    // When the oldest of the last `max` has left the period, there is room for one.
    return *(end - max) + per;
}

}  // namespace backorderd::outbox

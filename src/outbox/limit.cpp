#include <algorithm>

#include "outbox/outbox.hpp"

namespace backorderd::outbox {

std::optional<Timestamp> limitedUntil(const std::vector<Timestamp>& heard, int max,
                                      std::chrono::seconds per, Timestamp now) {
    if (max <= 0) return now + per;
    const auto within = std::upper_bound(heard.begin(), heard.end(), now - per);
    if (heard.end() - within < max) return std::nullopt;
    // When the oldest of the last `max` has left the period, there is room for one.
    return *(heard.end() - max) + per;
}

}  // namespace backorderd::outbox

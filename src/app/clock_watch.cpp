#include "app/clock_watch.hpp"

namespace backorderd::app {

std::optional<ClockWatch::Step> ClockWatch::look(Timestamp wall, SteadyTime steady) {
    if (!anchor_) anchor_ = Anchor{wall, steady};
    const auto expected =
        anchor_->wall + std::chrono::floor<std::chrono::seconds>(steady - anchor_->steady);
    const auto ahead = wall - expected;
    if (ahead <= limits_.forward && ahead >= -limits_.back) {
        anchor_ = Anchor{wall, steady};
        return std::nullopt;
    }
    const auto span = ahead < std::chrono::seconds{0} ? -ahead : ahead;
    return Step{"the wall clock stepped " +
                    std::string{ahead < std::chrono::seconds{0} ? "back" : "forward"} + " by " +
                    std::to_string(span.count()) + " s: it shows " + formatTimestamp(wall) +
                    " where " + formatTimestamp(expected) + " was to be expected",
                expected};
}

}  // namespace backorderd::app

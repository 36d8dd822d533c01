#include <algorithm>

#include "outbox/outbox.hpp"

namespace backorderd::outbox {

std::optional<SteadyTime> Breaker::retryAt() const {
    if (!open_ || probing_) return std::nullopt;
    return retry_at_;
}

bool Breaker::begun() {
    if (!open_) return false;
    probing_ = true;
    return true;
}

Breaker::Change Breaker::ended(bool answered, bool was_probe, SteadyTime now) {
    if (answered) {
        const bool was_open = open_;
        *this = Breaker{limits_};
        return was_open ? Change::Resumed : Change::None;
    }
    if (open_) {
        // Those that were under way when the pause began say nothing new.
        if (!was_probe) return Change::None;
        probing_ = false;
        pause_ = std::min(pause_ * 2, limits_.longest);
        retry_at_ = now + pause_;
        return Change::None;
    }
    if (++failures_ < limits_.failures_max) return Change::None;
    open_ = true;
    pause_ = std::min(limits_.first, limits_.longest);
    retry_at_ = now + pause_;
    return Change::Paused;
}

}  // namespace backorderd::outbox

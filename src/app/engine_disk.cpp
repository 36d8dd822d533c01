#include "app/engine.hpp"

namespace backorderd::app {

/// With little room nothing more is read in. Once the reserve is gone, nothing more leaves either:
/// what became of it could not be written down.
void Engine::watchDisk(Timestamp now) {
    auto& disk = *footing_->disk;
    const auto why = disk.whyLow();
    if (why.empty() == disk_low_) {
        disk_low_ = !why.empty();
        if (disk_low_)
            log_.error("disk.low", {{"reason", why}});
        else
            log_.warning("disk.enough");
    }
    disk.keepReserve();
    const auto* gate = gates_.find(GateName::Disk);
    if (gate && disk.hasReserve()) {
        gates_.fall(GateName::Disk, now);
        gatesMoved(now);
    } else if (!gate && !disk.hasReserve()) {
        const std::string reason = "there is no room for the reserve of the disk" +
                                   (why.empty() ? std::string{} : ": " + why);
        gates_.raise({GateName::Disk, reason, now, {}});
        gatesMoved(now);
        alert_->raise({"disk", "the disk is full", reason}, now);
    }
}

}  // namespace backorderd::app

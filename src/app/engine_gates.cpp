#include "app/engine.hpp"

namespace backorderd::app {

namespace asio = boost::asio;

/// What of store, journal, machine and clock keeps this start from sending.
void Engine::raiseGates(Timestamp now) {
    clock_watch_.look(now, clock_.steady());
    takeFooting(*footing_, store_, gates_, log_, settings_, now);
    std::optional<Timestamp> latest = store_.newestMessageAt();
    std::string what = "the newest message is of ";
    for (const auto& name : sourceNames()) {
        const auto at = store_.source(name).last_poll_at;
        if (!at || (latest && *at <= *latest)) continue;
        latest = at;
        what = "the last poll was on ";
    }
    if (latest && now < *latest - settings_.clock.max_back)
        gates_.raise({GateName::Clock,
                      "the wall clock shows " + formatTimestamp(now) + ", and " + what +
                          formatTimestamp(*latest),
                      now, *latest - settings_.clock.max_back});
    if (!gates_.open()) dispatcher_->hold(true);
    if (!mode_.live()) log_.warning("mode", {{"mode", mode_.words()}});
}

void Engine::watchClock(Timestamp now) {
    const auto* gate = gates_.find(GateName::Clock);
    if (gate && !clock_off_ && gate->falls_at && now >= *gate->falls_at) {
        clock_watch_.accept();  // Who set the clock right made it step.
        gates_.fall(GateName::Clock, now);
        gatesMoved(now);
        return;
    }
    const auto step = clock_watch_.look(now, clock_.steady());
    if (step && !gate) {
        // Where the clock went back, it will come by here again; where it went ahead, only its
        // being set shows that.
        const bool back = now < step->expected;
        gates_.raise({GateName::Clock, step->reason, now,
                      back ? std::optional{step->expected} : std::nullopt});
        clock_off_ = true;
        gatesMoved(now);
    } else if (gate && !step && clock_off_) {
        clock_off_ = false;
        gates_.fall(GateName::Clock, now);
        gatesMoved(now);
    }
}

void Engine::gatesMoved(Timestamp now) {
    dispatcher_->hold(!gates_.open());
    if (!gates_.open()) return;
    // What waited behind a gate is looked at once more before it leaves.
    store_.lookAtAllAgain(now);
    catching_up_ = true;
    if (on_work_) on_work_();
}

void Engine::pause(const AuditEntry& why) {
    store_.audit(why);
    gates_.raise({GateName::Paused, why.actor + ": " + why.reason, why.at, {}});
    gatesMoved(why.at);
}

bool Engine::resume(GateName name, const AuditEntry& why) {
    if (!gates_.lower(name, why)) return false;
    if (name == GateName::Clock) {
        clock_watch_.accept();
        clock_off_ = false;
    }
    if (name == GateName::Environment && footing_) acceptEnvironment(*footing_, store_, settings_);
    gatesMoved(why.at);
    return true;
}

asio::awaitable<std::vector<DrillResult>> Engine::drill(DrillOrder order) {
    co_return co_await app::drill(senders_, settings_.house, order, clock_.now());
}

}  // namespace backorderd::app

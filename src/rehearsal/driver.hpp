#pragma once

#include <boost/asio/io_context.hpp>
#include <string>

#include "app/engine.hpp"
#include "rehearsal/virtual_clock.hpp"

namespace backorderd::rehearsal {

/// Drives an engine on a virtual clock: does what is due, and moves the clock to what is due next.
/// Everything that the engine waits for must be ready at once; a wait in real time is our own bug.
class Driver {
public:
    /// All references must outlive the driver; `context` is the one the engine runs on.
    Driver(boost::asio::io_context& context, VirtualClock& clock, app::Engine& engine)
        : context_{context}, clock_{clock}, engine_{engine} {}

    /// One poll of a source, to its end.
    app::PollReport poll(const std::string& source);
    /// Everything that is due at this moment.
    void workUntilQuiet();
    /// Everything that is due before `end`; then it is `end`. `tick`: the engine is looked after at
    /// whole multiples of it only, which spares moments at which a single line is due.
    void runUntil(Timestamp end, std::chrono::seconds tick = std::chrono::seconds{1});

private:
    void runReady();

    boost::asio::io_context& context_;
    VirtualClock& clock_;
    app::Engine& engine_;
};

}  // namespace backorderd::rehearsal

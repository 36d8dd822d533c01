#include "rehearsal/driver.hpp"

#include <boost/asio/co_spawn.hpp>
#include <stdexcept>

namespace backorderd::rehearsal {
namespace {

namespace asio = boost::asio;

/// More rounds than this at one moment are no progress.
constexpr int kRoundsMax = 1'000'000;

Timestamp roundedUp(Timestamp at, std::chrono::seconds tick) {
    const auto behind = at.time_since_epoch() % tick;
    return behind.count() == 0 ? at : at + (tick - behind);
}

}  // namespace

app::PollReport Driver::poll(const std::string& source) {
    std::optional<app::PollReport> report;
    asio::co_spawn(context_, engine_.poll(source),
                   [&report](std::exception_ptr failure, std::optional<app::PollReport> said) {
                       if (failure) std::rethrow_exception(failure);
                       report = std::move(said);
                   });
    runReady();
    if (!report) throw std::logic_error("a rehearsed poll did not end");
    return *std::move(report);
}

void Driver::workUntilQuiet() {
    bool more = true;
    for (int round = 0; more || !engine_.idle(); ++round) {
        if (round == kRoundsMax) throw std::logic_error("the engine never comes to rest");
        more = engine_.work();
        runReady();
    }
}

void Driver::runUntil(Timestamp end, std::chrono::seconds tick) {
    for (;;) {
        workUntilQuiet();
        const auto quiet = engine_.quietFor();
        if (!quiet) break;
        const auto next =
            roundedUp(clock_.now() + std::max<std::chrono::seconds>(*quiet, tick), tick);
        if (next >= end) break;
        clock_.advanceTo(next);
    }
    clock_.advanceTo(end);
}

void Driver::runReady() {
    context_.restart();
    context_.poll();
}

}  // namespace backorderd::rehearsal

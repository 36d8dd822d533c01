#include "app/systemd.hpp"

#include <systemd/sd-daemon.h>

#include <string>

namespace backorderd::app::systemd {
namespace {

void notify(const std::string& state) { sd_notify(0, state.c_str()); }

std::string oneLine(std::string_view text) {
    std::string line{text};
    for (auto& c : line)
        if (c == '\n') c = ' ';
    return line;
}

}  // namespace

void ready(std::string_view status) { notify("READY=1\nSTATUS=" + oneLine(status)); }

void reloading() {
    const auto now = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::steady_clock::now().time_since_epoch());
    notify("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(now.count()));
}

void stopping() { notify("STOPPING=1"); }

void status(std::string_view status) { notify("STATUS=" + oneLine(status)); }

void watchdog() { notify("WATCHDOG=1"); }

std::optional<std::chrono::microseconds> watchdogEvery() {
    std::uint64_t limit = 0;
    if (sd_watchdog_enabled(0, &limit) <= 0 || limit == 0) return std::nullopt;
    return std::chrono::microseconds{limit / 2};
}

}  // namespace backorderd::app::systemd

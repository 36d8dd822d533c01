#pragma once

#include <chrono>
#include <optional>
#include <string_view>

/// The service manager's protocol, sd_notify(3). Without a service manager every call is harmless.
namespace backorderd::app::systemd {

void ready(std::string_view status);
/// `RELOADING=1` with the monotonic time that `Type=notify-reload` asks for.
void reloading();
void stopping();
void status(std::string_view status);
void watchdog();
/// How often `watchdog` must be called: half the unit's WatchdogSec; empty where there is none.
std::optional<std::chrono::microseconds> watchdogEvery();

}  // namespace backorderd::app::systemd

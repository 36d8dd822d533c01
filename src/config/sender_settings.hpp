#pragma once

#include "config/config.hpp"

namespace backorderd::config {

/// What every kind of sender has: name, kind, limits and retries. Where `outbox` says how messages
/// are tried again, it says so for all senders that say nothing else.
SenderSettings readSender(Section section, const OutboxSettings& outbox);

/// What senders to one host share.
HostSettings readHost(Section host);

}  // namespace backorderd::config

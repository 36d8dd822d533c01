#pragma once

#include "backorderd/sender.hpp"
#include "net/net.hpp"

namespace backorderd::senders {

/// What smsbox's answer to sendsms means (Kannel's gw/smsbox.c): 202 with `0:`, `3:` or `Sent.` is
/// accepted; 403 is both a log-in and a number without a route, told apart by the words.
Outcome kannelOutcome(const net::HttpResponse& response);

}  // namespace backorderd::senders

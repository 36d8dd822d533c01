#pragma once

#include "backorderd/sender.hpp"
#include "net/net.hpp"

namespace backorderd::senders {

/// What an SMTP attempt meant: told from the last reply and from what had been sent by then, never
/// from how the connection ended. Pure. The table stands in docs/senders.md.
Outcome outcomeOf(const net::SmtpResult& result);

}  // namespace backorderd::senders

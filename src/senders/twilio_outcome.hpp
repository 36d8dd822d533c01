#pragma once

#include "backorderd/sender.hpp"
#include "net/net.hpp"

namespace backorderd::senders {

/// What Twilio's answer to a new message means: by its error code where it names one that we know,
/// else by the status, because codes are added and split now and then.
Outcome twilioOutcome(const net::HttpResponse& response);

}  // namespace backorderd::senders

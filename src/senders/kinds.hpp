#pragma once

#include <memory>

#include "backorderd/sender.hpp"
#include "config/section.hpp"
#include "net/net.hpp"

namespace backorderd::senders {

// One for each kind; each reads its own keys of the section. Null where the section has errors.
// `kinds.cpp` finishes the section.
std::unique_ptr<Sender> makeSmtpSender(config::Section& section, net::Net& net);
std::unique_ptr<Sender> makeTwilioSender(config::Section& section, net::Net& net);
std::unique_ptr<Sender> makeKannelSender(config::Section& section, net::Net& net);
std::unique_ptr<Sender> makeHttpSender(config::Section& section, net::Net& net);
std::unique_ptr<Sender> makeFileSender(config::Section& section, net::Net& net);
std::unique_ptr<Sender> makeStdoutSender(config::Section& section, net::Net& net);

/// The channel of a sender that can stand in for any.
Channel readChannel(config::Section& section);

}  // namespace backorderd::senders

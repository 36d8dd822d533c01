#pragma once

#include <memory>

#include "backorderd/sender.hpp"
#include "config/section.hpp"
#include "senders/senders.hpp"

namespace backorderd::senders {

// One for each kind; each reads its own keys of the section. Null where the section has errors.
// `kinds.cpp` finishes the section.
std::unique_ptr<Sender> makeSmtpSender(config::Section& section, const Environment& environment);
std::unique_ptr<Sender> makeTwilioSender(config::Section& section, const Environment& environment);
std::unique_ptr<Sender> makeKannelSender(config::Section& section, const Environment& environment);
std::unique_ptr<Sender> makeHttpSender(config::Section& section, const Environment& environment);
std::unique_ptr<Sender> makeWebhookSender(config::Section& section, const Environment& environment);
std::unique_ptr<Sender> makeSlackSender(config::Section& section, const Environment& environment);
std::unique_ptr<Sender> makeMattermostSender(config::Section& section,
                                             const Environment& environment);
std::unique_ptr<Sender> makeTeamsSender(config::Section& section, const Environment& environment);
std::unique_ptr<Sender> makePagerdutySender(config::Section& section,
                                            const Environment& environment);
std::unique_ptr<Sender> makeFileSender(config::Section& section, const Environment& environment);
std::unique_ptr<Sender> makeStdoutSender(config::Section& section, const Environment& environment);

/// The channel of a sender that can stand in for any.
Channel readChannel(config::Section& section);

}  // namespace backorderd::senders

#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "backorderd/sender.hpp"
#include "config/section.hpp"
#include "net/net.hpp"

/// The channels that can be sent through; one file each.
namespace backorderd::senders {

/// Makes the sender of that kind (`smtp`, `twilio`, `file` …) from its section, and finishes the
/// section. Null where the section has errors or the kind does not exist; the problems are then in
/// it. `net` outlives the sender.
std::unique_ptr<Sender> makeSender(std::string_view kind, config::Section section, net::Net& net);
std::vector<std::string> senderKinds();

}  // namespace backorderd::senders

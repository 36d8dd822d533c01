#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "backorderd/clock.hpp"
#include "backorderd/sender.hpp"
#include "config/section.hpp"
#include "net/net.hpp"

/// The channels that can be sent through; one file each.
namespace backorderd::senders {

/// What a sender has of the world; all of it outlives the sender.
struct Environment {
    net::Net& net;
    const Clock& clock;
};

/// Makes the sender of that kind (`smtp`, `twilio`, `file` …) from its section, and finishes the
/// section. Null where the section has errors or the kind does not exist; the problems are then in
/// it.
std::unique_ptr<Sender> makeSender(std::string_view kind, config::Section section,
                                   const Environment& environment);
std::vector<std::string> senderKinds();
/// Whether what senders of that kind send opens an incident, which stays open until they hear that
/// somebody has taken it on, and that it is over.
bool keepsIncidents(std::string_view kind);

}  // namespace backorderd::senders

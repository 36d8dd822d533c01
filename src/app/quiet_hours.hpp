#pragma once

#include <functional>
#include <vector>

#include "app/dispatching.hpp"
#include "backorderd/rule.hpp"

namespace backorderd::app {

/// The senders of SMS and mail keep what they are handed outside its send window until that opens
/// (of mail, what customers are to get): a notice is made into a message while the window is open,
/// but a retry, a crash or a long queue can bring the message to its sender at night. References
/// must outlive the senders.
std::vector<NamedSender> withQuietHours(std::vector<NamedSender> senders, Store& store,
                                        const Clock& clock, std::function<const RuleSet&()> rules);

}  // namespace backorderd::app

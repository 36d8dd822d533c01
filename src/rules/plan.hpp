#pragma once

#include <string>

#include "rules/evaluation.hpp"

/// The parts of a notice that follow from its rule.
namespace backorderd::rules {

/// `first`, `second` or `further` by how often the customer heard of this topic in this case.
const std::string& templateFor(const MessageRule& message, int heard);

/// Notices of one key share a message. Empty where the policy has no digest.
std::string digestKey(const CadencePolicy& policy, const OrderLine& line, Topic topic,
                      const Recipient& recipient);

/// When a notice leaves, and until when it is worth that.
struct PlanTimes {
    SendTimes times;
    Timestamp expires;
    Window window;

    /// Not before `until`, nor into a shut window.
    void hold(Timestamp until);
};

/// Times that `row`, a notice already planned, was given at an earlier look stay as they are, so
/// that looking often does not put it off; only what changed in the rules, and a window that is
/// shut now, move them.
PlanTimes planTimes(const TopicRule& rule, const Occasion& occasion, const Recipient& recipient,
                    const Notice* row, Timestamp now);

/// The next full multiple of `step` since the epoch: looks that follow a grid come out the same
/// however often they are taken.
Timestamp nextOnGrid(Timestamp now, std::chrono::seconds step);

}  // namespace backorderd::rules

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

/// The same where the recipient wants a message a day or a week, whatever the policy gathers. A
/// policy without a digest has no template for different topics: each template's gather by
/// themselves.
std::string preferredDigestKey(const CadencePolicy& policy, const OrderLine& line,
                               const Recipient& recipient, std::string_view template_name);

/// How long such a recipient's notices gather; nullopt: they leave at once.
std::optional<Period> preferredWindow(DigestFrequency frequency);

/// The same for what our own people are told: each recipient gets what is due together.
std::string alertDigestKey(std::string_view template_name, const Recipient& recipient);

/// When the notices of a rule may leave, and how long they gather.
struct Schedule {
    const Calendar& calendar;
    Window window;
    std::optional<Period> digest_window;
    /// They leave at the moment at which the window opens; the rest of it is for what is late.
    bool at_opening = false;
    /// What should have left on an earlier day is late as well, instead of waiting for the next
    /// opening: a step of a ladder that was due days ago waits no longer than one of today.
    bool any_day_late = false;

    SendTimes times(Timestamp from, std::optional<Timestamp> latest) const;
    /// Of what should have left when the window that is open now opened: it leaves yet, as of that
    /// moment. A look comes a moment behind the opening, or after a restart.
    std::optional<SendTimes> lateTimes(const SendTimes& asked, Timestamp now) const;
};
Schedule scheduleOf(const CadencePolicy& policy, const Calendar& calendar,
                    const Recipient& recipient);
/// Late alerts of a day leave until its business hours end.
Schedule scheduleOf(const AlertDigest& digest, const Calendar& calendar);

/// When a notice leaves, and until when it is worth that.
struct PlanTimes {
    SendTimes times;
    Timestamp expires;
    Window window;

    /// Not before `until`, nor into a shut window.
    void hold(Timestamp until);
};

/// How a rule tells something.
struct Terms {
    std::string_view rule;  ///< its name; points into the rule set
    std::string template_name;
    std::string digest_key;
    Schedule schedule;
};

/// Times that `row`, a notice already planned, was given at an earlier look stay as they are, so
/// that looking often does not put it off; only what changed in the rules, and a window that is
/// shut now, move them.
PlanTimes planTimes(const Schedule& schedule, const Occasion& occasion, const Notice* row,
                    Timestamp now);

/// The next full multiple of `step` since the epoch: looks that follow a grid come out the same
/// however often they are taken.
Timestamp nextOnGrid(Timestamp now, std::chrono::seconds step);

}  // namespace backorderd::rules

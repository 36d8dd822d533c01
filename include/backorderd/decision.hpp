#pragma once

#include <optional>
#include <string>
#include <vector>

#include "backorderd/case.hpp"
#include "backorderd/rule.hpp"

namespace backorderd {

/// Why a topic is not told now. Each is a sentence in `explain`.
enum class WithheldReason {
    Adopted,            ///< baseline: nothing is told of what was already open
    WithinGrace,        ///< may ship within the grace time
    AlreadyTold,        ///< this very fact was told
    Superseded,         ///< something newer about the line is told instead
    NeverToldOfDelay,   ///< a closing message only follows an opening one
    BelowMinChange,     ///< the date moved less than min_change from what was last told
    NotSettled,         ///< the new date has not stood for `settle`
    CadenceNotElapsed,  ///< the customer heard something not long enough ago
    PendingFirst,       ///< another notice of the case has not left yet
    OutsideWindow,      ///< the send window is shut
    LimitReached,       ///< too many messages in the limit's period
    DataNotFresh,       ///< the source has not been read well for longer than max_age
    NotTrueAnyMore,     ///< it was planned, and the line has changed since
    NoContact,          ///< nobody to write to on any of the channels
    Missing,            ///< the last snapshot lacks the line, or does not show it readably
    NotConfigured,      ///< the policy has no such message
    Acknowledged,       ///< somebody has taken it on
    Inhibited,          ///< another rule that is active speaks for this one
    NotStarted,         ///< the start condition of the ladder does not hold
    StepNotDue,         ///< the step's time has not come
    Stopped,            ///< a stop condition of the ladder came true
    OfferOpen,          ///< an offer is open already, or one may not be made again yet
    NoCandidate,        ///< nothing that may be offered is free in stock
};
std::string_view withheldReasonName(WithheldReason reason);

/// The first test that did not hold, with the value that was found.
struct FailedTest {
    const Test* test = nullptr;  ///< points into the rule set
    std::string found;           ///< the value in words; 'unknown' where there is none
    std::string wanted;          ///< the test in words
};

/// A rule of any section, as explanations name it. Points into the rule set.
struct RuleName {
    std::string_view section;  ///< `cadence`, `substitution`, `escalation`, `fulfilment`, `supply`
    std::string_view name;
    const Place* place = nullptr;
};

/// One rule's look at a line.
struct RuleLook {
    RuleName rule;
    bool applied = false;
    bool reached = true;  ///< false: an earlier rule had already taken the line
    std::optional<FailedTest>
        failed;  ///< of `match`, and of a ladder whose match holds: of `start`
};

/// A topic that is not told now, and why.
struct Withheld {
    Topic topic;
    std::string_view rule;  ///< its name; points into the rule set; empty: none concerns it
    WithheldReason reason;
    std::string detail;  ///< for a person
    std::optional<Timestamp>
        until;        ///< when this reason may be gone; empty: when something changes
    std::string key;  ///< the notice it concerns, where there is one
};

/// What one evaluation of a case found. The log, `explain`, tests and the simulator read this
/// value.
struct Decision {
    /// Every notice that should exist and has not left yet: pending ones that are still right come
    /// back with the same key. A pending notice whose key is missing here is superseded.
    std::vector<Notice> wanted;
    std::vector<Withheld> withheld;
    std::vector<RuleLook> looks;  ///< filled for Detail::Full only
    /// The rule by which the line may be offered a substitute now, if there is one: a wish, because
    /// stock is shared out among all lines that have it (`rules::shareOut`).
    const SubstitutionRule* offer_wish = nullptr;
    std::optional<Timestamp> look_again;
};

}  // namespace backorderd

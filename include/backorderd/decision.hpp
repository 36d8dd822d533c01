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
    Missing,            ///< the line is missing from the last proven snapshot; wait for the next
    NotConfigured,      ///< the policy has no such message
};
std::string_view withheldReasonName(WithheldReason reason);

/// The first test that did not hold, with the value that was found.
struct FailedTest {
    const Test* test = nullptr;  ///< points into the rule set
    std::string found;           ///< the value in words; 'unknown' where there is none
    std::string wanted;          ///< the test in words
};

/// One policy's look at a line.
struct RuleLook {
    const CadencePolicy* policy = nullptr;  ///< points into the rule set
    bool applied = false;
    bool reached = true;  ///< false: an earlier policy had already taken the line
    std::optional<FailedTest> failed;
};

/// A topic that is not told now, and why.
struct Withheld {
    Topic topic;
    const CadencePolicy* policy = nullptr;
    WithheldReason reason;
    std::string detail;              ///< for a person
    std::optional<Timestamp> until;  ///< when this reason may be gone; empty: when something changes
    std::string key;                 ///< the notice it concerns, where there is one
};

/// What one evaluation of a case found. The log, `explain`, tests and the simulator read this value.
struct Decision {
    /// Every notice that should exist and has not left yet: pending ones that are still right come
    /// back with the same key. A pending notice whose key is missing here is superseded.
    std::vector<Notice> wanted;
    std::vector<Withheld> withheld;
    std::vector<RuleLook> looks;  ///< filled for Detail::Full only
    std::optional<Timestamp> look_again;
};

}  // namespace backorderd

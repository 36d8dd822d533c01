#pragma once

#include <optional>
#include <string_view>

#include "rules/condition.hpp"
#include "rules/rules.hpp"

/// Where the ladders of escalation rules stand. Follows from the log and the clock alone.
namespace backorderd::rules {

/// One rule's ladder for one case, as the log tells it. Points into rule set and case.
struct Ladder {
    const EscalationRule* rule = nullptr;
    const CaseEvent* started = nullptr;       ///< the last start
    const CaseEvent* stopped = nullptr;       ///< the stop of that start
    const CaseEvent* acknowledged = nullptr;  ///< the last acknowledgement since that start

    bool running() const { return started && !stopped; }
};
Ladder ladderOf(const EscalationRule& rule, const Case& subject);

/// Why a ladder that is not running does not start.
struct StartLook {
    enum class Answer {
        Starts,
        NoMatch,
        Stopped,   ///< for good, or while a state lasts
        NotYet,    ///< the start condition does not hold
        Adopted,   ///< it held already when the first snapshot was taken
        NotFresh,  ///< the data are too old to start by
    };
    Answer answer = Answer::NoMatch;
    std::string_view stop;  ///< of Stopped: `available`
    FailedTest failed;      ///< of NoMatch and NotYet, where it was asked for
    std::optional<Timestamp> may_change;
};
StartLook lookAtStart(const RuleSet& rules, const Ladder& ladder, const Case& subject,
                      const Facts& facts, Detail detail);

/// The stop condition that has come true since the start: `available`; empty where none has.
std::string_view stopOf(const Ladder& ladder, const Case& subject);

/// Whether an adopted line is still as it was when the first snapshot was taken.
bool isAsAdopted(const Case& subject);
/// Whether an adopted line that is still as it was fulfilled all of the condition from the
/// beginning: then nobody is told of it. `question` is the one that the condition was asked now.
bool heldWhenAdopted(const Condition& condition, Question& question);

/// Whether the clock alone brought what happened in this moment: nobody did anything, and no read
/// found anything new.
bool cameWithClock(const Case& subject, Timestamp at);

/// Whether somebody said something in this very moment: then what follows needs no fresh data.
bool respondedAt(const Case& subject, Timestamp at);

}  // namespace backorderd::rules

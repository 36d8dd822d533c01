#pragma once

#include <optional>

#include "backorderd/case.hpp"
#include "backorderd/decision.hpp"
#include "backorderd/rule.hpp"
#include "rules/calendar.hpp"

namespace backorderd::rules {

/// What a condition is asked of, and what it learns on the way.
class Question {
public:
    Question(const Case& subject_, Timestamp now_, const Calendar& calendar_)
        : subject{subject_}, now{now_}, calendar{calendar_} {}

    const Case& subject;
    const Timestamp now;
    const Calendar& calendar;  ///< business days and 'today' are its own
    /// The earliest later moment at which the passing of time alone may change the answer.
    std::optional<Timestamp> may_change;

    const Zone& zone();
    Date today();
    /// Notes that the answer may change at `at`, where that is still to come.
    void mayChangeAt(Timestamp at);

private:
    std::optional<Zone> zone_;
    std::optional<Date> today_;
};

/// Whether the condition holds; with `failed`, the first test that did not.
bool holds(const Condition& condition, Question& question, FailedTest* failed = nullptr);

/// When the customer heard anything of this case last; the opening where they never did.
Timestamp lastHeardOrOpened(const Case& subject);
/// Whether the customer heard anything of this case. Alerts to our own people do not count.
bool customerHeard(const Case& subject);

}  // namespace backorderd::rules

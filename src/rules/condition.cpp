#include "rules/condition.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "rules/condition_value.hpp"
#include "rules/rules.hpp"

namespace backorderd::rules {
namespace {

void fail(FailedTest* failed, const Test* test, std::string found, std::string wanted) {
    if (failed) *failed = {test, std::move(found), std::move(wanted)};
}

/// Most tests compare a column with a few words, and most lines fail them: that must cost little.
bool isPlainText(const Test& test) {
    return test.field->derived == ConditionField::Derived::Line && test.field->column->view &&
           !test.any_of.empty() && test.like.empty() && !test.known && !test.or_unknown;
}

bool plainTextHolds(const Test& test, const OrderLine& line) {
    const auto text = test.field->column->view(line);
    return !text.empty() &&
           std::find(test.any_of.begin(), test.any_of.end(), text) != test.any_of.end();
}

bool testsHold(const Condition& condition, Question& question, FailedTest* failed) {
    for (const auto& test : condition.tests) {
        if (isPlainText(test)) {
            if (plainTextHolds(test, question.subject.line)) continue;
            if (!failed) return false;
        }
        const auto value = findValue(test, question);
        if (passes(test, value, question)) continue;
        if (failed) fail(failed, &test, valueInWords(value, question), testInWords(test));
        return false;
    }
    return true;
}

/// `failed` then names the first failure of the first alternative: it stands for the list.
bool oneHolds(const std::vector<Condition>& alternatives, Question& question, FailedTest* failed) {
    bool first = true;
    for (const auto& alternative : alternatives) {
        if (holds(alternative, question, first ? failed : nullptr)) return true;
        first = false;
    }
    return false;
}

bool noneHolds(const std::vector<Condition>& forbidden, Question& question, FailedTest* failed) {
    for (const auto& condition : forbidden) {
        if (!holds(condition, question)) continue;
        const auto* const test = condition.tests.empty() ? nullptr : &condition.tests.front();
        if (failed && test) {
            fail(failed, test, valueInWords(findValue(*test, question), question),
                 "not " + testInWords(*test));
        } else {
            fail(failed, nullptr, "it holds", "a condition below 'none' must not hold");
        }
        return false;
    }
    return true;
}

}  // namespace

const Zone& Question::zone() {
    if (!zone_) zone_.emplace(calendar.timezone);
    return *zone_;
}

Date Question::today() {
    if (!today_) today_ = zone().date(now);
    return *today_;
}

void Question::mayChangeAt(Timestamp at) {
    if (at > now && (!may_change || at < *may_change)) may_change = at;
}

bool holds(const Condition& condition, Question& question, FailedTest* failed) {
    if (!testsHold(condition, question, failed)) return false;
    for (const auto& segment : condition.segments)
        if (!segment.condition || !holds(*segment.condition, question, failed)) return false;
    for (const auto& part : condition.all)
        if (!holds(part, question, failed)) return false;
    for (const auto& alternatives : condition.any)
        if (!oneHolds(alternatives, question, failed)) return false;
    return noneHolds(condition.none, question, failed);
}

bool holds(const Condition& condition, const Case& subject, Timestamp now, FailedTest* failed) {
    static const Calendar built_in;
    Question question{subject, now, built_in};
    return holds(condition, question, failed);
}

bool holds(const RuleSet& rules, std::string_view calendar, const Condition& condition,
           const Case& subject, Timestamp now) {
    Question question{subject, now, calendarNamed(rules, calendar)};
    return holds(condition, question);
}

}  // namespace backorderd::rules

#include "rules/ladder.hpp"

#include <algorithm>

namespace backorderd::rules {
namespace {

using Stop = EscalationRule::Stop;

std::string_view stopName(Stop stop) {
    switch (stop) {
        case Stop::Available:
            return "available";
        case Stop::PartlyAvailable:
            return "partly_available";
        case Stop::PromiseChanged:
            return "promise_changed";
        case Stop::Shipped:
            return "shipped";
        case Stop::Cancelled:
            return "cancelled";
        case Stop::Answered:
            return "answered";
    }
    return "";
}

/// A state in which the ladder rests. It may be lost again.
bool isSo(Stop stop, const OrderLine& line) {
    if (!line.allocated || !line.isOpen()) return false;
    if (stop == Stop::Available) return *line.allocated >= line.open();
    return stop == Stop::PartlyAvailable && line.allocated->isPositive();
}

/// An occurrence that ends the ladder for the case.
bool ends(Stop stop, const Event& event) {
    if (stop == Stop::PromiseChanged)
        return std::holds_alternative<PromiseMoved>(event) ||
               std::holds_alternative<PromiseSet>(event);
    if (stop != Stop::Answered) return false;
    if (std::holds_alternative<OfferAnswered>(event)) return true;
    const auto* const response = std::get_if<Responded>(&event);
    return response && !response->answer.empty();
}

std::string_view restsIn(const EscalationRule& rule, const OrderLine& line) {
    for (const auto stop : rule.stop)
        if (isSo(stop, line)) return stopName(stop);
    return {};
}

/// Stopped by an occurrence, a ladder stays so; by a state, it stays so while the state lasts.
std::string_view whyStopped(const Ladder& ladder, const Case& subject) {
    if (ladder.stopped) {
        const std::string_view reason = std::get<EscalationStopped>(ladder.stopped->event).reason;
        if (reason != stopName(Stop::Available) && reason != stopName(Stop::PartlyAvailable))
            return reason;
    }
    return restsIn(*ladder.rule, subject.line);
}

bool isResponse(const Event& event) {
    return std::holds_alternative<Responded>(event) || std::holds_alternative<OfferAnswered>(event);
}

bool isFresh(const Facts& facts) { return facts.fresh_until && facts.now < *facts.fresh_until; }

template <class Kind>
bool names(const Event& event, const std::string& rule) {
    const auto* const found = std::get_if<Kind>(&event);
    return found && found->rule == rule;
}

/// Whether it is what somebody said in this very moment that starts a ladder: without it, nothing
/// would, or it would have started before.
bool startsByResponse(const EscalationRule& rule, const Case& subject, const Facts& facts,
                      const Calendar& calendar) {
    if (!respondedAt(subject, facts.now)) return false;
    Case before = subject;
    std::erase_if(before.events, [&](const CaseEvent& entry) {
        return entry.at == facts.now && isResponse(entry.event);
    });
    Question question{before, facts.now, calendar};
    return !holds(rule.match, question) || !holds(rule.start, question);
}

}  // namespace

Ladder ladderOf(const EscalationRule& rule, const Case& subject) {
    Ladder ladder{&rule};
    for (const auto& entry : subject.events) {
        if (names<EscalationStarted>(entry.event, rule.name)) {
            ladder.started = &entry;
            ladder.stopped = ladder.acknowledged = nullptr;
        }
        if (names<EscalationStopped>(entry.event, rule.name)) ladder.stopped = &entry;
        const auto* const acknowledged = std::get_if<Acknowledged>(&entry.event);
        const bool meant =
            acknowledged && (acknowledged->rule.empty() || acknowledged->rule == rule.name);
        if (meant && ladder.running()) ladder.acknowledged = &entry;
    }
    return ladder;
}

StartLook lookAtStart(const RuleSet& rules, const Ladder& ladder, const Case& subject,
                      const Facts& facts, Detail detail) {
    using Answer = StartLook::Answer;
    const auto& rule = *ladder.rule;
    const auto& calendar = calendarNamed(rules, rule.calendar);
    StartLook look;
    Question question{subject, facts.now, calendar};
    const auto answer = [&](Answer found) {
        look.answer = found;
        look.may_change = question.may_change;
        return std::move(look);
    };
    auto* const failed = detail == Detail::Full ? &look.failed : nullptr;
    if (!holds(rule.match, question, failed)) return answer(Answer::NoMatch);
    look.stop = whyStopped(ladder, subject);
    if (!look.stop.empty()) return answer(Answer::Stopped);
    if (!holds(rule.start, question, failed)) return answer(Answer::NotYet);
    if (heldWhenAdopted(rule.match, question) && heldWhenAdopted(rule.start, question))
        return answer(Answer::Adopted);
    if (!isFresh(facts) && !startsByResponse(rule, subject, facts, calendar))
        return answer(Answer::NotFresh);
    return answer(Answer::Starts);
}

std::string_view stopOf(const Ladder& ladder, const Case& subject) {
    const auto& rule = *ladder.rule;
    // What ends it for good goes before a state that may be lost again.
    for (const auto stop : rule.stop)
        for (const auto& entry : subject.events)
            if (entry.seq > ladder.started->seq && ends(stop, entry.event)) return stopName(stop);
    return restsIn(rule, subject.line);
}

bool isAsAdopted(const Case& subject) {
    return subject.adopted &&
           std::all_of(subject.events.begin(), subject.events.end(), [](const CaseEvent& entry) {
               return std::holds_alternative<LineOpened>(entry.event) ||
                      std::holds_alternative<EscalationStarted>(entry.event) ||
                      std::holds_alternative<EscalationStopped>(entry.event);
           });
}

bool heldWhenAdopted(const Condition& condition, Question& question) {
    const auto& subject = question.subject;
    if (!isAsAdopted(subject)) return false;
    Question then{subject, subject.opened_at, question.calendar};
    if (!holds(condition, then)) return false;
    // One of several alternatives may have come true since, or will yet, which is news.
    for (const auto& alternatives : condition.any)
        for (const auto& alternative : alternatives)
            if (holds(alternative, question) && !holds(alternative, then)) return false;
    return true;
}

bool cameWithClock(const Case& subject, Timestamp at) {
    return std::all_of(subject.events.begin(), subject.events.end(), [at](const CaseEvent& entry) {
        return entry.at != at || std::holds_alternative<EscalationStarted>(entry.event) ||
               std::holds_alternative<EscalationStopped>(entry.event) ||
               std::holds_alternative<PromiseLapsed>(entry.event) ||
               std::holds_alternative<OfferExpired>(entry.event);
    });
}

bool respondedAt(const Case& subject, Timestamp at) {
    return std::any_of(subject.events.begin(), subject.events.end(), [at](const CaseEvent& entry) {
        return entry.at == at && isResponse(entry.event);
    });
}

}  // namespace backorderd::rules

#include "rules/escalation.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "rules/ladder.hpp"
#include "rules/tellings.hpp"
#include "rules/told_steps.hpp"

namespace backorderd::rules {
namespace {

using Step = EscalationRule::Step;

Evaluation::Look lookOf(const Evaluation& evaluation, const EscalationRule& rule) {
    return {"escalation", rule.name, &rule.place, &calendarNamed(evaluation.rules, rule.calendar)};
}

/// The steps of one ladder that is running.
class Climb {
public:
    Climb(Evaluation& evaluation, const Ladder& ladder)
        : evaluation_{evaluation},
          ladder_{ladder},
          rule_{*ladder.rule},
          calendar_{calendarNamed(evaluation.rules, rule_.calendar)},
          zone_{calendar_.timezone},
          episode_{fmt::format("escalation/{}", ladder.started->seq)},
          counted_from_{countedFrom()},
          numbers_{
              numberSteps(evaluation.rules, rule_, evaluation.subject, episode_, counted_from_)} {}

    void decide() {
        for (std::size_t i = 0; i < rule_.steps.size(); ++i) decideStep(i);
    }

private:
    /// The last step that left; the next is counted from it.
    struct Left {
        const Step* step;
        Timestamp at;
    };

    /// Most of what the clock brings it brings at midnight, when a day turns. What gathers in no
    /// digest then waits until the calendar's hours begin; what somebody did is told at once.
    Timestamp countedFrom() const {
        const auto started = ladder_.started->at;
        if (rule_.digest.at_minute || !cameWithClock(evaluation_.subject, started)) return started;
        return std::max(started, hoursBeginAt(started, calendar_));
    }

    Timestamp nominal(const Step& step) const {
        return addPeriod(counted_from_, step.after, calendar_, zone_);
    }

    /// Never sooner after the step before than they are apart, so that after a long silence the
    /// steps do not come all at once.
    Timestamp dueAt(const Step& step) const {
        const auto due = nominal(step);
        if (!left_) return due;
        const auto& before = *left_->step;
        const bool same_unit = before.after.count == 0 || before.after.unit == step.after.unit;
        const Period apart{step.after.count - before.after.count, step.after.unit};
        const auto spaced = same_unit ? addPeriod(left_->at, apart, calendar_, zone_)
                                      : left_->at + (due - nominal(before));
        return std::max(due, spaced);
    }

    void decideStep(std::size_t number) {
        const auto& step = rule_.steps[number];
        const auto base = fmt::format("{}/{}", episode_, numbers_[number]);
        const auto tellings = tellingsOf(evaluation_.subject, base);
        if (tellings.done > 0) {
            left_ = Left{&step, tellings.first_left};
            if (step.repeat) decideRepeat(number, base, tellings);
            return;
        }
        if (step.unless_acknowledged && ladder_.acknowledged) {
            withhold(number, base, WithheldReason::Acknowledged, acknowledgedInWords());
            return;
        }
        const auto due = dueAt(step);
        if (!waiting_ && evaluation_.now >= due) {
            const auto reached = alertAgain(evaluation_, alertOf(number, base, due), tellings, {});
            waiting_ = reached;
            if (!reached) left_ = Left{&step, due};
            return;
        }
        if (!waiting_) evaluation_.lookAgain(due);
        waiting_ = true;
        withhold(number, base, WithheldReason::StepNotDue,
                 fmt::format("It is due at {}.", formatTimestamp(due)), due);
    }

    void decideRepeat(std::size_t number, const std::string& base, const Tellings& tellings) {
        if (ladder_.acknowledged) {
            withhold(number, base, WithheldReason::Acknowledged, acknowledgedInWords());
            return;
        }
        alertAgain(evaluation_, alertOf(number, base, tellings.first_left), tellings,
                   rule_.steps[number].repeat);
    }

    Alert alertOf(std::size_t number, const std::string& base, Timestamp due) const {
        const auto& step = rule_.steps[number];
        const bool at_once =
            step.after.count == 0 && respondedAt(evaluation_.subject, ladder_.started->at);
        return {.topic = Topic::Escalation,
                .rule = rule_.name,
                .team = step.team,
                .template_name = step.template_name,
                .calendar = &calendar_,
                .digest = rule_.digest,
                .policy = nullptr,
                .key = base,
                .fact_at = due,
                .from = due,
                .needs_fresh_data = !at_once,
                .reason = fmt::format("Step {} of {}, which started on {}.", number + 1, rule_.name,
                                      formatDate(zone_.date(ladder_.started->at)))};
    }

    std::string acknowledgedInWords() const {
        const auto& by = std::get<Acknowledged>(ladder_.acknowledged->event).author;
        const auto at = formatTimestamp(ladder_.acknowledged->at);
        return by.empty() ? fmt::format("Acknowledged at {}.", at)
                          : fmt::format("{} has taken it on at {}.", by, at);
    }

    /// Says it of each notice of the step that is pending, so that it is superseded for this
    /// reason.
    void withhold(std::size_t number, const std::string& base, WithheldReason reason,
                  const std::string& words, std::optional<Timestamp> until = std::nullopt) {
        const About about{Topic::Escalation, rule_.name};
        bool said = false;
        for (const auto& row : evaluation_.subject.notices) {
            if (!isPending(row.state) || !row.key.starts_with(base + '/')) continue;
            evaluation_.withhold(
                about, reason, [&] { return words; }, until, row.key);
            said = true;
        }
        if (!said)
            evaluation_.withhold(
                about, reason, [&] { return fmt::format("Step {}: {}", number + 1, words); },
                until);
    }

    Evaluation& evaluation_;
    const Ladder& ladder_;
    const EscalationRule& rule_;
    const Calendar& calendar_;
    const Zone zone_;
    const std::string episode_;
    const Timestamp counted_from_;    ///< the start, or when the hours of its day began
    const std::vector<int> numbers_;  ///< under which the steps' notices are known
    std::optional<Left> left_;
    bool waiting_ = false;  ///< a step before is still to leave
};

/// A running ladder that names the rule, if there is one.
const EscalationRule* inhibitorOf(Evaluation& evaluation, const EscalationRule& rule) {
    for (const auto& other : evaluation.rules.escalation) {
        const auto& silenced = other.inhibits;
        if (std::find(silenced.begin(), silenced.end(), rule.name) == silenced.end()) continue;
        if (ladderOf(other, evaluation.subject).running() &&
            evaluation.holdsNow(other.match, calendarNamed(evaluation.rules, other.calendar)))
            return &other;
    }
    return nullptr;
}

void decideRunning(Evaluation& evaluation, const Ladder& ladder) {
    const auto& rule = *ladder.rule;
    const About about{Topic::Escalation, rule.name};
    if (!evaluation.matches(lookOf(evaluation, rule), rule.match)) {
        evaluation.withhold(about, WithheldReason::NotTrueAnyMore,
                            [] { return "The rule matches the line no longer."; });
    } else if (const auto* const inhibitor = inhibitorOf(evaluation, rule)) {
        evaluation.withhold(about, WithheldReason::Inhibited, [&] {
            return fmt::format("{} is active and speaks for it.", inhibitor->name);
        });
    } else {
        Climb{evaluation, ladder}.decide();
    }
}

void sayWhyNotStarted(Evaluation& evaluation, const EscalationRule& rule, const StartLook& look) {
    using Answer = StartLook::Answer;
    const About about{Topic::Escalation, rule.name};
    const auto because = [&](WithheldReason reason, std::string_view words) {
        evaluation.withhold(about, reason, [&] { return std::string{words}; });
    };
    switch (look.answer) {
        case Answer::NoMatch:
            return;
        case Answer::NotYet:
            return because(WithheldReason::NotStarted, "The start condition does not hold.");
        case Answer::Adopted:
            return because(WithheldReason::Adopted,
                           "It was so already when the first snapshot was taken.");
        case Answer::Stopped:
            return evaluation.withhold(about, WithheldReason::Stopped, [&] {
                return fmt::format("The ladder is stopped: {}.", look.stop);
            });
        case Answer::NotFresh:
            evaluation.lookAgain(evaluation.nextLook(kFreshStep));
            return because(WithheldReason::DataNotFresh,
                           "The source has not been read well for too long.");
        case Answer::Starts:
            // Something that came with the clock in this very moment made it so.
            evaluation.lookAgain(evaluation.now + std::chrono::seconds{1});
            return because(WithheldReason::NotStarted, "The ladder starts now.");
    }
}

void decideResting(Evaluation& evaluation, const Ladder& ladder) {
    const auto& rule = *ladder.rule;
    const auto look = lookAtStart(evaluation.rules, ladder, evaluation.subject, evaluation.facts,
                                  evaluation.detail);
    if (look.may_change) evaluation.lookAgain(*look.may_change);
    if (evaluation.detail == Detail::Full) {
        const bool failed =
            look.answer == StartLook::Answer::NoMatch || look.answer == StartLook::Answer::NotYet;
        evaluation.enter(lookOf(evaluation, rule),
                         failed ? std::optional{look.failed} : std::nullopt);
    }
    sayWhyNotStarted(evaluation, rule, look);
}

}  // namespace

void decideEscalation(Evaluation& evaluation) {
    if (!evaluation.open) return;
    for (const auto& rule : evaluation.rules.escalation) {
        const auto ladder = ladderOf(rule, evaluation.subject);
        if (ladder.running())
            decideRunning(evaluation, ladder);
        else
            decideResting(evaluation, ladder);
    }
}

}  // namespace backorderd::rules

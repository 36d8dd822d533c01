#pragma once

#include "rules/model_line.hpp"

namespace backorderd::rules_test::model {

/// One ladder, from start to start.
class Climb {
public:
    explicit Climb(const Ladder& ladder) : its_{ladder} {}

    const EscalationRule& rule() const { return its_.rule; }

    void startOrStop(const Moment& here) {
        if (started_ && occurred(here)) over_ = true;
        if (over_ || isStoppedByState(here)) started_.reset();
        if (started_ || over_ || isStoppedByState(here) || !mayStart(here)) return;
        started_ = counts_from_ = here.now;
        const bool at_night = !here.something_happened && here.calendar.opensLater(here.now);
        if (at_night && !rule().digest.at_minute) counts_from_ = here.calendar.opens(here.today());
        by_word_ = here.somebody_spoke;
        told_.assign(rule().steps.size(), {});
    }

    bool isActive(const Moment& here) const { return started_ && matches(here); }

    void tell(const Moment& here, Told& told) {
        const bool taken_on = isTakenOn(here);
        std::optional<std::size_t> before;  // the last step that was told
        for (std::size_t i = 0; i < rule().steps.size(); ++i) {
            const auto& step = rule().steps[i];
            if (told_[i].empty()) {
                if (taken_on && step.unless_acknowledged) continue;
                const auto due = dueFirst(here, i, before);
                if (!isKnown(here, step) || !leaves(here, due)) return;
                tellStep(here, i, told);
            } else if (step.repeat && !taken_on) {
                const auto due = here.calendar.plus(told_[i].back(), *step.repeat);
                if (isKnown(here, step) && leaves(here, due)) tellStep(here, i, told);
            }
            before = i;
        }
    }

private:
    bool matches(const Moment& here) const { return !its_.silenced || !here.holds(*its_.silenced); }

    /// From old data only by what the customer says in this moment, where nothing else would do.
    bool mayStart(const Moment& here) const {
        if (!matches(here)) return false;
        if (its_.start.empty()) return here.fresh;
        bool by_word = false;
        bool otherwise = false;
        for (const auto& ask : its_.start)
            if (here.holds(ask)) (ask.what == Ask::What::Negative ? by_word : otherwise) = true;
        if (here.fresh) return by_word || otherwise;
        return by_word && !otherwise && here.line.annoyed_since == here.now;
    }

    bool stopsBy(EscalationRule::Stop what) const {
        return std::find(rule().stop.begin(), rule().stop.end(), what) != rule().stop.end();
    }
    /// A state ends the ladder while it lasts.
    bool isStoppedByState(const Moment& here) const {
        using Stop = EscalationRule::Stop;
        return (stopsBy(Stop::Available) && here.line.reserved == here.line.open) ||
               (stopsBy(Stop::PartlyAvailable) && here.line.reserved > 0);
    }
    /// What happened behind the start ends it for good.
    bool occurred(const Moment& here) const {
        using Stop = EscalationRule::Stop;
        return std::any_of(here.line.facts.begin(), here.line.facts.end(),
                           [&](const Line::Fact& fact) {
                               const auto what = fact.deed.what;
                               return fact.at > *started_ &&
                                      ((what == Deed::What::Promise && fact.deed.promise &&
                                        stopsBy(Stop::PromiseChanged)) ||
                                       (what == Deed::What::Answer && stopsBy(Stop::Answered)));
                           });
    }
    bool isTakenOn(const Moment& here) const {
        return std::any_of(
            here.line.facts.begin(), here.line.facts.end(), [&](const Line::Fact& fact) {
                return fact.at > *started_ && fact.deed.what == Deed::What::Acknowledge &&
                       (fact.deed.rule.empty() || fact.deed.rule == rule().name);
            });
    }

    /// Behind the start by `after`, and behind the step before by the difference of the two.
    Timestamp dueFirst(const Moment& here, std::size_t i, std::optional<std::size_t> before) const {
        const auto after = rule().steps[i].after;
        const auto due = here.calendar.plus(counts_from_, after);
        if (!before) return due;
        Period apart = after;
        apart.count -= rule().steps[*before].after.count;
        return std::max(due, here.calendar.plus(told_[*before].front(), apart));
    }

    /// From old data nothing is told but what is due at once when somebody spoke.
    bool isKnown(const Moment& here, const EscalationRule::Step& step) const {
        return here.fresh || (by_word_ && step.after.count == 0);
    }

    /// With a digest at its time of a business day, or later on that day until the hours end, and
    /// for an hour in any case.
    bool leaves(const Moment& here, Timestamp due) const {
        const auto at_minute = rule().digest.at_minute;
        if (!at_minute) return due <= here.now;
        if (!here.calendar.isBusinessDay(here.today())) return false;
        const auto digest =
            here.calendar.zone.instant(here.today(), std::chrono::minutes{*at_minute});
        const auto ends =
            std::max(here.calendar.shuts(here.today()), digest + std::chrono::hours{1});
        return due <= digest && digest <= here.now && here.now < ends;
    }

    /// A digest that leaves at most an hour late is in time: what follows counts from its time.
    Timestamp countsFrom(const Moment& here) const {
        if (!rule().digest.at_minute) return here.now;
        const auto digest = here.calendar.zone.instant(
            here.today(), std::chrono::minutes{*rule().digest.at_minute});
        return here.now - digest <= std::chrono::hours{1} ? digest : here.now;
    }

    void tellStep(const Moment& here, std::size_t i, Told& told) {
        const auto what = rungWords(rule().name, *started_, static_cast<int>(i),
                                    static_cast<int>(told_[i].size()));
        const auto& name = rule().steps[i].team;
        const auto& team = *std::find_if(here.story.teams.begin(), here.story.teams.end(),
                                         [&](const Team& its) { return its.name == name; });
        if (team.from_line_sales_rep) told.push_back(toldWords(here.now, what, kSalesRep));
        for (const auto& address : team.email) told.push_back(toldWords(here.now, what, address));
        if (!team.sender.empty()) told.push_back(toldWords(here.now, what, team.sender));
        told_[i].push_back(countsFrom(here));
    }

    const Ladder& its_;
    std::optional<Timestamp> started_;
    Timestamp counts_from_{};
    bool by_word_ = false;
    bool over_ = false;
    std::vector<std::vector<Timestamp>> told_;  ///< when, of each step
};

}  // namespace backorderd::rules_test::model

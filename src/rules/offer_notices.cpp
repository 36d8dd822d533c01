#include <fmt/format.h>

#include <algorithm>

#include "rules/claims.hpp"
#include "rules/contact.hpp"
#include "rules/evaluation.hpp"
#include "rules/offers.hpp"

/// What is told of offers, and which lines wait for one.
namespace backorderd::rules {
namespace {

using State = OfferView::State;

/// An offer that was withdrawn before any rule wanted it told is not told for ever.
constexpr std::chrono::days kOfferNewsFor{14};

/// Null where the rules have it no more.
const SubstitutionRule* ruleNamed(const RuleSet& rules, std::string_view name) {
    const auto at =
        std::find_if(rules.substitution.begin(), rules.substitution.end(),
                     [name](const SubstitutionRule& rule) { return rule.name == name; });
    return at == rules.substitution.end() ? nullptr : &*at;
}

const CadencePolicy* policyNamed(const RuleSet& rules, std::string_view name) {
    const auto at =
        std::find_if(rules.cadence.begin(), rules.cadence.end(),
                     [name](const CadencePolicy& policy) { return policy.name == name; });
    return at == rules.cadence.end() ? nullptr : &*at;
}

/// Whether the message with which the line's story begins has not left yet.
bool isBehindFirst(const Evaluation& evaluation) {
    const auto* const opened = evaluation.history.opened;
    if (opened) return isPending(opened->state);
    return evaluation.rule(Topic::Opened) && !evaluation.subject.adopted;
}

void decideOpen(Evaluation& evaluation, const OfferView& offer) {
    const auto& made = *offer.made;
    const auto* const rule = ruleNamed(evaluation.rules, made.rule);
    const auto* const policy = evaluation.firstPolicy();
    const About about{Topic::Offer, rule ? std::string_view{rule->name} : std::string_view{}};
    auto key = offerKey(offer.number);
    evaluation.lookAgain(made.answer_by);
    if (!offer.heard_at) evaluation.lookAgain(made.hold_until);
    if (!rule || !policy) {
        evaluation.withhold(
            about, WithheldReason::NotConfigured,
            [&] {
                return rule
                           ? std::string{"No cadence policy matches the line."}
                           : fmt::format("There is no substitution rule '{}' any more.", made.rule);
            },
            std::nullopt, key);
        return;
    }
    if (!offer.heard_at && evaluation.now >= made.hold_until) {
        evaluation.withhold(
            about, WithheldReason::NotTrueAnyMore, [] { return "The units are held no longer."; },
            std::nullopt, key);
        return;
    }
    auto* const notice = evaluation.propose(
        {policy, &rule->offer, &calendarNamed(evaluation.rules, policy->calendar)},
        {.topic = Topic::Offer,
         .key = std::move(key),
         .fact_at = offer.made_at,
         .from = offer.made_at,
         .latest = made.hold_until,
         .needs_fresh_data = true,
         .behind_first = isBehindFirst(evaluation),
         .reason = fmt::format("{} may be had instead by the rule '{}'.",
                               made.items.size() == 1 ? "One item" : "Other items", rule->name)});
    if (notice) notice->expires_at = made.hold_until;
}

/// A closed line's last message ends the offer as well; an order that was changed has it entered,
/// or is past it.
void decideWithdrawn(Evaluation& evaluation, const OfferView& offer) {
    if (!offer.heard_at || isOvertaken(evaluation.subject, offer)) return;
    const auto from = std::max(offer.state_at, *offer.heard_at);
    auto key = offerWithdrawnKey(offer.number);
    if (evaluation.now > from + kOfferNewsFor && !findNotice(evaluation.subject, key)) return;

    static const SubstitutionRule built_in;
    const auto* const named = ruleNamed(evaluation.rules, offer.made->rule);
    const auto& rule = named ? *named : built_in;
    const auto* const told = findNotice(evaluation.subject, offerKey(offer.number));
    const auto* policy = told ? policyNamed(evaluation.rules, told->rule) : nullptr;
    if (!policy) policy = evaluation.firstPolicy();
    if (!policy) {
        evaluation.withhold(
            About{Topic::OfferWithdrawn, rule.name}, WithheldReason::NotConfigured,
            [] { return "No cadence policy matches the line."; }, std::nullopt, key);
        return;
    }
    auto* const notice = evaluation.propose(
        {policy, &rule.offer, &calendarNamed(evaluation.rules, policy->calendar)},
        {.topic = Topic::OfferWithdrawn,
         .key = std::move(key),
         .fact_at = offer.state_at,
         .from = from,
         .latest = std::nullopt,
         .reason = fmt::format("What the customer was offered holds no longer: {}.",
                               offer.withdrawn->reason)});
    if (notice) notice->template_name = rule.withdrawn_template;
}

void decideAccepted(Evaluation& evaluation, const OfferView& offer) {
    if (isOvertaken(evaluation.subject, offer)) return;
    const auto* const rule = ruleNamed(evaluation.rules, offer.made->rule);
    if (!rule || rule->accepted_team.empty()) {
        evaluation.withhold(About{Topic::OfferAnswered, offer.made->rule},
                            WithheldReason::NotConfigured,
                            [] { return "No rule says who enters an accepted substitute."; });
        return;
    }
    evaluation.alert({.topic = Topic::OfferAnswered,
                      .rule = rule->name,
                      .team = rule->accepted_team,
                      .template_name = rule->accepted_template,
                      .calendar = &calendarNamed(evaluation.rules, rule->calendar),
                      .digest = {},
                      .policy = nullptr,
                      .key = offerAnsweredKey(offer.number),
                      .fact_at = offer.state_at,
                      .from = offer.state_at,
                      .reason = fmt::format("{} was accepted instead and has to be entered.",
                                            offer.answer->accepted_item)});
}

void decideEnded(Evaluation& evaluation, const OfferView& offer) {
    if (offer.state == State::Withdrawn) decideWithdrawn(evaluation, offer);
    if (offer.state == State::Accepted) decideAccepted(evaluation, offer);
    const auto key = offerKey(offer.number);
    const auto* const row = findNotice(evaluation.subject, key);
    if (!row || !isPending(row->state)) return;
    evaluation.withhold(
        About{Topic::Offer, {}}, WithheldReason::Superseded,
        [&] { return fmt::format("The offer is {}.", offerStateName(offer.state)); }, std::nullopt,
        key);
}

/// Why a line that wants an offer gets none now.
struct Obstacle {
    WithheldReason reason;
    std::string words;
    std::optional<Timestamp> until;
};

/// What an earlier offer has to do with another. One that the customer never knew of keeps nobody
/// waiting for ever; but its line comes again only when it would have had to answer, so that units
/// are not held for it in vain all the time.
std::optional<Obstacle> obstacleOf(const Evaluation& evaluation, const SubstitutionRule& rule,
                                   const OfferView& offer) {
    using enum WithheldReason;
    if (isOvertaken(evaluation.subject, offer)) return std::nullopt;
    if (offer.state == State::Open) return Obstacle{OfferOpen, "An offer is open.", std::nullopt};
    if (offer.state == State::Accepted)
        return Obstacle{OfferOpen, "An accepted offer waits to be entered.", std::nullopt};
    const bool known = offer.heard_at || offer.answer;
    if (known && !rule.again_after)
        return Obstacle{OfferOpen, "The rule makes one offer only.", std::nullopt};
    const auto& calendar = calendarNamed(evaluation.rules, rule.calendar);
    const auto again =
        known ? addPeriod(offer.state_at, *rule.again_after, calendar) : offer.made->answer_by;
    if (evaluation.now >= again) return std::nullopt;
    return Obstacle{OfferOpen,
                    fmt::format("Another offer may be made at {}.", formatTimestamp(again)), again};
}

/// The day on which a rule begins to offer anything comes by itself: nothing else may happen on it.
std::optional<Obstacle> obstacleOfDate(const Evaluation& evaluation, const SubstitutionRule& rule) {
    const auto& from = rule.candidates.valid_from;
    if (!from) return std::nullopt;
    const auto& zone = calendarNamed(evaluation.rules, rule.calendar).timezone;
    const auto begins = instantOf(*from, 0, zone);
    if (evaluation.now >= begins) return std::nullopt;
    return Obstacle{WithheldReason::NoCandidate,
                    fmt::format("The rule is valid from {} on.", formatDate(*from)), begins};
}

/// Units must not be held for somebody who cannot be told of them.
std::optional<Obstacle> obstacleToTelling(const Evaluation& evaluation) {
    using enum WithheldReason;
    const auto* const policy = evaluation.firstPolicy();
    if (!policy)
        return Obstacle{NotConfigured, "No cadence policy matches the line.", std::nullopt};
    const auto recipient = reachContact(evaluation.subject.line.contact, policy->channels);
    if (!recipient)
        return Obstacle{
            NoContact,
            std::string{whyUnreachable(evaluation.subject.line.contact, policy->channels)},
            std::nullopt};
    if (isBehindFirst(evaluation))
        return Obstacle{PendingFirst, "The first message has not left yet.", std::nullopt};
    const Window window{*policy, calendarNamed(evaluation.rules, policy->calendar), *recipient};
    if (const auto opens = window.firstOpen(evaluation.now); opens > evaluation.now)
        return Obstacle{OutsideWindow, "The send window is shut.", opens};
    return std::nullopt;
}

std::optional<Obstacle> findObstacle(const Evaluation& evaluation, const SubstitutionRule& rule,
                                     const std::vector<OfferView>& offers) {
    for (const auto& offer : offers)
        if (auto found = obstacleOf(evaluation, rule, offer)) return found;
    if (evaluation.subject.missing_since)
        return Obstacle{WithheldReason::Missing,
                        "The last snapshot did not have the line, or not readably.", std::nullopt};
    if (!waitingOf(evaluation.subject.line).isPositive())
        return Obstacle{WithheldReason::NotTrueAnyMore,
                        "All that is open is reserved for the line.", std::nullopt};
    if (auto found = obstacleOfDate(evaluation, rule)) return found;
    return obstacleToTelling(evaluation);
}

void decideWish(Evaluation& evaluation, const std::vector<OfferView>& offers) {
    const auto* const rule =
        evaluation.firstMatching("substitution", evaluation.rules.substitution);
    if (!rule) return;
    auto obstacle = findObstacle(evaluation, *rule, offers);
    if (!obstacle) {
        evaluation.wishOffer(*rule);
        return;
    }
    if (obstacle->until) evaluation.lookAgain(*obstacle->until);
    evaluation.withhold(
        About{Topic::Offer, rule->name}, obstacle->reason,
        [&] { return std::move(obstacle->words); }, obstacle->until);
}

}  // namespace

void decideOffers(Evaluation& evaluation) {
    if (!evaluation.open) return;
    const auto offers = offersOf(evaluation.subject);
    for (const auto& offer : offers) {
        if (offer.state == State::Open)
            decideOpen(evaluation, offer);
        else
            decideEnded(evaluation, offer);
    }
    decideWish(evaluation, offers);
}

}  // namespace backorderd::rules

#include "rules/fulfilment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <numeric>

#include "rules/evaluation.hpp"
#include "rules/rationing.hpp"

namespace backorderd::rules {
namespace {

using Rank = FulfilmentRule::Rank;
using Strategy = FulfilmentRule::Strategy;

/// Advice that no rule wanted told for so long is of yesterday's stock.
constexpr std::chrono::days kAllocationNewsFor{2};

std::string rankInWords(Rank rank, const Claim& claim) {
    const auto& line = claim.line();
    switch (rank) {
        case Rank::Tier:
            return line.customer.tier.empty() ? "no tier" : "tier " + line.customer.tier;
        case Rank::PromiseDate:
            return line.promise.to ? "promised for " + formatDate(*line.promise.to)
                                   : "no promised date";
        case Rank::Age:
            return "waiting since " + formatDate(claim.opened_on);
        case Rank::OpenValue: {
            const auto value = line.openValue();
            return fmt::format("{}{}{} open", value.amount.toString(),
                               value.currency.empty() ? "" : " ", value.currency);
        }
    }
    return {};
}

std::string reasonOf(const Claim& claim) {
    auto words = claim.reason;
    std::string_view between = "; ";
    for (const auto rank : claim.rule->rank) {
        words += fmt::format("{}{}", between, rankInWords(rank, claim));
        between = ", ";
    }
    return words;
}

}  // namespace

std::string_view strategyName(Strategy strategy) {
    switch (strategy) {
        case Strategy::Win:
            return "win";
        case Strategy::Gain:
            return "gain";
        case Strategy::Redistribute:
            return "redistribute";
        case Strategy::Fill:
            return "fill";
        case Strategy::Lose:
            return "lose";
    }
    return "";
}

struct Allocation::State {
    const RuleSet& rules;
    std::string item;
    Timestamp now{};
    std::deque<Case> cases{};  ///< stay where they are: claims point at them
    std::vector<Claim> claims{};
};

Allocation::Allocation(const RuleSet& rules, std::string item, Timestamp now)
    : state_{new State{rules, std::move(item), now}} {}

Allocation::~Allocation() = default;

void Allocation::add(Case&& subject) {
    auto& added = state_->cases.emplace_back(std::move(subject));
    if (added.line.item.id == state_->item)
        if (auto claim = claimOf(added, state_->rules, state_->now))
            state_->claims.push_back(std::move(*claim));
    added.events = {};
    added.notices = {};
}

std::vector<std::pair<CaseId, AllocationProposed>> Allocation::propose(const Goods& goods) const {
    const FreeStock stock{goods.stock};
    auto claims = state_->claims;
    std::sort(claims.begin(), claims.end(), isServedBefore);
    auto bundles = bundlesOf(claims, state_->cases, stock);
    const auto count = std::accumulate(
        bundles.begin(), bundles.end(), std::size_t{0},
        [](std::size_t sum, const Bundle& bundle) { return sum + bundle.claims.size(); });
    if (count < 2) return {};

    Rationing rationing{state_->item, stock, claims};
    rationing.serve(bundles);
    std::vector<std::pair<CaseId, AllocationProposed>> proposed;
    for (const auto& bundle : bundles)
        for (const auto& claim : bundle.claims)
            proposed.emplace_back(
                claim.subject->id,
                AllocationProposed{std::string{claim.source}, claim.given, claim.waiting,
                                   static_cast<int>(proposed.size()) + 1, static_cast<int>(count),
                                   std::string{strategyName(claim.strategy)}, reasonOf(claim)});
    return proposed;
}

void decideAllocation(Evaluation& evaluation, const FulfilmentRule& rule) {
    const auto& events = evaluation.subject.events;
    const auto& line = evaluation.subject.line;
    const auto latest = std::find_if(events.rbegin(), events.rend(), [](const CaseEvent& entry) {
        return std::holds_alternative<AllocationProposed>(entry.event);
    });
    if (latest == events.rend()) return;
    const auto& proposal = std::get<AllocationProposed>(latest->event);
    const About about{Topic::Allocation, rule.name};
    if (waitingOf(line) != proposal.open) {
        evaluation.withhold(about, WithheldReason::NotTrueAnyMore, [&] {
            return fmt::format("{} were waited for then, {} are now.", proposal.open.toString(),
                               waitingOf(line).toString());
        });
        return;
    }
    const bool planned = evaluation.history.pending[indexOf(Topic::Allocation)] > 0;
    if (!planned && evaluation.now > latest->at + kAllocationNewsFor) return;
    evaluation.alert({.topic = Topic::Allocation,
                      .rule = rule.name,
                      .team = rule.team,
                      .template_name = rule.template_name,
                      .calendar = &calendarNamed(evaluation.rules, rule.calendar),
                      .digest = rule.digest,
                      .policy = nullptr,
                      .key = fmt::format("{}/{}", topicName(Topic::Allocation), latest->seq),
                      .fact_at = latest->at,
                      .from = latest->at,
                      .needs_fresh_data = true,
                      .reason = proposal.reason,
                      .apart_by = fmt::format("{}/{}", line.key.source, line.item.id)});
}

}  // namespace backorderd::rules

#include "rules/calendar.hpp"
#include "rules/rules.hpp"
#include "rules/window.hpp"

namespace backorderd::rules {

const CadencePolicy* policyOf(const RuleSet& rules, const Case& subject, const Notice& notice,
                              Timestamp now) {
    const bool of_offer = notice.topic == Topic::Offer || notice.topic == Topic::OfferWithdrawn;
    for (const auto& policy : rules.cadence)
        if (of_offer ? holds(policy.match, subject, now) : policy.name == notice.rule)
            return &policy;
    return nullptr;
}

Timestamp sendOpensAt(const RuleSet& rules, const Case& subject, const Notice& notice,
                      Timestamp now) {
    static const CadencePolicy kNoPolicy;
    const auto* const found = policyOf(rules, subject, notice, now);
    const auto& policy = found ? *found : kNoPolicy;
    const Window window{policy, calendarNamed(rules, policy.calendar), notice.recipient};
    return window.firstOpen(now);
}

}  // namespace backorderd::rules

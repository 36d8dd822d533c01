#include <algorithm>

#include "config/config.hpp"

namespace backorderd::config {
namespace {

/// Gathers names with the place of their first use.
class Uses {
public:
    void add(const std::string& name, const Place& place) {
        if (!name.empty() && std::ranges::find(uses_, name, &TemplateUse::name) == uses_.end())
            uses_.push_back({name, place});
    }
    void add(const CadencePolicy& policy) {
        for (const auto& [topic, rule] : policy.messages)
            for (const auto* name : {&rule.template_name, &rule.first, &rule.second, &rule.further})
                add(*name, rule.place);
        if (policy.digest.by != DigestRule::By::None)
            add(policy.digest.template_name, policy.place);
        if (!policy.no_contact_team.empty()) add(policy.no_contact_template, policy.place);
    }
    void add(const SubstitutionRule& rule) {
        add(rule.offer.template_name, rule.offer.place);
        add(rule.withdrawn_template, rule.place);
        if (!rule.accepted_team.empty()) add(rule.accepted_template, rule.place);
    }
    void add(const EscalationRule& rule) {
        for (const auto& step : rule.steps) add(step.template_name, step.place);
    }
    void add(const FulfilmentRule& rule) {
        add(rule.template_name, rule.place);
        if (rule.expedite) add(rule.expedite->template_name, rule.expedite->place);
    }
    void add(const SupplyRule& rule) { add(rule.template_name, rule.place); }

    std::vector<TemplateUse> take() { return std::move(uses_); }

private:
    std::vector<TemplateUse> uses_;
};

}  // namespace

std::vector<TemplateUse> templatesUsed(const RuleSet& rules) {
    Uses uses;
    for (const auto& rule : rules.cadence) uses.add(rule);
    for (const auto& rule : rules.substitution) uses.add(rule);
    for (const auto& rule : rules.escalation) uses.add(rule);
    for (const auto& rule : rules.fulfilment) uses.add(rule);
    for (const auto& rule : rules.supply) uses.add(rule);
    return uses.take();
}

std::vector<std::string> templatesUnused(const RuleSet& rules,
                                         const std::vector<std::string>& names) {
    const auto uses = templatesUsed(rules);
    std::vector<std::string> unused;
    for (const std::string& name : names)
        if (std::ranges::find(uses, name, &TemplateUse::name) == uses.end()) unused.push_back(name);
    return unused;
}

}  // namespace backorderd::config

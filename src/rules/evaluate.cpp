#include "rules/advice.hpp"
#include "rules/cadence.hpp"
#include "rules/escalation.hpp"
#include "rules/evaluation.hpp"
#include "rules/incidents.hpp"
#include "rules/rules.hpp"

namespace backorderd::rules {

Decision evaluate(const RuleSet& rules, const Case& subject, const Facts& facts, Detail detail) {
    Evaluation evaluation{rules, subject, facts, detail};
    decideCadence(evaluation);
    decideEscalation(evaluation);
    decideIncidents(evaluation);
    decideAdvice(evaluation);
    return evaluation.finish();
}

}  // namespace backorderd::rules

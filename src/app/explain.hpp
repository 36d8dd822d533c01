#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "backorderd/decision.hpp"
#include "backorderd/message.hpp"
#include "backorderd/snapshot.hpp"
#include "rules/rules.hpp"

namespace backorderd::app {

/// A case in one row of a list.
nlohmann::json lineRow(const Case& subject, Timestamp now);
nlohmann::json noticeRow(const Notice& notice);
nlohmann::json messageRow(const Message& message);

/// What the story of a case is made of.
struct Telling {
    const Case& subject;       ///< as it is at `at`
    const Decision& decision;  ///< on that case at that moment, in full words
    const RuleSet& rule_set;
    Timestamp at{};
    std::vector<StockLevel> stock;  ///< of the line's item
    /// Of the first substitution rule that matches the line, or of the first there is.
    std::string candidates_rule;
    std::vector<rules::Candidate> candidates;
};

/// The whole story of a case, and what comes next and why: made of the same decision that the
/// daemon acts on.
///
/// | member | holds |
/// |---|---|
/// | those of `lineRow`, `adopted`, `contact`, `missing_since` | the line |
/// | `timeline` | `at`, `kind`, `text`: events, and what became of notices |
/// | `offers`, `ladders` | what was offered; ladders with step and next step |
/// | `rules` | `section`, `rule`, `applied`, `why_not`, `found`, `wanted`, `place` |
/// | `planned`, `withheld` | what leaves when and to whom; what does not, and why |
/// | `nearest` | the condition that would change the outcome, in a sentence; null: none |
/// | `substitutes` | candidates with `fits` and `why_not` |
/// | `data` | of its source: `last_poll`, `last_good_at`, `fresh_until` |
/// | `stock`, `next_look` | free stock of the item; when it is looked at again |
nlohmann::json explainCase(const Telling& telling);

}  // namespace backorderd::app

#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "backorderd/rule.hpp"

namespace backorderd::rules {

/// Reports conditions that no line can fit: two tests of one field that exclude each other, a
/// `none` that takes out everything. Segments and groups are looked into. A pair is reported once,
/// whoever uses it.
class Contradictions {
public:
    explicit Contradictions(Problems& problems) : problems_(problems) {}

    /// `what` names the rule in problems. `given` must hold as well: the match of the rule whose
    /// part the condition is, or null.
    void check(const Condition& condition, const std::string& what,
               const Condition* given = nullptr);

private:
    using Tests = std::vector<const Test*>;
    void walk(const Condition& condition, const std::string& what, const Tests& given);
    void checkPair(const Test& before, const Test& test, const std::string& what);

    Problems& problems_;
    std::set<std::pair<const Test*, const Test*>> seen_;
};

/// A condition has no place of its own: its first test stands for it.
Place placeOf(const Condition& condition);

}  // namespace backorderd::rules

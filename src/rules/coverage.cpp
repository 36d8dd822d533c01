#include "rules/coverage.hpp"

#include <algorithm>

namespace backorderd::rules {
namespace {

void add(FlatCondition& flat, const Condition& condition) {
    for (const auto& test : condition.tests) flat.tests.push_back(&test);
    for (const auto& part : condition.all) add(flat, part);
    for (const auto& use : condition.segments)
        if (use.condition) add(flat, *use.condition);
    for (const auto& group : condition.any) {
        if (group.size() == 1)
            add(flat, group.front());
        else
            flat.any.push_back(&group);
    }
    for (const auto& part : condition.none) flat.none.push_back(&part);
}

bool sameField(const Test& a, const Test& b) {
    return a.field == b.field && a.attribute == b.attribute;
}

bool boundsMoney(const Test& test) { return !test.currency.empty(); }

/// Periods of different units are not compared: how long a business day is, a calendar knows.
bool atLeast(const std::optional<Period>& a, const std::optional<Period>& b) {
    return a && b && a->unit == b->unit && a->count >= b->count;
}

template <class Value>
bool atLeast(const std::optional<Value>& a, const std::optional<Value>& b) {
    return a && b && *a >= *b;
}

template <class Value>
bool above(const std::optional<Value>& a, const std::optional<Value>& b) {
    return a && b && *a > *b;
}
bool above(const std::optional<Period>& a, const std::optional<Period>& b) {
    return a && b && a->unit == b->unit && a->count > b->count;
}

bool isListed(const std::vector<std::string>& words, const std::string& word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

bool impliesBounds(const Test& narrow, const Test& wide) {
    return (!wide.min || atLeast(narrow.min, wide.min)) &&
           (!wide.max || atLeast(wide.max, narrow.max)) &&
           (!wide.min_age || atLeast(narrow.min_age, wide.min_age)) &&
           (!wide.max_age || atLeast(wide.max_age, narrow.max_age)) &&
           (!wide.from || atLeast(narrow.from, wide.from)) &&
           (!wide.until || atLeast(wide.until, narrow.until)) && wide.currency == narrow.currency;
}

bool implies(const Test& narrow, const Test& wide) {
    if (!sameField(narrow, wide)) return false;
    const bool needs_value = !narrow.known && !narrow.or_unknown;
    if (wide.known) return narrow.known == wide.known || (*wide.known && needs_value);
    if (narrow.known) return !*narrow.known && wide.or_unknown;
    if (narrow.or_unknown && !wide.or_unknown) return false;
    if (wide.flag && narrow.flag != wide.flag) return false;
    if (!wide.like.empty() && narrow.like != wide.like) return false;
    if (!wide.any_of.empty()) {
        const bool within =
            std::all_of(narrow.any_of.begin(), narrow.any_of.end(),
                        [&](const std::string& word) { return isListed(wide.any_of, word); });
        if (narrow.any_of.empty() || !within) return false;
    }
    return impliesBounds(narrow, wide);
}

/// Whether some alternative of a group holds wherever `narrow` does.
bool coversGroup(const std::vector<Condition>& wide, const FlatCondition& narrow) {
    const auto some = [&](const FlatCondition& given) {
        return std::any_of(wide.begin(), wide.end(), [&](const Condition& alternative) {
            return covers(flatten(alternative), given);
        });
    };
    if (some(narrow)) return true;
    return std::any_of(narrow.any.begin(), narrow.any.end(), [&](const auto* group) {
        return std::all_of(group->begin(), group->end(), [&](const Condition& alternative) {
            return some(flatten(alternative));
        });
    });
}

bool coversExclusion(const Condition& excluded, const FlatCondition& narrow) {
    return std::any_of(narrow.none.begin(), narrow.none.end(), [&](const Condition* other) {
        return covers(flatten(*other), flatten(excluded));
    });
}

bool boundsContradict(const Test& a, const Test& b) {
    return above(a.min, b.max) || above(a.min_age, b.max_age) || above(a.from, b.until);
}

}  // namespace

FlatCondition flatten(const Condition& condition) {
    FlatCondition flat;
    add(flat, condition);
    return flat;
}

bool covers(const FlatCondition& wide, const FlatCondition& narrow) {
    return std::all_of(wide.tests.begin(), wide.tests.end(),
                       [&](const Test* asked) {
                           return std::any_of(
                               narrow.tests.begin(), narrow.tests.end(),
                               [&](const Test* given) { return implies(*given, *asked); });
                       }) &&
           std::all_of(wide.any.begin(), wide.any.end(),
                       [&](const auto* group) { return coversGroup(*group, narrow); }) &&
           std::all_of(wide.none.begin(), wide.none.end(), [&](const Condition* excluded) {
               return coversExclusion(*excluded, narrow);
           });
}

bool contradicts(const Test& a, const Test& b) {
    if (!sameField(a, b) || (a.or_unknown && b.or_unknown)) return false;
    if (a.known && b.known) return *a.known != *b.known;
    if (a.known) return !*a.known && !b.or_unknown;
    if (b.known) return !*b.known && !a.or_unknown;
    if (a.flag && b.flag && *a.flag != *b.flag) return true;
    if (boundsMoney(a) && boundsMoney(b) && a.currency != b.currency) return true;
    if (!a.any_of.empty() && !b.any_of.empty() &&
        std::none_of(a.any_of.begin(), a.any_of.end(),
                     [&](const std::string& word) { return isListed(b.any_of, word); }))
        return true;
    return boundsContradict(a, b) || boundsContradict(b, a);
}

}  // namespace backorderd::rules

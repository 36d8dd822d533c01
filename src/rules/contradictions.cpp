#include "rules/contradictions.hpp"

#include <fmt/format.h>

#include "rules/condition_value.hpp"
#include "rules/coverage.hpp"

namespace backorderd::rules {
namespace {

std::string nameOf(const Test& test) {
    return test.attribute.empty() ? std::string{test.field->name} : test.attribute;
}

std::string wordsOf(const Place& place) {
    if (place.file.empty()) return "what the rule is for";
    return fmt::format("the one at {}:{}:{}", place.file, place.line, place.column);
}

}  // namespace

Place placeOf(const Condition& condition) {
    if (!condition.tests.empty()) return condition.tests.front().place;
    if (!condition.segments.empty()) return condition.segments.front().place;
    for (const auto* parts : {&condition.all, &condition.none})
        if (!parts->empty()) return placeOf(parts->front());
    for (const auto& list : condition.any)
        if (!list.empty()) return placeOf(list.front());
    return {};
}

void Contradictions::check(const Condition& condition, const std::string& what,
                           const Condition* given) {
    walk(condition, what, given ? flatten(*given).tests : Tests{});
}

void Contradictions::walk(const Condition& condition, const std::string& what, const Tests& given) {
    const auto flat = flatten(condition);
    Tests all = given;
    for (const Test* test : flat.tests) {
        for (const Test* before : all) checkPair(*before, *test, what);
        all.push_back(test);
    }
    for (const auto* group : flat.any)
        for (const auto& alternative : *group) walk(alternative, what, all);
    for (const Condition* excluded : flat.none) {
        walk(*excluded, what, {});
        auto rest = flat;
        std::erase(rest.none, excluded);
        if (!covers(flatten(*excluded), rest)) continue;
        problems_.push_back(
            {placeOf(*excluded), fmt::format("{} can never match: this 'none' takes out every line "
                                             "that the rest of the condition lets in",
                                             what)});
    }
}

void Contradictions::checkPair(const Test& before, const Test& test, const std::string& what) {
    if (!contradicts(before, test) || !seen_.emplace(&before, &test).second) return;
    problems_.push_back(
        {test.place, fmt::format("{}: no line can pass both this test of '{}' ({}) and {} ({}); "
                                 "correct one of them, or write 'any' where one is enough",
                                 what, nameOf(test), testInWords(test), wordsOf(before.place),
                                 testInWords(before))});
}

}  // namespace backorderd::rules

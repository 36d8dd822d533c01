#pragma once

#include <string>
#include <variant>

#include "rules/condition.hpp"

namespace backorderd::rules {

/// A span that began at a moment; compared in the units of the period it is asked against.
struct Since {
    Timestamp began;
};

/// What a test finds. `monostate`: not known.
using Value = std::variant<std::monostate, std::string, Decimal, Money, Date, Since, bool>;

Value findValue(const Test& test, Question& question);
bool passes(const Test& test, const Value& value, Question& question);

/// For `explain`: `unknown`, `12.5`, `2026-03-20`, `3d`.
std::string valueInWords(const Value& value, const Question& question);
/// `one of pumps, valves`, `at least 5bd`.
std::string testInWords(const Test& test);

}  // namespace backorderd::rules

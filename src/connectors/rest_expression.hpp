#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "backorderd/dates.hpp"

namespace backorderd::connectors::rest {

/// An expression of a mapping; docs/connectors/writing-a-mapping.md has the language.
struct Expression {
    std::string function;              ///< empty: a text; `/`: a pointer; `^`: one into the parent
    std::string text;                  ///< of a text
    std::vector<std::string> pointer;  ///< its parts
    std::vector<Expression> arguments;

    bool absent() const { return function.empty() && text.empty(); }
};

using Texts = std::map<std::string, std::string, std::less<>>;

/// A record, and the one that it stood in where it is an element of that.
struct Row {
    const nlohmann::json* record = nullptr;
    const nlohmann::json* parent = nullptr;
};

/// Records of other requests by key.
class Joins {
public:
    virtual ~Joins() = default;
    /// Of that request with that key, in the order in which they came.
    virtual std::vector<Row> rows(std::string_view request, const std::string& key) = 0;
};

/// What an expression is evaluated in.
struct Scope {
    Row row;
    Joins& joins;
    const Texts& values;
    Date today{};
};

/// Reads an expression. `fault` says what is wrong, for a person, and is left alone where nothing
/// is.
Expression parseExpression(std::string_view text, std::string& fault);
std::string evaluate(const Expression& expression, const Scope& scope);
/// Whether a value counts as true: all but nothing, `false` and a zero.
bool isTrue(std::string_view value);

/// The parts of a JSON Pointer; empty for the whole document.
std::vector<std::string> pointerParts(std::string_view pointer);
/// What the pointer leads to, or null.
const nlohmann::json* follow(const nlohmann::json& from, const std::vector<std::string>& pointer);
/// A value as a text; empty for null, lists and objects.
std::string textOf(const nlohmann::json* value);

/// Names of the requests that the expression looks into.
void collectRequests(const Expression& expression, std::vector<std::string>& requests);
/// Whether the expression means something else from day to day.
bool asksForToday(const Expression& expression);
/// Names of the mapping's values that the expression asks for.
void collectValues(const Expression& expression, std::vector<std::string>& names);

}  // namespace backorderd::connectors::rest

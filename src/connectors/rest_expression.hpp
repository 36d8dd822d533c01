#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "backorderd/dates.hpp"
#include "connectors/rest_json.hpp"

namespace backorderd::connectors::rest {

/// What an expression is: a text, a pointer into the record or into what it stood in, or a function
/// of that name.
enum class Operation : std::uint8_t {
    Text,
    Pointer,
    Parent,
    First,
    Join,
    Split,
    Map,
    Date,
    Decimal,
    Add,
    Subtract,
    Multiply,
    Abs,
    Least,
    Greatest,
    Lower,
    Upper,
    Value,
    Today,
    Lookup,
    Latest,
    Total,
    Pick,
    Sum,
    When,
    Equals,
    Less,
    Positive,
    Empty,
    Not,
    All,
    Any,
};

/// An expression of a mapping; docs/connectors/writing-a-mapping.md has the language.
struct Expression {
    Operation operation = Operation::Text;
    std::string text;  ///< of a text
    Pointer pointer;
    std::vector<Expression> arguments;

    bool absent() const { return operation == Operation::Text && text.empty(); }
};

using Texts = std::map<std::string, std::string, std::less<>>;

/// A record, and the one that it stood in where it is an element of that.
struct Row {
    const Node* record = nullptr;
    const Node* parent = nullptr;
};

/// Records of other requests by key.
class Joins {
public:
    virtual ~Joins() = default;
    /// Of that request with that key, in the order in which they came.
    virtual std::span<const Row> rows(std::string_view request, std::string_view key) = 0;
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
/// The same without a copy where it can be: the value stands in the mapping, in a record, or in
/// `space`.
std::string_view evaluate(const Expression& expression, const Scope& scope, std::string& space);
/// Whether a value counts as true: all but nothing, `false` and a zero.
bool isTrue(std::string_view value);

/// Names of the requests that the expression looks into.
void collectRequests(const Expression& expression, std::vector<std::string>& requests);
/// Whether the expression means something else from day to day.
bool asksForToday(const Expression& expression);
/// Names of the mapping's values that the expression asks for.
void collectValues(const Expression& expression, std::vector<std::string>& names);

}  // namespace backorderd::connectors::rest

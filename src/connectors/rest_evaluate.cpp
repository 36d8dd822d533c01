#include <algorithm>
#include <optional>

#include "backorderd/decimal.hpp"
#include "connectors/rest_dates.hpp"
#include "connectors/rest_expression.hpp"

namespace backorderd::connectors::rest {

namespace {

using Arguments = std::vector<Expression>;

std::string_view truth(bool is) { return is ? "true" : ""; }

std::string_view argument(const Expression& e, std::size_t index, const Scope& scope,
                          std::string& space) {
    return index < e.arguments.size() ? evaluate(e.arguments[index], scope, space)
                                      : std::string_view{};
}

std::string argument(const Expression& e, std::size_t index, const Scope& scope) {
    return index < e.arguments.size() ? evaluate(e.arguments[index], scope) : std::string{};
}

Decimal numberOr0(std::string_view text) { return Decimal::parse(text).value_or(Decimal{}); }

/// The sum that does not leave the range.
Decimal bounded(Decimal a, Decimal b, bool minus) {
    std::int64_t sum = 0;
    const bool over = minus ? __builtin_sub_overflow(a.millionths(), b.millionths(), &sum)
                            : __builtin_add_overflow(a.millionths(), b.millionths(), &sum);
    return over ? a : Decimal::fromMillionths(sum);
}

Decimal combined(Operation operation, Decimal a, Decimal b) {
    switch (operation) {
        case Operation::Subtract:
            return bounded(a, b, true);
        case Operation::Multiply:
            return Decimal::cappedProduct(a, b);
        case Operation::Least:
            return std::min(a, b);
        case Operation::Greatest:
            return std::max(a, b);
        default:
            return bounded(a, b, false);
    }
}

std::string arithmetic(const Expression& e, const Scope& scope) {
    std::optional<Decimal> result;
    bool any = false;
    std::string space;
    for (const Expression& each : e.arguments) {
        const std::string_view text = evaluate(each, scope, space);
        const auto number = text.empty() ? Decimal{} : Decimal::parse(text);
        // What is no number is left as it is, so that the column's own check names it.
        if (!number) return std::string{text};
        any = any || !text.empty();
        result = result ? combined(e.operation, *result, *number) : *number;
    }
    return any ? result->toString() : std::string{};
}

std::string splitText(const Expression& e, const Scope& scope) {
    const std::string text = argument(e, 0, scope);
    const std::string separator = argument(e, 1, scope);
    const std::string which = argument(e, 2, scope);
    if (separator.empty()) return text;
    std::vector<std::string> parts;
    std::size_t begin = 0;
    for (std::size_t end = 0; end != std::string::npos; begin = end + separator.size()) {
        end = text.find(separator, begin);
        parts.push_back(text.substr(begin, end == std::string::npos ? end : end - begin));
        if (end == std::string::npos) break;
    }
    const auto number = Decimal::parse(which).value_or(Decimal{1}).millionths() / Decimal::kScale;
    const auto count = static_cast<std::int64_t>(parts.size());
    const std::int64_t index = number < 0 ? count + number : number - 1;
    return index >= 0 && index < count ? parts[static_cast<std::size_t>(index)] : std::string{};
}

std::string_view mapText(const Expression& e, const Scope& scope, std::string& space) {
    std::string own, other;
    const std::string_view text = argument(e, 0, scope, own);
    std::size_t i = 1;
    for (; i + 1 < e.arguments.size(); i += 2)
        if (argument(e, i, scope, other) == text) return argument(e, i + 1, scope, space);
    return argument(e, i, scope, space);
}

std::string decimalText(const Expression& e, const Scope& scope) {
    const std::string sign = argument(e, 1, scope);
    const std::string group = argument(e, 2, scope);
    std::string text = argument(e, 0, scope);
    for (std::size_t at = 0; !group.empty() && (at = text.find(group, at)) != std::string::npos;)
        text.erase(at, group.size());
    if (const auto at = text.find(sign); !sign.empty() && at != std::string::npos)
        text.replace(at, sign.size(), ".");
    return text;
}

/// Adds the number in a text, where it is one. What is none comes out in its place, so that the
/// column's own check names it.
bool addTo(Decimal& sum, std::string_view text) {
    if (!text.empty() && !Decimal::parse(text)) return false;
    sum = bounded(sum, numberOr0(text), false);
    return true;
}

std::string_view joined(const Expression& e, const Scope& scope, std::string& space) {
    std::string own;
    const std::string_view key = argument(e, 1, scope, own);
    if (key.empty()) return {};
    const std::span<const Row> rows = scope.joins.rows(e.arguments[0].text, key);
    const auto in = [&](const Row& row) {
        const Scope there{row, scope.joins, scope.values, scope.today};
        return evaluate(e.arguments[2], there, space);
    };
    if (rows.empty()) return {};
    if (e.operation == Operation::Lookup) return in(rows.front());
    if (e.operation == Operation::Latest) return in(rows.back());
    Decimal sum;
    for (const Row& row : rows)
        if (const std::string_view text = in(row); !addTo(sum, text)) return text;
    return space = sum.toString();
}

/// `pick` and `sum`, over a list within the record.
std::string_view withinList(const Expression& e, const Scope& scope, std::string& space) {
    const Expression& list = e.arguments[0];
    const Node* from = list.operation == Operation::Parent ? scope.row.parent : scope.row.record;
    const Node* elements = from == nullptr ? nullptr : follow(*from, list.pointer);
    if (elements == nullptr || elements->kind != Node::Kind::List) return {};
    Decimal sum;
    std::string other;
    for (const Node& element : Children{*elements}) {
        const Scope there{Row{&element, scope.row.record}, scope.joins, scope.values, scope.today};
        const std::string_view text = argument(e, 1, there, space);
        if (e.operation == Operation::Sum) {
            if (!addTo(sum, text)) return text;
        } else if (text == argument(e, 2, scope, other)) {
            return argument(e, 3, there, space);
        }
    }
    if (e.operation != Operation::Sum || elements->size == 1) return {};
    return space = sum.toString();
}

bool same(std::string_view a, std::string_view b) {
    if (a == b) return true;
    const auto left = Decimal::parse(a);
    const auto right = left ? Decimal::parse(b) : std::nullopt;
    return right && *left == *right;
}

bool isLess(std::string_view a, std::string_view b) {
    if (a.empty() || b.empty()) return false;
    const auto left = Decimal::parse(a), right = Decimal::parse(b);
    return left && right ? *left < *right : a < b;
}

bool condition(const Expression& e, const Scope& scope) {
    std::string space, other;
    const auto holds = [&](const Expression& each) { return isTrue(evaluate(each, scope, space)); };
    if (e.operation == Operation::All) return std::ranges::all_of(e.arguments, holds);
    if (e.operation == Operation::Any) return std::ranges::any_of(e.arguments, holds);
    const std::string_view text = argument(e, 0, scope, space);
    if (e.operation == Operation::Not) return !isTrue(text);
    if (e.operation == Operation::Empty) return text.empty();
    if (e.operation == Operation::Positive) return numberOr0(text).isPositive();
    if (e.operation == Operation::Less) return isLess(text, argument(e, 1, scope, other));
    for (std::size_t i = 1; i < e.arguments.size(); ++i)
        if (same(text, argument(e, i, scope, other))) return true;
    return false;
}

std::string cased(std::string text, char from, char to) {
    for (char& c : text)
        if (c >= from && c <= from + 25) c = static_cast<char>(c - from + to);
    return text;
}

std::string_view firstOf(const Expression& e, const Scope& scope, std::string& space) {
    for (const Expression& each : e.arguments)
        if (const auto text = evaluate(each, scope, space); !text.empty()) return text;
    return {};
}

std::string joinTexts(const Expression& e, const Scope& scope) {
    const std::string separator = argument(e, 0, scope);
    std::string all, space;
    for (std::size_t i = 1; i < e.arguments.size(); ++i) {
        const std::string_view text = argument(e, i, scope, space);
        if (text.empty()) continue;
        if (!all.empty()) all += separator;
        all += text;
    }
    return all;
}

std::string_view dateText(const Expression& e, const Scope& scope, std::string& space) {
    std::string format, zone;
    const std::string_view text = argument(e, 0, scope, space);
    const std::string_view as = argument(e, 1, scope, format), in = argument(e, 2, scope, zone);
    // The usual case stands in the text as it is.
    if (as == "iso" && in.empty() && parseDate(text.substr(0, 10))) return text.substr(0, 10);
    return space = readDate(text, as, in);
}

std::string_view pointed(const Node* from, const Pointer& pointer) {
    return from == nullptr ? std::string_view{} : textOf(follow(*from, pointer));
}

std::string_view valueNamed(const Expression& e, const Scope& scope) {
    const auto found = scope.values.find(e.arguments[0].text);
    return found == scope.values.end() ? std::string_view{} : found->second;
}

}  // namespace

bool isTrue(std::string_view value) {
    if (value.empty() || value == "false") return false;
    const auto number = Decimal::parse(value);
    return !number || !number->isZero();
}

std::string evaluate(const Expression& e, const Scope& scope) {
    std::string space;
    return std::string{evaluate(e, scope, space)};
}

std::string_view evaluate(const Expression& e, const Scope& scope, std::string& space) {
    switch (e.operation) {
        case Operation::Text:
            return e.text;
        case Operation::Pointer:
            return pointed(scope.row.record, e.pointer);
        case Operation::Parent:
            return pointed(scope.row.parent, e.pointer);
        case Operation::First:
            return firstOf(e, scope, space);
        case Operation::Join:
            return space = joinTexts(e, scope);
        case Operation::Split:
            return space = splitText(e, scope);
        case Operation::Map:
            return mapText(e, scope, space);
        case Operation::Date:
            return dateText(e, scope, space);
        case Operation::Decimal:
            return space = decimalText(e, scope);
        case Operation::Abs: {
            const std::string_view text = argument(e, 0, scope, space);
            return text.substr(text.starts_with('-') ? 1 : 0);
        }
        case Operation::Lower:
            return space = cased(argument(e, 0, scope), 'A', 'a');
        case Operation::Upper:
            return space = cased(argument(e, 0, scope), 'a', 'A');
        case Operation::Value:
            return valueNamed(e, scope);
        case Operation::Today:
            return space = formatDate(scope.today);
        case Operation::Lookup:
        case Operation::Latest:
        case Operation::Total:
            return joined(e, scope, space);
        case Operation::Pick:
        case Operation::Sum:
            return withinList(e, scope, space);
        case Operation::When:
            return argument(e, isTrue(argument(e, 0, scope, space)) ? 1 : 2, scope, space);
        case Operation::Add:
        case Operation::Subtract:
        case Operation::Multiply:
        case Operation::Least:
        case Operation::Greatest:
            return space = arithmetic(e, scope);
        case Operation::Equals:
        case Operation::Less:
        case Operation::Positive:
        case Operation::Empty:
        case Operation::Not:
        case Operation::All:
        case Operation::Any:
            return truth(condition(e, scope));
    }
    return {};
}

}  // namespace backorderd::connectors::rest

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>

#include "backorderd/decimal.hpp"
#include "connectors/rest_dates.hpp"
#include "connectors/rest_expression.hpp"

namespace backorderd::connectors::rest {

using nlohmann::json;

namespace {

using Arguments = std::vector<Expression>;

std::string truth(bool is) { return is ? "true" : ""; }

std::string argument(const Arguments& arguments, std::size_t index, const Scope& scope) {
    return index < arguments.size() ? evaluate(arguments[index], scope) : std::string{};
}

Decimal numberOr0(const std::string& text) { return Decimal::parse(text).value_or(Decimal{}); }

/// The sum that does not leave the range.
Decimal bounded(Decimal a, Decimal b, bool minus) {
    std::int64_t sum = 0;
    const bool over = minus ? __builtin_sub_overflow(a.millionths(), b.millionths(), &sum)
                            : __builtin_add_overflow(a.millionths(), b.millionths(), &sum);
    return over ? a : Decimal::fromMillionths(sum);
}

std::string reduce(const Arguments& arguments, const Scope& scope,
                   const std::function<Decimal(Decimal, Decimal)>& step) {
    std::optional<Decimal> result;
    bool any = false;
    for (const Expression& each : arguments) {
        const std::string text = evaluate(each, scope);
        any = any || !text.empty();
        // What is no number is left as it is, so that the column's own check names it.
        if (!text.empty() && !Decimal::parse(text)) return text;
        result = result ? step(*result, numberOr0(text)) : numberOr0(text);
    }
    return any && result ? result->toString() : std::string{};
}

std::string arithmetic(const Expression& e, const Scope& scope) {
    const auto& name = e.function;
    if (name == "add")
        return reduce(e.arguments, scope,
                      [](Decimal a, Decimal b) { return bounded(a, b, false); });
    if (name == "subtract")
        return reduce(e.arguments, scope, [](Decimal a, Decimal b) { return bounded(a, b, true); });
    if (name == "multiply")
        return reduce(e.arguments, scope,
                      [](Decimal a, Decimal b) { return Decimal::cappedProduct(a, b); });
    if (name == "least")
        return reduce(e.arguments, scope, [](Decimal a, Decimal b) { return std::min(a, b); });
    if (name == "greatest")
        return reduce(e.arguments, scope, [](Decimal a, Decimal b) { return std::max(a, b); });
    const std::string text = argument(e.arguments, 0, scope);
    return text.starts_with('-') ? text.substr(1) : text;
}

std::string splitText(const Expression& e, const Scope& scope) {
    const std::string text = argument(e.arguments, 0, scope);
    const std::string separator = argument(e.arguments, 1, scope);
    const std::string which = argument(e.arguments, 2, scope);
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

std::string mapText(const Expression& e, const Scope& scope) {
    const std::string text = argument(e.arguments, 0, scope);
    std::size_t i = 1;
    for (; i + 1 < e.arguments.size(); i += 2)
        if (argument(e.arguments, i, scope) == text) return argument(e.arguments, i + 1, scope);
    return argument(e.arguments, i, scope);
}

std::string decimalText(const Expression& e, const Scope& scope) {
    const std::string sign = argument(e.arguments, 1, scope);
    const std::string group = argument(e.arguments, 2, scope);
    std::string text = argument(e.arguments, 0, scope);
    for (std::size_t at = 0; !group.empty() && (at = text.find(group, at)) != std::string::npos;)
        text.erase(at, group.size());
    if (const auto at = text.find(sign); !sign.empty() && at != std::string::npos)
        text.replace(at, sign.size(), ".");
    return text;
}

/// Adds the number in a text, where it is one. What is none comes out in its place, so that the
/// column's own check names it.
bool addTo(Decimal& sum, std::string& text) {
    if (!text.empty() && !Decimal::parse(text)) return false;
    sum = bounded(sum, numberOr0(text), false);
    return true;
}

std::string joined(const Expression& e, const Scope& scope) {
    const std::string request = e.arguments[0].text;
    const std::string key = evaluate(e.arguments[1], scope);
    if (key.empty()) return {};
    const std::vector<Row> rows = scope.joins.rows(request, key);
    const auto in = [&](const Row& row) {
        const Scope there{row, scope.joins, scope.values, scope.today};
        return evaluate(e.arguments[2], there);
    };
    if (rows.empty()) return {};
    if (e.function == "lookup") return in(rows.front());
    if (e.function == "latest") return in(rows.back());
    Decimal sum;
    for (const Row& row : rows)
        if (std::string text = in(row); !addTo(sum, text)) return text;
    return sum.toString();
}

/// `pick` and `sum`, over a list within the record.
std::string withinList(const Expression& e, const Scope& scope) {
    const Expression& list = e.arguments[0];
    const json* from = list.function == "^" ? scope.row.parent : scope.row.record;
    const json* elements = from == nullptr ? nullptr : follow(*from, list.pointer);
    if (elements == nullptr || !elements->is_array()) return {};
    Decimal sum;
    for (const json& element : *elements) {
        const Scope there{Row{&element, scope.row.record}, scope.joins, scope.values, scope.today};
        std::string text = evaluate(e.arguments[1], there);
        if (e.function == "sum") {
            if (!addTo(sum, text)) return text;
        } else if (text == evaluate(e.arguments[2], scope)) {
            return evaluate(e.arguments[3], there);
        }
    }
    return e.function == "sum" && !elements->empty() ? sum.toString() : std::string{};
}

bool same(const std::string& a, const std::string& b) {
    if (a == b) return true;
    const auto left = Decimal::parse(a), right = Decimal::parse(b);
    return left && right && *left == *right;
}

bool isLess(const std::string& a, const std::string& b) {
    if (a.empty() || b.empty()) return false;
    const auto left = Decimal::parse(a), right = Decimal::parse(b);
    return left && right ? *left < *right : a < b;
}

std::string condition(const Expression& e, const Scope& scope) {
    const auto& name = e.function;
    const auto holds = [&](const Expression& each) { return isTrue(evaluate(each, scope)); };
    if (name == "all") return truth(std::ranges::all_of(e.arguments, holds));
    if (name == "any") return truth(std::ranges::any_of(e.arguments, holds));
    const std::string text = argument(e.arguments, 0, scope);
    if (name == "not") return truth(!isTrue(text));
    if (name == "empty") return truth(text.empty());
    if (name == "positive") return truth(numberOr0(text).isPositive());
    if (name == "less") return truth(isLess(text, argument(e.arguments, 1, scope)));
    for (std::size_t i = 1; i < e.arguments.size(); ++i)
        if (same(text, argument(e.arguments, i, scope))) return "true";
    return {};
}

std::string cased(std::string text, char from, char to) {
    for (char& c : text)
        if (c >= from && c <= from + 25) c = static_cast<char>(c - from + to);
    return text;
}

std::string firstOrJoined(const Expression& e, const Scope& scope) {
    const bool join = e.function == "join";
    const std::string separator = join ? argument(e.arguments, 0, scope) : std::string{};
    std::string all;
    for (std::size_t i = join ? 1 : 0; i < e.arguments.size(); ++i) {
        const std::string text = argument(e.arguments, i, scope);
        if (text.empty()) continue;
        if (!join) return text;
        if (!all.empty()) all += separator;
        all += text;
    }
    return all;
}

std::string whenever(const Expression& e, const Scope& scope) {
    return argument(e.arguments, isTrue(argument(e.arguments, 0, scope)) ? 1 : 2, scope);
}

std::string dateText(const Expression& e, const Scope& scope) {
    return readDate(argument(e.arguments, 0, scope), argument(e.arguments, 1, scope),
                    argument(e.arguments, 2, scope));
}

}  // namespace

bool isTrue(std::string_view value) {
    if (value.empty() || value == "false") return false;
    const auto number = Decimal::parse(value);
    return !number || !number->isZero();
}

std::string evaluate(const Expression& e, const Scope& scope) {
    const auto& name = e.function;
    if (name.empty()) return e.text;
    if (name == "/" || name == "^") {
        const json* from = name == "^" ? scope.row.parent : scope.row.record;
        return from == nullptr ? std::string{} : textOf(follow(*from, e.pointer));
    }
    if (name == "first" || name == "join") return firstOrJoined(e, scope);
    if (name == "lookup" || name == "latest" || name == "total") return joined(e, scope);
    if (name == "pick" || name == "sum") return withinList(e, scope);
    if (name == "map") return mapText(e, scope);
    if (name == "date") return dateText(e, scope);
    if (name == "decimal") return decimalText(e, scope);
    if (name == "split") return splitText(e, scope);
    if (name == "when") return whenever(e, scope);
    if (name == "today") return formatDate(scope.today);
    if (name == "lower") return cased(argument(e.arguments, 0, scope), 'A', 'a');
    if (name == "upper") return cased(argument(e.arguments, 0, scope), 'a', 'A');
    if (name == "value") {
        const auto found = scope.values.find(e.arguments[0].text);
        return found == scope.values.end() ? std::string{} : found->second;
    }
    for (const auto word : {"equals", "less", "positive", "empty", "not", "all", "any"})
        if (name == word) return condition(e, scope);
    return arithmetic(e, scope);
}

}  // namespace backorderd::connectors::rest

#include "connectors/rest_expression.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "backorderd/problem.hpp"

namespace backorderd::connectors::rest {

namespace {

constexpr int kExpressionDepthMax = 32;
constexpr std::size_t kAny = 200;

struct Function {
    std::string_view name;
    Operation operation{};
    std::size_t min = 0, max = 0;
    std::string_view shape;  ///< which arguments are names (n) and pointers (p); `.`: any
};

constexpr std::array kFunctions{
    Function{"first", Operation::First, 1, kAny, ""},
    Function{"join", Operation::Join, 2, kAny, ""},
    Function{"split", Operation::Split, 3, 3, ""},
    Function{"map", Operation::Map, 3, kAny, ""},
    Function{"date", Operation::Date, 2, 3, ""},
    Function{"decimal", Operation::Decimal, 2, 3, ""},
    Function{"add", Operation::Add, 1, kAny, ""},
    Function{"subtract", Operation::Subtract, 2, 2, ""},
    Function{"multiply", Operation::Multiply, 2, 2, ""},
    Function{"abs", Operation::Abs, 1, 1, ""},
    Function{"least", Operation::Least, 1, kAny, ""},
    Function{"greatest", Operation::Greatest, 1, kAny, ""},
    Function{"lower", Operation::Lower, 1, 1, ""},
    Function{"upper", Operation::Upper, 1, 1, ""},
    Function{"value", Operation::Value, 1, 1, "n"},
    Function{"today", Operation::Today, 0, 0, ""},
    Function{"lookup", Operation::Lookup, 3, 3, "n"},
    Function{"latest", Operation::Latest, 3, 3, "n"},
    Function{"total", Operation::Total, 3, 3, "n"},
    Function{"pick", Operation::Pick, 4, 4, "p"},
    Function{"sum", Operation::Sum, 2, 2, "p"},
    Function{"when", Operation::When, 2, 3, ""},
    Function{"equals", Operation::Equals, 2, kAny, ""},
    Function{"less", Operation::Less, 2, 2, ""},
    Function{"positive", Operation::Positive, 1, 1, ""},
    Function{"empty", Operation::Empty, 1, 1, ""},
    Function{"not", Operation::Not, 1, 1, ""},
    Function{"all", Operation::All, 1, kAny, ""},
    Function{"any", Operation::Any, 1, kAny, ""},
};

const Function* findFunction(std::string_view name) {
    const auto found = std::ranges::find(kFunctions, name, &Function::name);
    return found == kFunctions.end() ? nullptr : &*found;
}

bool isNameSign(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

class ExpressionParser {
public:
    explicit ExpressionParser(std::string_view text) : text_{text} {}

    Expression whole() {
        Expression read = expression(0);
        skipSpace();
        if (fault_.empty() && at_ < text_.size())
            refuse(fmt::format("'{}' stands behind its end", text_.substr(at_, 20)));
        return read;
    }
    const std::string& fault() const { return fault_; }

private:
    void refuse(std::string text) {
        if (fault_.empty()) fault_ = std::move(text);
        at_ = text_.size();
    }
    void skipSpace() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
    }
    bool take(char sign) {
        skipSpace();
        if (at_ >= text_.size() || text_[at_] != sign) return false;
        ++at_;
        return true;
    }
    char peek() {
        skipSpace();
        return at_ < text_.size() ? text_[at_] : '\0';
    }

    /// Behind the opening quote; a doubled quote stands for one.
    std::string quoted(char quote) {
        std::string read;
        while (at_ < text_.size()) {
            const char c = text_[at_++];
            if (c != quote) {
                read += c;
            } else if (at_ < text_.size() && text_[at_] == quote) {
                read += text_[at_++];
            } else {
                return read;
            }
        }
        refuse(fmt::format("a text that begins with {} has no end", quote));
        return read;
    }

    Expression pointer() {
        std::string read;
        if (take('"')) {
            read = quoted('"');
        } else {
            const auto end = std::min(text_.find_first_of(" ,)\n", at_), text_.size());
            read = text_.substr(at_, end - at_);
            at_ = end;
        }
        Expression made;
        made.operation = read.starts_with('^') ? Operation::Parent : Operation::Pointer;
        if (read.starts_with('^')) read.erase(0, 1);
        if (!read.empty() && read.front() != '/')
            refuse(fmt::format("the pointer '{}' must begin with a slash", read));
        made.pointer = pointerParts(read);
        return made;
    }

    Expression expression(int depth) {
        if (depth > kExpressionDepthMax) {
            refuse("it is nested too deep");
            return {};
        }
        const char begin = peek();
        if (begin == '/' || begin == '^' || begin == '"') return pointer();
        if (take('\'')) {
            Expression made;
            made.text = quoted('\'');
            return made;
        }
        return call(depth);
    }

    std::string name() {
        skipSpace();
        const std::size_t begin = at_;
        while (at_ < text_.size() && isNameSign(text_[at_])) ++at_;
        return std::string{text_.substr(begin, at_ - begin)};
    }

    Expression call(int depth) {
        Expression made;
        const std::string called = name();
        const Function* known = findFunction(called);
        if (known == nullptr || !take('(')) {
            std::vector<std::string> names;
            for (const Function& function : kFunctions) names.emplace_back(function.name);
            const auto near = nearestWord(called, names);
            refuse(fmt::format("'{}' is no pointer (/name), text ('{}') or function{}", called,
                               called, near.empty() ? "" : " (did you mean '" + near + "(…)'?)"));
            return made;
        }
        made.operation = known->operation;
        while (fault_.empty() && peek() != ')') {
            if (!made.arguments.empty() && !take(',')) {
                refuse(fmt::format("'{}(' lacks a comma or its end", known->name));
            } else if (made.arguments.empty() && known->shape == "n") {
                made.arguments.emplace_back().text = name();
            } else {
                made.arguments.push_back(expression(depth + 1));
            }
        }
        take(')');
        check(made, *known);
        return made;
    }

    void check(const Expression& made, const Function& known) {
        const std::size_t count = made.arguments.size();
        if (count < known.min || count > known.max)
            refuse(known.max == kAny
                       ? fmt::format("'{}' needs at least {} arguments", known.name, known.min)
                   : known.min == known.max ? fmt::format("'{}' needs {} arguments, not {}",
                                                          known.name, known.min, count)
                                            : fmt::format("'{}' needs {} to {} arguments, not {}",
                                                          known.name, known.min, known.max, count));
        else if (known.shape == "p" && made.arguments.front().operation != Operation::Pointer &&
                 made.arguments.front().operation != Operation::Parent)
            refuse(fmt::format("the first argument of '{}' is a pointer to a list", known.name));
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::string fault_;
};

}  // namespace

Expression parseExpression(std::string_view text, std::string& fault) {
    ExpressionParser parser{text};
    Expression read = parser.whole();
    if (parser.fault().empty()) return read;
    fault = parser.fault();
    return {};
}

void collectRequests(const Expression& expression, std::vector<std::string>& requests) {
    using enum Operation;
    const Operation operation = expression.operation;
    if (operation == Lookup || operation == Latest || operation == Total)
        requests.push_back(expression.arguments.front().text);
    for (const Expression& argument : expression.arguments) collectRequests(argument, requests);
}

bool asksForToday(const Expression& expression) {
    return expression.operation == Operation::Today ||
           std::ranges::any_of(expression.arguments, asksForToday);
}

void collectValues(const Expression& expression, std::vector<std::string>& names) {
    if (expression.operation == Operation::Value)
        names.push_back(expression.arguments.front().text);
    for (const Expression& argument : expression.arguments) collectValues(argument, names);
}

}  // namespace backorderd::connectors::rest

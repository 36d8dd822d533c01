#include "connectors/rest_expression.hpp"

#include <gtest/gtest.h>

namespace backorderd::test {
namespace rest_expression_test {

using connectors::rest::Row;
using connectors::rest::Scope;
using connectors::rest::Texts;

class NothingJoined final : public connectors::rest::Joins {
public:
    std::span<const Row> rows(std::string_view, std::string_view) override { return {}; }
};

struct Case {
    std::string_view expression, value;
};

connectors::rest::JsonTree treeOf(std::string text) {
    connectors::rest::JsonTree tree;
    EXPECT_TRUE(tree.take(text));
    return tree;
}

std::string valueOf(std::string_view text) {
    static const auto record = treeOf(R"({
        "name": "Bergmann", "first": "", "qty": 12.5, "done": 2, "no": null, "yes": true,
        "date": "03.11.2026", "stamp": 1767225600, "utc": "2026-11-22T23:00:00Z",
        "amount": "1.234,50", "Sales Order": {"x": "so"}, "a/b": 7, "@odata.id": "o",
        "list": [{"key": "lang", "value": "de"}, {"key": "n", "value": 4, "q": 1.5},
                 {"key": "m", "q": "2"}]})");
    static const auto parent = treeOf(R"({"number": "SO-1"})");
    std::string fault;
    const auto expression = connectors::rest::parseExpression(text, fault);
    if (!fault.empty()) return "fault: " + fault;
    NothingJoined none;
    const Texts values{{"company", "Example"}};
    const Scope scope{Row{&record.root(), &parent.root()}, none, values, *parseDate("2026-11-26")};
    return connectors::rest::evaluate(expression, scope);
}

TEST(RestExpression, GivesWhatThePageSays) {
    const std::vector<Case> cases{
        {"/name", "Bergmann"},
        {"/qty", "12.5"},
        {"/no", ""},
        {"/missing/deeper", ""},
        {"/list", ""},
        {"/list/0/value", "de"},
        {"\"/Sales Order/x\"", "so"},
        {"/a~1b", "7"},
        {"/@odata.id", "o"},
        {"^/number", "SO-1"},
        {"'it''s'", "it's"},
        {"first(/first, /no, /name)", "Bergmann"},
        {"join(' ', /first, /name, /qty)", "Bergmann 12.5"},
        {"split(/date, '.', '3')", "2026"},
        {"split(/date, '.', '-1')", "2026"},
        {"split(/date, '.', '9')", ""},
        {"map(/name, 'Bergmann', 'b', 'other')", "b"},
        {"map(/first, 'Bergmann', 'b', 'other')", "other"},
        {"map(/qty, 'x', 'b')", ""},
        {"date(/date, '%d.%m.%Y')", "2026-11-03"},
        {"date(/stamp, 'unix')", "2026-01-01"},
        {"date(/utc, 'iso')", "2026-11-22"},
        {"date(/utc, 'iso', 'Europe/Berlin')", "2026-11-23"},
        {"date(/name, 'iso')", "Bergmann"},
        {"decimal(/amount, ',', '.')", "1234.50"},
        {"subtract(/qty, /done)", "10.5"},
        {"subtract(/no, /missing)", ""},
        {"add(/qty, /done, /no)", "14.5"},
        {"multiply(/qty, /done)", "25"},
        {"abs('-3')", "3"},
        {"least(/qty, /done)", "2"},
        {"greatest(/qty, /done)", "12.5"},
        {"upper(/name)", "BERGMANN"},
        {"value(company)", "Example"},
        {"today()", "2026-11-26"},
        {"pick(/list, /key, 'lang', /value)", "de"},
        {"sum(/list, /q)", "3.5"},
        {"when(/yes, 'a', 'b')", "a"},
        {"when(equals(/done, '2.0', '3'), 'a', 'b')", "a"},
        {"less(/done, /qty)", "true"},
        {"less(date(/date, '%d.%m.%Y'), today())", "true"},
        {"less(/no, '5')", ""},
        {"positive(subtract(/done, /qty))", ""},
        {"not(any(empty(/name), empty(/qty)))", "true"},
        {"all(/yes, /qty)", "true"},
    };
    for (const Case& each : cases)
        EXPECT_EQ(valueOf(each.expression), each.value) << each.expression;
}

TEST(RestExpression, SaysWhatIsWrongWithIt) {
    const std::vector<Case> cases{
        {"frist(/a)",
         "fault: 'frist' is no pointer (/name), text ('frist') or function (did you "
         "mean 'first(…)'?)"},
        {"first()", "fault: 'first' needs at least 1 arguments"},
        {"date(/a)", "fault: 'date' needs 2 to 3 arguments, not 1"},
        {"first(/a", "fault: 'first(' lacks a comma or its end"},
        {"'open", "fault: a text that begins with ' has no end"},
        {"/a /b", "fault: '/b' stands behind its end"},
        {"sum(abs(/a), /b)", "fault: the first argument of 'sum' is a pointer to a list"},
    };
    for (const Case& each : cases)
        EXPECT_EQ(valueOf(each.expression), each.value) << each.expression;
}

}  // namespace rest_expression_test
}  // namespace backorderd::test

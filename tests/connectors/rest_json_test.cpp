#include "connectors/rest_json.hpp"

#include <gtest/gtest.h>

// JSON as a mapping sees it: each value by its pointer, as a text.

namespace backorderd::test {
namespace rest_json_test {

using namespace connectors::rest;

std::string valueAt(std::string json, std::string_view pointer) {
    JsonTree tree;
    if (!tree.take(json)) return "no JSON";
    return std::string{textOf(follow(tree.root(), pointerParts(pointer)))};
}

struct ValueCase {
    std::string_view json, pointer, value;
};

TEST(RestJson, ValuesAreTexts) {
    const std::vector<ValueCase> cases{
        {R"({"a":"plain"})", "/a", "plain"},
        {R"({"a":"tab\t \u201cquoted\u201d \"\\"})", "/a", "tab\t \u201cquoted\u201d \"\\"},
        {R"({"a\/b":{"~":1}})", "/a~1b/~0", "1"},
        {R"({"\u0061":"escaped name"})", "/a", "escaped name"},
        {R"({"":"no name"})", "/", "no name"},
        {"{\"a\" : [ 1 , {\"b\" : true } ] , \"c\":null}", "/a/1/b", "true"},
        {R"({"a":[1,2]})", "/a/2", ""},
        {R"({"a":[1,2]})", "/a/x", ""},
        {R"({"a":[1,2]})", "/a", ""},
        {R"({"a":null})", "/a", ""},
        {R"({"a":1})", "/a/b", ""},
        {"\xEF\xBB\xBF{\"a\":\"behind a mark\"}", "/a", "behind a mark"},
        {" \n 12 ", "", "12"},
        {R"("alone")", "", "alone"},
        {R"({"a":1,"b":2,"a":3})", "/a", "3"},
        {R"({"a":{"x":1},"a":{"y":2}})", "/a/x", ""},
    };
    for (const ValueCase& each : cases)
        EXPECT_EQ(valueAt(std::string{each.json}, each.pointer), each.value) << each.json;
}

TEST(RestJson, NumbersAreWrittenShort) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"0", "0"},
        {"-17", "-17"},
        {"18446744073709551615", "18446744073709551615"},
        {"123456789012345678901234567890", "123456789012345678901234567890"},
        {"10.0", "10.0"},
        {"10.50", "10.5"},
        {"-0.250", "-0.25"},
        {"0.000", "0.0"},
        {"0.0005", "0.0005"},
        {"0.00005", "5e-05"},
        {"1e3", "1000.0"},
        {"1.5E300", "1.5e+300"},
        {"0.1000000000000000055511151231257827", "0.1"},
    };
    for (const auto& [number, text] : cases)
        EXPECT_EQ(valueAt("{\"n\":" + number + "}", "/n"), text) << number;
}

TEST(RestJson, WhatIsNoJsonIsRefused) {
    for (const char* text : {"",
                             " ",
                             "{",
                             "[1,2",
                             R"({"a":1)",
                             R"({"a":1}})",
                             R"({"a":1} x)",
                             R"({"a" 1})",
                             R"({"a":01})",
                             R"({"a":1.})",
                             R"({"a":tru})",
                             R"({"a":"\x"})",
                             R"({"a":"\ud800"})",
                             R"({"a":"x" "b":1})",
                             R"({"a":[1}})",
                             "{\"a\":\"\n\"}",
                             "{\"a\":\"\xff\"}",
                             "nul",
                             R"({"a":1e999})",
                             "<html>"}) {
        std::string kept{text};
        JsonTree tree;
        EXPECT_FALSE(tree.take(kept)) << text;
        EXPECT_EQ(kept, text) << "it is left as it was";
        EXPECT_EQ(textOf(&tree.root()), "");
    }
}

TEST(RestJson, HonestAnswersNestThirtyTwoDeep) {
    EXPECT_TRUE(isJson(std::string(32, '[') + std::string(32, ']')));
    EXPECT_FALSE(isJson(std::string(33, '[') + std::string(33, ']')));
}

TEST(RestJson, ListsAndObjectsAreKnownByTheirText) {
    std::string json = R"( {"a": [ {"b":1} ,2 ] , "c":{}} )";
    JsonTree tree;
    ASSERT_TRUE(tree.take(json));
    EXPECT_EQ(tree.root().text, R"({"a": [ {"b":1} ,2 ] , "c":{}})");
    EXPECT_EQ(follow(tree.root(), pointerParts("/a"))->text, R"([ {"b":1} ,2 ])");
    EXPECT_EQ(follow(tree.root(), pointerParts("/a/0"))->text, R"({"b":1})");
    EXPECT_EQ(follow(tree.root(), pointerParts("/c"))->text, "{}");
}

TEST(RestJson, APointerFindsItsMemberWhereverItStands) {
    const Pointer pointer = pointerParts("/x/id");
    for (const auto& [text, value] : std::vector<std::pair<std::string, std::string>>{
             {R"({"x":{"id":"1"}})", "1"},
             {R"({"id":"0","x":{"name":"n","id":"2"}})", "2"},
             {R"({"y":{"id":"9"},"x":{"a":[{"id":"8"}]}})", ""},
             {R"({"x":{"id":"3","id":"4"}})", "4"},
             {R"({"x":{"id":"5"},"z":1})", "5"}}) {
        std::string json = text;
        JsonTree tree;
        ASSERT_TRUE(tree.take(json));
        EXPECT_EQ(textOf(follow(tree.root(), pointer)), value) << text;
    }
}

TEST(RestJson, ATreeStaysItselfWhereItIsMoved) {
    std::string json = R"({"a":"\u00e4","b":1e2})";
    JsonTree tree;
    ASSERT_TRUE(tree.take(json));
    const JsonTree moved = std::move(tree);
    EXPECT_EQ(textOf(follow(moved.root(), pointerParts("/a"))), "ä");
    EXPECT_EQ(textOf(follow(moved.root(), pointerParts("/b"))), "100.0");
}

}  // namespace rest_json_test
}  // namespace backorderd::test

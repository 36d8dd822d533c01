#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connectors/files_fixture.hpp"

namespace backorderd::test {
namespace files_json_test {

/// A good object with that id and, behind it, more members.
std::string object(const std::string& id, const std::string& more = "") {
    return R"({"line":")" + id +
           R"(","order.number":"S","item.id":"P","ordered":1,"customer.id":"C")" + more + "}";
}

struct JsonCase {
    std::string name;
    std::string settings;
    std::string text;
    std::string told;  ///< all problems, one a line
    std::string ids;   ///< of the lines that were read
};

void PrintTo(const JsonCase& given, std::ostream* out) { *out << given.name; }

class JsonTraps : public FilesTest, public testing::WithParamInterface<JsonCase> {};

TEST_P(JsonTraps, AreReadOrNamedWithTheirPlace) {
    const auto& given = GetParam();
    write("lines.json", given.text);
    const auto whole = read(given.settings);
    EXPECT_EQ(told(whole.problems), given.told);
    EXPECT_EQ(idsOf(whole), given.ids);
    ASSERT_TRUE(whole.end);
    EXPECT_EQ(whole.end->complete, given.told.empty()) << whole.end->why_incomplete;
}

const std::string kDeep = [] {
    std::string text;
    for (int i = 0; i < 5000; ++i) text += R"({"a":)";
    return text + "1" + std::string(5000, '}');
}();

const JsonCase kJsonCases[] = {
    {"OneObjectALine", "", object("1") + "\n" + object("2") + "\n", "", "1 2"},
    {"NoFinalLineEnd", "", object("1") + "\r\n\n" + object("2"), "", "1 2"},
    {"List", "", "[" + object("1") + ",\n " + object("2") + "]", "", "1 2"},
    {"EmptyListIsAGenuineZero", "", "[ ]\n", "", ""},
    {"ListInAnObject", "",
     R"({"as_of": "x", "skip": [{"lines": []}], "lines": [)" + object("1") + R"(], "n": {"a": 1}})",
     "", "1"},
    {"EmptyListInAnObject", "", R"({"lines": []})", "", ""},
    {"OneObjectOverSeveralLines", "",
     "{\n \"line\": \"1\", \"order.number\": \"S\",\n \"item.id\":"
     " \"P\",\n\"ordered\": 1, \"customer.id\": \"C\"\n}\n",
     "", "1"},
    {"ByteOrderMark", "", "\xEF\xBB\xBF" + object("1"), "", "1"},
    {"NumbersAsIdsAndTextsAsNumbers", "",
     R"([{"line":4711,"order.number":12,"item.id":7,"ordered":"2.5","customer.id":3}])", "",
     "4711"},
    {"NestedObjects", "",
     R"([{"line":"1","order":{"number":"S"},"item":{"id":"P"},"ordered":1,"customer":{"id":"C"}}])",
     "", "1"},
    {"IdNestedAndMapped", "columns: {line: keys.line.id}",
     R"([{"x":1,"keys":{"line":{"id":8}},"order.number":"S","item.id":"P","ordered":1,)"
     R"("customer.id":"C"}])",
     "", "8"},
    {"EscapedId", "", object(R"(a\u00e9\"b)"), "", "aé\"b"},
    {"UnknownMembersOfAnySort", "", object("1", R"(,"x":[1,{"line":"2"}],"y":{"z":null},"w":1e5)"),
     "", "1"},
    {"NullIsNotKnown", "", object("1", R"(,"promise":null,"supply":null)"), "", "1"},
    {"StringsWithBrackets", "",
     "[" + object("1", R"(,"unit":"]}\\\"{[")") + "," + object("2") + "]", "", "1 2"},
    {"EmptyFile", "", " \n",
     "lines.json: the file is empty: a list without lines is written [], so this looks like an "
     "export that failed",
     ""},
    {"WrongRoot", "", "\"lines\"",
     "lines.json:1:1: neither a list of objects nor an object begins here: is this JSON?; the rest "
     "of the file is not read",
     ""},
    {"Html", "", "\n<html><body>502 Bad Gateway</body></html>",
     "lines.json:2:1: neither a list of objects nor an object begins here: is this JSON?; the rest "
     "of the file is not read",
     ""},
    {"ListCutOffBetweenObjects", "", "[" + object("1") + ",\n",
     "lines.json:2:1: the file ends before the list is closed: was it cut off?", "1"},
    {"ListCutOffWithinAnObject", "", "[" + object("1") + ",\n" + object("2").substr(0, 40),
     "lines.json:2:1: the file ends within this object: was it cut off?; the rest of the file is "
     "not read",
     "1"},
    {"WrapperCutOff", "", R"({"lines": [)" + object("1") + R"(], "count": )",
     "lines.json:1:99: the file ends before the list is closed: was it cut off?", "1"},
    {"LastLineCutOff", "", object("1") + "\n" + object("2").substr(0, 40),
     "lines.json:2:1: the file ends within this object: was it cut off?", "1"},
    {"LastLineCutOffBehindABracket", "",
     object("1") + "\n" + R"({"line":"2","order":{"number":"S"})",
     "lines.json:2:1: the file ends within this object: was it cut off?", "1"},
    {"FirstLineCutOff", "", object("1").substr(0, 40) + "\n" + object("2") + "\n",
     "lines.json:1:1: the object is not valid JSON: JSON document ended early in the middle of an "
     "object or array.",
     "2"},
    {"GarbageLine", "", object("1") + "\nERROR timeout\n" + object("3") + "\n",
     "lines.json:2:1: an object is expected here, one a line", "1 3"},
    {"GarbageInAList", "", "[" + object("1") + ", 7, " + object("3") + "]",
     "lines.json:1:79: an object is expected here; the rest of the file is not read", "1"},
    {"MissingComma", "", "[" + object("1") + " " + object("2") + "]",
     "lines.json:1:78: a comma or ] is expected here; the rest of the file is not read", "1"},
    {"CommaAtTheEnd", "", "[" + object("1") + ",]",
     "lines.json:1:78: an object is expected here; the rest of the file is not read", "1"},
    {"TextBehindTheList", "", "[" + object("1") + "]\n[]",
     "lines.json:2:1: text stands behind the end of the list; the rest of the file is not read",
     "1"},
    {"BareWord", "", object("1", R"(,"promise":soon)") + "\n" + object("2"),
     "lines.json:1:86: 'promise': 'soon' is not JSON", "2"},
    {"LeadingZero", "", object("1", R"(,"shipped":01)") + "\n" + object("2"),
     "lines.json:1:86: 'shipped': '01' is not JSON", "2"},
    {"MemberTwice", "", object("1", R"(,"ordered":2)") + "\n" + object("2"),
     "lines.json:1:86: 'ordered' stands twice in the object", "2"},
    {"MemberTwiceFlatAndNested", "", object("1", R"(,"item":{"id":"Q"})") + "\n" + object("2"),
     "lines.json:1:89: 'item.id' stands twice in the object", "2"},
    {"ListWhereAValueIsExpected", "", object("1", R"(,"unit":["pcs"])") + "\n" + object("2"),
     "lines.json:1:83: 'unit': a list stands where one value is expected", "2"},
    {"NoId", "",
     R"({"order.number":"S"})"
     "\n" +
         object("2"),
     "lines.json:1:1: the object has no line id", "2"},
    {"NoOrderedQuantity", "",
     R"({"line":"1","order.number":"S","item.id":"P","customer.id":"C"})"
     "\n" +
         object("2"),
     "lines.json:1:1: the record has no 'ordered'", "2"},
    {"Depth", "", kDeep + "\n" + object("2"), "lines.json:1:1: the object has no line id", "2"},
    {"DepthWithAnId", "", object("1", R"(,"x":)" + kDeep) + "\n" + object("2"),
     "lines.json:1:1: objects are nested too deeply for an order line", "2"},
    {"NestedTooDeeply", "",
     object("1", R"(,"x":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":)"
                 R"({"a":{"a":{"a":{"a":1}}}}}}}}}}}}}}}}}})") +
         "\n" + object("2"),
     "lines.json:1:1: objects are nested too deeply for an order line", "2"},
    {"ControlCharacter", "", object("1", ",\"unit\":\"a\tb\"") + "\n" + object("2"),
     "lines.json:1:1: the object is not valid JSON: Within strings, some characters must be "
     "escaped, we found unescaped characters",
     "2"},
    {"EscapedNul", "", object("1", R"(,"unit":"a\u0000b")") + "\n" + object("2"),
     "lines.json:1:83: 'unit': a NUL character stands in it", "2"},
    {"NotUtf8", "", object("1", ",\"unit\":\"K\xF6ln\"") + "\n" + object("2"),
     "lines.json:1:1: the object is not valid JSON: The input is not valid UTF-8", "2"},
    {"LongValue", "limits: {field_bytes_max: 64}",
     object("1", R"(,"unit":")" + std::string(65, 'x') + "\"") + "\n" + object("2"),
     "lines.json:1:83: 'unit' is longer than limits.field_bytes_max", "2"},
    {"LongObject", "limits: {record_bytes_max: 1024}",
     "[" + object("1", R"(,"x":")" + std::string(1024, 'x') + "\"") + "," + object("2") + "]",
     "lines.json:1:2: the object is longer than limits.record_bytes_max", "2"},
    {"LineOfTenMegabytes", "",
     object("1", R"(,"x":")" + std::string(10u << 20, 'x') + "\"") + "\n" + object("2"),
     "lines.json:1:1: the object is longer than limits.record_bytes_max", "2"},
    {"ObjectOfTenMegabytesInAList", "",
     "[" + object("1", R"(,"x":")" + std::string(10u << 20, 'x') + "\"") + "," + object("2") + "]",
     "lines.json:1:2: the object is longer than limits.record_bytes_max", "2"},
};

INSTANTIATE_TEST_SUITE_P(All, JsonTraps, testing::ValuesIn(kJsonCases),
                         [](const auto& test) { return test.param.name; });

using JsonValues = FilesTest;

TEST_F(JsonValues, NumbersAreExactAndNestedObjectsAreColumns) {
    write(
        "lines.jsonl",
        R"({"line":"1","order":{"number":"S1","date":"2026-02-27T08:00:00"},"item":{"id":"P",)"
        R"("attributes":{"voltage":"230 V"}},"ordered":1234567.000001,"unit_price":1.25e2,)"
        R"("customer":{"id":"C","attributes":{"region":"EMEA","vip":true}},"promise":"2026-03-20",)"
        R"("promise.from":"2026-03-16","kind":"preorder","contact":{"name":"J\u00f6rg \"J\""}})");
    const auto whole = read();
    EXPECT_EQ(told(whole.problems), "");
    ASSERT_EQ(whole.lines.size(), 1u);
    const auto& line = whole.lines.front();
    EXPECT_EQ(line.ordered.toString(), "1234567.000001");
    EXPECT_EQ(line.unit_price.amount.toString(), "125");
    EXPECT_EQ(line.order.date, parseDate("2026-02-27"));
    EXPECT_EQ(line.item.attributes.at("voltage"), "230 V");
    EXPECT_EQ(line.customer.attributes.at("region"), "EMEA");
    EXPECT_EQ(line.customer.attributes.at("vip"), "true");
    EXPECT_EQ(line.promise, (Promise{parseDate("2026-03-16"), parseDate("2026-03-20")}));
    EXPECT_EQ(line.kind, LineKind::Preorder);
    EXPECT_EQ(line.contact.name, "Jörg \"J\"");
}

TEST_F(JsonValues, ObjectsWithOtherMembersAtTheSamePlaceAreNotMixedUp) {
    write("lines.jsonl",
          R"({"line":"1","order.number":"S","item":{"id":"P","name":"N"},"ordered":1,)"
          R"("customer":{"id":"C","name":"D"}})"
          "\n"
          R"({"line":"2","order.number":"S","customer":{"id":"E","name":"F"},)"
          R"("ordered":1,"item":{"id":"G","name":"H"}})"
          "\n"
          R"({"line":"3","order.number":"S","item":{"id":"I"},"ordered":1,)"
          R"("customer":{"id":"J","name":"K"}})");
    const auto whole = read();
    ASSERT_EQ(whole.lines.size(), 3u) << told(whole.problems);
    EXPECT_EQ(whole.lines[0].item.id + whole.lines[0].customer.name, "PD");
    EXPECT_EQ(whole.lines[1].item.id + whole.lines[1].customer.name, "GF");
    EXPECT_EQ(whole.lines[2].item.id + whole.lines[2].customer.name, "IK");
    EXPECT_EQ(whole.lines[2].item.name, "");
}

TEST_F(JsonValues, AFaultOfARecordIsFoundOnlyWhenItIsDecoded) {
    write("lines.jsonl", object("1", R"(,"promise":"soon")") + "\n" + object("2"));
    const auto connector = make();
    const auto reader = connector->read();
    const auto step = runCoroutine(io_, reader->next());
    const auto& page = std::get<Page>(step);
    EXPECT_TRUE(page.problems.empty());
    ASSERT_EQ(page.records.size(), 2u);
    EXPECT_TRUE(reader->decode(1));
    ASSERT_FALSE(reader->decode(0));
    const auto end = runCoroutine(io_, reader->next());
    EXPECT_FALSE(std::get<SnapshotEnd>(end).complete);
}

}  // namespace files_json_test
}  // namespace backorderd::test

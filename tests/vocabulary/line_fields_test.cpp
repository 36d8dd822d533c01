#include "backorderd/line_fields.hpp"

#include <gtest/gtest.h>

#include <set>

#include "backorderd/problem.hpp"
#include "backorderd/rule.hpp"

namespace backorderd {
namespace line_fields_test {

const char* exampleOf(FieldType type) {
    switch (type) {
        case FieldType::Text: return "some words";
        case FieldType::Number: return "12.5";
        case FieldType::Date: return "2026-03-20";
        case FieldType::Kind: return "preorder";
        case FieldType::Flag: return "true";
    }
    return "";
}

TEST(LineFields, EveryFieldKeepsWhatItIsGiven) {
    std::set<std::string_view> names;
    for (const auto& field : lineFields()) {
        EXPECT_TRUE(names.insert(field.name).second) << field.name << " twice";
        EXPECT_EQ(findLineField(field.name), &field);
        OrderLine line;
        ASSERT_TRUE(field.set(line, exampleOf(field.type))) << field.name;
        if (field.view) {
            EXPECT_EQ(field.view(line), field.get(line)) << field.name;
        }
        const bool has_text = field.type == FieldType::Text || field.type == FieldType::Kind;
        EXPECT_EQ(field.view != nullptr, has_text) << field.name;
        // A range of one day is a single date, so the beginning shows only where it differs.
        if (field.name != "promise.from") {
            EXPECT_EQ(field.get(line), exampleOf(field.type)) << field.name;
        }
        EXPECT_TRUE(field.set(line, "")) << field.name << " can be unknown";
    }
    EXPECT_EQ(findLineField("item.colour"), nullptr);
}

TEST(LineFields, NonsenseIsRefused) {
    OrderLine line;
    EXPECT_FALSE(findLineField("ordered")->set(line, "ten"));
    EXPECT_FALSE(findLineField("ordered")->set(line, "9000000000000"));
    EXPECT_FALSE(findLineField("shipped")->set(line, "-1000000001"));
    EXPECT_FALSE(findLineField("promise")->set(line, "20.03.2026"));
    EXPECT_FALSE(findLineField("kind")->set(line, "backordered"));
}

TEST(LineFields, APromisedRangeSurvivesInEitherOrder) {
    for (const bool from_first : {true, false}) {
        OrderLine line;
        const auto* first = findLineField(from_first ? "promise.from" : "promise");
        const auto* second = findLineField(from_first ? "promise" : "promise.from");
        ASSERT_TRUE(first->set(line, from_first ? "2026-03-10" : "2026-03-20"));
        ASSERT_TRUE(second->set(line, from_first ? "2026-03-20" : "2026-03-10"));
        EXPECT_EQ(line.promise.from, parseDate("2026-03-10")) << from_first;
        EXPECT_EQ(line.promise.to, parseDate("2026-03-20")) << from_first;
    }
}

TEST(LineFields, AttributesAreReachedByTheirFullName) {
    OrderLine line;
    std::string_view key;
    (*attributesOf(line, "customer.attributes.region", key))["region"] = "EMEA";
    EXPECT_EQ(key, "region");
    EXPECT_EQ(line.customer.attributes.at("region"), "EMEA");
    EXPECT_EQ(attributesOf(line, "customer.region", key), nullptr);
    EXPECT_EQ(attributesOf(line, "attributes.", key), nullptr);
}

TEST(ConditionFields, EveryNameFindsItself) {
    for (const auto& field : conditionFields()) {
        std::string name{field.name};
        if (name.ends_with('*')) name.back() = 'x';
        EXPECT_EQ(findConditionField(name), &field) << name;
        EXPECT_FALSE(field.meaning.empty()) << name;
    }
    EXPECT_EQ(findConditionField("customer.tire"), nullptr);
}

TEST(OrderLine, TheOpenQuantityIsNeverNegative) {
    OrderLine line;
    line.ordered = Decimal{10};
    line.shipped = Decimal{4};
    line.cancelled = Decimal{1};
    line.unit_price = {*Decimal::parse("2.50"), "EUR"};
    EXPECT_EQ(line.open(), Decimal{5});
    EXPECT_EQ(line.openValue(), (Money{*Decimal::parse("12.5"), "EUR"}));
    line.shipped = Decimal{12};
    EXPECT_FALSE(line.isOpen());
    EXPECT_EQ(line.open(), Decimal{});
}

TEST(Problems, AMisspeltWordFindsItsNeighbour) {
    const std::vector<std::string> words{"every", "within", "settle", "min_change"};
    EXPECT_EQ(nearestWord("evry", words), "every");
    EXPECT_EQ(nearestWord("setlte", words), "settle");
    EXPECT_EQ(nearestWord("minchange", words), "min_change");
    EXPECT_EQ(nearestWord("colour", words), "");
    EXPECT_EQ(nearestWord("", words), "");
}

TEST(Problems, APlaceIsWrittenAsFarAsItIsKnown) {
    EXPECT_EQ(formatProblem({{"a.yaml", 3, 5}, "bad"}), "a.yaml:3:5: bad");
    EXPECT_EQ(formatProblem({{"a.yaml", 0, 0}, "bad", Severity::Warning}), "a.yaml: warning: bad");
    EXPECT_EQ(formatProblem({{}, "bad"}), "bad");
}

}  // namespace line_fields_test
}  // namespace backorderd

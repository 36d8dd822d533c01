#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <stdexcept>

#include "codec/codec.hpp"

namespace backorderd::codec {
namespace line_codec_test {

OrderLine fullLine() {
    OrderLine line;
    line.key = {"erp", "8"};
    line.order = {"77", "SO100", "PO-4711", parseDate("2026-01-05"), true, true};
    line.payment = {"authorised", parseDate("2026-03-18")};
    line.kit = {"KIT-1", Decimal{2}};
    line.position = "10";
    line.kind = LineKind::DropShip;
    line.item = {"PX-100", "Pump, 12 V", "pumps", "C-77", {{"voltage", "12"}}};
    line.unit = "m";
    line.ordered = *Decimal::parse("10.5");
    line.shipped = *Decimal::parse("2.25");
    line.cancelled = Decimal{1};
    line.allocated = Decimal{0};
    line.unit_price = {*Decimal::parse("129.95"), "EUR"};
    line.promise = {parseDate("2026-03-16"), parseDate("2026-03-20")};
    line.requested = parseDate("2026-02-01");
    line.release_date = parseDate("2026-03-01");
    line.warehouse = "VIE";
    line.supply = {"PO9", parseDate("2026-03-14"), Decimal{500}};
    line.shipment = {"DN1", parseDate("2026-02-28"), "DHL", "JD01", "https://dhl.example/JD01"};
    line.customer = {"C1", "Nord GmbH", "gold", "AT", {{"region", "EMEA"}, {"empty", ""}}};
    line.contact = {"Erika", "e@example.com", "+431", "buyer", "de-AT", "Europe/Vienna"};
    line.sales_rep = {"Sam", "sam@example.com"};
    line.attributes = {{"project", "X"}};
    return line;
}

TEST(LineCodec, KeepsEveryField) {
    const auto line = fullLine();
    const auto json = encodeLine(line);
    EXPECT_EQ(decodeLine(json, "erp"), line);
    const auto object = nlohmann::json::parse(json);
    for (const auto& field : lineFields())
        EXPECT_TRUE(object.contains(std::string{field.name})) << field.name;
    EXPECT_EQ(object.at("customer.attributes.region"), "EMEA");
    EXPECT_EQ(object.at("ordered"), "10.5");
}

TEST(LineCodec, LeavesOutWhatIsNotKnown) {
    OrderLine line;
    line.key = {"erp", "8"};
    line.order.number = "SO1";
    line.ordered = Decimal{3};
    EXPECT_EQ(encodeLine(line),
              R"({"line":"8","order.number":"SO1","kind":"backorder","ordered":"3","shipped":"0",)"
              R"("cancelled":"0","unit_price":"0"})");
    EXPECT_EQ(decodeLine(encodeLine(line), "erp"), line);
}

TEST(LineCodec, ReadsMembersInAnyOrder) {
    const auto line = decodeLine(R"({"unit":"kg","attributes.a":"1","line":"8"})", "erp");
    EXPECT_EQ(line.key, (LineKey{"erp", "8"}));
    EXPECT_EQ(line.unit, "kg");
    EXPECT_EQ(line.attributes, (Attributes{{"a", "1"}}));
}

TEST(LineCodec, RefusesWhatItDidNotWrite) {
    for (const auto* json : {"", "{", "[]", "7", R"({"line":8})", R"({"color":"red"})",
                             R"({"ordered":"ten"})", R"({"line":"8"} x)", R"({"promise":"soon"})"})
        EXPECT_THROW(decodeLine(json, "erp"), std::runtime_error) << json;
}

TEST(LineCodec, OneDecoderReadsManyLines) {
    LineDecoder decoder;
    auto line = fullLine();
    for (int i = 0; i < 3; ++i) {
        line.item.name.append(1000, static_cast<char>('a' + i));
        EXPECT_EQ(decoder.decode(encodeLine(line), "erp"), line);
    }
    EXPECT_THROW(decoder.decode("{", "erp"), std::runtime_error);
    EXPECT_EQ(decoder.decode(encodeLine(line), "erp"), line);
}

struct Spoilt {
    std::string bytes;
    std::string kept;
};

TEST(LineCodec, ReplacesWhatIsNotUtf8) {
    const std::string kMark = "\xEF\xBF\xBD";
    const Spoilt kCases[] = {
        {"\x80", kMark},
        {"a\xFFz", "a" + kMark + "z"},
        {"\xC3", kMark},                                      // cut off
        {"\xC0\xAF", kMark + kMark},                          // overlong
        {"\xED\xA0\x80", kMark + kMark + kMark},              // a surrogate
        {"\xF4\x90\x80\x80", kMark + kMark + kMark + kMark},  // above U+10FFFF
        {"\xE2\x82", kMark + kMark},
        {"M\xFCller, Pumpen", "M" + kMark + "ller, Pumpen"},  // Latin-1
    };
    for (const auto& [bytes, kept] : kCases) {
        OrderLine line;
        line.item.name = bytes;
        line.attributes[bytes] = bytes;
        const auto read = decodeLine(encodeLine(line), "erp");
        EXPECT_EQ(read.item.name, kept);
        EXPECT_EQ(read.attributes, (Attributes{{kept, kept}}));
    }
}

/// Text of pieces that break careless writers, at every alignment.
std::string nastyText(std::mt19937& random, bool valid) {
    static const std::vector<std::string> kValid{
        "a",      "\"", "\\",      "\n",    "\r\n", "\t",      std::string(1, '\0'), "\x1f", "/",
        "\x7f",   "ü",  "€",       "😀",     "</",   "\\u0041", "12345678",           "{}",   "\":",
        "\u2028", "'",  "e\u0301", "\uFFFD"};
    static const std::vector<std::string> kInvalid{"\x80", "\xC3", "\xED\xA0\x80", "\xFF",
                                                   "\xF0\x9F"};
    std::string text;
    for (auto pieces = random() % 24; pieces > 0; --pieces) {
        const bool spoil = !valid && random() % 4 == 0;
        const auto& from = spoil ? kInvalid : kValid;
        text += from[random() % from.size()];
    }
    return text;
}

OrderLine nastyLine(std::mt19937& random, bool valid) {
    OrderLine line;
    line.key.source = "erp";
    for (const auto& field : lineFields())
        if (field.type == FieldType::Text) field.set(line, nastyText(random, valid));
    for (int i = 0; i < 3; ++i) {
        line.attributes["k" + nastyText(random, valid)] = nastyText(random, valid);
        line.customer.attributes["k" + nastyText(random, valid)] = nastyText(random, valid);
    }
    return line;
}

TEST(LineCodec, KeepsAnyUtf8) {
    std::mt19937 random{4711};
    LineDecoder decoder;
    for (int i = 0; i < 500; ++i) {
        const auto line = nastyLine(random, true);
        const auto json = encodeLine(line);
        ASSERT_TRUE(nlohmann::json::accept(json)) << json;
        ASSERT_EQ(decoder.decode(json, "erp"), line) << json;
    }
}

TEST(LineCodec, AnyBytesMakeReadableJson) {
    std::mt19937 random{4712};
    LineDecoder decoder;
    for (int i = 0; i < 500; ++i) {
        const auto json = encodeLine(nastyLine(random, false));
        ASSERT_TRUE(nlohmann::json::accept(json)) << json;
        // What was read once no longer changes.
        const auto line = decoder.decode(json, "erp");
        ASSERT_EQ(decoder.decode(encodeLine(line), "erp"), line);
    }
}

}  // namespace line_codec_test
}  // namespace backorderd::codec

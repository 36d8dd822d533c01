#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "codec/codec.hpp"

namespace backorderd::codec {
namespace text_codec_test {

TEST(TextCodec, KeepsAttributes) {
    const Attributes kCases[] = {
        {}, {{"a", ""}}, {{"", "x"}}, {{"a\"b", "1\n2"}, {"ü", "😀"}, {"z", std::string(1, '\0')}}};
    for (const auto& attributes : kCases) {
        const auto json = encodeAttributes(attributes);
        ASSERT_TRUE(nlohmann::json::accept(json)) << json;
        EXPECT_EQ(decodeAttributes(json), attributes) << json;
    }
    EXPECT_EQ(encodeAttributes({{"b", "2"}, {"a", "1"}}), R"({"a":"1","b":"2"})");
}

TEST(TextCodec, RefusesWhatAreNoAttributes) {
    for (const auto* json : {"", "{", "[]", "7", "null", R"({"a":1})", R"({"a":null})"})
        EXPECT_THROW(decodeAttributes(json), std::runtime_error) << json;
}

TEST(TextCodec, ListsTexts) {
    EXPECT_EQ(encodeTexts({}), "[]");
    const std::vector<std::string> texts{"PX-100", "", "\"],[\"", "\xFF"};
    EXPECT_EQ(encodeTexts(texts), "[\"PX-100\",\"\",\"\\\"],[\\\"\",\"\xEF\xBF\xBD\"]");
    EXPECT_EQ(nlohmann::json::parse(encodeTexts(texts)).size(), texts.size());
}

}  // namespace text_codec_test
}  // namespace backorderd::codec

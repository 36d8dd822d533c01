#include "app/log.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

namespace backorderd::app::test {
namespace {

const std::vector<std::string>& hostileValues() {
    using namespace std::string_literals;
    static const std::vector<std::string> values{
        "a\nevent=\"forged\"",
        "a\r\n{\"event\":\"forged\"}",
        "a\0b"s,
        "\x1b[2Jcleared",
        "\x7f\x01\x1f",
        "next\u0085line\u2028and\u2029paragraph",
        "x\u202Etxt.exe",
        "\xff\xfe\xc0\x80",
        "\"}\n{\"event\":\"forged",
        "<3>forged priority",
        "a=b c=d \\",
        "",
        std::string(1 << 20, '\n'),
    };
    return values;
}

/// Whether the text has a sign at which some reader of logs begins a line, or that a terminal
/// obeys.
bool breaksALine(const std::string& text) {
    for (const unsigned char c : text)
        if (c < 0x20 || c == 0x7f) return true;
    for (const char* sign : {"\u0085", "\u2028", "\u2029", "\u202E"})
        if (text.find(sign) != std::string::npos) return true;
    return false;
}

std::vector<std::string> logged(const std::string& format, const std::string& value) {
    config::LogSettings settings{format, "info", false};
    testing::internal::CaptureStderr();
    {
        Log log{settings};
        log.info("poll.failed", {{"source", value}, {"reason", value}});
    }
    std::istringstream text{testing::internal::GetCapturedStderr()};
    std::vector<std::string> lines;
    for (std::string line; std::getline(text, line);) lines.push_back(line);
    return lines;
}

TEST(Log, OneEventIsOneLineWhateverItsValuesHold) {
    for (const char* format : {"text", "json", "journal"})
        for (const auto& value : hostileValues()) {
            const auto lines = logged(format, value);
            ASSERT_EQ(lines.size(), 1u) << format << ": " << value.substr(0, 40);
            EXPECT_FALSE(breaksALine(lines[0])) << format << ": " << lines[0].substr(0, 100);
        }
}

TEST(Log, AJsonLineIsOneObjectWithItsValues) {
    for (const auto& value : hostileValues()) {
        const auto object = nlohmann::json::parse(logged("json", value).at(0));
        EXPECT_EQ(object["event"], "poll.failed");
        EXPECT_EQ(object["source"], object["reason"]);
        EXPECT_EQ(object.size(), 5u);
    }
    EXPECT_EQ(nlohmann::json::parse(logged("json", "a\nb").at(0))["source"], "a\nb");
}

TEST(Log, AddressesAreShortenedAlsoWithinSentences) {
    const Log log{{"text", "info", false}};
    EXPECT_EQ(log.address("ann@example.com"), "a…@example.com");
    EXPECT_EQ(log.address("+4930123456"), "+…");
    EXPECT_EQ(log.words("550 5.1.1 <ann@example.com>: no such user"),
              "550 5.1.1 <a…@example.com>: no such user");
    EXPECT_EQ(log.words("ann.b+c@x.example, bob@y.example and +49 30 123456"),
              "a…@x.example, b…@y.example and +…");
    EXPECT_EQ(log.words("250 2.0.0 Ok: queued as 4F2"), "250 2.0.0 Ok: queued as 4F2");
    const Log open{{"text", "info", true}};
    EXPECT_EQ(open.words("<ann@example.com>"), "<ann@example.com>");
}

}  // namespace
}  // namespace backorderd::app::test

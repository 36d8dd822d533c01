#include "render/clean_text.hpp"

#include <gtest/gtest.h>

namespace backorderd::render {
namespace clean_text_test {

using namespace std::string_literals;

struct CleanCase {
    std::string text;
    std::string clean;
};

TEST(CleanText, IsOneLineOfPrintableUtf8) {
    const CleanCase cases[] = {
        {"Umwälzpumpe PX-100", "Umwälzpumpe PX-100"},
        {"  a \t b\r\nBcc: x@y  ", "a b Bcc: x@y"},
        {"a\0b"s, "a b"},
        {"a\x1b[31mb\x7f", "a [31mb"},
        {"a\u2028b\u0085c\u2029d", "a b c d"},
        {"pay \u202Eexe.fdp\u202C", "pay exe.fdp"},
        {"a\u2066b\u2069\u200Fc\uFEFF\U000E0041", "abc"},
        {"\xC3", "\uFFFD"},
        {"a\xFF\xFE\x62", "a\uFFFD\uFFFDb"},
        {"\xC0\x80", "\uFFFD\uFFFD"},                      // an overlong NUL
        {"\xED\xA0\x80", "\uFFFD\uFFFD\uFFFD"},            // half of a surrogate pair
        {"\xF4\x90\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD"},  // beyond the last character
        {"👩‍🔧 日本", "👩‍🔧 日本"},
        {"\r\n\t", ""},
        {"", ""},
    };
    for (const CleanCase& c : cases) EXPECT_EQ(cleanLine(c.text), c.clean);
}

TEST(CleanText, IsBounded) {
    const std::string megabyte(1 << 20, 'x');
    EXPECT_EQ(cleanLine(megabyte), std::string(kValueCharactersMax, 'x') + "…");
    EXPECT_EQ(cleanLine("äöü", 2), "äö…");
    EXPECT_EQ(cleanLine("äö", 2), "äö");
}

TEST(CleanText, KeepsLinesWhereAsked) { EXPECT_EQ(cleanLines("\na\r\nb\n\n\n\nc\n"), "a\nb\n\nc"); }

TEST(CleanText, EscapesForTextAndAttributes) {
    EXPECT_EQ(escapeHtml("<a href=\"x\" id='y'>&"),
              "&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;");
}

TEST(CleanText, LinksAreWebLinksOrNothing) {
    for (const char* link : {"https://a.example/t?id=1&l=de", "HTTP://a.example/%20#x"}) {
        EXPECT_EQ(webLink(link), link);
    }
    for (const char* link : {"javascript:alert(1)", "data:text/html,x", "//a.example",
                             "https:", "https://", "mailto:a@b", " https://a.example",
                             "https://a.example/\r\nX: y", "https://a.example/\" onclick=\"x",
                             "https://a.example/>", "https://a.example/ä", "java\nscript:x", ""}) {
        EXPECT_EQ(webLink(link), "") << link;
    }
    EXPECT_EQ(webLink("https://a.example/" + std::string(2000, 'x')), "");
    EXPECT_EQ(webOrMailLink("mailto:stop@a.example?subject=stop"),
              "mailto:stop@a.example?subject=stop");
}

}  // namespace clean_text_test
}  // namespace backorderd::render

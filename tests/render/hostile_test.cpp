#include <gtest/gtest.h>

#include <algorithm>

#include "hostile_samples.hpp"
#include "render/clean_text.hpp"
#include "samples.hpp"

namespace backorderd::render {
namespace hostile_test {

bool isPrintable(std::string_view text, bool with_line_ends) {
    return findInvalidUtf8(text) == std::string_view::npos &&
           std::none_of(text.begin(), text.end(),
                        [&](unsigned char c) {
                            return (c < 0x20 && !(with_line_ends && c == '\n')) || c == 0x7F;
                        }) &&
           text.find("\u202E") == std::string_view::npos &&
           text.find("\u2066") == std::string_view::npos &&
           text.find("\u2028") == std::string_view::npos;
}

void expectSame(const Rendered& out, const Rendered& expected, const std::string& what) {
    EXPECT_EQ(tagSequence(out.html), tagSequence(expected.html)) << what;
    EXPECT_EQ(std::count(out.text.begin(), out.text.end(), '\n'),
              std::count(expected.text.begin(), expected.text.end(), '\n'))
        << what;
    EXPECT_TRUE(isPrintable(out.subject, false)) << what;
    EXPECT_TRUE(isPrintable(out.sms, false)) << what;
    EXPECT_TRUE(isPrintable(out.text, true)) << what;
    EXPECT_TRUE(isPrintable(out.html, true)) << what;
    EXPECT_LE(out.subject.size(), 4u * 201) << what;
    EXPECT_LE(out.sms.size(), 4u * 481) << what;
    EXPECT_LE(out.html.size(), 1u << 19) << what;
}

TEST(Hostile, FieldsOfTheErpChangeNeitherStructureNorBounds) {
    const Templates& templates = shippedTemplates();
    for (const std::string& name : templates.names()) {
        // As many lines as the examples have pasts.
        const int lines = name == "digest" ? 9 : name == "rep-alert" ? 3 : 2;
        for (const char* language : {"en", "de"}) {
            Request example = exampleRequest(name, language, lines);
            const Rendered expected = templates.render(fillTexts(example, "x", "")).value();
            EXPECT_EQ(expected.language, language);
            for (const std::string& text : hostileTexts()) {
                Request request = fillTexts(example, text, text);
                expectSame(templates.render(request).value(), expected,
                           name + ' ' + language + ": " + cleanLine(text, 60));
            }
        }
    }
}

TEST(Hostile, FieldsOfTheHouseChangeNeitherStructureNorBounds) {
    const Request request = exampleRequest("frame", "en", 1);
    TemplateFolder folder{{{"frame.en.mustache", templateText("{{house.name}}", "T")}}};
    std::filesystem::copy(kShippedTemplates + "/layout.en.mustache", folder.path());
    const Templates plain = Templates::load(folder.path(), fillHouse("x")).value();
    for (const std::string& text : hostileTexts()) {
        const Templates hostile = Templates::load(folder.path(), fillHouse(text)).value();
        expectSame(hostile.render(request).value(), plain.render(request).value(),
                   cleanLine(text, 60));
    }
}

TEST(Hostile, TheTagSequenceNoticesAnInjection) {
    EXPECT_NE(tagSequence("<p>x</p>"), tagSequence("<p><b>x</b></p>"));
    EXPECT_NE(tagSequence("<a href=\"x\">"), tagSequence("<a href=\"x\" onclick=\"y\">"));
    EXPECT_EQ(tagSequence("<a href=\"x\">"), tagSequence("<a href=\"<b>\">"));
}

TEST(Hostile, TheSameRequestGivesTheSameBytes) {
    const Templates& first = shippedTemplates();
    const auto second = Templates::load(kShippedTemplates, sampleHouse());
    for (const std::string& name : first.names()) {
        const Request request = exampleRequest(name, "de", 3);
        const Rendered a = first.render(request).value();
        const Rendered b = second->render(request).value();
        EXPECT_EQ(a.subject + a.text + a.html + a.sms, b.subject + b.text + b.html + b.sms);
    }
}

}  // namespace hostile_test
}  // namespace backorderd::render

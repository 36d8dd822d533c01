#include <gtest/gtest.h>

#include "render/library.hpp"
#include "samples.hpp"

namespace backorderd::render {
namespace template_problems_test {

const std::string kGood = templateText("S", "T");

/// All problems of a folder, one a line, without the folder's path.
std::string problemsOf(const std::map<std::string, std::string>& files) {
    const TemplateFolder folder{files};
    const auto templates = Templates::load(folder.path(), sampleHouse());
    if (templates) return {};
    std::string text = formatProblems(templates.error());
    const std::string prefix = folder.path() + "/";
    for (std::size_t at = text.find(prefix); at != std::string::npos; at = text.find(prefix)) {
        text.erase(at, prefix.size());
    }
    while (text.ends_with('\n')) text.pop_back();
    return text;
}

struct TextCase {
    const char* text;     ///< of the part `text`; it begins on line 4
    const char* problem;  ///< what is said of it
};

TEST(TemplateProblems, NameThePlaceAndTheRemedy) {
    const TextCase cases[] = {
        {"{{ordr_number}}",
         "t.en.mustache:4:1: unknown variable 'ordr_number'; docs/templates.md "
         "lists them"},
        {"ü {{#one}}{{ordr_number}}{{/one}}",
         "t.en.mustache:4:11: unknown variable 'ordr_number' (did you mean 'order_number'?)"},
        {"a\n\n {{house.nmae}}",
         "t.en.mustache:6:2: unknown variable 'house.nmae' (did you mean 'house.name'?)"},
        {"{{item}}",
         "t.en.mustache:4:1: 'item' is known only inside {{#lines}}, {{#one}}, {{#items}}"},
        {"{{order_number}}",
         "t.en.mustache:4:1: 'order_number' is known only inside {{#lines}}, "
         "{{#one}}, {{#orders}}, {{#one_order}}"},
        {"{{attributes.colour}}",
         "t.en.mustache:4:1: 'attributes.colour' is known only inside {{#lines}}, {{#one}}"},
        {"{{#lines}}{{/lines}}{{item}}",
         "t.en.mustache:4:21: 'item' is known only inside {{#lines}}, {{#one}}, {{#items}}"},
        {"{{^one}}{{item}}{{/one}}",
         "t.en.mustache:4:9: 'item' is known only inside {{#lines}}, {{#one}}, {{#items}}"},
        {"{{#many}}x",
         "t.en.mustache:4:1: section 'many' is left open; write '{{/many}}' where it "
         "ends"},
        {"{{/many}}",
         "t.en.mustache:4:1: '{{/many}}' ends a section that was not opened; write "
         "'{{#many}}' before it or remove it"},
        {"{{#many}}\n{{/one}}",
         "t.en.mustache:5:1: '{{/one}}' does not end the open section 'many' of line 4"},
        {"x {{today", "t.en.mustache:4:3: this tag is left open; write '}}' at its end"},
        {"{{}}", "t.en.mustache:4:1: the tag is empty"},
        {"{{.}}", "t.en.mustache:4:1: unknown variable '.'; docs/templates.md lists them"},
        {"{{{today}}}", "t.en.mustache:4:1: values are always escaped; write '{{today}}'"},
        {"{{&today}}", "t.en.mustache:4:1: values are always escaped; write '{{today}}'"},
        {"{{=<% %>=}}", "t.en.mustache:4:1: other tag signs than '{{ }}' cannot be set"},
        {"{{many}}",
         "t.en.mustache:4:1: 'many' is yes or no, not a text; write '{{#many}} … "
         "{{/many}}'"},
        {"{{lines}}",
         "t.en.mustache:4:1: 'lines' is a list, not a text; write '{{#lines}} … "
         "{{/lines}}'"},
        {"{{> _lien}}", "t.en.mustache:4:1: unknown partial '_lien'"},
        {"{{> content}}", "t.en.mustache:4:1: unknown partial 'content'"},
    };
    for (const TextCase& c : cases) {
        EXPECT_EQ(problemsOf({{"t.en.mustache", templateText("S", c.text)}}), c.problem) << c.text;
    }
}

TEST(TemplateProblems, ValuesStandInHtmlOnlyWhereEscapingHolds) {
    const TextCase cases[] = {
        {"<a href={{house.name}}>",
         "a value in an HTML tag must stand in an attribute in double "
         "quotes"},
        {"<a title='{{house.name}}'>",
         "a value in an HTML tag must stand in an attribute in double "
         "quotes"},
        {"<a href=\"{{house.name}}\">",
         "the attribute 'href' needs a link: tracking_url, "
         "house.unsubscribe_link, or an address that begins in the "
         "template, such as \"tel:\""},
        {"<p style=\"color:{{house.name}}\">", "a value may not stand in the attribute 'style'"},
        {"<p onclick=\"{{house.name}}\">", "a value may not stand in the attribute 'onclick'"},
        {"<STYLE>.a{}{{house.name}}</STYLE>", "a value may not stand inside <style>"},
        {"<script>{{house.name}}</script>", "a value may not stand inside <script>"},
    };
    for (const TextCase& c : cases) {
        const std::string problems = problemsOf(
            {{"t.en.mustache", std::string{"%% subject\nS\n%% text\nT\n%% html\n"} + c.text}});
        EXPECT_EQ(problems.substr(0, problems.find(':')), "t.en.mustache") << c.text;
        EXPECT_TRUE(problems.ends_with(c.problem)) << problems;
    }
    for (const char* good :
         {"<a href=\"{{house.unsubscribe_link}}\">", "<a href=\"tel:{{house.phone}}\">x</a>",
          "<style>a{}</style>{{house.name}}", "<html lang=\"{{language}}\">{{house.name}}"}) {
        EXPECT_EQ(problemsOf({{"t.en.mustache",
                               std::string{"%% subject\nS\n%% text\nT\n%% html\n"} + good}}),
                  "");
    }
}

struct FolderCase {
    std::map<std::string, std::string> files;
    const char* problems;
};

TEST(TemplateProblems, NameFilesPartsAndLanguages) {
    const FolderCase cases[] = {
        {{{"t.en.mustache", "%% subjct\nS\n%% text\nT\n%% html\nH\n"}},
         "t.en.mustache: part 'subject' is missing; begin it with a line '%% subject'\n"
         "t.en.mustache:1:1: unknown part 'subjct' (did you mean 'subject'?)"},
        {{{"t.en.mustache", "# A remark.\n\nHello\n%% subject\nS\n%% text\nT\n%% html\nH\n"}},
         "t.en.mustache:3:1: text stands before the first part; begin a part with '%% subject', or "
         "a remark with '#'"},
        {{{"t.en.mustache", kGood + "%% text\nagain\n"}},
         "t.en.mustache:7:1: part 'text' is there twice"},
        {{{"t.en.mustache", "%% subject\n\n%% text\nT\n%% html\nH\n"}},
         "t.en.mustache: part 'subject' is missing; begin it with a line '%% subject'"},
        {{{"t.en.mustache", "%% subject\nS\n%% text\nT\xFF\n%% html\nH\n"}},
         "t.en.mustache:4: is not UTF-8 here; save the file as UTF-8"},
        {{{"t.mustache", kGood}},
         "t.mustache: template 't' is not there in the house language 'en'; write t.en.mustache "
         "(there is: )\n"
         "t.mustache: the name must be NAME.LANGUAGE.mustache, such as 'opened.en.mustache' or "
         "'opened.de-AT.mustache'"},
        {{{"t.de.mustache", kGood}},
         "t.de.mustache: template 't' is not there in the house language 'en'; write t.en.mustache "
         "(there is: de)"},
        {{{"t.en.mustache", templateText("S", "{{> _p}}")}, {"_p.de.mustache", "%% text\nP\n"}},
         "t.en.mustache:4:1: partial '_p' is not there in 'en' (there is: de)"},
        {
            {{"t.en.mustache", templateText("S", "{{> _p}}")}, {"_p.en.mustache", "%% html\nP\n"}},
            "t.en.mustache:4:1: "  // followed by the path of the partial
        },
        {{{"t.en.mustache", templateText("S", "{{> u}}")}, {"u.en.mustache", kGood}},
         "t.en.mustache:4:1: 'u' is not a partial; the name of one begins with '_'"},
        {{{"t.en.mustache", templateText("S", "{{> _p}}")},
          {"_p.en.mustache", "%% text\n{{> _p}}\n"}},
         "_p.en.mustache:2:1: partials take each other in more than 8 deep"},
        {{{"t.en.mustache", kGood}, {"layout.en.mustache", "%% html\n<b>frame</b>\n"}},
         "layout.en.mustache:2:1: part 'html' of a layout must take in the template once, with "
         "'{{> content}}'"},
        {{{"t.en.mustache", kGood}, {"layout.de.mustache", "%% text\n{{> content}}\n"}},
         "t.en.mustache: there is a layout, but none for 'en'; write layout.en.mustache"},
        {{{"t.en.mustache", templateText("{{#many}}S{{/many}}", "T")}},
         "t.en.mustache: part 'subject' is empty for an example of 1 line"},
        {{{"t.en.mustache", templateText("S", "{{> _p}}")},
          {"_p.en.mustache", "%% text\n{{#lines}}{{itm}}{{/lines}}\n"}},
         "_p.en.mustache:2:11: unknown variable 'itm' (did you mean 'item'?)"},
    };
    for (const FolderCase& c : cases) {
        const std::string problems = problemsOf(c.files);
        if (std::string{c.problems}.ends_with(": ")) {
            EXPECT_TRUE(problems.starts_with(c.problems) &&
                        problems.ends_with("has no part 'text'"))
                << problems;
        } else {
            EXPECT_EQ(problems, c.problems);
        }
    }
}

TEST(TemplateProblems, OfEveryFileComeAtOnceAndInOrder) {
    EXPECT_EQ(problemsOf({{"b.en.mustache", templateText("{{nope}}", "{{#x}}{{/x}}")},
                          {"a.en.mustache", templateText("S", "{{today")}}),
              "a.en.mustache:4:1: this tag is left open; write '}}' at its end\n"
              "b.en.mustache:2:1: unknown variable 'nope'; docs/templates.md lists them\n"
              "b.en.mustache:4:1: unknown variable 'x'; docs/templates.md lists them\n"
              "b.en.mustache:6:4: unknown variable 'nope'; docs/templates.md lists them");
}

TEST(TemplateProblems, NameAFolderThatCannotServe) {
    EXPECT_TRUE(Templates::load("/nonexistent/templates", sampleHouse()).has_error());
    const TemplateFolder empty{{{"notes.txt", "nothing"}}};
    const auto templates = Templates::load(empty.path(), sampleHouse());
    ASSERT_TRUE(templates.has_error());
    EXPECT_EQ(templates.error().front().text,
              "holds no template; their names are NAME.LANGUAGE.mustache");
}

TEST(TemplateProblems, AFileIsAtMost256KiB) {
    const std::string text = problemsOf({{"t.en.mustache", kGood + std::string(256 * 1024, 'x')}});
    EXPECT_NE(text.find("t.en.mustache: is larger than 256 KiB"), std::string::npos) << text;
}

TEST(TemplateProblems, PartialsThatMultiplyAreStopped) {
    std::map<std::string, std::string> files{{"t.en.mustache", templateText("S", "{{> _p0}}")}};
    for (int i = 0; i < 7; ++i) {
        std::string text = "%% text\n";
        for (int n = 0; n < 100; ++n) text += "x{{> _p" + std::to_string(i + 1) + "}}\n";
        files["_p" + std::to_string(i) + ".en.mustache"] = text;
    }
    files["_p7.en.mustache"] = "%% text\nend\n";
    EXPECT_EQ(problemsOf(files),
              "t.en.mustache:4:1: partials take each other in without end, or to "
              "more than 1 MiB");
}

}  // namespace template_problems_test
}  // namespace backorderd::render

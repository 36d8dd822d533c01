#include "render/render.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "samples.hpp"

namespace backorderd::render {
namespace render_test {

using testing::HasSubstr;
using testing::Not;

Date day(const char* iso) { return parseDate(iso).value(); }

Rendered renderShipped(const Request& request, const House& house = sampleHouse()) {
    return shippedTemplates(house).render(request).value();
}

void promise(Request& request, const Promise& promise) {
    for (Entry& entry : request.entries) {
        entry.subject.line.promise = promise;
        entry.notice.facts.promise = promise;
    }
}

// -- Honest dates ----------------------------------------------------------------------------

TEST(Render, ADateBeforeTodayIsNeverPromised) {
    for (const char* name : {"opened", "promise-changed", "promise-lapsed", "status",
                             "status-further", "partly-available", "partly-shipped", "digest",
                             "offer", "offer-withdrawn", "preorder-opened", "preorder-changed",
                             "preorder-status", "ftc-first-delay", "ftc-further-delay"}) {
        for (const char* language : {"en", "de"}) {
            Request request = exampleRequest(name, language);
            promise(request, {day("2026-03-02"), day("2026-03-19")});
            const Rendered out = renderShipped(request);
            const std::string unknown = *language == 'e' ? "not known yet" : "noch nicht bekannt";
            EXPECT_THAT(out.text, HasSubstr(unknown)) << name;
            EXPECT_THAT(out.html, HasSubstr(unknown)) << name;
            for (const char* words : {"ship: 2 ", "ship: 19 ", "Versand: 2.", "Versand: 19."}) {
                EXPECT_THAT(out.text, Not(HasSubstr(words))) << name;
            }
            EXPECT_THAT(out.sms, Not(HasSubstr("19"))) << name;
        }
    }
}

TEST(Render, TodayIsStillAPromise) {
    Request request = exampleRequest("opened", "en");
    promise(request, Promise::on(request.today));
    EXPECT_THAT(renderShipped(request).text, HasSubstr("Expected to ship: 20 March 2026"));
}

TEST(Render, OfARangeThatHasBegunOnlyTheEndIsShown) {
    Request request = exampleRequest("opened", "en");
    promise(request, {day("2026-03-18"), day("2026-03-25")});
    const Rendered out = renderShipped(request);
    EXPECT_THAT(out.text, HasSubstr("Expected to ship: 25 March 2026"));
    EXPECT_THAT(out.text, Not(HasSubstr("18")));
}

struct ChangeCase {
    const char* name;
    Promise before;
    Promise now;
    const char* words;
    const char* line;
};

TEST(Render, AChangedPromiseIsToldAsWhatItIs) {
    const ChangeCase cases[] = {
        {"Later", Promise::on(day("2026-03-24")), Promise::on(day("2026-03-25")),
         "This item will ship later than we told you.",
         "ship: 25 March 2026 (before: 24 March 2026, 1 day later)"},
        {"Earlier", Promise::on(day("2026-04-24")), Promise::on(day("2026-04-10")),
         "this item is expected to ship earlier",
         "ship: 10 April 2026 (before: 24 April 2026, 14 days earlier)"},
        {"First",
         {},
         Promise::on(day("2026-04-10")),
         "We now have an expected date",
         "ship: 10 April 2026\n"},
        {"Withdrawn",
         Promise::on(day("2026-04-10")),
         {},
         "no longer holds",
         "ship: not known yet (before: 10 April 2026)"},
        {"SameEnd",
         {day("2026-04-01"), day("2026-04-10")},
         Promise::on(day("2026-04-10")),
         "The expected date of this item has changed.",
         "ship: 10 April 2026 (before: 1 to 10 April 2026)"},
    };
    for (const ChangeCase& c : cases) {
        Request request = exampleRequest("promise-changed", "en");
        Entry& entry = request.entries.front();
        promise(request, c.now);
        entry.event.reset();
        entry.told_before = ToldFacts{c.before, entry.subject.line.open()};
        const Rendered out = renderShipped(request);
        EXPECT_THAT(out.text, HasSubstr(c.words)) << c.name;
        EXPECT_THAT(out.text, HasSubstr(c.line)) << c.name;
    }
}

TEST(Render, WithoutAnythingToldTheEventSaysWhatWasBefore) {
    Request request = exampleRequest("promise-changed", "en");
    request.entries.front().told_before.reset();
    EXPECT_THAT(renderShipped(request).text, HasSubstr("before: 24 March 2026"));
}

TEST(Render, AStatusSaysNothingChangedOnlyWhereThatIsSo) {
    Request request = exampleRequest("status", "en");
    EXPECT_THAT(renderShipped(request).text, HasSubstr("Nothing has changed since"));
    request.entries.front().told_before->open = Decimal{9};
    EXPECT_THAT(renderShipped(request).text, Not(HasSubstr("Nothing has changed since")));
    request.entries.front().told_before.reset();
    EXPECT_THAT(renderShipped(request).text, Not(HasSubstr("Nothing has changed since")));
}

// -- Languages -------------------------------------------------------------------------------

struct LanguageCase {
    const char* recipient;
    const char* house;
    const char* language;
    const char* date;
};

TEST(Render, TheLanguageFallsBackToTheHouseAndToEnglish) {
    const LanguageCase cases[] = {
        {"de", "en", "de", "15. Januar 2027"},    {"de-AT", "en", "de", "15. Jänner 2027"},
        {"de_AT", "en", "de", "15. Jänner 2027"}, {"en-US", "de", "en", "January 15, 2027"},
        {"fr", "de", "de", "15. Januar 2027"},    {"fr-CA", "de-AT", "de", "15. Januar 2027"},
        {"", "de", "de", "15. Januar 2027"},      {"fr", "en", "en", "15 January 2027"},
        {"", "", "en", "15 January 2027"},
    };
    for (const LanguageCase& c : cases) {
        House house = sampleHouse();
        house.language = c.house;
        Request request = exampleRequest("opened", "en");
        request.recipient.language = c.recipient;
        promise(request, Promise::on(day("2027-01-15")));
        const Rendered out = renderShipped(request, house);
        EXPECT_EQ(out.language, c.language) << c.recipient;
        EXPECT_THAT(out.text, HasSubstr(c.date)) << c.recipient;
    }
}

TEST(Render, ATemplateOfACountryGoesBeforeThatOfTheLanguage) {
    const TemplateFolder folder{{{"t.en.mustache", templateText("S", "English")},
                                 {"t.de.mustache", templateText("S", "Deutsch {{> _p}}")},
                                 {"t.de-AT.mustache", templateText("S", "Wienerisch {{> _p}}")},
                                 {"_p.de.mustache", "%% text\nfür alle\n"}}};
    const auto templates = Templates::load(folder.path(), sampleHouse());
    ASSERT_TRUE(templates.has_value()) << formatProblems(templates.error());
    Request request = exampleRequest("t", "de-AT");
    EXPECT_EQ(templates->render(request)->text, "Wienerisch für alle\n");
    request.recipient.language = "de-CH";
    EXPECT_EQ(templates->render(request)->text, "Deutsch für alle\n");
}

TEST(Render, AnUnknownTemplateIsNamedWithASuggestion) {
    const Templates& templates = shippedTemplates();
    EXPECT_TRUE(templates.has("promise-changed"));
    EXPECT_FALSE(templates.has("layout"));
    EXPECT_FALSE(templates.has("_line"));
    Request request = exampleRequest("opened", "en");
    request.template_name = "opend";
    const auto out = templates.render(request);
    ASSERT_TRUE(out.has_error());
    EXPECT_EQ(formatProblems(out.error()), "unknown template 'opend' (did you mean 'opened'?)\n");
}

// -- Lists -----------------------------------------------------------------------------------

TEST(Render, LinesAreGatheredByOrderAndByTopic) {
    EXPECT_EQ(renderText("{{line_count}} in {{order_count}}\n"
                         "{{#orders}}\n{{order_number}}: {{#lines}}{{position}} {{/lines}}"
                         "{{#many}}many{{/many}}{{#one}}one{{/one}}\n{{/orders}}",
                         exampleRequest("opened", "en", 3)),
              "3 in 2\nSO-1042: 1 2 many\nSO-1043: 1 one\n");
    EXPECT_EQ(
        renderText("{{#groups}}\n{{#is_opened}}opened{{/is_opened}}"
                   "{{#is_shipped}}shipped{{/is_shipped}}"
                   "{{#is_promise_changed}}changed{{/is_promise_changed}}"
                   " {{#one_order}}{{order_number}}{{/one_order}} {{line_count}}\n{{/groups}}",
                   exampleRequest("digest", "en", 3)),
        "changed SO-1042 1\nopened SO-1042 1\nshipped SO-1043 1\n");
}

TEST(Render, AFlagOutsideALineHoldsWhereItHoldsForEveryLine) {
    Request request = exampleRequest("opened", "en", 2);
    const std::string text =
        "{{#promise_known}}all{{/promise_known}}{{^promise_known}}not all"
        "{{/promise_known}}{{#lines}} {{#promise_known}}yes{{/promise_known}}"
        "{{^promise_known}}no{{/promise_known}}{{/lines}}";
    EXPECT_EQ(renderText(text, request), "all yes yes\n");
    request.entries.back().notice.facts.promise = {};
    EXPECT_EQ(renderText(text, request), "not all yes no\n");
}

TEST(Render, ASingleTopicInTheDigestTemplateReadsWell) {
    Request request = exampleRequest("shipped", "en", 2);
    request.template_name = "digest";
    const Rendered out = renderShipped(request);
    EXPECT_EQ(out.subject, "Order SO-1042: news on 2 items");
    EXPECT_THAT(out.text, HasSubstr("== Shipped\n\nOrder SO-1042"));
}

// -- Values ----------------------------------------------------------------------------------

TEST(Render, ValuesAreNeverReadAsATemplate) {
    Request request = exampleRequest("opened", "en");
    OrderLine& line = request.entries.front().subject.line;
    line.item.name = "{{evil}} {{> _line}} {{#lines}} {{=<% %>=}} }}";
    line.attributes["colour"] = "{{house.name}}";
    const Rendered out = renderShipped(request);
    EXPECT_THAT(out.text, HasSubstr(line.item.name));
    EXPECT_THAT(out.html, HasSubstr("{{evil}} {{&gt; _line}} {{#lines}} {{=&lt;% %&gt;=}} }}"));
    EXPECT_EQ(renderText("{{#one}}{{attributes.colour}}{{attributes.size}}{{/one}}", request),
              "{{house.name}}\n");
}

TEST(Render, EveryQuantityCarriesItsUnit) {
    Request request = exampleRequest("opened", "de");
    OrderLine& line = request.entries.front().subject.line;
    line.ordered = Decimal::parse("1234.5").value();
    line.shipped = Decimal{};
    line.unit = "m";
    const std::string text = "{{#one}}{{ordered}}|{{shipped}}|{{open}}|{{allocated}}{{/one}}";
    EXPECT_EQ(renderText(text, request), "1,234.5 m|0 m|1,234.5 m|\n");
    line.unit.clear();
    EXPECT_EQ(renderText(text, request), "1,234.5|0|1,234.5|\n");
}

TEST(Render, AValueBeyondAllBoundsIsLeftOut) {
    Request request = exampleRequest("opened", "en");
    OrderLine& line = request.entries.front().subject.line;
    EXPECT_EQ(renderText("{{#one}}{{value}}{{/one}}", request), "EUR 771.00\n");
    line.ordered = Decimal::fromMillionths(9'000'000'000'000'000'000);
    EXPECT_EQ(renderText("x{{#one}}{{value}}{{/one}}", request), "x\n");
}

TEST(Render, OnlyWebLinksAreLinks) {
    Request request = exampleRequest("shipped", "en");
    auto& shipped = std::get<Shipped>(*request.entries.front().event);
    EXPECT_THAT(renderShipped(request).html,
                HasSubstr("href=\"https://tracking.example.com/?id=JD014600003&amp;lang=en\""));
    shipped.shipment.tracking_url = "javascript:alert(1)";
    const Rendered out = renderShipped(request);
    EXPECT_THAT(out.html, Not(HasSubstr("javascript")));
    EXPECT_THAT(out.text, Not(HasSubstr("javascript")));
}

TEST(Render, WhatTheHouseDoesNotHaveLeavesNoGap) {
    House house = sampleHouse();
    house.phone.clear();
    house.signature.clear();
    Request request = exampleRequest("opened", "en");
    request.recipient.name.clear();
    const Rendered out = renderShipped(request, house);
    EXPECT_THAT(out.text, HasSubstr("Hello,\n"));
    EXPECT_THAT(out.text, HasSubstr("Just reply to this message, and please"));
    EXPECT_THAT(out.text, HasSubstr("Kind regards\nNordwind Technik GmbH\n"));
    EXPECT_THAT(out.html, Not(HasSubstr("tel:")));
    house.unsubscribe_link = "https://nordwind.example/stop?a=1&b=2";
    EXPECT_THAT(renderShipped(request, house).html,
                HasSubstr("href=\"https://nordwind.example/stop?a=1&amp;b=2\""));
}

TEST(Render, WithoutAnSmsPartTheSubjectIsTheSms) {
    const TemplateFolder folder{{{"t.en.mustache", templateText("Short and plain", "T")}}};
    const auto templates = Templates::load(folder.path(), sampleHouse());
    ASSERT_TRUE(templates.has_value());
    EXPECT_EQ(templates->render(exampleRequest("t", "en"))->sms, "Short and plain");
}

TEST(Render, TheSmsIsWrittenInSignsThatCostOnePlace) {
    const TemplateFolder folder{{{"t.en.mustache", templateText("“Pump” – 3…", "T")}}};
    const auto templates = Templates::load(folder.path(), sampleHouse());
    ASSERT_TRUE(templates.has_value());
    const Rendered out = templates->render(exampleRequest("t", "en")).value();
    EXPECT_EQ(out.subject, "“Pump” – 3…");
    EXPECT_EQ(out.sms, "\"Pump\" - 3...");
}

TEST(Render, EmptyLinesOfSectionsAreNotLeftBehind) {
    EXPECT_EQ(renderText("a\n{{#many}}\nnever\n{{/many}}\n{{! a remark }}\nb\n\n{{^many}}\nc\n"
                         "{{/many}}\n\n\n\nd",
                         exampleRequest("opened", "en")),
              "a\nb\n\nc\n\nd\n");
}

}  // namespace render_test
}  // namespace backorderd::render

#include <gtest/gtest.h>

#include <algorithm>

#include "backorderd/line_fields.hpp"
#include "render/clean_text.hpp"
#include "samples.hpp"

namespace backorderd::render {
namespace hostile_test {

using namespace std::string_literals;

/// Fills the texts of events that a message can speak of.
struct EventFiller {
    const std::string& text;

    void operator()(OfferMade& offer) const {
        for (OfferedItem& item : offer.items) {
            item.item = item.name = item.warehouse = text;
            item.unit_price.currency = "EUR";
        }
    }
    void operator()(OfferAnswered& answered) const {
        // An offer that was declined stays one.
        if (!answered.accepted_item.empty()) answered.accepted_item = text;
        answered.author = answered.note = text;
    }
    void operator()(OfferWithdrawn& withdrawn) const { withdrawn.reason = text; }
    void operator()(Responded& said) const { said.text = said.author = text; }
    void operator()(AllocationProposed& proposed) const {
        proposed.warehouse = proposed.strategy = proposed.reason = text;
    }
    template <class Other>
    void operator()(Other&) const {}
};

void fillStory(Entry& entry, const std::string& text) {
    for (CaseEvent& logged : entry.subject.events) std::visit(EventFiller{text}, logged.event);
    if (entry.event) std::visit(EventFiller{text}, *entry.event);
    for (Substitute& substitute : entry.substitutes) {
        substitute.item = substitute.name = substitute.warehouse = text;
    }
}

/// Every text that an ERP, a customer, or the settings, can put into a message.
Request fillTexts(Request request, const std::string& text, const std::string& tracking_url) {
    request.recipient.name = text;
    request.recipient.address = text;
    request.recipient.timezone = text;
    for (Entry& entry : request.entries) {
        OrderLine& line = entry.subject.line;
        const bool had_email = !line.contact.email.empty();
        for (const LineField& field : lineFields()) {
            if (field.type != FieldType::Text) continue;
            EXPECT_TRUE(field.set(line, text)) << field.name;
        }
        if (!had_email) line.contact.email.clear();
        line.unit_price.currency = "EUR";
        line.attributes[text] = line.attributes["delay_reason"] = text;
        line.shipment.tracking_url = tracking_url;
        entry.notice.reason = text;
        fillStory(entry, text);
        if (!entry.event) continue;
        if (auto* part = std::get_if<PartlyShipped>(&*entry.event)) part->shipment = line.shipment;
        if (auto* all = std::get_if<Shipped>(&*entry.event)) all->shipment = line.shipment;
    }
    return request;
}

House fillHouse(const std::string& text) {
    // A signature is the one value that may have several lines.
    std::string signature = text;
    std::replace(signature.begin(), signature.end(), '\n', ' ');
    return {.name = text,
            .phone = text,
            .signature = signature,
            .language = "en",
            .timezone = text,
            .unsubscribe_link = text,
            .reply_to = text};
}

/// Names of the tags and of their attributes, in order, as a reader of HTML finds them.
std::string tagSequence(std::string_view html) {
    std::string out;
    for (std::size_t at = html.find('<'); at != std::string_view::npos; at = html.find('<', at)) {
        char quote = '\0';
        bool in_value = false;
        for (++at; at < html.size() && (quote != '\0' || html[at] != '>'); ++at) {
            const char c = html[at];
            if (quote != '\0') {
                if (c == quote) quote = '\0';
            } else if (c == '"' || c == '\'') {
                quote = c;
                in_value = false;
            } else if (!in_value) {
                out += c;
            }
        }
        out += '\n';
    }
    return out;
}

const std::vector<std::string>& hostileTexts() {
    static const std::vector<std::string> texts{
        "x\r\nBcc: victim@example.com\r\n\r\nbody",
        "x\0y"s,
        "<script>alert(1)</script><img src=x onerror=alert(1)>",
        "\"><b>x</b><a href=\"",
        "' onmouseover='alert(1)",
        "{{evil}}{{{raw}}}{{> _line}}{{#lines}}{{/lines}}",
        "<!-- x",
        "</td></tr></table></body></html>",
        "x\u202Etxt.exe\u2066",
        "x\u2028y\u0085z",
        "\xFF\xFE\xC0\x80x\xED\xA0\x80",
        "&lt;b&gt;&#60;",
        std::string(1 << 20, 'x'),
        "x" + std::string(4096, '\n') + "y",
        "x\x1fy%% html\n%% subject",
        "=?utf-8?q?x?=",
        "javascript:alert(1)",
    };
    return texts;
}

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
        const Request example = exampleRequest(name, "en", lines);
        const Rendered expected = templates.render(fillTexts(example, "x", "")).value();
        for (const std::string& text : hostileTexts()) {
            Request request = fillTexts(example, text, text);
            expectSame(templates.render(request).value(), expected,
                       name + ": " + cleanLine(text, 60));
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

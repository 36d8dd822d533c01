#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "backorderd/line_fields.hpp"
#include "render/render.hpp"

/// Requests whose every text is hostile.
namespace backorderd::render::hostile_test {

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

inline void fillStory(Entry& entry, const std::string& text) {
    for (CaseEvent& logged : entry.subject.events) std::visit(EventFiller{text}, logged.event);
    if (entry.event) std::visit(EventFiller{text}, *entry.event);
    for (Substitute& substitute : entry.substitutes) {
        substitute.item = substitute.name = substitute.warehouse = text;
    }
}

/// Every text that an ERP, a customer, or the settings, can put into a message.
inline Request fillTexts(Request request, const std::string& text,
                         const std::string& tracking_url) {
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

inline House fillHouse(const std::string& text) {
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
inline std::string tagSequence(std::string_view html) {
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

inline const std::vector<std::string>& hostileTexts() {
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

}  // namespace backorderd::render::hostile_test

#include <algorithm>
#include <array>

#include "render/example_story.hpp"
#include "render/render.hpp"

namespace backorderd::render {
namespace {

constexpr Date kToday = Date{std::chrono::days{20'532}};  // 2026-03-20, a Friday
constexpr int kLinesMax = 100;

struct ExampleItem {
    std::string_view id, name, german_name;
    int ordered, shipped;
};
constexpr std::array kItems{
    ExampleItem{"PX-100", "Circulation pump PX-100", "Umwälzpumpe PX-100", 10, 4},
    ExampleItem{"BV-032", "Ball valve DN 32, brass", "Kugelhahn DN 32, Messing", 40, 0},
    ExampleItem{"SK-7", "Seal kit for series 7", "Dichtungssatz Serie 7", 6, 2},
};

/// Templates that are not named after their topic.
constexpr std::array<std::pair<std::string_view, Topic>, 7> kOtherNames{{
    {"offer-accepted", Topic::OfferAnswered},
    {"payment-lapses", Topic::Escalation},
    {"rep-alert", Topic::Escalation},
    {"desk-alert", Topic::Escalation},
    {"preorder-changed", Topic::PromiseChanged},
    {"ftc-first", Topic::Opened},
    {"ftc", Topic::PromiseChanged},
}};

std::optional<Topic> otherName(std::string_view name) {
    for (const auto& [begin, topic] : kOtherNames) {
        if (name.starts_with(begin)) return topic;
    }
    return std::nullopt;
}

/// Templates are named after topics, with '-' for '_' and perhaps more words before or behind:
/// `status-further`, `preorder-opened`.
std::optional<Topic> topicOf(std::string_view template_name) {
    if (const auto topic = otherName(template_name)) return topic;
    std::string words{template_name};
    std::replace(words.begin(), words.end(), '-', '_');
    for (std::size_t begin = 0; begin < words.size();) {
        std::string name = words.substr(begin);
        while (!name.empty()) {
            if (const auto topic = parseTopic(name)) return topic;
            const std::size_t cut = name.rfind('_');
            name.resize(cut == std::string::npos ? 0 : cut);
        }
        const std::size_t next = words.find('_', begin);
        begin = next == std::string::npos ? words.size() : next + 1;
    }
    return std::nullopt;
}

OrderLine exampleLine(int index, bool german) {
    const ExampleItem& item = kItems[static_cast<std::size_t>(index) % kItems.size()];
    OrderLine line;
    line.key = {"example", "line-" + std::to_string(index + 1)};
    // Two lines an order, so that an example of three lines shows two orders.
    line.order.number = "SO-" + std::to_string(1042 + index / 2);
    line.order.id = line.order.number;
    line.order.reference = "PO-778" + std::to_string(index / 2);
    line.order.date = kToday - std::chrono::days{17};
    line.position = std::to_string(index % 2 + 1);
    line.item = {std::string{item.id},
                 std::string{german ? item.german_name : item.name},
                 "pumps",
                 index == 0 ? "4711-A" : "",
                 {}};
    line.unit = german ? "Stück" : "pcs";
    line.ordered = Decimal{item.ordered};
    line.shipped = Decimal{item.shipped};
    line.unit_price = {Decimal::parse("128.5").value(), "EUR"};
    line.requested = kToday - std::chrono::days{3};
    line.warehouse = "Main";
    line.supply = {"PO-9001", kToday + std::chrono::days{18}, line.open()};
    line.customer = {"C-2001", "Huber Haustechnik GmbH", "gold", "AT", {}};
    line.contact = {"Maria Huber", "maria.huber@example.com", "+43 1 5550100",
                    "buyer",       german ? "de" : "en",      "Europe/Vienna"};
    line.sales_rep = {"Jonas Berger", "jonas.berger@example.com"};
    return line;
}

Shipment exampleShipment() {
    return {"SHP-5567", kToday, "DHL", "JD014600003",
            "https://tracking.example.com/?id=JD014600003&lang=en"};
}

const Promise kWas = Promise::on(kToday + std::chrono::days{4});
const Promise kNew = Promise::on(kToday + std::chrono::days{21});

void tellPromise(Entry& entry, const Promise& was, const Promise& now) {
    if (was.known()) entry.told_before = ToldFacts{was, entry.subject.line.open()};
    entry.subject.line.promise = now;
}

/// Puts line, event and what was told before into the state that the topic speaks of.
void applyTopic(Entry& entry, Topic topic) {
    OrderLine& line = entry.subject.line;
    const Decimal open = line.open();
    switch (topic) {
        case Topic::Opened:
            tellPromise(entry, {}, kNew);
            entry.event = LineOpened{open, kNew, false};
            return;
        case Topic::PromiseChanged:
            tellPromise(entry, kWas, kNew);
            entry.event = PromiseMoved{kWas, kNew};
            return;
        case Topic::PromiseLapsed: {
            const Promise past = Promise::on(kToday - std::chrono::days{1});
            tellPromise(entry, past, past);
            entry.event = PromiseLapsed{*past.to};
            return;
        }
        case Topic::Status:
        case Topic::NoContact:
            tellPromise(entry, kNew, kNew);
            return;
        case Topic::PartlyAvailable:
            tellPromise(entry, kNew, kNew);
            line.allocated = Decimal{1};
            entry.event = PartlyAvailable{Decimal{1}, open};
            return;
        case Topic::Available:
            tellPromise(entry, kNew, kNew);
            line.allocated = open;
            entry.event = Available{open};
            return;
        case Topic::PartlyShipped:
            tellPromise(entry, kNew, kNew);
            line.shipped = line.shipped + Decimal{1};
            line.shipment = exampleShipment();
            entry.event = PartlyShipped{Decimal{1}, line.open(), line.shipment};
            return;
        case Topic::Shipped:
            tellPromise(entry, kNew, kNew);
            line.shipped = line.ordered;
            line.shipment = exampleShipment();
            entry.event = Shipped{open, line.shipment};
            return;
        case Topic::Cancelled:
            tellPromise(entry, kNew, kNew);
            line.cancelled = open;
            entry.event = Cancelled{open};
            return;
        case Topic::Offer:
        case Topic::OfferWithdrawn:
        case Topic::OfferAnswered:
        case Topic::Escalation:
        case Topic::Allocation:
        case Topic::Expedite:
        case Topic::Uncovered:
        case Topic::EscalationAcknowledged:
        case Topic::EscalationEnded:
            return;  // a story of their own
    }
}

/// What a line is like where the template's name says so.
void applyName(Entry& entry, Timestamp now) {
    const std::string& name = entry.notice.template_name;
    OrderLine& line = entry.subject.line;
    if (name.starts_with("preorder")) {
        line.kind = LineKind::Preorder;
        line.release_date = line.promise.to;
    }
    if (name.starts_with("ftc")) line.payment.terms = "prepaid";
    if (name == "ftc-first-delay") entry.subject.opened_at = now - std::chrono::days{1};
    if (name == "ftc-further-delay") tellSlips(entry, now);
}

/// Advice and alerts are of several customers; a customer's own message is not.
void applyCustomer(OrderLine& line, int index) {
    struct ExampleCustomer {
        std::string_view id, name, tier;
    };
    static constexpr std::array kCustomers{
        ExampleCustomer{"C-2001", "Huber Haustechnik GmbH", "gold"},
        ExampleCustomer{"C-2044", "Stadtwerke Linz", "platinum"},
        ExampleCustomer{"C-2102", "Klima & Bad Pichler", ""},
    };
    const ExampleCustomer& customer = kCustomers[static_cast<std::size_t>(index / 2) % 3];
    line.customer.id = customer.id;
    line.customer.name = customer.name;
    line.customer.tier = customer.tier;
}

Entry exampleEntry(std::string_view template_name, Topic topic, int index, bool german,
                   Timestamp now) {
    Entry entry;
    entry.notice.topic = topic;
    entry.notice.template_name = template_name;
    entry.notice.reason = "An example.";
    entry.subject.opened_at = now - std::chrono::days{16};
    OrderLine& line = entry.subject.line;
    line = exampleLine(index, german);
    // Some messages are about an item: several lines of it.
    const bool by_item = topic == Topic::Allocation || topic == Topic::Uncovered;
    if (by_item) line.item = exampleLine(index / 3, german).item;
    if (!isForCustomer(topic)) applyCustomer(line, index);
    applyTopic(entry, topic);
    tellStory(entry, index, german, now);
    applyName(entry, now);
    entry.notice.facts = {line.promise, line.open()};
    return entry;
}

}  // namespace

Request exampleRequest(std::string_view template_name, std::string_view language, int lines) {
    static constexpr std::array kDigestTopics{
        Topic::PromiseChanged, Topic::Opened,          Topic::Shipped,
        Topic::PromiseLapsed,  Topic::Available,       Topic::Cancelled,
        Topic::PartlyShipped,  Topic::PartlyAvailable, Topic::Status};
    const std::optional<Topic> named = topicOf(template_name);
    Request request;
    request.template_name = template_name;
    request.today = kToday;
    request.now = Timestamp{kToday.time_since_epoch()} + std::chrono::hours{9};
    for (int index = 0; index < std::clamp(lines, 1, kLinesMax); ++index) {
        const Topic topic =
            named.value_or(kDigestTopics[static_cast<std::size_t>(index) % kDigestTopics.size()]);
        request.entries.push_back(
            exampleEntry(template_name, topic, index, language.starts_with("de"), request.now));
    }
    const OrderLine& line = request.entries.front().subject.line;
    const bool internal = named && !isForCustomer(*named);
    request.recipient = {Channel::Email,
                         internal ? line.sales_rep.email : line.contact.email,
                         internal ? line.sales_rep.name : line.contact.name,
                         std::string{language},
                         line.contact.timezone,
                         {}};
    for (Entry& entry : request.entries) {
        if (named == Topic::NoContact) entry.subject.line.contact.email.clear();
        entry.notice.recipient = request.recipient;
    }
    return request;
}

}  // namespace backorderd::render

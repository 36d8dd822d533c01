#include <algorithm>
#include <array>

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

/// Templates are named after topics, with '-' for '_' and perhaps more words behind:
/// `status-further`.
std::optional<Topic> topicOf(std::string_view template_name) {
    std::string name{template_name};
    std::replace(name.begin(), name.end(), '-', '_');
    for (; !name.empty(); name.resize(std::min(name.rfind('_'), name.size()))) {
        if (const auto topic = parseTopic(name)) return topic;
        if (name.find('_') == std::string::npos) break;
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
    }
}

}  // namespace

Request exampleRequest(std::string_view template_name, std::string_view language, int lines) {
    static constexpr std::array kDigestTopics{
        Topic::PromiseChanged, Topic::Opened,          Topic::Shipped,
        Topic::PromiseLapsed,  Topic::Available,       Topic::Cancelled,
        Topic::PartlyShipped,  Topic::PartlyAvailable, Topic::Status};
    const std::optional<Topic> named = topicOf(template_name);
    const bool german = language.starts_with("de");
    Request request;
    request.template_name = template_name;
    request.today = kToday;
    request.now = Timestamp{kToday.time_since_epoch()} + std::chrono::hours{9};
    for (int index = 0; index < std::clamp(lines, 1, kLinesMax); ++index) {
        Entry entry;
        entry.notice.topic =
            named.value_or(kDigestTopics[static_cast<std::size_t>(index) % kDigestTopics.size()]);
        entry.notice.template_name = template_name;
        entry.notice.reason = "An example.";
        entry.subject.opened_at = request.now - std::chrono::days{16};
        entry.subject.line = exampleLine(index, german);
        applyTopic(entry, entry.notice.topic);
        entry.notice.facts = {entry.subject.line.promise, entry.subject.line.open()};
        request.entries.push_back(std::move(entry));
    }
    const OrderLine& line = request.entries.front().subject.line;
    const bool internal = named == Topic::NoContact;
    request.recipient = {Channel::Email, internal ? line.sales_rep.email : line.contact.email,
                         internal ? line.sales_rep.name : line.contact.name, std::string{language},
                         line.contact.timezone};
    if (internal) {
        for (Entry& entry : request.entries) entry.subject.line.contact.email.clear();
    }
    for (Entry& entry : request.entries) entry.notice.recipient = request.recipient;
    return request;
}

}  // namespace backorderd::render

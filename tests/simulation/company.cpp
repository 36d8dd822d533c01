#include "simulation/company.hpp"

#include <fmt/format.h>

#include "app/rig.hpp"

namespace backorderd::simulation {
namespace {

struct Zone {
    const char* name;
    std::chrono::hours ahead;
};
constexpr std::array kZones{Zone{"Asia/Tokyo", std::chrono::hours{9}},
                            Zone{"America/Phoenix", std::chrono::hours{-7}},
                            Zone{"UTC", std::chrono::hours{0}}};

constexpr const char* kCadence = R"(version: 1
teams:
  rep: { email: [rep@house.example] }
  desk: { sender: ops }
cadence:
  - name: everyone
    match: {}
    channels: [email]
    send_window: { hours: "08:00-18:00", in: customer }
    messages:
      opened: { template: opened }
      promise_changed: { template: promise-changed, min_change: 2d }
      status: { template: status, every: 5d }
      shipped: { template: shipped }
      cancelled: { template: cancelled }
)";

constexpr const char* kOffers = R"(substitution:
  - name: other pump
    match: {}
    candidates: { from: [erp] }
    offer: { max: 1, template: offer, hold: 48h, answer_within: 3d }
    accepted: { to: rep }
)";

constexpr const char* kAlerts = R"(escalation:
  - name: long
    match: {}
    start: { age: { min: 3d } }
    steps:
      - { to: rep, template: rep-alert }
      - { to: desk, template: desk-alert, after: 2d, unless: acknowledged, repeat: 2d }
)";

/// Who is whose customer: two lines of one, or each its own.
int customerOf(const Company& company, int line) {
    return company.shared_mail ? line % (kLines / 2) : line;
}

const Zone& zone(int line) { return kZones[static_cast<std::size_t>(line) % kZones.size()]; }

}  // namespace

std::string rulesOf(const Company& company, int edits) {
    std::string rules = kCadence;
    if (company.digests) rules += "    digest: { by: customer, window: 30m }\n";
    // Comes after the one that takes every line, and so changes nothing but the rules themselves.
    if (edits % 3 != 0)
        rules += fmt::format(
            "  - name: nobody {}\n    match: {{ customer.id: nobody }}\n"
            "    messages: {{ opened: {{ template: opened }} }}\n",
            edits % 3);
    if (company.offers) rules += kOffers;
    if (company.alerts) rules += kAlerts;
    return rules;
}

std::chrono::hours zoneOf(int line) { return zone(line).ahead; }

std::string addressOf(const Company& company, int line) {
    return fmt::format("c{}@example.com", customerOf(company, line) + 1);
}

OrderLine orderOf(const Company& company, const Action& action) {
    const auto id = std::to_string(action.line + 1);
    auto line = app::test::sampleLine(id);
    line.order.id = "o" + id;
    line.order.number = "SO" + id;
    line.customer.id = fmt::format("C{}", customerOf(company, action.line) + 1);
    line.contact.email = addressOf(company, action.line);
    line.contact.timezone = zone(action.line).name;
    line.promise = Promise::on(*parseDate("2026-05-20"));
    return line;
}

int lineOf(const OrderLine& line) { return std::stoi(line.order.number.substr(2)) - 1; }

std::string wordsOf(const Notice& notice, int line) {
    auto what = notice.key;
    if (isClosing(notice.topic)) what = topicName(notice.topic);
    if (notice.topic == Topic::PromiseChanged)
        what = fmt::format("{} to {}", topicName(notice.topic),
                           notice.facts.promise.to ? formatDate(*notice.facts.promise.to) : "");
    if (notice.topic == Topic::Escalation)  // escalation/PLACE/STEP/TELLING/...
        what.erase(what.find('/'), what.find('/', what.find('/') + 1) - what.find('/'));
    return fmt::format("line {}, {} to {}", line + 1, what, notice.recipient.address);
}

}  // namespace backorderd::simulation

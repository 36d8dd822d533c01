#include <algorithm>
#include <nlohmann/json.hpp>

#include "render/clean_text.hpp"
#include "render/entry_view.hpp"
#include "render/render.hpp"

namespace backorderd::render {
namespace {

/// The order of the members is part of the bytes that are frozen and signed.
using Json = nlohmann::ordered_json;

constexpr int kWebhookVersion = 1;
constexpr std::size_t kPostedNoticesMax = 500;
constexpr std::size_t kPostedTextCharactersMax = 100'000;
constexpr std::size_t kPostedSubstitutesMax = 20;
/// The longest key that PagerDuty takes, and it is the strictest.
constexpr std::size_t kDedupKeyBytesMax = 255;

std::string write(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json dayOrNull(const std::optional<Date>& date) {
    return date ? Json(formatDate(*date)) : Json(nullptr);
}

Json promiseOrNull(const Promise& promise) {
    if (!promise.known()) return nullptr;
    return {{"from", dayOrNull(promise.from)}, {"to", dayOrNull(promise.to)}};
}

Json numberOrNull(const std::optional<Decimal>& number) {
    return number ? Json(number->toString()) : Json(nullptr);
}

Json moneyOrNull(const Money& money) {
    if (money.currency.empty()) return nullptr;
    return {{"amount", money.amount.toString()}, {"currency", cleanLine(money.currency)}};
}

Json orderOf(const OrderLine& line) {
    const auto& order = line.order;
    return {{"id", cleanLine(order.id)},
            {"number", cleanLine(order.number)},
            {"reference", cleanLine(order.reference)},
            {"date", dayOrNull(order.date)}};
}

Json customerOf(const OrderLine& line) {
    return {{"id", cleanLine(line.customer.id)},
            {"name", cleanLine(line.customer.name)},
            {"tier", cleanLine(line.customer.tier)},
            {"country", cleanLine(line.customer.country)}};
}

Json supplyOf(const Supply& supply, Date today) {
    if (!supply.covered()) return nullptr;
    const bool ahead = supply.expected && *supply.expected >= today;
    return {{"reference", cleanLine(supply.reference)},
            {"expected", ahead ? dayOrNull(supply.expected) : Json(nullptr)}};
}

Json lineOf(const OrderLine& line, Date today) {
    return {{"source", cleanLine(line.key.source)},
            {"id", cleanLine(line.key.id)},
            {"order", orderOf(line)},
            {"position", cleanLine(line.position)},
            {"item",
             {{"id", cleanLine(line.item.id)},
              {"name", cleanLine(line.item.name)},
              {"customer_code", cleanLine(line.item.customer_code)}}},
            {"unit", cleanLine(line.unit)},
            {"ordered", line.ordered.toString()},
            {"shipped", line.shipped.toString()},
            {"cancelled", line.cancelled.toString()},
            {"open", line.open().toString()},
            {"allocated", numberOrNull(line.allocated)},
            {"unit_price", moneyOrNull(line.unit_price)},
            {"warehouse", cleanLine(line.warehouse)},
            {"supply", supplyOf(line.supply, today)},
            {"customer", customerOf(line)},
            {"sales_rep", cleanLine(line.sales_rep.name)}};
}

Json shipmentOrNull(const EntryView& view) {
    const Shipment& shipment = *view.shipment;
    if (shipment == Shipment{}) return nullptr;
    return {{"reference", cleanLine(shipment.reference)},
            {"date", dayOrNull(shipment.date)},
            {"carrier", cleanLine(shipment.carrier)},
            {"tracking", cleanLine(shipment.tracking)},
            {"tracking_url", webLink(shipment.tracking_url)}};
}

Json substitutesOf(const Entry& entry) {
    Json list = Json::array();
    for (const Substitute& substitute : entry.substitutes) {
        if (list.size() == kPostedSubstitutesMax) break;
        list.push_back({{"item", cleanLine(substitute.item)},
                        {"name", cleanLine(substitute.name)},
                        {"warehouse", cleanLine(substitute.warehouse)},
                        {"free", substitute.free.toString()},
                        {"unit_price", moneyOrNull(substitute.unit_price)}});
    }
    return list;
}

Json noticeOf(const Entry& entry, const Request& request, const House& house) {
    const EntryView view = viewEntry(entry, request, house);
    const Notice& notice = entry.notice;
    return {{"case", notice.case_id},
            {"key", cleanLine(notice.key)},
            {"topic", topicName(notice.topic)},
            {"rule", cleanLine(notice.rule)},
            {"reason", cleanLine(notice.reason)},
            {"fact_at", formatTimestamp(notice.fact_at)},
            {"event", entry.event ? Json(eventName(*entry.event)) : Json(nullptr)},
            {"promise", promiseOrNull(view.promise)},
            {"was", promiseOrNull(view.was)},
            {"shipped_now", numberOrNull(view.shipped_now)},
            {"cancelled_now", numberOrNull(view.cancelled_now)},
            {"shipment", shipmentOrNull(view)},
            {"substitutes", substitutesOf(entry)},
            {"line", lineOf(*view.line, request.today)}};
}

std::string typeOf(const Request& request) {
    if (request.entries.empty()) return "backorder.test";
    const Topic first = request.entries.front().notice.topic;
    const bool one = std::all_of(request.entries.begin(), request.entries.end(),
                                 [&](const Entry& entry) { return entry.notice.topic == first; });
    return one ? "backorder." + std::string{topicName(first)} : "backorder.digest";
}

std::string_view severityOf(Topic topic) {
    switch (topic) {
        case Topic::Escalation:
            return "critical";
        case Topic::NoContact:
        case Topic::Expedite:
        case Topic::Uncovered:
        case Topic::PromiseLapsed:
            return "warning";
        case Topic::Opened:
        case Topic::PromiseChanged:
        case Topic::Status:
        case Topic::PartlyAvailable:
        case Topic::Available:
        case Topic::PartlyShipped:
        case Topic::Shipped:
        case Topic::Cancelled:
        case Topic::Offer:
        case Topic::OfferWithdrawn:
        case Topic::OfferAnswered:
        case Topic::Allocation:
        case Topic::EscalationAcknowledged:
        case Topic::EscalationEnded:
            break;
    }
    return "info";
}

/// The severest of what a message tells.
std::string_view severityOf(const Request& request) {
    std::string_view severest = "info";
    for (const Entry& entry : request.entries) {
        const std::string_view its = severityOf(entry.notice.topic);
        if (its == "critical") return its;
        if (its == "warning") severest = its;
    }
    return severest;
}

bool isAboutOneCase(const Request& request) {
    return !request.entries.empty() &&
           std::all_of(request.entries.begin(), request.entries.end(), [&](const Entry& entry) {
               return entry.subject.line.key == request.entries.front().subject.line.key;
           });
}

/// The number of the ladder that a notice is of, as its key has it (`escalation/7/…`); empty: of
/// none.
std::string_view ladderOf(const Notice& notice) {
    if (notice.topic != Topic::Escalation && !isIncidentUpdate(notice.topic)) return {};
    std::string_view rest = notice.key;
    rest.remove_prefix(std::min(rest.find('/'), rest.size() - 1) + 1);
    return rest.substr(0, rest.find('/'));
}

bool isOfOneLadder(const Request& request) {
    return std::all_of(request.entries.begin(), request.entries.end(), [&](const Entry& entry) {
        return ladderOf(entry.notice) == ladderOf(request.entries.front().notice);
    });
}

/// A line that ships or is cancelled needs nobody on call any more.
std::string_view actionOf(const Request& request) {
    if (!isAboutOneCase(request)) return "trigger";
    const Topic topic = request.entries.back().notice.topic;
    if (topic == Topic::EscalationAcknowledged) return "acknowledge";
    return isClosing(topic) || topic == Topic::EscalationEnded ? "resolve" : "trigger";
}

/// What is said of one ladder has the same key, so that its second step does not call as another
/// matter than the first; what else is said of a line, from its opening to its end, has another.
std::string dedupKeyOf(const Request& request, std::string_view id) {
    if (!isAboutOneCase(request) || !isOfOneLadder(request)) return std::string{id};
    const auto& first = request.entries.front();
    std::string key = "backorderd/" + first.subject.line.key.source + '/' +
                      first.subject.line.key.id + '/' + formatTimestamp(first.subject.opened_at);
    if (const auto ladder = ladderOf(first.notice); !ladder.empty()) key.append("/").append(ladder);
    key = cleanLine(key);
    return key.size() <= kDedupKeyBytesMax ? key : std::string{id};
}

Json factsOf(const Request& request, const House& house) {
    Json facts = Json::object();
    if (!isAboutOneCase(request)) return facts;
    const EntryView view = viewEntry(request.entries.front(), request, house);
    const OrderLine& line = *view.line;
    const auto add = [&](const char* name, const std::string& value) {
        if (!value.empty()) facts[name] = value;
    };
    add("order", cleanLine(line.order.number));
    add("position", cleanLine(line.position));
    add("customer", cleanLine(line.customer.name));
    add("item", cleanLine(line.item.id + ' ' + line.item.name));
    add("open", cleanLine(line.open().toString() + ' ' + line.unit));
    add("promise", view.promise.known() ? formatDate(*view.promise.to) : "");
    add("supply", cleanLine(line.supply.reference));
    add("rule", cleanLine(view.entry->notice.rule));
    add("reason", cleanLine(view.entry->notice.reason));
    return facts;
}

std::string factTimeOf(const Request& request) {
    Timestamp latest = request.entries.empty() ? request.now : Timestamp::min();
    for (const Entry& entry : request.entries) latest = std::max(latest, entry.notice.fact_at);
    return formatTimestamp(latest);
}

}  // namespace

std::string webhookDocument(const Request& request, const Rendered& rendered, const House& house,
                            std::string_view id) {
    Json notices = Json::array();
    for (const Entry& entry : request.entries) {
        if (notices.size() == kPostedNoticesMax) break;
        notices.push_back(noticeOf(entry, request, house));
    }
    const std::size_t left_out = request.entries.size() - notices.size();
    const Recipient& recipient = request.recipient;
    Json data{{"recipient",
               {{"name", cleanLine(recipient.name)},
                {"address", cleanLine(recipient.address)},
                {"language", cleanLine(rendered.language)}}},
              {"subject", cleanLine(rendered.subject)},
              {"text", cleanLines(rendered.text, kPostedTextCharactersMax)},
              {"notices", std::move(notices)},
              {"notices_left_out", left_out}};
    return write({{"version", kWebhookVersion},
                  {"type", typeOf(request)},
                  {"id", id},
                  {"timestamp", factTimeOf(request)},
                  {"data", std::move(data)}});
}

std::string chatDocument(const Request& request, const Rendered& rendered, const House& house,
                         std::string_view id) {
    return write({{"version", 1},
                  {"title", cleanLine(rendered.subject)},
                  {"text", cleanLines(rendered.text, kPostedTextCharactersMax)},
                  {"facts", factsOf(request, house)},
                  {"severity", severityOf(request)},
                  {"action", actionOf(request)},
                  {"dedup_key", dedupKeyOf(request, id)},
                  {"source", house.name.empty() ? "backorderd" : cleanLine(house.name)},
                  {"at", factTimeOf(request)}});
}

}  // namespace backorderd::render

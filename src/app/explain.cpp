#include "app/explain.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/ladders.hpp"
#include "app/nearest.hpp"

namespace backorderd::app {
namespace {

using nlohmann::json;

json orNull(const std::optional<Timestamp>& at) { return at ? json(formatTimestamp(*at)) : json(); }
json orNull(const std::optional<Date>& date) { return date ? json(formatDate(*date)) : json(); }

std::string promiseText(const Promise& promise) {
    if (!promise.known()) return "not known";
    if (promise.from == promise.to) return formatDate(*promise.to);
    return formatDate(*promise.from) + " to " + formatDate(*promise.to);
}

/// Events, and what became of notices, in the order of time.
json timeline(const Case& subject) {
    struct Entry {
        Timestamp at;
        std::string kind;
        std::string text;
    };
    std::vector<Entry> entries;
    for (const auto& event : subject.events)
        entries.push_back(
            {event.at, std::string{eventName(event.event)}, describeEvent(event.event)});
    for (const auto& notice : subject.notices) {
        if (notice.state == NoticeState::Planned) continue;
        std::string text = std::string{topicName(notice.topic)} + " to " +
                           notice.recipient.address + ": " +
                           std::string{noticeStateName(notice.state)};
        if (!notice.state_reason.empty()) text += " (" + notice.state_reason + ")";
        entries.push_back({notice.state_at, "notice", std::move(text)});
    }
    std::stable_sort(entries.begin(), entries.end(),
                     [](const Entry& a, const Entry& b) { return a.at < b.at; });
    json rows = json::array();
    for (const auto& entry : entries)
        rows.push_back(
            {{"at", formatTimestamp(entry.at)}, {"kind", entry.kind}, {"text", entry.text}});
    return rows;
}

json lookRow(const RuleLook& look) {
    json row{{"section", look.rule.section}, {"rule", look.rule.name}, {"applied", look.applied}};
    if (!look.reached) {
        row["why_not"] = "an earlier rule has taken the line already";
    } else if (look.failed) {
        row["why_not"] = failureInWords(*look.failed);
        row["found"] = look.failed->found;
        row["wanted"] = look.failed->wanted;
    }
    if (look.rule.place)
        row["place"] = look.rule.place->file + ':' + std::to_string(look.rule.place->line);
    return row;
}

json offerRow(const rules::OfferView& offer) {
    json items = json::array();
    for (const auto& item : offer.made->items)
        items.push_back({{"item", item.item},
                         {"name", item.name},
                         {"warehouse", item.warehouse},
                         {"quantity", item.quantity.toString()}});
    return {{"offer", offer.number},
            {"rule", offer.made->rule},
            {"made_at", formatTimestamp(offer.made_at)},
            {"state", rules::offerStateName(offer.state)},
            {"since", formatTimestamp(offer.state_at)},
            {"answer_by", formatTimestamp(offer.made->answer_by)},
            {"items", items}};
}

json candidateRow(const rules::Candidate& candidate) {
    return {
        {"item", candidate.item.item.id},
        {"name", candidate.item.item.name},
        {"warehouse", candidate.warehouse},
        {"free", candidate.free.toString()},
        {"price_ratio", candidate.price_ratio ? json(candidate.price_ratio->toString()) : json()},
        {"fits", candidate.fits},
        {"why_not", candidate.why_not}};
}

json withheldRow(const Withheld& withheld) {
    return {{"topic", topicName(withheld.topic)},
            {"rule", withheld.rule},
            {"reason", withheldReasonName(withheld.reason)},
            {"detail", withheld.detail},
            {"until", orNull(withheld.until)}};
}

/// What the case has of a wanted notice: a guard may have put it off or hold it.
const Notice& asStored(const Case& subject, const Notice& wanted) {
    for (const auto& notice : subject.notices)
        if (notice.key == wanted.key && !notice.guard.empty() && isPending(notice.state))
            return notice;
    return wanted;
}

}  // namespace

json lineRow(const Case& subject, Timestamp now) {
    const auto& line = subject.line;
    const auto value = line.openValue();
    return {{"case", subject.id},
            {"source", line.key.source},
            {"line", line.key.id},
            {"order", line.order.number},
            {"position", line.position},
            {"customer", line.customer.id},
            {"customer_name", line.customer.name},
            {"item", line.item.id},
            {"item_name", line.item.name},
            {"open", line.open().toString()},
            {"unit", line.unit},
            {"open_value", value.amount.toString() + ' ' + value.currency},
            {"promise", promiseText(line.promise)},
            {"supply", line.supply.reference},
            {"supply_expected", orNull(line.supply.expected)},
            {"opened_at", formatTimestamp(subject.opened_at)},
            {"age_days", (now - subject.opened_at) / std::chrono::hours{24}},
            {"closed_at", orNull(subject.closed_at)},
            {"look_again", orNull(subject.look_again)}};
}

json noticeRow(const Notice& notice) {
    return {{"id", notice.id},
            {"topic", topicName(notice.topic)},
            {"policy", notice.rule},
            {"template", notice.template_name},
            {"channel", channelName(notice.recipient.channel)},
            {"to", notice.recipient.address},
            {"ready_at", formatTimestamp(notice.ready_at)},
            {"due_at", formatTimestamp(notice.due_at)},
            {"state", noticeStateName(notice.state)},
            {"state_reason", notice.state_reason},
            {"guard", notice.guard},
            {"reason", notice.reason},
            {"message", notice.message_id}};
}

json messageRow(const Message& message) {
    return {{"id", message.id},
            {"message_id", message.stable_id},
            {"sender", message.sender},
            {"channel", channelName(message.recipient.channel)},
            {"to", message.recipient.address},
            {"subject", message.subject},
            {"state", messageStateName(message.state)},
            {"state_reason", message.state_reason},
            {"state_at", formatTimestamp(message.state_at)},
            {"created_at", formatTimestamp(message.created_at)},
            {"attempts", message.attempts},
            {"unknown_outcomes", message.unknown_outcomes},
            {"next_attempt_at", orNull(message.next_attempt_at)},
            {"last_reply", message.last_reply}};
}

json explainCase(const Telling& telling) {
    const auto& subject = telling.subject;
    const auto& decision = telling.decision;
    json story = lineRow(subject, telling.at);
    const auto& contact = subject.line.contact;
    story["adopted"] = subject.adopted;
    story["contact"] = contact.email.empty() ? contact.phone : contact.email;
    story["missing_since"] = orNull(subject.missing_since);
    story["timeline"] = timeline(subject);
    for (const char* list : {"offers", "rules", "planned", "withheld", "stock", "substitutes"})
        story[list] = json::array();
    for (const auto& offer : rules::offersOf(subject)) story["offers"].push_back(offerRow(offer));
    story["ladders"] = ladderRows(subject, decision, telling.rule_set);
    for (const auto& look : decision.looks) story["rules"].push_back(lookRow(look));
    for (const auto& notice : decision.wanted)
        story["planned"].push_back(noticeRow(asStored(subject, notice)));
    for (const auto& withheld : decision.withheld)
        story["withheld"].push_back(withheldRow(withheld));
    for (const auto& level : telling.stock)
        story["stock"].push_back({{"warehouse", level.warehouse}, {"free", level.free.toString()}});
    story["substitutes_rule"] = telling.candidates_rule;
    for (const auto& candidate : telling.candidates)
        story["substitutes"].push_back(candidateRow(candidate));
    const auto nearest = nearestCondition(decision, telling.rule_set);
    story["nearest"] = nearest ? json(*nearest) : json();
    story["next_look"] = orNull(decision.look_again);
    return story;
}

}  // namespace backorderd::app

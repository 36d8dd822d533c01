#include "app/casework.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "app/arguments.hpp"
#include "app/declined.hpp"
#include "app/ladders.hpp"
#include "rules/rules.hpp"

namespace backorderd::app {
namespace {

using nlohmann::json;
using State = rules::OfferView::State;

/// Whose act it is stands in the log for ever: an act without a name is refused.
std::string authorOf(const json& arguments) {
    auto author = textOf(arguments, "author");
    if (author.empty()) throw Declined{"an author is needed: --author NAME"};
    return author;
}

template <std::size_t N>
std::string wordOf(const json& arguments, const char* name,
                   const std::array<std::string_view, N>& words) {
    auto word = textOf(arguments, name);
    if (word.empty() || std::find(words.begin(), words.end(), word) != words.end()) return word;
    std::string list;
    for (const auto known : words) list += (list.empty() ? "" : ", ") + std::string{known};
    const auto near = nearestWord(word, {words.begin(), words.end()});
    throw Declined{"there is no " + std::string{name} + " '" + word + "'; it is one of " + list +
                   (near.empty() ? "" : " (did you mean '" + near + "'?)")};
}

std::string nameOf(const OrderLine& line) {
    return line.order.number.empty() ? line.key.id : line.order.number + '/' + line.position;
}

std::vector<Case> openCasesFitting(Store& store, const std::string& text) {
    auto cases = store.cases(store.findCases(text));
    const bool any = !cases.empty();
    std::erase_if(cases, [](const Case& subject) { return subject.closed_at.has_value(); });
    if (cases.empty())
        throw Declined{any ? "every line that fits '" + text + "' is closed"
                           : "no line fits '" + text +
                                 "': give a line id, ORDER/POSITION or an order number"};
    return cases;
}

/// What somebody said concerns one line: an order number that fits several is not enough.
Case onlyCaseFitting(Store& store, const std::string& text) {
    auto cases = openCasesFitting(store, text);
    if (cases.size() == 1) return std::move(cases.front());
    std::string list;
    for (const auto& subject : cases)
        list +=
            (list.empty() ? "" : ", ") + nameOf(subject.line) + " (" + subject.line.item.id + ")";
    throw Declined{"'" + text + "' fits several open lines, name one of them: " + list};
}

void audit(Store& store, Timestamp now, const std::string& author, const char* action,
           const Case& subject, const std::string& reason) {
    store.audit({now, author, action, subject.line.key.source + ' ' + subject.line.key.id, reason});
}

/// The open offer of a case, looked at anew: what time and stock have undone is no longer open.
rules::OfferView openOffer(Engine& engine, Case& subject) {
    const bool had = !rules::offersOf(subject).empty();
    if (!had) throw Declined{"nothing was offered for " + nameOf(subject.line)};
    subject = engine.record(subject.id, {});
    const auto latest = rules::offersOf(subject).back();
    if (latest.state == State::Open) return latest;
    std::string reason = "the offer for " + nameOf(subject.line) + " is " +
                         std::string{rules::offerStateName(latest.state)} + " since " +
                         formatTimestamp(latest.state_at);
    if (latest.withdrawn) reason += ": " + latest.withdrawn->reason;
    throw Declined{reason};
}

std::string itemsOf(const OfferMade& offer) {
    std::string list;
    for (const auto& item : offer.items) list += (list.empty() ? "" : ", ") + item.item;
    return list;
}

OfferAnswered answerTo(const rules::OfferView& offer, const std::string& item,
                       const std::string& author, const std::string& note) {
    const auto& items = offer.made->items;
    const bool offered = std::any_of(items.begin(), items.end(),
                                     [&](const OfferedItem& entry) { return entry.item == item; });
    if (!item.empty() && !offered)
        throw Declined{"'" + item + "' was not offered; offered are " + itemsOf(*offer.made)};
    return {offer.number, item, author, note};
}

/// An accepted substitute is entered in the ERP by a person: the order says what was agreed.
bool noteAcceptance(Engine& engine, const Case& subject, const OfferAnswered& answer,
                    Timestamp now) {
    Annotation note;
    note.source = subject.line.key.source;
    note.order_id = subject.line.order.id;
    note.marker = "bo-offer-" + std::to_string(subject.id) + '-' + std::to_string(answer.offer);
    note.text = "Customer accepts " + answer.accepted_item + " instead of " + subject.line.item.id +
                " for position " + subject.line.position + " (" + formatTimestamp(now) + ", by " +
                answer.author + (answer.note.empty() ? "" : ": " + answer.note) +
                "). The order line still names the original item.";
    return engine.note(std::move(note));
}

json offerRow(const Case& subject, const rules::OfferView& offer) {
    json items = json::array();
    for (const auto& item : offer.made->items)
        items.push_back({{"item", item.item},
                         {"name", item.name},
                         {"warehouse", item.warehouse},
                         {"quantity", item.quantity.toString()}});
    json row{{"line", subject.line.key.id},
             {"source", subject.line.key.source},
             {"order", subject.line.order.number},
             {"position", subject.line.position},
             {"customer", subject.line.customer.id},
             {"customer_name", subject.line.customer.name},
             {"item", subject.line.item.id},
             {"open", subject.line.open().toString()},
             {"offer", offer.number},
             {"rule", offer.made->rule},
             {"state", rules::offerStateName(offer.state)},
             {"since", formatTimestamp(offer.state_at)},
             {"made_at", formatTimestamp(offer.made_at)},
             {"hold_until", formatTimestamp(offer.made->hold_until)},
             {"answer_by", formatTimestamp(offer.made->answer_by)},
             {"heard_at", offer.heard_at ? json(formatTimestamp(*offer.heard_at)) : json()},
             {"items", items},
             {"offered", itemsOf(*offer.made)}};
    if (offer.answer) {
        row["accepted"] = offer.answer->accepted_item;
        row["author"] = offer.answer->author;
        row["note"] = offer.answer->note;
    }
    if (offer.withdrawn) row["withdrawn"] = offer.withdrawn->reason;
    return row;
}

constexpr std::size_t kCasesPerRead = 500;

/// Rows of the cases that fit the filters `source`, `customer` and `order`, up to `limit`.
template <class Ids, class Rows>
json listOf(Engine& engine, Store& store, const json& arguments, Ids idsOf, Rows rowsOf) {
    const auto limit = static_cast<std::size_t>(limitOf(arguments));
    const auto wanted = textOf(arguments, "source");
    const auto customer = textOf(arguments, "customer"), order = textOf(arguments, "order");
    json rows = json::array();
    for (const auto& source : engine.sourceNames()) {
        if (!wanted.empty() && wanted != source) continue;
        const auto ids = idsOf(source);
        for (std::size_t i = 0; i < ids.size() && rows.size() < limit; i += kCasesPerRead) {
            const auto count = std::min(kCasesPerRead, ids.size() - i);
            for (const auto& subject : store.cases(std::span{ids}.subspan(i, count))) {
                const auto& line = subject.line;
                if (!customer.empty() && line.customer.id != customer) continue;
                if (!order.empty() && line.order.number != order) continue;
                for (auto& row : rowsOf(subject))
                    if (rows.size() < limit) rows.push_back(std::move(row));
            }
        }
    }
    return rows;
}

}  // namespace

json acknowledge(Engine& engine, Store& store, const json& arguments, Timestamp now) {
    const auto author = authorOf(arguments);
    const auto rule = textOf(arguments, "rule"), note = textOf(arguments, "note");
    const auto text = textOf(arguments, "line");
    json rows = json::array();
    std::string active;
    for (const auto& subject : openCasesFitting(store, text)) {
        json ladders = json::array();
        for (const auto& ladder : laddersOf(subject)) {
            if (!ladder.active) continue;
            active += (active.empty() ? "" : ", ") + ladder.rule;
            if (rule.empty() || ladder.rule == rule) ladders.push_back(ladder.rule);
        }
        if (ladders.empty()) continue;
        engine.record(subject.id, {Acknowledged{rule, author, note}});
        audit(store, now, author, "ack", subject, note);
        rows.push_back({{"line", subject.line.key.id},
                        {"order", subject.line.order.number},
                        {"position", subject.line.position},
                        {"rules", ladders}});
    }
    if (rows.empty() && !active.empty())
        throw Declined{"'" + rule + "' is not active on '" + text + "'; active: " + active};
    if (rows.empty())
        throw Declined{"no escalation is active on '" + text +
                       "': there is nothing to acknowledge"};
    return rows;
}

json respond(Engine& engine, Store& store, const json& arguments, Timestamp now) {
    const auto author = authorOf(arguments), note = textOf(arguments, "note");
    const auto item = textOf(arguments, "accept");
    const bool decline = arguments.value("decline", false);
    const Responded said{wordOf(arguments, "answer", kAnswers),
                         wordOf(arguments, "sentiment", kSentiments), note, author};
    const bool to_offer = decline || !item.empty();
    if (decline && !item.empty()) throw Declined{"--accept and --decline exclude each other"};
    if (!to_offer && said.answer.empty() && said.sentiment.empty() && note.empty())
        throw Declined{
            "say what the customer answered: --answer, --sentiment, --accept, --decline "
            "or --note"};
    auto subject = onlyCaseFitting(store, textOf(arguments, "line"));
    json row{{"line", subject.line.key.id}};
    std::vector<Event> events;
    std::optional<OfferAnswered> answer;
    if (to_offer) {
        answer = answerTo(openOffer(engine, subject), item, author, note);
        events.push_back(*answer);
    }
    if (!said.answer.empty() || !said.sentiment.empty() || !to_offer) events.push_back(said);
    subject = engine.record(subject.id, events);
    if (answer && !item.empty()) row["noted"] = noteAcceptance(engine, subject, *answer, now);
    for (const auto& event : events) {
        audit(store, now, author, "respond", subject, describeEvent(event));
        row["recorded"].push_back(describeEvent(event));
    }
    return row;
}

json listOffers(Engine& engine, Store& store, const json& arguments) {
    const bool all = arguments.value("all", false);
    return listOf(
        engine, store, arguments,
        [&](const std::string& source) { return store.casesOffered(source); },
        [&](const Case& subject) {
            json rows = json::array();
            for (const auto& offer : rules::offersOf(subject))
                if (all || offer.state == State::Open) rows.push_back(offerRow(subject, offer));
            return rows;
        });
}

json listEscalations(Engine& engine, Store& store, const json& arguments, Timestamp now) {
    const bool all = arguments.value("all", false);
    const auto rule = textOf(arguments, "rule");
    return listOf(
        engine, store, arguments,
        [&](const std::string& source) { return store.casesEscalated(source); },
        [&](const Case& subject) {
            json rows = json::array();
            for (auto& row :
                 ladderRows(subject, engine.evaluator().look(subject, now), engine.policy().rules))
                if ((all || row.at("active") == true) && (rule.empty() || row.at("rule") == rule))
                    rows.push_back(std::move(row));
            return rows;
        });
}

}  // namespace backorderd::app

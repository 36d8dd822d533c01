#include "render/variables.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_map>
#include <utility>

#include "render/clean_text.hpp"
#include "render/sums.hpp"
#include "render/value_words.hpp"

namespace backorderd::render {
namespace {

/// Empty where there is no currency, or where the numbers are so large that they must be a mistake
/// and would leave the range of Decimal.
std::string openValue(Context c) {
    const OrderLine& line = *c.first().line;
    constexpr double kLargest = 9e12 * Decimal::kScale * Decimal::kScale;
    const double estimate = static_cast<double>(line.unit_price.amount.millionths()) *
                            static_cast<double>(line.open().millionths());
    if (line.unit_price.currency.empty() || std::abs(estimate) > kLargest) return {};
    return moneyText(line.openValue(), *c.locale);
}
template <class Key>
std::size_t countDistinct(Context c, Key keyOf) {
    std::vector<std::pair<std::string_view, std::string_view>> keys;
    for (const EntryView* view : c.entries) keys.push_back(keyOf(*view->line));
    std::sort(keys.begin(), keys.end());
    return static_cast<std::size_t>(std::unique(keys.begin(), keys.end()) - keys.begin());
}
std::size_t orderCount(Context c) {
    return countDistinct(c, [](const OrderLine& line) {
        return std::pair<std::string_view, std::string_view>{line.key.source, line.order.number};
    });
}
std::size_t itemCount(Context c) {
    return countDistinct(c, [](const OrderLine& line) {
        return std::pair<std::string_view, std::string_view>{line.key.source, line.item.id};
    });
}

using enum Kind;
using enum Scope;

// One row a word. Rows of one scope stand together, in the order of docs/templates.md.
const std::array kLineVariables{
    // -- The message ---------------------------------------------------------------------------
    Variable{"language", kMessage, Text, Message, "Language of the template, `de`.",
             [](Context c) -> Value { return std::string{c.language}; }},
    Variable{"subject", kMessage, Text, Message,
             "The finished subject; in `text` and `html` only, elsewhere empty.", nullptr},
    Variable{"today", kMessage, Text, Message, "The day on which the message is written.",
             [](Context c) -> Value { return dateText(c.request->today, *c.locale); }},
    Variable{"recipient.name", kMessage, Text, Message, "Name of the person written to.",
             [](Context c) -> Value { return c.request->recipient.name; }},
    Variable{"recipient.address", kMessage, Text, Message, "Their mail address or number.",
             [](Context c) -> Value { return c.request->recipient.address; }},
    Variable{"house.name", kMessage, Text, Message, "Name of your company.",
             [](Context c) -> Value { return c.house->name; }},
    Variable{"house.phone", kMessage, Text, Message, "Your phone number.",
             [](Context c) -> Value { return c.house->phone; }},
    Variable{"house.reply_to", kMessage, Text, Message, "The address to which a reply goes.",
             [](Context c) -> Value { return c.house->reply_to; }},
    Variable{"house.unsubscribe_link", kMessage, Link, Message,
             "Where one can stop these messages (`https:`, `http:` or `mailto:`).",
             [](Context c) -> Value { return webOrMailLink(c.house->unsubscribe_link); }},
    Variable{"house.signature", kMessage, List, Signature, "The lines of your signature.", nullptr},
    Variable{"text", static_cast<unsigned>(Signature), Text, Signature,
             "One line of the signature.",
             [](Context c) -> Value { return std::get<std::string>(*c.element); }},

    // -- Lists and counts ----------------------------------------------------------------------
    Variable{
        "lines", kLists, List, Line,
        "Every order line of the message, group, order or item; of an item in the order in which "
        "they should be served.",
        nullptr},
    Variable{"one", kLists, List, Line, "The line, where there is exactly one.", nullptr},
    Variable{"many", kLists, Flag, Line, "There are two or more lines.",
             [](Context c) -> Value { return c.entries.size() > 1; }},
    Variable{"line_count", kLists, Text, Line, "Number of lines.",
             [](Context c) -> Value { return std::to_string(c.entries.size()); }},
    Variable{"orders", kMessage | static_cast<unsigned>(Group), List, Order,
             "The lines again, gathered by order.", nullptr},
    Variable{"one_order", kMessage | static_cast<unsigned>(Group), List, Order,
             "The order, where all lines are of one.", nullptr},
    Variable{"order_count", kMessage | static_cast<unsigned>(Group), Text, Order,
             "Number of orders.", [](Context c) -> Value { return std::to_string(orderCount(c)); }},
    Variable{"groups", kMessage, List, Group,
             "The lines again, gathered by topic, for a digest: ask `is_shipped` and so on for the "
             "heading.",
             nullptr},
    Variable{"items", kMessage | static_cast<unsigned>(Group), List, ItemGroup,
             "The lines again, gathered by item; for internal messages.", nullptr},
    Variable{"item_count", kMessage | static_cast<unsigned>(Group), Text, Line, "Number of items.",
             [](Context c) -> Value { return std::to_string(itemCount(c)); }},
    Variable{"total_value", kLists, Text, Line,
             "Value of what is open of all lines; empty where they differ in currency.",
             [](Context c) -> Value {
                 const auto value = valueOf(c.entries);
                 return value ? price(*value, c) : std::string{};
             }},

    // -- The order -----------------------------------------------------------------------------
    Variable{"order_number", kOrder | kLine, Text, Order, "Your number of the order.",
             [](Context c) -> Value { return c.first().line->order.number; }},
    Variable{"order_reference", kOrder | kLine, Text, Order, "The customer's own number of it.",
             [](Context c) -> Value { return c.first().line->order.reference; }},
    Variable{"order_date", kOrder | kLine, Text, Order, "When it was ordered.",
             [](Context c) -> Value { return day(c.first().line->order.date, c); }},
    Variable{"customer_id", kOrder | kLine, Text, Order, "The customer's number.",
             [](Context c) -> Value { return c.first().line->customer.id; }},
    Variable{"customer_name", kOrder | kLine, Text, Order, "The customer's name.",
             [](Context c) -> Value { return c.first().line->customer.name; }},

    // -- The line ------------------------------------------------------------------------------
    Variable{"position", kLine, Text, Line, "Number of the line on the order.",
             [](Context c) -> Value { return c.first().line->position; }},
    Variable{"item", kItem | kLine, Text, Line,
             "Name of the item, or its number where it has no name.",
             [](Context c) -> Value {
                 const Item& item = c.first().line->item;
                 return item.name.empty() ? item.id : item.name;
             }},
    Variable{"item_id", kItem | kLine, Text, Line, "Your number of the item.",
             [](Context c) -> Value { return c.first().line->item.id; }},
    Variable{"item_name", kItem | kLine, Text, Line, "Name of the item.",
             [](Context c) -> Value { return c.first().line->item.name; }},
    Variable{"item_category", kItem | kLine, Text, Line, "Category of the item.",
             [](Context c) -> Value { return c.first().line->item.category; }},
    Variable{"item_customer_code", kLine, Text, Line, "The customer's own number of the item.",
             [](Context c) -> Value { return c.first().line->item.customer_code; }},
    Variable{"unit", kItem | kLine, Text, Line,
             "Unit of measure; every quantity below carries it already.",
             [](Context c) -> Value { return c.first().line->unit; }},
    Variable{"ordered", kLine, Text, Line, "Quantity ordered, '10 pcs'.",
             [](Context c) -> Value { return quantity(c.first().line->ordered, c); }},
    Variable{"shipped", kLine, Text, Line, "Quantity shipped so far; '0 pcs' where nothing.",
             [](Context c) -> Value { return quantity(c.first().line->shipped, c); }},
    Variable{"cancelled", kLine, Text, Line, "Quantity cancelled so far.",
             [](Context c) -> Value { return quantity(c.first().line->cancelled, c); }},
    Variable{"open", kLine, Text, Line, "Quantity still open.",
             [](Context c) -> Value { return quantity(c.first().line->open(), c); }},
    Variable{"allocated", kLine, Text, Line,
             "Of the open quantity, what is in stock and reserved; empty where not known.",
             [](Context c) -> Value { return quantity(c.first().line->allocated, c); }},
    Variable{"awaited", kLine, Text, Line, "Of the open quantity, what is not reserved yet.",
             [](Context c) -> Value { return quantity(c.first().awaited, c); }},
    Variable{"shipped_now", kLine, Text, Line, "Quantity of the shipment that is reported.",
             [](Context c) -> Value { return quantity(c.first().shipped_now, c); }},
    Variable{"cancelled_now", kLine, Text, Line, "Quantity of the cancellation that is reported.",
             [](Context c) -> Value { return quantity(c.first().cancelled_now, c); }},
    Variable{"value", kLine, Text, Line, "Value of the open quantity; empty without a currency.",
             [](Context c) -> Value { return openValue(c); }},
    Variable{"since", kLine, Text, Line, "Since when the line is on back order.",
             [](Context c) -> Value { return dateText(c.first().since, *c.locale); }},

    // -- Dates ---------------------------------------------------------------------------------
    Variable{"promise", kLine, Text, Line,
             "The expected date or range; empty where none is known or it is past.",
             [](Context c) -> Value { return promise(c.first().promise, c); }},
    Variable{"promise_was", kLine, Text, Line,
             "What the customer knew before; may be a day that is over.",
             [](Context c) -> Value { return promise(c.first().was, c); }},
    Variable{"slip", kLine, Text, Line, "By how much the date moved, '21 days'.",
             [](Context c) -> Value {
                 const EntryView& e = c.first();
                 const long days = e.promiseChanged() ? e.slipDays() : 0;
                 return days == 0 ? std::string{}
                                  : dayCountText(days < 0 ? -days : days, *c.locale);
             }},
    Variable{"requested", kLine, Text, Line, "The date the customer asked for.",
             [](Context c) -> Value { return day(c.first().line->requested, c); }},
    Variable{"release_date", kLine, Text, Line, "Release date of a preorder; empty once past.",
             [](Context c) -> Value { return dayAhead(c.first().line->release_date, c); }},
    Variable{"supply_reference", kLine, Text, Line,
             "Document that will bring the goods; for internal messages.",
             [](Context c) -> Value { return c.first().line->supply.reference; }},
    Variable{"supply_expected", kLine, Text, Line,
             "When that is expected; for internal messages; empty once past.",
             [](Context c) -> Value { return dayAhead(c.first().line->supply.expected, c); }},

    // -- Shipment and people -------------------------------------------------------------------
    Variable{"shipment_reference", kLine, Text, Line, "Number of the shipment.",
             [](Context c) -> Value { return c.first().shipment->reference; }},
    Variable{"shipment_date", kLine, Text, Line, "Day of the shipment.",
             [](Context c) -> Value { return day(c.first().shipment->date, c); }},
    Variable{"carrier", kLine, Text, Line, "Carrier.",
             [](Context c) -> Value { return c.first().shipment->carrier; }},
    Variable{"tracking", kLine, Text, Line, "Tracking number.",
             [](Context c) -> Value { return c.first().shipment->tracking; }},
    Variable{"tracking_url", kLine, Link, Line,
             "Where to track it; empty unless it is an `https:` or `http:` link.",
             [](Context c) -> Value { return webLink(c.first().shipment->tracking_url); }},
    Variable{"warehouse", kLine, Text, Line, "Warehouse from which the line ships.",
             [](Context c) -> Value { return c.first().line->warehouse; }},
    Variable{"contact_name", kLine, Text, Line, "The customer's contact on this order.",
             [](Context c) -> Value { return c.first().line->contact.name; }},
    Variable{"contact_email", kLine, Text, Line, "Their mail address.",
             [](Context c) -> Value { return c.first().line->contact.email; }},
    Variable{"contact_phone", kLine, Text, Line, "Their phone number.",
             [](Context c) -> Value { return c.first().line->contact.phone; }},
    Variable{"sales_rep_name", kLine, Text, Line, "The sales representative.",
             [](Context c) -> Value { return c.first().line->sales_rep.name; }},
    Variable{"sales_rep_email", kLine, Text, Line, "Their mail address.",
             [](Context c) -> Value { return c.first().line->sales_rep.email; }},
    Variable{"reason", kLine, Text, Line,
             "Why the message is sent, in English; for internal messages.",
             [](Context c) -> Value { return c.first().entry->notice.reason; }},
};

}  // namespace

std::span<const Variable> variables() {
    static const std::vector<Variable> all = [] {
        std::vector<Variable> joined{kLineVariables.begin(), kLineVariables.end()};
        for (const auto& part :
             {flagVariables(), storyVariables(), offerVariables(), supplyVariables()}) {
            joined.insert(joined.end(), part.begin(), part.end());
        }
        return joined;
    }();
    return all;
}

const Variable* findVariable(std::string_view name, std::span<const Scope> scopes) {
    // A message asks for hundreds of words, each in several scopes.
    static const std::unordered_map<std::string_view, const Variable*> by_name = [] {
        std::unordered_map<std::string_view, const Variable*> places;
        for (const Variable& variable : variables()) places.emplace(variable.name, &variable);
        return places;
    }();
    const auto found = by_name.find(name);
    if (found == by_name.end()) return nullptr;
    const bool visible = std::any_of(scopes.begin(), scopes.end(),
                                     [&](Scope scope) { return found->second->isIn(scope); });
    return visible ? found->second : nullptr;
}

bool isAttribute(std::string_view name) {
    static constexpr std::array<std::string_view, 3> kFamilies{
        "attributes.", "customer_attributes.", "item_attributes."};
    return std::any_of(kFamilies.begin(), kFamilies.end(), [&](std::string_view family) {
        const std::string_view rest = name.substr(std::min(family.size(), name.size()));
        return name.starts_with(family) && !rest.empty() &&
               rest.find('.') == std::string_view::npos;
    });
}

}  // namespace backorderd::render

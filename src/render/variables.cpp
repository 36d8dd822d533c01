#include "render/variables.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "render/clean_text.hpp"

namespace backorderd::render {
namespace {

using Context = const ValueContext&;

constexpr unsigned kMessage = static_cast<unsigned>(Scope::Message);
constexpr unsigned kOrder = static_cast<unsigned>(Scope::Order);
constexpr unsigned kLine = static_cast<unsigned>(Scope::Line);
constexpr unsigned kLists = kMessage | static_cast<unsigned>(Scope::Group) | kOrder;
constexpr unsigned kAll = kLists | kLine;

std::string day(const std::optional<Date>& date, Context c) {
    return date ? dateText(*date, *c.locale) : std::string{};
}
/// A number with its unit: '10 pcs'.
std::string quantity(Decimal number, Context c) {
    const std::string& unit = c.first().line->unit;
    return numberText(number, *c.locale) + (unit.empty() ? "" : " " + unit);
}
std::string quantity(const std::optional<Decimal>& number, Context c) {
    return number ? quantity(*number, c) : std::string{};
}
std::string promise(const Promise& value, Context c) {
    return value.known() ? promiseText(value, *c.locale) : std::string{};
}
template <class Holds>
bool each(Context c, Holds holds) {
    return std::all_of(c.entries.begin(), c.entries.end(),
                       [&](const EntryView* view) { return holds(*view); });
}
template <Topic topic>
Value isTopic(Context c) {
    return each(c, [](const EntryView& e) { return e.topic == topic; });
}
template <LineKind kind>
Value isKind(Context c) {
    return each(c, [](const EntryView& e) { return e.line->kind == kind; });
}
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
std::size_t orderCount(Context c) {
    std::vector<std::pair<std::string_view, std::string_view>> numbers;
    for (const EntryView* view : c.entries) {
        numbers.emplace_back(view->line->key.source, view->line->order.number);
    }
    std::sort(numbers.begin(), numbers.end());
    return static_cast<std::size_t>(std::unique(numbers.begin(), numbers.end()) - numbers.begin());
}

using enum Kind;
using enum Scope;

// One row a word. Rows of one scope stand together, in the order of docs/templates.md.
const std::array kVariables{
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
             "One line of the signature.", nullptr},

    // -- Lists and counts ----------------------------------------------------------------------
    Variable{"lines", kLists, List, Line, "Every order line of the message, group or order.",
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
             "Number of orders.",
             [](Context c) -> Value { return std::to_string(orderCount(c)); }},
    Variable{"groups", kMessage, List, Group,
             "The lines again, gathered by topic, for a digest: ask `is_shipped` and so on for the "
             "heading.",
             nullptr},

    // -- The order -----------------------------------------------------------------------------
    Variable{"order_number", kOrder | kLine, Text, Order, "Your number of the order.",
             [](Context c) -> Value { return c.first().line->order.number; }},
    Variable{"order_reference", kOrder | kLine, Text, Order,
             "The customer's own number of it.",
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
    Variable{"item", kLine, Text, Line, "Name of the item, or its number where it has no name.",
             [](Context c) -> Value {
                 const Item& item = c.first().line->item;
                 return item.name.empty() ? item.id : item.name;
             }},
    Variable{"item_id", kLine, Text, Line, "Your number of the item.",
             [](Context c) -> Value { return c.first().line->item.id; }},
    Variable{"item_name", kLine, Text, Line, "Name of the item.",
             [](Context c) -> Value { return c.first().line->item.name; }},
    Variable{"item_category", kLine, Text, Line, "Category of the item.",
             [](Context c) -> Value { return c.first().line->item.category; }},
    Variable{"item_customer_code", kLine, Text, Line, "The customer's own number of the item.",
             [](Context c) -> Value { return c.first().line->item.customer_code; }},
    Variable{"unit", kLine, Text, Line, "Unit of measure; every quantity below carries it already.",
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
                 return days == 0 ? std::string{} : dayCountText(days < 0 ? -days : days, *c.locale);
             }},
    Variable{"requested", kLine, Text, Line, "The date the customer asked for.",
             [](Context c) -> Value { return day(c.first().line->requested, c); }},
    Variable{"release_date", kLine, Text, Line, "Release date of a preorder; empty once past.",
             [](Context c) -> Value {
                 const std::optional<Date>& date = c.first().line->release_date;
                 return date >= c.request->today ? day(date, c) : std::string{};
             }},
    Variable{"supply_reference", kLine, Text, Line,
             "Document that will bring the goods; for internal messages.",
             [](Context c) -> Value { return c.first().line->supply.reference; }},
    Variable{"supply_expected", kLine, Text, Line,
             "When that is expected; for internal messages; empty once past.",
             [](Context c) -> Value {
                 const std::optional<Date>& date = c.first().line->supply.expected;
                 return date >= c.request->today ? day(date, c) : std::string{};
             }},

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

    // -- Yes or no -----------------------------------------------------------------------------
    Variable{"is_opened", kAll, Flag, Line, "The line has come on back order.",
             isTopic<Topic::Opened>},
    Variable{"is_promise_changed", kAll, Flag, Line, "The expected date changed.",
             isTopic<Topic::PromiseChanged>},
    Variable{"is_promise_lapsed", kAll, Flag, Line, "The expected date passed, nothing shipped.",
             isTopic<Topic::PromiseLapsed>},
    Variable{"is_status", kAll, Flag, Line, "A word in between.", isTopic<Topic::Status>},
    Variable{"is_partly_available", kAll, Flag, Line, "Part of it is in stock and reserved.",
             isTopic<Topic::PartlyAvailable>},
    Variable{"is_available", kAll, Flag, Line, "All of it is in stock and reserved.",
             isTopic<Topic::Available>},
    Variable{"is_partly_shipped", kAll, Flag, Line, "Part of it shipped.",
             isTopic<Topic::PartlyShipped>},
    Variable{"is_shipped", kAll, Flag, Line, "The last of it shipped.", isTopic<Topic::Shipped>},
    Variable{"is_shipment", kAll, Flag, Line, "Part of it, or the last of it, shipped.",
             [](Context c) -> Value {
                 return each(c, [](const EntryView& e) {
                     return e.topic == Topic::PartlyShipped || e.topic == Topic::Shipped;
                 });
             }},
    Variable{"is_cancelled", kAll, Flag, Line, "The rest was cancelled.",
             isTopic<Topic::Cancelled>},
    Variable{"is_no_contact", kAll, Flag, Line, "An alert: there is nobody to write to.",
             isTopic<Topic::NoContact>},
    Variable{"promise_known", kAll, Flag, Line, "There is an expected date, today or later.",
             [](Context c) -> Value {
                 return each(c, [](const EntryView& e) { return e.promise.known(); });
             }},
    Variable{"promise_past", kAll, Flag, Line,
             "The only date there is lies in the past, so none is shown.",
             [](Context c) -> Value {
                 return each(c, [](const EntryView& e) { return e.promise_past; });
             }},
    Variable{"promise_changed", kAll, Flag, Line, "There is a date, and it is another than before.",
             [](Context c) -> Value {
                 return each(c, [](const EntryView& e) { return e.promiseChanged(); });
             }},
    Variable{"promise_first", kAll, Flag, Line, "There is a date where none was known before.",
             [](Context c) -> Value {
                 return each(c, [](const EntryView& e) {
                     return e.promise.known() && !e.was.known();
                 });
             }},
    Variable{"promise_withdrawn", kAll, Flag, Line, "There was a date, and there is none now.",
             [](Context c) -> Value {
                 return each(c, [](const EntryView& e) {
                     return !e.promise.known() && !e.promise_past && e.was.known();
                 });
             }},
    Variable{"later", kAll, Flag, Line, "The date moved later.",
             [](Context c) -> Value {
                 return each(c, [](const EntryView& e) {
                     return e.promiseChanged() && e.slipDays() > 0;
                 });
             }},
    Variable{"earlier", kAll, Flag, Line, "The date moved earlier.",
             [](Context c) -> Value {
                 return each(c, [](const EntryView& e) {
                     return e.promiseChanged() && e.slipDays() < 0;
                 });
             }},
    Variable{"unchanged", kAll, Flag, Line,
             "Date and open quantity are what the customer heard last.",
             [](Context c) -> Value {
                 return each(c, [](const EntryView& e) { return e.unchanged; });
             }},
    Variable{"has_shipped", kAll, Flag, Line, "Something has shipped already.",
             [](Context c) -> Value {
                 return each(c, [](const EntryView& e) { return e.line->shipped.isPositive(); });
             }},
    Variable{"has_cancelled", kAll, Flag, Line, "Something has been cancelled.",
             [](Context c) -> Value {
                 return each(c, [](const EntryView& e) { return e.line->cancelled.isPositive(); });
             }},
    Variable{"has_allocated", kAll, Flag, Line, "Something is reserved.",
             [](Context c) -> Value {
                 return each(c, [](const EntryView& e) {
                     return e.line->allocated.value_or(Decimal{}).isPositive();
                 });
             }},
    Variable{"has_open", kAll, Flag, Line, "Something is still open.",
             [](Context c) -> Value {
                 return each(c, [](const EntryView& e) { return e.line->isOpen(); });
             }},
    Variable{"has_supply", kAll, Flag, Line, "Something is on order to fill the line.",
             [](Context c) -> Value {
                 return each(c, [](const EntryView& e) { return e.line->supply.covered(); });
             }},
    Variable{"is_preorder", kAll, Flag, Line, "The line is a preorder.",
             isKind<LineKind::Preorder>},
    Variable{"is_drop_ship", kAll, Flag, Line, "A supplier ships to the customer directly.",
             isKind<LineKind::DropShip>},
    Variable{"is_made_to_order", kAll, Flag, Line, "The item is made for this order.",
             isKind<LineKind::MadeToOrder>},
};

}  // namespace

std::span<const Variable> variables() { return kVariables; }

const Variable* findVariable(std::string_view name, std::span<const Scope> scopes) {
    for (const Variable& variable : kVariables) {
        if (variable.name != name) continue;
        const bool visible = std::any_of(scopes.begin(), scopes.end(),
                                         [&](Scope scope) { return variable.isIn(scope); });
        if (visible) return &variable;
    }
    return nullptr;
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

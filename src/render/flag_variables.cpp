#include <array>

#include "render/value_words.hpp"

namespace backorderd::render {
namespace {

template <Topic topic>
Value isTopic(Context c) {
    return each(c, [](const EntryView& e) { return e.topic == topic; });
}
template <LineKind kind>
Value isKind(Context c) {
    return each(c, [](const EntryView& e) { return e.line->kind == kind; });
}

using enum Kind;
using enum Scope;

const std::array kFlagVariables{
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
    Variable{"is_offer", kAll, Flag, Line, "A substitute is offered.", isTopic<Topic::Offer>},
    Variable{"is_offer_withdrawn", kAll, Flag, Line, "An offer holds no longer.",
             isTopic<Topic::OfferWithdrawn>},
    Variable{"is_offer_answered", kAll, Flag, Line, "A task: the customer took a substitute.",
             isTopic<Topic::OfferAnswered>},
    Variable{"is_escalation", kAll, Flag, Line, "An alert: somebody has to act.",
             isTopic<Topic::Escalation>},
    Variable{"is_allocation", kAll, Flag, Line, "Advice: who should get stock that arrived.",
             isTopic<Topic::Allocation>},
    Variable{"is_expedite", kAll, Flag, Line, "Advice: a faster way is worth looking for.",
             isTopic<Topic::Expedite>},
    Variable{"is_uncovered", kAll, Flag, Line, "An alert: nothing is on order.",
             isTopic<Topic::Uncovered>},
    Variable{"is_internal", kAll, Flag, Line, "The message is for our own people.",
             [](Context c) -> Value {
                 return each(c, [](const EntryView& e) { return !isForCustomer(e.topic); });
             }},
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
                 return each(
                     c, [](const EntryView& e) { return e.promise.known() && !e.was.known(); });
             }},
    Variable{"promise_withdrawn", kAll, Flag, Line, "There was a date, and there is none now.",
             [](Context c) -> Value {
                 return each(c, [](const EntryView& e) {
                     return !e.promise.known() && !e.promise_past && e.was.known();
                 });
             }},
    Variable{"later", kAll, Flag, Line, "The date moved later.",
             [](Context c) -> Value {
                 return each(
                     c, [](const EntryView& e) { return e.promiseChanged() && e.slipDays() > 0; });
             }},
    Variable{"earlier", kAll, Flag, Line, "The date moved earlier.",
             [](Context c) -> Value {
                 return each(
                     c, [](const EntryView& e) { return e.promiseChanged() && e.slipDays() < 0; });
             }},
    Variable{
        "unchanged", kAll, Flag, Line, "Date and open quantity are what the customer heard last.",
        [](Context c) -> Value { return each(c, [](const EntryView& e) { return e.unchanged; }); }},
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

std::span<const Variable> flagVariables() { return kFlagVariables; }

}  // namespace backorderd::render

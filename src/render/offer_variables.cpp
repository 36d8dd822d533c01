#include <array>

#include "render/value_words.hpp"

namespace backorderd::render {
namespace {

constexpr unsigned kInStock = static_cast<unsigned>(Scope::InStock);
constexpr unsigned kOffered = static_cast<unsigned>(Scope::Offered);

const Substitute& substitute(Context c) { return *std::get<const Substitute*>(*c.element); }
const OfferedItem& offered(Context c) { return *std::get<const OfferedItem*>(*c.element); }

/// Whether it holds for the offer of every line.
template <class Holds>
Value eachOffer(Context c, Holds holds) {
    return each(c, [&](const EntryView& e) {
        const std::optional<OfferStory> offer = offerOf(*e.entry);
        return offer && holds(*offer);
    });
}
/// What `part` says of the line's offer; empty where there is none.
template <class Part>
Value ofOffer(Context c, Part part) {
    const std::optional<OfferStory> offer = offerOf(*c.first().entry);
    return offer ? part(*offer) : std::string{};
}
template <class Part>
Value ofAnswer(Context c, Part part) {
    return ofOffer(c, [&](const OfferStory& offer) {
        return offer.answered == nullptr ? std::string{} : part(*offer.answered);
    });
}

using enum Kind;
using enum Scope;

const std::array kOfferVariables{
    // -- Substitutes in stock, for our own people ----------------------------------------------
    Variable{"substitutes", kLine, List, InStock,
             "Items in stock that could be offered instead, best first; for internal messages.",
             nullptr},
    Variable{"substitute", kInStock, Text, InStock,
             "Name of the substitute, or its number where it has no name.",
             [](Context c) -> Value {
                 return substitute(c).name.empty() ? substitute(c).item : substitute(c).name;
             }},
    Variable{"substitute_id", kInStock, Text, InStock, "Your number of it.",
             [](Context c) -> Value { return substitute(c).item; }},
    Variable{"substitute_warehouse", kInStock, Text, InStock, "Where it lies.",
             [](Context c) -> Value { return substitute(c).warehouse; }},
    Variable{"substitute_free", kInStock, Text, InStock, "How much of it can be offered.",
             [](Context c) -> Value { return quantity(substitute(c).free, c); }},
    Variable{"substitute_price", kInStock, Text, InStock,
             "Its price per unit; empty where not known.",
             [](Context c) -> Value { return price(substitute(c).unit_price, c); }},

    // -- The offer -----------------------------------------------------------------------------
    Variable{"offered", kLine, List, Offered,
             "The items of the offer that the message is about, else of the latest; best first.",
             nullptr},
    Variable{"accepted", kLine, List, Offered, "Of these the one that the customer took.", nullptr},
    Variable{"offered_item", kOffered, Text, Offered,
             "Name of the item, or its number where it has no name.",
             [](Context c) -> Value {
                 return offered(c).name.empty() ? offered(c).item : offered(c).name;
             }},
    Variable{"offered_id", kOffered, Text, Offered, "Your number of it.",
             [](Context c) -> Value { return offered(c).item; }},
    Variable{"offered_warehouse", kOffered, Text, Offered, "Where it lies.",
             [](Context c) -> Value { return offered(c).warehouse; }},
    Variable{"offered_quantity", kOffered, Text, Offered, "How much of it is held.",
             [](Context c) -> Value { return quantity(offered(c).quantity, c); }},
    Variable{"offered_price", kOffered, Text, Offered, "Price per unit; empty where not known.",
             [](Context c) -> Value { return price(offered(c).unit_price, c); }},
    Variable{"offered_all", kOffered, Flag, Offered, "It covers the whole open quantity.",
             [](Context c) -> Value { return offered(c).quantity >= c.first().line->open(); }},
    Variable{"offer_on", kLine, Text, Line, "The day on which the offer was made.",
             [](Context c) -> Value {
                 return ofOffer(c, [&](const OfferStory& o) { return day(o.made_at, c); });
             }},
    Variable{"answer_by", kLine, Text, Line,
             "The day by which it should be answered; empty once past.",
             [](Context c) -> Value {
                 return ofOffer(c, [&](const OfferStory& o) {
                     return dayAhead(localDay(o.made->answer_by, *c.request, *c.house), c);
                 });
             }},
    Variable{"held_until", kLine, Text, Line,
             "The day until which the units are held; empty once past.",
             [](Context c) -> Value {
                 return ofOffer(c, [&](const OfferStory& o) {
                     return dayAhead(localDay(o.made->hold_until, *c.request, *c.house), c);
                 });
             }},
    Variable{"accepted_by", kLine, Text, Line, "Who took it, or wrote down that it was taken.",
             [](Context c) -> Value {
                 return ofAnswer(c, [](const OfferAnswered& answer) { return answer.author; });
             }},
    Variable{"accepted_note", kLine, Text, Line, "What was noted with it.",
             [](Context c) -> Value {
                 return ofAnswer(c, [](const OfferAnswered& answer) { return answer.note; });
             }},
    Variable{"offer_open", kAll, Flag, Line, "An offer waits for an answer.",
             [](Context c) -> Value {
                 return eachOffer(c, [](const OfferStory& offer) { return offer.open(); });
             }},
    Variable{"offer_declined", kAll, Flag, Line, "The customer took none of the items.",
             [](Context c) -> Value {
                 return eachOffer(c, [](const OfferStory& offer) {
                     return offer.answered != nullptr && offer.answered->accepted_item.empty();
                 });
             }},
    Variable{"offer_expired", kAll, Flag, Line, "The offer was not answered in time.",
             [](Context c) -> Value {
                 return eachOffer(c, [](const OfferStory& offer) { return offer.expired; });
             }},
    Variable{"offer_withdrawn", kAll, Flag, Line, "The offer was taken back.",
             [](Context c) -> Value {
                 return eachOffer(
                     c, [](const OfferStory& offer) { return offer.withdrawn != nullptr; });
             }},
};

}  // namespace

std::span<const Variable> offerVariables() { return kOfferVariables; }

}  // namespace backorderd::render

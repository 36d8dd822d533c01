#include <array>

#include "render/sums.hpp"
#include "render/value_words.hpp"

namespace backorderd::render {
namespace {

constexpr std::chrono::days kConsentTime{30};  // 16 CFR 435.2

/// The day from which a delay is counted, on the safe side: the ERP does not say what the buyer was
/// told when they ordered, and the first date that we know may be a revised one already.
Date delayedFrom(const EntryView& view) {
    return std::min(firstPromised(*view.entry).value_or(view.since), view.since);
}
bool isShortDelay(const EntryView& view) {
    return view.promise.known() && *view.promise.to <= delayedFrom(view) + kConsentTime;
}
/// Of a first delay the end of those 30 days; of a further one the date known before.
Date consentBy(const EntryView& view) {
    const Date from = delayedFrom(view);
    return view.was.known() && *view.was.to > from ? *view.was.to : from + kConsentTime;
}

/// What `part` says of the line's proposal; empty where there is none.
template <class Part>
Value ofProposal(Context c, Part part) {
    const AllocationProposed* proposed = proposalOf(*c.first().entry);
    return proposed == nullptr ? std::string{} : part(*proposed);
}
bool isLate(const std::optional<Date>& order_by, Context c) {
    return order_by && *order_by < c.request->today;
}
template <const std::string_view& terms>
Value isPaid(Context c) {
    return each(c, [](const EntryView& e) { return e.line->payment.terms == terms; });
}
constexpr std::string_view kPrepaid = "prepaid";
constexpr std::string_view kAuthorised = "authorised";
constexpr std::string_view kOnAccount = "on-account";

using enum Kind;
using enum Scope;

const std::array kSupplyVariables{
    // -- Stock that arrived --------------------------------------------------------------------
    Variable{"proposed", kLine, Text, Line, "How much is proposed for the line; '0 pcs' for none.",
             [](Context c) -> Value {
                 return ofProposal(c, [&](const auto& p) { return quantity(p.quantity, c); });
             }},
    Variable{"proposed_of", kLine, Text, Line, "What was open and not reserved at the time.",
             [](Context c) -> Value {
                 return ofProposal(c, [&](const auto& p) { return quantity(p.open, c); });
             }},
    Variable{"rank", kLine, Text, Line, "Its place among the lines that wait; 1 is served first.",
             [](Context c) -> Value {
                 return ofProposal(c, [](const auto& p) { return std::to_string(p.rank); });
             }},
    Variable{"rank_of", kLine, Text, Line, "How many lines wait for the item.",
             [](Context c) -> Value {
                 return ofProposal(c, [](const auto& p) { return std::to_string(p.of); });
             }},
    Variable{
        "strategy", kLine, Text, Line,
        "How it is served: `win`, `gain`, `redistribute`, `fill` or `lose`.",
        [](Context c) -> Value { return ofProposal(c, [](const auto& p) { return p.strategy; }); }},
    Variable{
        "proposed_why", kLine, Text, Line, "Why, in English.",
        [](Context c) -> Value { return ofProposal(c, [](const auto& p) { return p.reason; }); }},
    Variable{"proposed_warehouse", kLine, Text, Line, "Where the stock lies.",
             [](Context c) -> Value {
                 return ofProposal(c, [](const auto& p) { return p.warehouse; });
             }},
    Variable{"has_proposed", kAll, Flag, Line, "Something is proposed for the line.",
             [](Context c) -> Value {
                 return each(c, [](const EntryView& e) { return proposedPart(e).isPositive(); });
             }},

    // -- Sums of an item -----------------------------------------------------------------------
    Variable{"total_open", kItem, Text, ItemGroup, "What is open of all its lines here.",
             [](Context c) -> Value { return quantity(sumOf(c.entries, openPart), c); }},
    Variable{"total_awaited", kItem, Text, ItemGroup, "Of this, what is not reserved yet.",
             [](Context c) -> Value { return quantity(sumOf(c.entries, awaitedPart), c); }},
    Variable{"total_expected", kItem, Text, ItemGroup,
             "What is on order of it and promised to no line; empty where not known.",
             [](Context c) -> Value { return quantity(expectedOf(c.entries), c); }},
    Variable{"total_short", kItem, Text, ItemGroup,
             "What is awaited and not on order: to be ordered.",
             [](Context c) -> Value { return quantity(shortOf(c.entries), c); }},
    Variable{"total_proposed", kItem, Text, ItemGroup, "What is proposed for all its lines.",
             [](Context c) -> Value { return quantity(sumOf(c.entries, proposedPart), c); }},
    Variable{"lead_time", kItem | kLine, Text, ItemGroup,
             "From ordering it to its arrival, '14 days'; empty where not known.",
             [](Context c) -> Value {
                 const auto days = leadTimeOf(c.entries);
                 return days ? dayCountText(*days, *c.locale) : std::string{};
             }},
    Variable{"order_by", kItem | kLine, Text, ItemGroup,
             "The last day on which to order so that the promise can be kept; empty once past.",
             [](Context c) -> Value { return dayAhead(orderBy(c.entries), c); }},
    Variable{"order_late", kItem | kLine, Flag, ItemGroup, "That day is over.",
             [](Context c) -> Value { return isLate(orderBy(c.entries), c); }},
    Variable{"arrival", kItem | kLine, Text, ItemGroup,
             "When it arrives if it is ordered today; empty where not known.",
             [](Context c) -> Value {
                 const auto days = leadTimeOf(c.entries);
                 return days ? day(c.request->today + std::chrono::days{*days}, c) : std::string{};
             }},

    // -- Payment -------------------------------------------------------------------------------
    Variable{"payment_terms", kLine, Text, Line, "How the order is paid, in the ERP's word.",
             [](Context c) -> Value { return c.first().line->payment.terms; }},
    Variable{"is_prepaid", kAll, Flag, Line, "It is paid already.", isPaid<kPrepaid>},
    Variable{"is_authorised", kAll, Flag, Line, "The amount is held on a card.",
             isPaid<kAuthorised>},
    Variable{"is_on_account", kAll, Flag, Line, "It is paid on account.", isPaid<kOnAccount>},
    Variable{"authorised_until", kLine, Text, Line,
             "The last day on which a held amount can be taken; may be over.",
             [](Context c) -> Value { return day(c.first().line->payment.authorised_until, c); }},
    Variable{"authorisation_over", kAll, Flag, Line, "That day is over.",
             [](Context c) -> Value {
                 return each(c, [&](const EntryView& e) {
                     const auto& until = e.line->payment.authorised_until;
                     return until && *until < c.request->today;
                 });
             }},

    // -- Consent to a delay --------------------------------------------------------------------
    Variable{
        "short_delay", kAll, Flag, Line,
        "There is a date, at most 30 days after the line went on back order, or after the date "
        "promised then, where that is earlier.",
        [](Context c) -> Value {
            return each(c, [](const EntryView& e) { return isShortDelay(e); });
        }},
    Variable{"consent_by", kLine, Text, Line,
             "The last day on which a consent to wait longer is in time; empty once past.",
             [](Context c) -> Value { return dayAhead(consentBy(c.first()), c); }},
};

}  // namespace

std::span<const Variable> supplyVariables() { return kSupplyVariables; }

}  // namespace backorderd::render

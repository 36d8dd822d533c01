#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "backorderd/line.hpp"

namespace backorderd {

// Facts about a line, found by comparing two snapshots or by the calendar. The names returned by
// `eventName` and the members are a persisted format (table case_event): do not change.

struct LineOpened {
    Decimal open;
    Promise promise;
    bool adopted = false;  ///< known from the first snapshot of an empty store: nobody is told.
    bool operator==(const LineOpened&) const = default;
};
/// The ordered quantity, or the part cancelled of a line that stays open, changed.
struct QuantityChanged {
    Decimal from;  ///< ordered − cancelled, before
    Decimal to;
    bool operator==(const QuantityChanged&) const = default;
};
/// A first promise where none was known.
struct PromiseSet {
    Promise to;
    bool operator==(const PromiseSet&) const = default;
};
/// A promise moved: later is a slip, earlier a pull-in. What counts is the end of the range.
struct PromiseMoved {
    Promise from;
    Promise to;
    bool isSlip() const { return to.to > from.to; }
    bool operator==(const PromiseMoved&) const = default;
};
/// The ERP no longer names a date.
struct PromiseWithdrawn {
    Promise from;
    bool operator==(const PromiseWithdrawn&) const = default;
};
/// A promise date passed with the line still open.
struct PromiseLapsed {
    Date promised;
    bool operator==(const PromiseLapsed&) const = default;
};
/// Some, but not all, of the open quantity is reserved for the line.
struct PartlyAvailable {
    Decimal allocated;
    Decimal open;
    bool operator==(const PartlyAvailable&) const = default;
};
/// The whole open quantity is reserved for the line.
struct Available {
    Decimal open;
    bool operator==(const Available&) const = default;
};
/// What had been reserved is reserved no longer.
struct AvailabilityLost {
    Decimal was;
    Decimal is;
    bool operator==(const AvailabilityLost&) const = default;
};
struct PartlyShipped {
    Decimal shipped;    ///< in this step
    Decimal remaining;  ///< still open
    Shipment shipment;
    bool operator==(const PartlyShipped&) const = default;
};
/// The last open unit left. Closes the case.
struct Shipped {
    Decimal shipped;  ///< in this step
    Shipment shipment;
    bool operator==(const Shipped&) const = default;
};
/// The rest was cancelled. Closes the case.
struct Cancelled {
    Decimal cancelled;  ///< in this step
    bool operator==(const Cancelled&) const = default;
};
/// The line now carries another item.
struct Substituted {
    std::string from_item;
    std::string to_item;
    bool operator==(const Substituted&) const = default;
};
struct ContactChanged {
    Contact from;
    Contact to;
    bool operator==(const ContactChanged&) const = default;
};
struct SupplyChanged {
    Supply from;
    Supply to;
    bool operator==(const SupplyChanged&) const = default;
};
/// A closed line is open again; begins a new case.
struct Reopened {
    Decimal open;
    bool operator==(const Reopened&) const = default;
};
/// The ERP gave the line another id (a split, a merge, a renumbering).
struct Renumbered {
    std::string from_id;
    std::string to_id;
    bool operator==(const Renumbered&) const = default;
};
/// Proven snapshots no longer hold the line and the ERP does not say why. Closes the case; no
/// customer is told anything, because nothing is known.
struct Vanished {
    bool operator==(const Vanished&) const = default;
};

// -- Offers of substitutes. `offer` is the `seq` of the OfferMade event within its case.

/// One substitute in an offer, with the quantity held for it.
struct OfferedItem {
    std::string item;
    std::string name;
    std::string warehouse;  ///< where the units lie; empty: the ERP does not say
    Decimal quantity;       ///< at most the open quantity
    Money unit_price;       ///< no currency: not known
    bool operator==(const OfferedItem&) const = default;
};
/// Substitutes were chosen for the line and their units are held. Demand stays on the original
/// item.
struct OfferMade {
    std::string rule;                ///< name of the substitution rule
    std::vector<OfferedItem> items;  ///< best first; at least one
    Timestamp hold_until{};          ///< until then the units are in no other offer
    Timestamp answer_by{};           ///< then the offer expires; not before hold_until
    bool operator==(const OfferMade&) const = default;
};
/// The customer, or somebody for them, took one of the items or none.
struct OfferAnswered {
    int offer = 0;
    std::string accepted_item;  ///< empty: declined
    std::string author;
    std::string note;
    bool operator==(const OfferAnswered&) const = default;
};
struct OfferExpired {
    int offer = 0;
    bool operator==(const OfferExpired&) const = default;
};
/// What was offered is no longer true: the units are gone, or the line needs them no more.
struct OfferWithdrawn {
    int offer = 0;
    std::string reason;  ///< for a person
    bool operator==(const OfferWithdrawn&) const = default;
};

// -- Escalation. `rule` is the name of the escalation rule.

/// The start condition of a rule held for the first time; its steps are counted from here.
struct EscalationStarted {
    std::string rule;
    bool operator==(const EscalationStarted&) const = default;
};
/// One of the rule's stop conditions came true.
struct EscalationStopped {
    std::string rule;
    std::string reason;  ///< the stop condition: `available`
    bool operator==(const EscalationStopped&) const = default;
};
/// Somebody took it on. Stops the steps that say `unless: acknowledged`.
struct Acknowledged {
    std::string rule;  ///< empty: every rule that is active
    std::string author;
    std::string note;
    bool operator==(const Acknowledged&) const = default;
};

/// What a customer can answer, and feel.
inline constexpr std::array<std::string_view, 3> kAnswers{"keep_waiting", "cancel_requested",
                                                          "call_me"};
inline constexpr std::array<std::string_view, 3> kSentiments{"positive", "neutral", "negative"};

/// What the customer said, or what somebody heard from them.
struct Responded {
    std::string answer;     ///< one of `kAnswers`, or empty
    std::string sentiment;  ///< one of `kSentiments`, or empty
    std::string text;
    std::string author;  ///< who wrote it down
    bool operator==(const Responded&) const = default;
};

/// Stock arrived, and so much of it is proposed for this line. Advice: the ERP decides.
struct AllocationProposed {
    std::string warehouse;
    Decimal quantity;      ///< may be zero: others come first
    Decimal open;          ///< open and not reserved, when it was proposed
    int rank = 0;          ///< 1 is served first
    int of = 0;            ///< how many lines wait for the item
    std::string strategy;  ///< `win`, `gain`, `redistribute`, `fill`, `lose`
    std::string reason;    ///< for a person
    bool operator==(const AllocationProposed&) const = default;
};
/// The day on which a preordered item comes out moved.
struct ReleaseMoved {
    std::optional<Date> from;
    std::optional<Date> to;
    bool operator==(const ReleaseMoved&) const = default;
};

using Event = std::variant<LineOpened, QuantityChanged, PromiseSet, PromiseMoved, PromiseWithdrawn,
                           PromiseLapsed, PartlyAvailable, Available, AvailabilityLost,
                           PartlyShipped, Shipped, Cancelled, Substituted, ContactChanged,
                           SupplyChanged, Reopened, Renumbered, Vanished, OfferMade, OfferAnswered,
                           OfferExpired, OfferWithdrawn, EscalationStarted, EscalationStopped,
                           Acknowledged, Responded, AllocationProposed, ReleaseMoved>;

/// `opened`, `promise_moved` …: the name in the store, in JSON and in logs.
std::string_view eventName(const Event& event);
/// One sentence for a person: 'Promise moved from 2026-03-20 to 2026-04-10 (slip of 21 days).'
std::string describeEvent(const Event& event);
/// Whether the event ends the case.
bool closesCase(const Event& event);

}  // namespace backorderd

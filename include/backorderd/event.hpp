#pragma once

#include <string>
#include <variant>

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

using Event = std::variant<LineOpened, QuantityChanged, PromiseSet, PromiseMoved, PromiseWithdrawn,
                           PromiseLapsed, PartlyAvailable, Available, AvailabilityLost,
                           PartlyShipped, Shipped, Cancelled, Substituted, ContactChanged,
                           SupplyChanged, Reopened, Renumbered, Vanished>;

/// `opened`, `promise_moved` …: the name in the store, in JSON and in logs.
std::string_view eventName(const Event& event);
/// One sentence for a person: 'Promise moved from 2026-03-20 to 2026-04-10 (slip of 21 days).'
std::string describeEvent(const Event& event);
/// Whether the event ends the case.
bool closesCase(const Event& event);

}  // namespace backorderd

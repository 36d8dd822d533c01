#pragma once

#include <optional>

#include "render/render.hpp"

/// What one line's notice can say, worked out from the case, the event and what was told before.
namespace backorderd::render {

/// Points into the `Entry` it was made of.
struct EntryView {
    const Entry* entry = nullptr;
    const OrderLine* line = nullptr;
    Topic topic = Topic::Opened;
    /// The promise as it may be shown: no day before today stands in it. Unknown where all of it is
    /// past.
    Promise promise;
    bool promise_past = false;  ///< there is a promise, and its last day is before today
    Promise was;                ///< what the customer knew before; unknown where nothing
    std::optional<Decimal> shipped_now;
    std::optional<Decimal> cancelled_now;
    std::optional<Decimal> awaited;  ///< open and not reserved; empty where the ERP does not say
    const Shipment* shipment = nullptr;  ///< never null
    Date since{};                        ///< when the case was opened, in the recipient's zone
    bool unchanged = false;  ///< promise and open quantity are as the customer heard last

    bool promiseChanged() const { return promise.known() && was.known() && was != promise; }
    /// Days by which the promise moved; positive is later. Only where both are known.
    long slipDays() const;
};

/// The day it is at `at` for the recipient.
Date localDay(Timestamp at, const Request& request, const House& house);

EntryView viewEntry(const Entry& entry, const Request& request, const House& house);

}  // namespace backorderd::render

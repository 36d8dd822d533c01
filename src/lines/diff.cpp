#include <algorithm>
#include <utility>

#include "lines/lines.hpp"

namespace backorderd::lines {

namespace {

/// What of the open quantity is reserved: within 0 and the open quantity, whatever the ERP says.
/// Empty: the ERP does not say.
std::optional<Decimal> reserved(const OrderLine& line) {
    if (!line.allocated) return std::nullopt;
    return std::clamp(*line.allocated, Decimal{}, line.open());
}

Decimal wanted(const OrderLine& line) { return line.ordered - line.cancelled; }

Decimal positivePart(Decimal value) { return std::max(value, Decimal{}); }

/// Quantities of different units cannot be subtracted: 10 pieces and 1 box may be the same.
bool sameUnit(const OrderLine& before, const OrderLine& now) { return before.unit == now.unit; }

void addIdentity(std::vector<Event>& events, const OrderLine& before, const OrderLine& now) {
    if (before.contact != now.contact)
        events.emplace_back(ContactChanged{before.contact, now.contact});
    if (before.item.id != now.item.id)
        events.emplace_back(Substituted{before.item.id, now.item.id});
}

void addQuantity(std::vector<Event>& events, const OrderLine& before, const OrderLine& now) {
    if (wanted(before) != wanted(now))
        events.emplace_back(QuantityChanged{wanted(before), wanted(now)});
}

/// What counts is the end of the range: where only its beginning moves, nothing is promised for
/// another day.
void addPromise(std::vector<Event>& events, const Promise& before, const Promise& now) {
    if (!before.known() && now.known()) events.emplace_back(PromiseSet{now});
    if (before.known() && !now.known()) events.emplace_back(PromiseWithdrawn{before});
    if (before.known() && now.known() && before.to != now.to)
        events.emplace_back(PromiseMoved{before, now});
}

/// Compares with what would still be reserved had nothing been reserved or released in this step:
/// what was reserved, without what was shipped of it, and no more than is still open.
void addAvailability(std::vector<Event>& events, const OrderLine& before, const OrderLine& now,
                     Decimal shipped) {
    const std::optional<Decimal> is = reserved(now);
    if (!is) return;  // The ERP does not say: that is not a loss.

    const Decimal open = now.open();
    const Decimal was_reserved = sameUnit(before, now) ? reserved(before).value_or(Decimal{}) : *is;
    const Decimal kept = std::min(positivePart(was_reserved - shipped), open);
    const bool was_full = before.allocated && *before.allocated >= before.open();

    if (*is < kept) {
        events.emplace_back(AvailabilityLost{kept, *is});
    } else if (*is == open) {
        if (!was_full) events.emplace_back(Available{open});
    } else if (*is > kept || (was_full && is->isPositive())) {
        // The second: all was there, and then more was ordered.
        events.emplace_back(PartlyAvailable{*is, open});
    }
}

/// A shipped quantity that falls is a return or a correction. It is not an event of its own: the
/// open quantity, always computed, is right again with it.
Decimal shippedNow(const OrderLine& before, const OrderLine& now) {
    return sameUnit(before, now) ? positivePart(now.shipped - before.shipped) : Decimal{};
}

/// Where nothing else is promised the promise moves with it and says what the customer is told.
void addRelease(std::vector<Event>& events, const OrderLine& before, const OrderLine& now) {
    if (now.kind == LineKind::Preorder && before.release_date != now.release_date)
        events.emplace_back(ReleaseMoved{before.release_date, now.release_date});
}

std::vector<Event> stillOpen(const OrderLine& before, const OrderLine& now) {
    std::vector<Event> events;
    const Decimal shipped = shippedNow(before, now);
    addIdentity(events, before, now);
    addQuantity(events, before, now);
    if (before.supply != now.supply) events.emplace_back(SupplyChanged{before.supply, now.supply});
    addRelease(events, before, now);
    addPromise(events, before.promise, now.promise);
    if (shipped.isPositive()) events.emplace_back(PartlyShipped{shipped, now.open(), now.shipment});
    addAvailability(events, before, now, shipped);
    return events;
}

/// How a line ended: nothing is left open. An ERP that clears the promise, the supply or the
/// reservation of a finished line has not told a fact about them.
std::vector<Event> closed(const OrderLine& before, const OrderLine& now) {
    std::vector<Event> events;
    addIdentity(events, before, now);
    const bool comparable = sameUnit(before, now);
    const Decimal shipped = comparable ? shippedNow(before, now) : positivePart(now.shipped);
    if (shipped.isPositive()) {
        addQuantity(events, before, now);
        events.emplace_back(Shipped{shipped, now.shipment});
        return events;
    }
    // No more can be cancelled than was open, and what came back in this step.
    const Decimal came_back = comparable ? positivePart(before.shipped - now.shipped) : Decimal{};
    const Decimal at_most = before.open() + came_back;
    const Decimal less = comparable ? wanted(before) - wanted(now) : at_most;
    events.emplace_back(Cancelled{std::min(less, at_most)});
    return events;
}

}  // namespace

bool isOnBackOrder(const OrderLine& line) {
    return line.isOpen() && !(line.allocated && *line.allocated >= line.open());
}

void normalise(OrderLine& line) {
    if (line.kind == LineKind::Preorder && !line.promise.known() && line.release_date)
        line.promise = Promise::on(*line.release_date);
}

std::vector<Event> diff(const OrderLine* before, const OrderLine& now) {
    if (before == nullptr) {
        if (!isOnBackOrder(now)) return {};
        return {LineOpened{now.open(), now.promise, false}};
    }
    if (!before->isOpen()) {
        if (!isOnBackOrder(now)) return {};
        return {Reopened{now.open()}};
    }
    return now.isOpen() ? stillOpen(*before, now) : closed(*before, now);
}

}  // namespace backorderd::lines

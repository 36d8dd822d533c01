#include "rehearsal/history.hpp"

#include <algorithm>

namespace backorderd::rehearsal {
namespace {

/// Undoes each kind of event on a line.
struct Undo {
    OrderLine& line;

    void operator()(const LineOpened&) const {}
    void operator()(const QuantityChanged& event) const {
        line.ordered = line.ordered - event.to + event.from;
    }
    void operator()(const PromiseSet&) const { line.promise = {}; }
    void operator()(const PromiseMoved& event) const { line.promise = event.from; }
    void operator()(const PromiseWithdrawn& event) const { line.promise = event.from; }
    void operator()(const PromiseLapsed&) const {}
    void operator()(const PartlyAvailable&) const {}
    void operator()(const Available&) const {}
    void operator()(const AvailabilityLost&) const {}
    void operator()(const PartlyShipped& event) const { unship(event.shipped); }
    void operator()(const Shipped& event) const { unship(event.shipped); }
    void operator()(const Cancelled& event) const {
        // Some ERPs cancel by ordering less.
        if (line.cancelled >= event.cancelled)
            line.cancelled = line.cancelled - event.cancelled;
        else
            line.ordered = line.ordered + event.cancelled;
    }
    void operator()(const Substituted& event) const { line.item.id = event.from_item; }
    void operator()(const ContactChanged& event) const { line.contact = event.from; }
    void operator()(const SupplyChanged& event) const { line.supply = event.from; }
    void operator()(const Reopened&) const {}
    void operator()(const Renumbered& event) const { line.key.id = event.from_id; }
    void operator()(const Vanished&) const {}
    void operator()(const ReleaseMoved& event) const { line.release_date = event.from; }
    // What people and rules add to the log leaves the line as it is.
    void operator()(const OfferMade&) const {}
    void operator()(const OfferAnswered&) const {}
    void operator()(const OfferExpired&) const {}
    void operator()(const OfferWithdrawn&) const {}
    void operator()(const EscalationStarted&) const {}
    void operator()(const EscalationStopped&) const {}
    void operator()(const Acknowledged&) const {}
    void operator()(const Responded&) const {}
    void operator()(const AllocationProposed&) const {}

private:
    void unship(Decimal quantity) const {
        line.shipped = std::max(line.shipped - quantity, Decimal{});
        line.shipment = {};
    }
};

struct RecordedFact {
    bool operator()(const PromiseLapsed&) const { return false; }
    bool operator()(const OfferMade&) const { return false; }
    bool operator()(const OfferAnswered&) const { return false; }
    bool operator()(const OfferExpired&) const { return false; }
    bool operator()(const OfferWithdrawn&) const { return false; }
    bool operator()(const EscalationStarted&) const { return false; }
    bool operator()(const EscalationStopped&) const { return false; }
    bool operator()(const AllocationProposed&) const { return false; }
    bool operator()(const auto&) const { return true; }
};

/// What an event says of the promise afterwards. Told forwards, because an ERP may clear the date
/// of a line that is done without an event.
void followPromise(const Event& event, Promise& promise) {
    if (const auto* opened = std::get_if<LineOpened>(&event)) promise = opened->promise;
    if (const auto* set = std::get_if<PromiseSet>(&event)) promise = set->to;
    if (const auto* moved = std::get_if<PromiseMoved>(&event)) promise = moved->to;
    if (std::holds_alternative<PromiseWithdrawn>(event)) promise = {};
}

/// The same of what is reserved, of which no event tells what it was before.
void followReserved(const Event& event, Decimal& reserved) {
    if (const auto* partly = std::get_if<PartlyAvailable>(&event)) reserved = partly->allocated;
    if (const auto* all = std::get_if<Available>(&event)) reserved = all->open;
    if (const auto* lost = std::get_if<AvailabilityLost>(&event)) reserved = lost->is;
    if (const auto* left = std::get_if<PartlyShipped>(&event))
        reserved = std::max(reserved - left->shipped, Decimal{});
    if (std::holds_alternative<Shipped>(event)) reserved = {};
}

}  // namespace

bool isRecordedFact(const Event& event) { return std::visit(RecordedFact{}, event); }

OrderLine undone(const Event& event, OrderLine after) {
    std::visit(Undo{after}, event);
    return after;
}

std::vector<Moment> historyOf(const Case& subject) {
    std::vector<Moment> moments;
    OrderLine line = subject.line;
    for (auto event = subject.events.rbegin(); event != subject.events.rend(); ++event) {
        if (isRecordedFact(event->event)) {
            if (moments.empty() || moments.back().at != event->at)
                moments.push_back({event->at, {}, line});
            moments.back().events.push_back(event->event);
        }
        line = undone(event->event, std::move(line));
    }
    std::reverse(moments.begin(), moments.end());
    Promise promise = line.promise;
    Decimal reserved;
    for (auto& moment : moments) {
        std::reverse(moment.events.begin(), moment.events.end());
        for (const auto& event : moment.events) {
            followPromise(event, promise);
            followReserved(event, reserved);
        }
        moment.line.promise = promise;
        if (moment.line.allocated) moment.line.allocated = reserved;
    }
    return moments;
}

}  // namespace backorderd::rehearsal

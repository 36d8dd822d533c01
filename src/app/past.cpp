#include "app/past.hpp"

#include <algorithm>
#include <span>

namespace backorderd::app {
namespace {

/// Takes one event back from the line; `earlier` are the events before it.
struct TakeBack {
    OrderLine& line;
    std::vector<std::string>& unsure;
    std::span<const CaseEvent> earlier;

    void operator()(const QuantityChanged& event) {
        line.ordered = line.ordered + event.from - event.to;
    }
    void operator()(const PromiseSet&) { line.promise = {}; }
    void operator()(const PromiseMoved& event) { line.promise = event.from; }
    void operator()(const PromiseWithdrawn& event) { line.promise = event.from; }
    void operator()(const PartlyAvailable&) { line.allocated = reservedBefore(); }
    void operator()(const Available&) { line.allocated = reservedBefore(); }
    void operator()(const AvailabilityLost& event) { line.allocated = event.was; }
    void operator()(const PartlyShipped& event) { takeBackShipment(event.shipped); }
    void operator()(const Shipped& event) { takeBackShipment(event.shipped); }
    void operator()(const Cancelled& event) { line.cancelled = line.cancelled - event.cancelled; }
    void operator()(const Substituted& event) {
        line.item.id = event.from_item;
        line.item.name.clear();
        unsure.push_back("the name and category of the item " + event.from_item);
    }
    void operator()(const ContactChanged& event) { line.contact = event.from; }
    void operator()(const SupplyChanged& event) { line.supply = event.from; }
    void operator()(const ReleaseMoved& event) { line.release_date = event.from; }
    void operator()(const Renumbered& event) { line.key.id = event.from_id; }
    template <class Other>
    void operator()(const Other&) {}

private:
    void takeBackShipment(Decimal shipped) {
        line.shipped = line.shipped - shipped;
        line.shipment = {};
    }
    /// What was reserved before an event that only says what is reserved now.
    std::optional<Decimal> reservedBefore() {
        for (auto entry = earlier.rbegin(); entry != earlier.rend(); ++entry) {
            if (const auto* lost = std::get_if<AvailabilityLost>(&entry->event)) return lost->is;
            if (const auto* part = std::get_if<PartlyAvailable>(&entry->event))
                return part->allocated;
            if (const auto* all = std::get_if<Available>(&entry->event)) return all->open;
        }
        return Decimal{};
    }
};

/// A notice as it was, as far as it says: only when it came into its present state is known.
bool takeBack(Notice& notice, Timestamp at) {
    if (notice.fact_at > at) return false;
    if (notice.state_at <= at) return true;
    notice.state = NoticeState::Planned;
    notice.state_reason.clear();
    notice.state_at = notice.fact_at;
    notice.message_id = 0;
    return true;
}

}  // namespace

PastCase caseAt(const Case& subject, Timestamp at) {
    PastCase past;
    past.known = subject.opened_at <= at;
    if (!past.known) return past;
    past.subject = subject;
    auto& then = past.subject;
    while (!then.events.empty() && then.events.back().at > at) {
        const auto last = then.events.back();
        then.events.pop_back();
        std::visit(TakeBack{then.line, past.unsure, then.events}, last.event);
    }
    if (then.closed_at && *then.closed_at > at) then.closed_at.reset();
    if (then.missing_since && *then.missing_since > at) then.missing_since.reset();
    then.look_again.reset();
    std::erase_if(then.notices, [at](Notice& notice) { return !takeBack(notice, at); });
    past.unsure.insert(past.unsure.begin(),
                       {"stock, the catalogue and the rules are those of today",
                        "what changes of a line without an event (price, names, tier, attributes) "
                        "is as it was read last",
                        "a notice that has been planned anew since is shown as it is now"});
    return past;
}

}  // namespace backorderd::app

#include "render/entry_view.hpp"

#include <date/tz.h>

#include <algorithm>
#include <stdexcept>

namespace backorderd::render {
namespace {

/// A message speaks of the promise that its notice records as told, so that the next message's
/// 'was' is what this one says. An alert to our own people tells the customer nothing.
const Promise& toldPromise(const Entry& entry) {
    return isForCustomer(entry.notice.topic) ? entry.notice.facts.promise
                                             : entry.subject.line.promise;
}

Promise showable(const Promise& promise, Date today) {
    if (!promise.known() || *promise.to < today) return {};
    // Of a range that has begun only its end is still a promise.
    return {*promise.from < today ? promise.to : promise.from, promise.to};
}

Promise promiseBefore(const Event& event) {
    if (const auto* moved = std::get_if<PromiseMoved>(&event)) return moved->from;
    if (const auto* withdrawn = std::get_if<PromiseWithdrawn>(&event)) return withdrawn->from;
    if (const auto* lapsed = std::get_if<PromiseLapsed>(&event)) {
        return Promise::on(lapsed->promised);
    }
    return {};
}

Promise findWas(const Entry& entry, Date today) {
    const Promise told = entry.told_before ? entry.told_before->promise : Promise{};
    // Of a lapse only a day that is over may be said to have passed.
    const bool needs_past = entry.notice.topic == Topic::PromiseLapsed;
    if (told.known() && !(needs_past && *told.to >= today)) return told;
    const Promise before = entry.event ? promiseBefore(*entry.event) : Promise{};
    if (before.known() && !(needs_past && *before.to >= today)) return before;
    const Promise& promise = toldPromise(entry);
    return promise.known() && *promise.to < today ? promise : Promise{};
}

std::optional<Decimal> shippedNow(const Entry& entry) {
    if (!entry.event) return std::nullopt;
    if (const auto* part = std::get_if<PartlyShipped>(&*entry.event)) return part->shipped;
    if (const auto* all = std::get_if<Shipped>(&*entry.event)) return all->shipped;
    return std::nullopt;
}

const Shipment& shipmentOf(const Entry& entry) {
    const Shipment none;
    if (entry.event) {
        const auto* part = std::get_if<PartlyShipped>(&*entry.event);
        if (part != nullptr && part->shipment != none) return part->shipment;
        const auto* all = std::get_if<Shipped>(&*entry.event);
        if (all != nullptr && all->shipment != none) return all->shipment;
    }
    return entry.subject.line.shipment;
}

Date dayOf(Timestamp at, std::string_view timezone) {
    if (!timezone.empty()) {
        try {
            const date::time_zone* zone = date::locate_zone(std::string{timezone});
            const auto local = zone->to_local(at);
            return Date{std::chrono::floor<std::chrono::days>(local).time_since_epoch()};
        } catch (const std::runtime_error&) {
            // The ERP names a zone that does not exist: UTC is wrong by a day at most.
        }
    }
    return Date{std::chrono::floor<std::chrono::days>(at).time_since_epoch()};
}

}  // namespace

Date localDay(Timestamp at, const Request& request, const House& house) {
    const std::string& zone = request.recipient.timezone;
    return dayOf(at, zone.empty() ? house.timezone : zone);
}

long EntryView::slipDays() const { return (*promise.to - *was.to).count(); }

EntryView viewEntry(const Entry& entry, const Request& request, const House& house) {
    EntryView view;
    view.entry = &entry;
    view.line = &entry.subject.line;
    view.topic = entry.notice.topic;
    const Promise& promise = toldPromise(entry);
    view.promise = showable(promise, request.today);
    view.promise_past = promise.known() && *promise.to < request.today;
    view.was = findWas(entry, request.today);
    view.shipped_now = shippedNow(entry);
    if (entry.event) {
        if (const auto* cancelled = std::get_if<Cancelled>(&*entry.event)) {
            view.cancelled_now = cancelled->cancelled;
        }
    }
    const Decimal open = view.line->open();
    if (view.line->allocated) {
        view.awaited = std::max(open - *view.line->allocated, Decimal{});
    }
    view.shipment = &shipmentOf(entry);
    view.since = localDay(entry.subject.opened_at, request, house);
    // A date that passed meanwhile is news, whatever the ERP says.
    view.unchanged = !view.promise_past && entry.told_before &&
                     entry.told_before->promise == promise && entry.told_before->open == open;
    return view;
}

}  // namespace backorderd::render

#include "backorderd/event.hpp"

#include <chrono>
#include <cstdlib>

namespace backorderd {
namespace {

std::string words(const Promise& promise) {
    if (!promise.known()) return "no date";
    if (promise.from == promise.to) return formatDate(*promise.to);
    return formatDate(*promise.from) + " to " + formatDate(*promise.to);
}

std::string words(const Supply& supply) {
    if (!supply.covered()) return "none";
    return supply.reference + (supply.expected ? " on " + formatDate(*supply.expected) : "");
}

std::string words(const Shipment& shipment) {
    std::string text;
    if (!shipment.carrier.empty()) text += " with " + shipment.carrier;
    if (!shipment.tracking.empty()) text += ", tracking " + shipment.tracking;
    return text;
}

struct Namer {
    std::string_view operator()(const LineOpened&) const { return "opened"; }
    std::string_view operator()(const QuantityChanged&) const { return "quantity_changed"; }
    std::string_view operator()(const PromiseSet&) const { return "promise_set"; }
    std::string_view operator()(const PromiseMoved&) const { return "promise_moved"; }
    std::string_view operator()(const PromiseWithdrawn&) const { return "promise_withdrawn"; }
    std::string_view operator()(const PromiseLapsed&) const { return "promise_lapsed"; }
    std::string_view operator()(const PartlyAvailable&) const { return "partly_available"; }
    std::string_view operator()(const Available&) const { return "available"; }
    std::string_view operator()(const AvailabilityLost&) const { return "availability_lost"; }
    std::string_view operator()(const PartlyShipped&) const { return "partly_shipped"; }
    std::string_view operator()(const Shipped&) const { return "shipped"; }
    std::string_view operator()(const Cancelled&) const { return "cancelled"; }
    std::string_view operator()(const Substituted&) const { return "substituted"; }
    std::string_view operator()(const ContactChanged&) const { return "contact_changed"; }
    std::string_view operator()(const SupplyChanged&) const { return "supply_changed"; }
    std::string_view operator()(const Reopened&) const { return "reopened"; }
    std::string_view operator()(const Renumbered&) const { return "renumbered"; }
    std::string_view operator()(const Vanished&) const { return "vanished"; }
    std::string_view operator()(const OfferMade&) const { return "offer_made"; }
    std::string_view operator()(const OfferAnswered&) const { return "offer_answered"; }
    std::string_view operator()(const OfferExpired&) const { return "offer_expired"; }
    std::string_view operator()(const OfferWithdrawn&) const { return "offer_withdrawn"; }
    std::string_view operator()(const EscalationStarted&) const { return "escalation_started"; }
    std::string_view operator()(const EscalationStopped&) const { return "escalation_stopped"; }
    std::string_view operator()(const Acknowledged&) const { return "acknowledged"; }
    std::string_view operator()(const Responded&) const { return "responded"; }
    std::string_view operator()(const AllocationProposed&) const { return "allocation_proposed"; }
    std::string_view operator()(const ReleaseMoved&) const { return "release_moved"; }
};

struct Describer {
    std::string operator()(const LineOpened& e) const {
        return (e.adopted ? "Known from the first snapshot with " : "On back order with ") +
               e.open.toString() + " open, promised: " + words(e.promise) + ".";
    }
    std::string operator()(const QuantityChanged& e) const {
        return "Quantity changed from " + e.from.toString() + " to " + e.to.toString() + ".";
    }
    std::string operator()(const PromiseSet& e) const {
        return "Promised for " + words(e.to) + ".";
    }
    std::string operator()(const PromiseMoved& e) const {
        std::string text = "Promise moved from " + words(e.from) + " to " + words(e.to);
        if (e.from.known() && e.to.known() && e.from.to != e.to.to) {
            const auto days = (*e.to.to - *e.from.to).count();
            const auto count = std::to_string(std::abs(days)) +
                               (std::abs(days) == 1 ? " day" : " days");
            text += days > 0 ? " (slip of " + count + ")" : " (" + count + " earlier)";
        }
        return text + ".";
    }
    std::string operator()(const PromiseWithdrawn& e) const {
        return "Promise of " + words(e.from) + " withdrawn; no date is known.";
    }
    std::string operator()(const PromiseLapsed& e) const {
        return "The promised date " + formatDate(e.promised) + " passed with the line still open.";
    }
    std::string operator()(const PartlyAvailable& e) const {
        return e.allocated.toString() + " of " + e.open.toString() + " open are reserved.";
    }
    std::string operator()(const Available& e) const {
        return "All " + e.open.toString() + " open are reserved.";
    }
    std::string operator()(const AvailabilityLost& e) const {
        return "Reserved quantity fell from " + e.was.toString() + " to " + e.is.toString() + ".";
    }
    std::string operator()(const PartlyShipped& e) const {
        return e.shipped.toString() + " shipped" + words(e.shipment) + "; " +
               e.remaining.toString() + " remain.";
    }
    std::string operator()(const Shipped& e) const {
        return e.shipped.toString() + " shipped" + words(e.shipment) + "; nothing remains.";
    }
    std::string operator()(const Cancelled& e) const {
        return e.cancelled.toString() + " cancelled; nothing remains.";
    }
    std::string operator()(const Substituted& e) const {
        return "Item changed from " + e.from_item + " to " + e.to_item + ".";
    }
    std::string operator()(const ContactChanged&) const { return "Contact changed."; }
    std::string operator()(const SupplyChanged& e) const {
        return "Supply changed from " + words(e.from) + " to " + words(e.to) + ".";
    }
    std::string operator()(const Reopened& e) const {
        return "On back order again with " + e.open.toString() + " open.";
    }
    std::string operator()(const Renumbered& e) const {
        return "The ERP now calls the line " + e.to_id + " (was " + e.from_id + ").";
    }
    std::string operator()(const Vanished&) const {
        return "No longer in the ERP's list, which does not say why.";
    }
    std::string operator()(const OfferMade& e) const {
        std::string text = "Offered by rule '" + e.rule + "': ";
        for (const auto& item : e.items)
            text += (&item == &e.items.front() ? "" : ", ") + item.quantity.toString() + " of " +
                    item.item + (item.warehouse.empty() ? "" : " in " + item.warehouse);
        return text + "; held until " + formatTimestamp(e.hold_until) + ", to be answered by " +
               formatTimestamp(e.answer_by) + ".";
    }
    std::string operator()(const OfferAnswered& e) const {
        return (e.accepted_item.empty() ? "Offer declined" : "Accepted " + e.accepted_item) +
               by(e.author, e.note);
    }
    std::string operator()(const OfferExpired&) const { return "The offer was not answered."; }
    std::string operator()(const OfferWithdrawn& e) const {
        return "Offer withdrawn: " + e.reason + ".";
    }
    std::string operator()(const EscalationStarted& e) const {
        return "Escalation '" + e.rule + "' started.";
    }
    std::string operator()(const EscalationStopped& e) const {
        return "Escalation '" + e.rule + "' stopped: " + e.reason + ".";
    }
    std::string operator()(const Acknowledged& e) const {
        return (e.rule.empty() ? "Acknowledged" : "Escalation '" + e.rule + "' acknowledged") +
               by(e.author, e.note);
    }
    std::string operator()(const Responded& e) const {
        std::string text = "The customer answered";
        if (!e.answer.empty()) text += ": " + e.answer;
        if (!e.sentiment.empty()) text += " (" + e.sentiment + ")";
        return text + by(e.author, e.text);
    }
    std::string operator()(const AllocationProposed& e) const {
        return "Of stock that arrived, " + e.quantity.toString() + " of " + e.open.toString() +
               " open are proposed for the line (rank " + std::to_string(e.rank) + " of " +
               std::to_string(e.of) + ", " + e.strategy + "): " + e.reason + ".";
    }
    std::string operator()(const ReleaseMoved& e) const {
        const auto day = [](const std::optional<Date>& date) {
            return date ? formatDate(*date) : std::string{"no date"};
        };
        return "Release moved from " + day(e.from) + " to " + day(e.to) + ".";
    }

private:
    /// ' by erika: will call them.'
    static std::string by(const std::string& author, const std::string& note) {
        return (author.empty() ? "" : " by " + author) + (note.empty() ? "" : ": " + note) + ".";
    }
};

}  // namespace

std::string_view eventName(const Event& event) { return std::visit(Namer{}, event); }

std::string describeEvent(const Event& event) { return std::visit(Describer{}, event); }

bool closesCase(const Event& event) {
    return std::holds_alternative<Shipped>(event) || std::holds_alternative<Cancelled>(event) ||
           std::holds_alternative<Vanished>(event);
}

}  // namespace backorderd

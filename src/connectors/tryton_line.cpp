#include "connectors/tryton_line.hpp"

#include <algorithm>
#include <tuple>

namespace backorderd::connectors::tryton {

namespace {

/// The first contact of one of the types that `chosen` names or, without a choice, of the party.
const PartyContact* findContact(const std::vector<PartyContact>& contacts, std::string_view type,
                                std::optional<Id> chosen) {
    const auto is_chosen = [&](const PartyContact& contact) {
        return contact.type == type && chosen && contact.id == *chosen;
    };
    const auto is_of_type = [&](const PartyContact& contact) { return contact.type == type; };
    auto found = std::find_if(contacts.begin(), contacts.end(), is_chosen);
    if (found == contacts.end()) found = std::find_if(contacts.begin(), contacts.end(), is_of_type);
    return found == contacts.end() ? nullptr : &*found;
}

/// `+49 (40) 47-28 11` to `+49404728111`; a number without a country stays as it is written.
std::string phoneNumber(const std::string& written) {
    if (!written.starts_with('+')) return written;
    std::string digits;
    for (const char c : written)
        if (c == '+' || (c >= '0' && c <= '9')) digits += c;
    return digits;
}

Contact contactOf(const SaleLine& line, const Details& details) {
    Contact contact;
    contact.name = line.customer.name;
    contact.language = line.language;
    const auto known = details.contacts.find(line.party);
    if (known == details.contacts.end()) return contact;
    if (const auto* email = findContact(known->second, "email", line.contact)) {
        contact.email = email->value;
        contact.role = email->name;
        if (!email->language.empty()) contact.language = email->language;
    }
    const auto* phone = findContact(known->second, "mobile", line.contact);
    if (phone == nullptr) phone = findContact(known->second, "phone", line.contact);
    if (phone != nullptr) contact.phone = phoneNumber(phone->value);
    return contact;
}

/// The shipment with which goods of this line left last.
Shipment lastShipment(const SaleLine& line, const Details& details) {
    const Move* last = nullptr;
    for (const Move& move : line.moves)
        if (move.state == "done" && (last == nullptr || std::tie(move.effective, move.id) >
                                                            std::tie(last->effective, last->id)))
            last = &move;
    if (last == nullptr) return {};
    Shipment shipment;
    if (last->shipment)
        if (const auto known = details.shipments.find(*last->shipment);
            known != details.shipments.end())
            shipment = known->second;
    if (last->effective) shipment.date = last->effective;
    return shipment;
}

Decimal reservedFor(const SaleLine& line, const Stock& stock) {
    const auto product = stock.products.find(line.product);
    Decimal sum;
    for (const Move& move : line.moves) {
        if (!move.isOpen() || move.isLeaving()) continue;
        Decimal reserved;
        if (const auto found = stock.reserved.find(move.id); found != stock.reserved.end())
            reserved = product == stock.products.end()
                           ? found->second
                           : inUnit(found->second, product->second.unit_factor, line.unit_factor);
        else if (move.state == "assigned")
            reserved = move.quantity;
        sum = sum + std::min(reserved, move.quantity);
    }
    return sum;
}

bool isDefaultDate(const SaleLine& line, const Move& move) {
    if (!move.planned) return false;
    // Tryton writes its local day, which may be the next one in UTC: the sale's own day and the
    // days on which other parts left are local as well.
    if (move.made && *move.planned <= *move.made) return true;
    if (line.order.date && *move.planned == *line.order.date) return true;
    return std::any_of(line.moves.begin(), line.moves.end(), [&](const Move& other) {
        return other.state == "done" && other.effective == move.planned;
    });
}

}  // namespace

bool Move::isLeaving() const {
    if (!isOpen() || !shipment) return false;
    return shipment_state == "assigned" || shipment_state == "picked" || shipment_state == "packed";
}

Quantities quantitiesOf(const SaleLine& line, const Stock* stock) {
    Quantities sums;
    for (const Move& move : line.moves) {
        if (move.state == "done")
            sums.shipped = sums.shipped + move.quantity;
        else if (line.moves_ignored.contains(move.id))
            sums.cancelled = sums.cancelled + move.quantity;
        else if (move.isLeaving())
            sums.leaving = sums.leaving + move.quantity;
    }
    const Decimal rest = std::max(line.quantity - sums.shipped, Decimal{});
    // A sale that is over ships nothing more, whatever its moves say (a tolerance for short
    // deliveries, for one).
    const bool is_over = line.sale_state == "done" || line.sale_state == "cancelled" ||
                         line.shipment_state == "sent";
    sums.cancelled = is_over ? rest : std::min(sums.cancelled, rest);
    sums.left = rest - sums.cancelled;
    if (stock != nullptr) sums.reserved = reservedFor(line, *stock);
    return sums;
}

Promise promiseOf(const SaleLine& line) {
    const bool all_leave = std::all_of(line.moves.begin(), line.moves.end(), [](const Move& move) {
        return !move.isOpen() || move.isLeaving() || !move.quantity.isPositive();
    });
    Promise promise;
    for (const Move& move : line.moves) {
        if (!move.isOpen() || !move.planned || !move.quantity.isPositive() ||
            (move.isLeaving() && !all_leave) || isDefaultDate(line, move))
            continue;
        promise.from = promise.from ? std::min(*promise.from, *move.planned) : *move.planned;
        promise.to = promise.to ? std::max(*promise.to, *move.planned) : *move.planned;
    }
    return promise;
}

bool isBackorder(Definition definition, const SaleLine& line, const Coverage& coverage,
                 const Stock& stock) {
    const Quantities sums = quantitiesOf(line, &stock);
    if (!(sums.left - sums.leaving).isPositive() || !line.isOrdered()) return false;
    if (definition == Definition::AnyOpen) return true;
    const Promise promise = promiseOf(line);
    const bool has_lapsed = promise.known() && *promise.to < stock.today;
    if (definition == Definition::ShortOrLate) return coverage.is_short || has_lapsed;
    const bool comes_too_late =
        coverage.is_short &&
        (!promise.known() || !coverage.supply.expected || *coverage.supply.expected > *promise.to);
    return has_lapsed || comes_too_late;
}

OrderLine makeOrderLine(const std::string& source, const SaleLine& line, const Coverage& coverage,
                        const Stock& stock, const Details& details) {
    const Quantities sums = quantitiesOf(line, &stock);
    OrderLine made;
    made.key = {source, std::to_string(line.id)};
    made.order = line.order;
    made.position = line.position;
    if (const auto product = stock.products.find(line.product); product != stock.products.end())
        made.item = product->second.item;
    else
        made.item.id = std::to_string(line.product);
    made.item.customer_code = line.customer_code;
    made.unit = line.unit;
    made.ordered = line.quantity;
    made.shipped = sums.shipped;
    made.cancelled = sums.cancelled;
    made.allocated = std::min(sums.left, sums.leaving + sums.reserved);
    made.unit_price = {line.unit_price, line.currency};
    made.promise = promiseOf(line);
    made.requested = line.wish;
    if (const auto name = stock.warehouses.find(line.warehouse); name != stock.warehouses.end())
        made.warehouse = name->second;
    made.supply = coverage.supply;
    made.shipment = lastShipment(line, details);
    made.customer = line.customer;
    made.contact = contactOf(line, details);
    made.sales_rep = line.sales_rep;
    made.attributes["sale_state"] = line.sale_state;
    made.attributes["shipment_state"] = line.shipment_state;
    if (line.sold_to_order) made.attributes["sold_to_order"] = "yes";
    return made;
}

std::vector<StockLevel> stockLevels(const Stock& stock) {
    // Two products may have one code, and two warehouses one name.
    std::map<std::pair<std::string, std::string>, Decimal> sums;
    for (const auto& [place, free] : stock.free) {
        const auto product = stock.products.find(place.first);
        const auto warehouse = stock.warehouses.find(place.second);
        if (product == stock.products.end() || warehouse == stock.warehouses.end()) continue;
        Decimal& sum = sums[{product->second.item.id, warehouse->second}];
        sum = sum + free;
    }
    std::vector<StockLevel> levels;
    for (const auto& [place, free] : sums) levels.push_back({place.first, place.second, free});
    return levels;
}

std::vector<ItemSupply> expectedSupply(const Stock& stock) {
    std::vector<ItemSupply> expected;
    for (const Incoming& delivery : stock.incoming)
        if (const auto product = stock.products.find(delivery.product);
            product != stock.products.end())
            expected.push_back({product->second.item.id,
                                {delivery.purchase, delivery.planned, delivery.quantity}});
    std::stable_sort(expected.begin(), expected.end(),
                     [](const auto& a, const auto& b) { return a.item < b.item; });
    return expected;
}

}  // namespace backorderd::connectors::tryton

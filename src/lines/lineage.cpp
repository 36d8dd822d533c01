#include "lines/lines.hpp"

namespace backorderd::lines {

namespace {

/// The number is what a person reads and what survives; the ERP's own id stands in where there is
/// none. Two orders that both have an id must agree in it: numbers are reused across companies.
bool sameOrder(const Order& a, const Order& b) {
    if (!a.id.empty() && !b.id.empty() && a.id != b.id) return false;
    if (a.number.empty() && b.number.empty()) return !a.id.empty() && a.id == b.id;
    return a.number == b.number;
}

}  // namespace

bool looksRenumbered(const OrderLine& vanished, const OrderLine& appeared) {
    if (vanished.key.source != appeared.key.source || vanished.key.id == appeared.key.id)
        return false;
    if (!sameOrder(vanished.order, appeared.order)) return false;
    if (vanished.item.id.empty() || vanished.item.id != appeared.item.id) return false;
    if (vanished.unit != appeared.unit || vanished.customer.id != appeared.customer.id)
        return false;
    // An equal open quantity is a renumbering, a smaller one a part of a split, a larger one a
    // merge. Only a line with nothing open continues nothing.
    return vanished.isOpen() && appeared.isOpen();
}

}  // namespace backorderd::lines

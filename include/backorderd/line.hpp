#pragma once

#include <map>
#include <optional>
#include <string>

#include "backorderd/dates.hpp"
#include "backorderd/decimal.hpp"
#include "backorderd/money.hpp"

namespace backorderd {

/// What an ERP knows beyond our fields, passed through to conditions and templates by name.
using Attributes = std::map<std::string, std::string, std::less<>>;

/// Identifies an order line: the name of the source in the settings, and the ERP's own id of the
/// line within it. The id is opaque; it is not what a person reads on the order.
struct LineKey {
    std::string source;
    std::string id;

    auto operator<=>(const LineKey&) const = default;
};

enum class LineKind { Backorder, Preorder, DropShip, MadeToOrder };

/// The date, or the range of dates, by which the customer was told that the line ships. Both ends
/// empty: unknown. A single date: both ends equal. Invariant: both ends are set, or none.
struct Promise {
    std::optional<Date> from;
    std::optional<Date> to;

    static Promise on(Date date) { return {date, date}; }
    bool known() const { return to.has_value(); }
    bool operator==(const Promise&) const = default;
};

/// The purchase order, transfer or production that will fill the line.
struct Supply {
    std::string reference;         ///< the ERP's document number; empty: the line is uncovered.
    std::optional<Date> expected;  ///< when it should arrive; empty: not known.
    std::optional<Decimal> quantity;

    bool covered() const { return !reference.empty(); }
    bool operator==(const Supply&) const = default;
};

/// The person at the customer to whom this order's word goes.
struct Contact {
    std::string name;
    std::string email;
    std::string phone;     ///< E.164, `+4930123456`, where the ERP has it so.
    std::string role;      ///< free word of the ERP: buyer, logistics …
    std::string language;  ///< BCP 47, `de-AT`; empty: the house language.
    std::string timezone;  ///< IANA name, `Europe/Vienna`; empty: the calendar's.

    bool operator==(const Contact&) const = default;
};

struct Customer {
    std::string id;
    std::string name;
    std::string tier;
    std::string country;  ///< ISO 3166-1 alpha-2.
    Attributes attributes;

    bool operator==(const Customer&) const = default;
};

struct SalesRep {
    std::string name;
    std::string email;

    bool operator==(const SalesRep&) const = default;
};

struct Item {
    std::string id;
    std::string name;
    std::string category;
    std::string customer_code;  ///< the customer's own number for it.
    Attributes attributes;

    bool operator==(const Item&) const = default;
};

/// The most recent shipment of goods of this line.
struct Shipment {
    std::string reference;
    std::optional<Date> date;
    std::string carrier;
    std::string tracking;
    std::string tracking_url;

    bool operator==(const Shipment&) const = default;
};

/// The sales order that the line stands on, as far as it concerns the line.
struct Order {
    std::string id;         ///< the ERP's own id, with which notes are written back.
    std::string number;     ///< what a person reads on the confirmation.
    std::string reference;  ///< the customer's purchase order number.
    std::optional<Date> date;
    bool ship_complete = false;  ///< nothing of the order leaves before all of it can.
    bool one_backorder = false;  ///< after a part shipment the rest leaves in one more, not several.

    bool operator==(const Order&) const = default;
};

/// How the order is paid, as far as waiting concerns it.
struct Payment {
    std::string terms;  ///< `prepaid`, `authorised` (held on a card) or `on-account`; empty: not
                        ///< known. Another word of the ERP is kept as it is.
    std::optional<Date> authorised_until;  ///< the last day on which a held amount can be taken.

    bool operator==(const Payment&) const = default;
};

/// The kit of which the line is one component.
struct Kit {
    std::string id;                    ///< the same for all its components on the order; empty: none
    std::optional<Decimal> component;  ///< how many of the line's item one kit takes; empty: 1

    bool operator==(const Kit&) const = default;
};

/// One sales order line as an ERP states it at one moment.
struct OrderLine {
    LineKey key;
    Order order;
    std::string position;  ///< the line's number on the order.
    LineKind kind = LineKind::Backorder;
    Item item;
    std::string unit;  ///< unit of measure of every quantity here.
    Decimal ordered;
    Decimal shipped;
    Decimal cancelled;
    std::optional<Decimal> allocated;  ///< of the open quantity, in stock and reserved for this
                                       ///< line; empty: the ERP does not say.
    Money unit_price;
    Promise promise;
    std::optional<Date> requested;     ///< the date the customer asked for.
    std::optional<Date> release_date;  ///< of a preorder.
    std::string warehouse;
    Supply supply;
    Shipment shipment;
    Customer customer;
    Contact contact;
    SalesRep sales_rep;
    Payment payment;
    Kit kit;
    Attributes attributes;

    /// ordered − shipped − cancelled; never below zero. Computed, never copied.
    Decimal open() const;
    /// Value of the open quantity; capped at the end of Decimal's range.
    Money openValue() const;
    bool isOpen() const { return open().isPositive(); }

    bool operator==(const OrderLine&) const = default;
};

}  // namespace backorderd

#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "backorderd/line.hpp"
#include "backorderd/snapshot.hpp"

/// From Tryton's records to order lines. Pure.
namespace backorderd::connectors::tryton {

using Id = std::int64_t;

/// A quantity counted in another unit of the same kind, by the factors of the two; what is too
/// large to be an honest quantity is cut off at a thousand million.
Decimal inUnit(Decimal quantity, Decimal from_factor, Decimal to_factor);

/// A move of goods to the customer, as a sale line has them.
struct Move {
    Id id = 0;
    std::string state;  ///< staging, draft, assigned, done, cancelled
    Decimal quantity;   ///< in the line's unit
    std::optional<Date> planned;
    std::optional<Date> effective;
    std::optional<Date> made;    ///< day on which the record was created, in UTC
    std::optional<Id> shipment;  ///< of customers
    std::string shipment_state;

    bool isOpen() const { return state == "staging" || state == "draft" || state == "assigned"; }
    /// On its way out of the door: reserved in full, picked or packed.
    bool isLeaving() const;
};

/// A sale line with its sale and its moves, as one request read them.
struct SaleLine {
    Id id = 0;
    std::string position;
    Order order;
    std::string sale_state;
    std::string shipment_state;
    std::optional<Date> wish;
    Id warehouse = 0;  ///< 0: none
    std::string currency;
    Id party = 0;
    Customer customer;
    std::string language;
    std::optional<Id> contact;  ///< contact mechanism chosen on the sale
    SalesRep sales_rep;
    Id product = 0;
    std::string customer_code;
    std::string unit;
    Decimal unit_factor{1};
    Decimal quantity;
    Decimal unit_price;
    bool sold_to_order = false;       ///< a purchase request was made for this line
    std::optional<Id> purchase_line;  ///< that answers the request
    std::string purchase;             ///< its number
    std::vector<Move> moves;
    std::set<Id> moves_ignored;

    bool isOrdered() const { return sale_state == "confirmed" || sale_state == "processing"; }
};

/// A record of `sale.line`, or what cannot be read in it. `kSaleLineFields` of tryton_query.hpp
/// says what must be in it.
std::variant<SaleLine, std::string> readSaleLine(const nlohmann::json& record);

struct Product {
    Item item;
    Decimal unit_factor{1};  ///< of its default unit, in which stock and supply are counted
};

/// Goods that a supplier has still to deliver, in the product's default unit.
struct Incoming {
    Id id = 0;
    Id product = 0;
    Id warehouse = 0;
    Decimal quantity;
    std::optional<Date> planned;
    std::optional<Id> purchase_line;
    std::string purchase;
};

/// What the lines compete for.
struct Stock {
    Date today{};  ///< by the server's account
    std::map<Id, Product> products;
    std::map<Id, std::string> warehouses;       ///< names
    std::map<std::pair<Id, Id>, Decimal> free;  ///< by product and warehouse: reserved for
                                                ///< nobody, in the default unit
    std::map<Id, Decimal> reserved;             ///< by the id of the outgoing move, likewise
    std::vector<Incoming> incoming;             ///< soonest first, undated last
};
void sortBySoonest(std::vector<Incoming>& incoming);

struct PartyContact {
    Id id = 0;
    std::string type;  ///< email, mobile, phone …
    std::string value;
    std::string name;  ///< free text: Purchasing, Goods in …
    std::string language;
};

/// What describes lines but decides nothing.
struct Details {
    std::map<Id, std::vector<PartyContact>> contacts;  ///< by party, the preferred first
    std::map<Id, Shipment> shipments;                  ///< by id
};

/// A line's quantities, all in its own unit.
struct Quantities {
    Decimal shipped;
    Decimal cancelled;  ///< of moves that were cancelled and answered with 'ignore'
    Decimal left;
    Decimal leaving;
    Decimal reserved;  ///< in stock for this line, but not leaving yet
};
/// `stock` may be null; nothing is then reserved.
Quantities quantitiesOf(const SaleLine& line, const Stock* stock);

/// The dates somebody planned for what is still to leave. Tryton puts the day itself on a move for
/// which nobody named a date; such a default is no promise.
Promise promiseOf(const SaleLine& line);

/// How a line's missing goods will come.
struct Coverage {
    bool is_short = false;  ///< reservations and free stock do not cover what is left
    Supply supply;
};
/// Shares free stock and what suppliers owe out to the lines, each product and warehouse for
/// itself: the line planned first takes first. In the order of `lines`.
std::vector<Coverage> cover(const std::vector<SaleLine>& lines, const Stock& stock);

/// The setting `backorder`.
enum class Definition { ShortOrLate, Late, AnyOpen };
bool isBackorder(Definition definition, const SaleLine& line, const Coverage& coverage,
                 const Stock& stock);

OrderLine makeOrderLine(const std::string& source, const SaleLine& line, const Coverage& coverage,
                        const Stock& stock, const Details& details);
std::vector<StockLevel> stockLevels(const Stock& stock);
/// What suppliers owe, ascending by item, of each the soonest first.
std::vector<ItemSupply> expectedSupply(const Stock& stock);

}  // namespace backorderd::connectors::tryton

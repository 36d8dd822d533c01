#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "backorderd/line.hpp"
#include "connectors/odoo_rpc.hpp"

/// From Odoo's records to order lines. Pure.
namespace backorderd::connectors::odoo {

/// The setting `backorder`.
enum class Definition { ShortOrLate, Late, AnyOpen };

/// What of a section of the settings decides how lines are read.
struct Reading {
    std::string source;
    Definition definition = Definition::ShortOrLate;
    std::size_t page_size = 300;
    std::string company;   ///< by name; empty: the only one that the user sees
    std::string timezone;  ///< in which moments become dates; empty: the company's
    /// Attributes of lines, each with the field that fills it, `x_field` or `order_id.x_field`.
    std::vector<std::pair<std::string, std::string>> attributes;
};

/// Goods on their way into stock: a receipt, a transfer from elsewhere or a production.
struct Incoming {
    std::string reference;
    std::optional<Timestamp> planned;   ///< which Odoo's forecasts follow
    std::optional<Timestamp> deadline;  ///< of a purchase: what its line says now
    Decimal quantity;                   ///< in the product's unit

    /// The later of the two: a supplier's new date moves the deadline alone.
    std::optional<Timestamp> expected() const;
};

/// A move of goods to the customer.
struct Move {
    Id id = 0;
    Id product = 0;
    std::string state;
    Decimal demand;    ///< in the move's own unit, as is `quantity`
    Decimal quantity;  ///< reserved; once done, shipped
    Decimal needed;    ///< the demand in the product's unit, as is `available`
    std::optional<Decimal> available;
    std::optional<Timestamp> arrival;   ///< of the goods that will fill it
    std::optional<Timestamp> date;      ///< planned, or when it was done
    std::optional<Timestamp> deadline;  ///< by which the customer expects it
    Id picking = 0;
    bool from_supplier = false;

    bool isOpen() const;
    bool isShort() const;
    bool isUncovered() const;
};

/// The records of some lines, and all that describes them, each by its id.
struct Records {
    std::vector<Id> ids;  ///< of the lines, ascending
    std::map<Id, nlohmann::json> lines, orders, partners, users, products, pickings;
    std::map<Id, std::vector<Move>> moves;         ///< by line
    std::map<Id, std::vector<Incoming>> incoming;  ///< by product
    std::string zone;                              ///< of the company
    Timestamp now{};
};

/// A record of `stock.move`, or what cannot be read in it.
std::variant<Move, std::string> readMove(const nlohmann::json& record);
/// A product as items name it: by its code, else by its id.
Item itemOf(const nlohmann::json& product);

/// A line, and whether it is a back order by the definition.
struct Judged {
    OrderLine line;
    bool backorder = false;
    bool ordered = false;  ///< or was; false: in the hands of whoever writes the quotation
};
/// The line with that id, which must be in the records; or what cannot be read in it.
std::variant<Judged, std::string> judge(const Reading& reading, const Records& records, Id line);

}  // namespace backorderd::connectors::odoo

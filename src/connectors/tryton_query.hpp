#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "backorderd/problem.hpp"
#include "connectors/tryton_line.hpp"
#include "connectors/tryton_rpc.hpp"

/// The questions asked of a Tryton server. Each function is one or more calls; the first failure
/// ends it.
namespace backorderd::connectors::tryton {

template <class T>
using Asked = boost::asio::awaitable<std::variant<T, Failure>>;

/// What the installed modules offer beyond `sale` and `stock`.
struct Features {
    bool purchase = false;       ///< purchase: what suppliers owe
    bool sold_to_order = false;  ///< sale_supply: goods bought when they are sold
    bool customer_code = false;  ///< sale_product_customer: the customer's own item numbers
    bool carrier = false;        ///< sale_shipment_cost: who carries a shipment
    bool package = false;        ///< stock_package_shipping: tracking numbers of packages
};
/// Fails, naming the field, where one that is always needed does not exist: not Tryton 6.0.
Asked<Features> learnFeatures(Session& session);

/// An open sale line by what it competes for.
struct OpenLine {
    Id id = 0;
    Id product = 0;
    Id warehouse = 0;
    Timestamp changed{};  ///< when it or its sale was made or changed last, by the server's clock
};
/// All sale lines that may be on back order; of one product, where one is given.
Asked<std::vector<OpenLine>> listOpen(Session& session, std::size_t page_size,
                                      std::optional<Id> product);

/// Stock, reservations and expected deliveries of these products.
Asked<Stock> readStock(Session& session, const Features& features, const std::set<Id>& products);

/// What may be sold, by the id of the product, whether a line waits for it or not.
struct Catalogue {
    std::map<Id, CatalogueItem> items;
    Problems problems;
    bool too_long = false;  ///< there are more than `items_max`; those read are some of them
};
/// Active salable goods with list price and lead time.
Asked<Catalogue> readCatalogue(Session& session, const Features& features, std::size_t items_max);

/// Sale lines read in full, and records that could not be read, each named.
struct LinesRead {
    std::vector<SaleLine> lines;
    Problems problems;
    std::size_t records = 0;
};
/// The same lines as `listOpen` lists.
Asked<LinesRead> readOpen(Session& session, const Features& features, std::size_t page_size,
                          std::optional<Id> product);
/// These lines, whatever became of their sales; those alone that exist.
Asked<LinesRead> readThese(Session& session, const Features& features, const std::set<Id>& lines);

/// What was made or changed since a moment of the server's clock.
struct Changed {
    std::set<Id> lines;  ///< sale lines that changed, or whose sale or whose moves did
    /// Each record by model and id, and when it changed: sale lines, and moves of whatever goods.
    std::map<std::pair<std::string, Id>, Timestamp> records;
};
Asked<Changed> readChanged(Session& session, Timestamp since);

/// Contacts and shipments of these lines.
Asked<Details> readDetails(Session& session, const Features& features,
                           const std::vector<SaleLine>& lines);

}  // namespace backorderd::connectors::tryton

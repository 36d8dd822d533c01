#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "backorderd/snapshot.hpp"
#include "connectors/odoo_line.hpp"
#include "connectors/odoo_rpc.hpp"

/// The questions asked of an Odoo server. Each function is one or more calls; the first failure
/// ends it.
namespace backorderd::connectors::odoo {

template <class T>
using Asked = boost::asio::awaitable<std::variant<T, Failure>>;

/// What this server has of the fields that can be made use of; it differs with version and modules.
struct Schema {
    std::map<std::string, std::vector<std::string>> fields;  ///< by model
    Id company = 0;
    std::string company_name;
    std::string zone;  ///< in which moments become dates
    bool has(const std::string& model, std::string_view field) const;
};

/// How many ids one question names, and how many records one answer may have.
constexpr std::size_t kIdsMax = 500;
constexpr std::size_t kRecordsMax = 1000;

nlohmann::json clause(std::string_view field, std::string_view test, nlohmann::json value);

/// Every record that a domain matches, page by page in the order of ids, which does not shift while
/// records come and go; archived ones too.
boost::asio::awaitable<Answer> searchAll(Session& session, std::string model, nlohmann::json domain,
                                         std::vector<std::string> fields, nlohmann::json context);
boost::asio::awaitable<Answer> countAll(Session& session, std::string model, nlohmann::json domain);

Asked<Schema> learnSchema(Session& session, const Reading& reading);

/// Order lines of goods of which something is still to leave.
nlohmann::json openLines(const Schema& schema);
Asked<std::set<Id>> listOpen(Session& session, const Schema& schema);
/// Lines and all that describes them; those that are no longer there are not in it. At most
/// `kIdsMax` ids.
Asked<Records> readRecords(Session& session, const Schema& schema, std::vector<Id> ids);

/// Free stock by warehouse of products, their prices, and what is coming.
Asked<Goods> readGoods(Session& session, const Schema& schema, std::set<Id> products);

Asked<std::map<Id, std::vector<Incoming>>> readIncoming(Session& session, const Schema& schema,
                                                        std::vector<Id> products);
/// Ids in groups of at most `size`.
std::vector<std::vector<Id>> inGroups(const std::set<Id>& ids, std::size_t size);

}  // namespace backorderd::connectors::odoo

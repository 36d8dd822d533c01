#pragma once

#include <set>

#include "connectors/vendors/books.hpp"
#include "connectors/vendors/odata.hpp"

/// Business Central, API v2.0, as learn.microsoft.com/dynamics365/business-central/dev-itpro says
/// and the pages in src/Apps/W1/APIV2 of github.com/microsoft/BCApps show.
namespace backorderd::test::vendors {

class BusinessCentral {
public:
    using json = nlohmann::json;
    static constexpr const char* kTokenPath = "/nordhaus/oauth2/v2.0/token";
    static constexpr const char* kCompany =
        "/v2.0/nordhaus/production/api/v2.0/companies(9f1a2b3c-0000-0000-0000-000000000001)/";

    BusinessCentral(const Books& books, std::string own_url) : own_url_{std::move(own_url)} {
        for (int order = 1; order <= books.orders(); ++order) addOrder(books, order);
        for (const auto& customer : books.customers)
            tables["customers"].push_back({{"id", guid(customer.id)},
                                           {"number", customer.code},
                                           {"displayName", customer.name},
                                           {"email", customer.email},
                                           {"salespersonCode", "JR"}});
        for (const auto& ware : books.wares)
            tables["items"].push_back({{"id", guid(ware.id)},
                                       {"number", ware.code},
                                       {"displayName", ware.name},
                                       {"inventory", ware.on_hand},
                                       {"baseUnitOfMeasureCode", "PCS"}});
        tables["purchaseOrders"] = json::array(
            {{{"number", "106001"},
              {"fullyReceived", false},
              {"purchaseOrderLines", json::array({{{"lineObjectNumber", books.wares.front().code},
                                                   {"expectedReceiptDate", "2026-12-10"},
                                                   {"quantity", 50},
                                                   {"receivedQuantity", 10}}})}}});
        for (const auto& [entity, rows] : tables) may_read.insert(entity);
    }

    std::map<std::string, json> tables;
    std::set<std::string> may_read;
    std::string secret = "secret";
    /// How many calls a token is good for; by default it does not expire.
    int calls_per_token = 1'000'000;
    int tokens = 0;

    Reply answer(const Request& request) {
        if (request.path == kTokenPath) return token(request);
        if (request.header("authorization") != "Bearer token" + std::to_string(tokens) ||
            calls_left_-- <= 0)
            return error(401, "Authentication_InvalidCredentials",
                         "The server has rejected the client credentials.");
        if (!request.path.starts_with(kCompany)) return notFound();
        const std::string entity = request.path.substr(std::string{kCompany}.size());
        if (entity == "salesOrderLines" && request.asked("$filter").find("documentId eq") != 0)
            return error(400, "BadRequest",
                         "You must specify an Id or a Document Id to get the lines.");
        const std::string table = entity.substr(0, entity.find('('));
        if (!tables.contains(table)) return notFound();
        if (!may_read.contains(table))
            return error(403, "Internal", "Sorry, the current permissions prevented the action.");
        try {
            return table == entity ? list(request, entity) : byId(request, table, entity);
        } catch (const odata::BadQuery& bad) {
            return error(400, "BadRequest", bad.what());
        }
    }

    /// 429, for which the documentation promises no Retry-After.
    static Reply tooMany() {
        return error(429, "Application_TooManyRequests", "Too many requests.");
    }

private:
    static Reply error(int status, const std::string& code, const std::string& text) {
        return {
            status,
            json{{"error", {{"code", code}, {"message", text + "  CorrelationId:  c1."}}}}.dump()};
    }
    static Reply notFound() {
        return error(404, "BadRequest_ResourceNotFound", "Resource not found for the segment.");
    }
    static std::string guid(int number) {
        const std::string digits = std::to_string(number);
        return "00000000-0000-0000-0000-" + std::string(12 - digits.size(), '0') + digits;
    }

    Reply token(const Request& request) {
        const auto form = fieldsOf(request.body);
        if (form.at("grant_type") != "client_credentials" || form.at("client_secret") != secret ||
            form.at("scope") != "https://api.businesscentral.dynamics.com/.default")
            return {401, json{{"error", "invalid_client"},
                              {"error_description", "AADSTS7000215: Invalid client secret."}}
                             .dump()};
        calls_left_ = calls_per_token;
        return {200, json{{"token_type", "Bearer"},
                          {"expires_in", 3599},
                          {"access_token", "token" + std::to_string(++tokens)}}
                         .dump()};
    }

    void addOrder(const Books& books, int order) {
        const auto lines = books.linesOf(order);
        const auto& customer = books.customerOf(lines.front());
        json rows = json::array();
        for (const auto& line : lines)
            rows.push_back({{"id", guid(line.id)},
                            {"documentId", guid(order)},
                            {"sequence", line.position * 10000},
                            {"lineType", "Item"},
                            {"lineObjectNumber", books.wareOf(line).code},
                            {"description", books.wareOf(line).name},
                            {"unitOfMeasureCode", "PCS"},
                            {"quantity", line.ordered},
                            {"shippedQuantity", line.shipped},
                            {"unitPrice", 12.5},
                            {"shipmentDate", line.ship_by}});
        // A line of text has no item and nothing to ship.
        rows.push_back({{"id", guid(order * 1000)},
                        {"documentId", guid(order)},
                        {"sequence", 90000},
                        {"lineType", "Comment"},
                        {"lineObjectNumber", ""},
                        {"description", "Please ring before delivery"},
                        {"quantity", 0},
                        {"shippedQuantity", 0},
                        {"shipmentDate", "0001-01-01"}});
        for (const json& row : rows) tables["salesOrderLines"].push_back(row);
        tables["salesOrders"].push_back({{"@odata.etag", "W/\"1\""},
                                         {"id", guid(order)},
                                         {"number", "S-ORD" + std::to_string(100000 + order)},
                                         {"orderDate", "2026-11-02"},
                                         {"customerNumber", customer.code},
                                         {"customerName", customer.name},
                                         {"externalDocumentNumber", "PO-" + std::to_string(order)},
                                         {"email", customer.email},
                                         {"phoneNumber", ""},
                                         {"salesperson", "JR"},
                                         {"currencyCode", "EUR"},
                                         {"requestedDeliveryDate", "0001-01-01"},
                                         {"partialShipping", true},
                                         {"fullyShipped", false},
                                         {"status", "Open"},
                                         {"lastModifiedDateTime", "2026-11-02T10:00:00Z"},
                                         {"salesOrderLines", rows}});
    }

    static json shown(const Request& request, const json& record) {
        const std::string expand = request.asked("$expand");
        json row = odata::selected(record, request.asked("$select"), expand);
        for (const char* part : {"salesOrderLines", "purchaseOrderLines"})
            if (expand.find(part) == std::string::npos) row.erase(part);
        return row;
    }

    /// `salesOrders(00000000-…)`.
    Reply byId(const Request& request, const std::string& table, const std::string& entity) const {
        const std::string id = entity.substr(table.size() + 1, entity.size() - table.size() - 2);
        for (const json& row : tables.at(table))
            if (row.value("id", "") == id) return {200, shown(request, row).dump()};
        return notFound();
    }

    /// A page, with a next link that repeats the query and adds where to go on.
    Reply list(const Request& request, const std::string& entity) const {
        const json rows = odata::filtered(tables.at(entity), request.asked("$filter"));
        const std::size_t length = odata::pageSize(request, 20'000);
        if (length > 20'000) return error(413, "RequestEntityTooLarge", "The page is too large.");
        const std::size_t from = std::stoul(request.asked("aid", "0"));
        json value = json::array();
        for (std::size_t i = from; i < rows.size() && i < from + length; ++i) {
            value.push_back(shown(request, rows[i]));
        }
        json page{{"@odata.context", own_url_ + kCompany + "$metadata#" + entity},
                  {"value", value}};
        if (from + length < rows.size()) page["@odata.nextLink"] = nextLink(request, from + length);
        return {200, page.dump()};
    }

    std::string nextLink(const Request& request, std::size_t from) const {
        std::string link = own_url_ + request.path + "?aid=" + std::to_string(from);
        for (const auto& [name, value] : request.query) {
            if (name == "aid") continue;
            link += "&" + name + "=";
            for (const char c : value) link += c == ' ' ? std::string{"%20"} : std::string{c};
        }
        return link;
    }

    std::string own_url_;
    int calls_left_ = 0;
};

}  // namespace backorderd::test::vendors

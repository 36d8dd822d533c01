#pragma once

#include <set>

#include "connectors/vendors/books.hpp"
#include "connectors/vendors/odata.hpp"

/// Acumatica, contract-based REST, endpoint Default/24.200.001, as its Integration Development
/// Guide says and github.com/Acumatica/AcumaticaRESTAPIClientForCSharp names the fields.
namespace backorderd::test::vendors {

class Acumatica {
public:
    using json = nlohmann::json;
    static constexpr const char* kTokenPath = "/identity/connect/token";
    static constexpr const char* kEntity = "/entity/Default/24.200.001/";

    explicit Acumatica(const Books& books) {
        for (int order = 1; order <= books.orders(); ++order) addOrder(books, order);
        for (const auto& ware : books.wares)
            tables["StockItem"].push_back(
                {{"InventoryID", wrapped(ware.code)},
                 {"ItemClass", wrapped("PUMPS")},
                 {"Description", wrapped(ware.name)},
                 {"WarehouseDetails",
                  json::array({{{"WarehouseID", wrapped("MAIN")},
                                {"QtyOnHand", wrapped(double(ware.on_hand))}}})}});
        for (const auto& [entity, rows] : tables) may_read.insert(entity);
    }

    std::map<std::string, json> tables;
    std::set<std::string> may_read;
    std::string password = "secret";
    int calls_per_token = 1'000'000;
    int tokens = 0;
    int logins = 0;  ///< by password; each costs one of the licence's API users

    Reply answer(const Request& request) {
        if (request.path == kTokenPath) return token(request);
        if (request.path == "/entity/auth/login") return logIn(request);
        const std::string number = std::to_string(tokens);
        const bool known = request.header("authorization") == "Bearer token" + number ||
                           request.header("cookie") == ".ASPXAUTH=session" + number;
        if (!known || calls_left_-- <= 0) return {401, "", "text/plain"};
        if (!request.path.starts_with(kEntity)) return {404, "", "text/plain"};
        const std::string entity = request.path.substr(std::string{kEntity}.size());
        if (!tables.contains(entity)) return {404, "", "text/plain"};
        if (!may_read.contains(entity))
            return {403,
                    json{{"message", "You have insufficient rights to access the object."}}.dump()};
        try {
            return list(request, entity);
        } catch (const odata::BadQuery& bad) {
            return {500,
                    json{{"message", "An error has occurred."}, {"exceptionMessage", bad.what()}}
                        .dump()};
        }
    }

    /// 429, for which no Retry-After is documented.
    static Reply tooMany() { return {429, "", "text/plain"}; }

    static json wrapped(const json& value) {
        return value.is_null() ? json::object() : json{{"value", value}};
    }

private:
    Reply token(const Request& request) {
        const auto form = fieldsOf(request.body);
        const bool refresh = form.at("grant_type") == "refresh_token";
        const bool right = refresh ? form.at("refresh_token") == "refresh" + std::to_string(tokens)
                                   : form.at("password") == password;
        if (!right) return {400, json{{"error", "invalid_grant"}}.dump()};
        if (!refresh) ++logins;
        calls_left_ = calls_per_token;
        const std::string number = std::to_string(++tokens);
        json made{
            {"access_token", "token" + number}, {"expires_in", 3600}, {"token_type", "Bearer"}};
        if (refresh || form.at("scope").find("offline_access") != std::string::npos)
            made["refresh_token"] = "refresh" + number;
        return {200, made.dump()};
    }

    /// A session by cookie, which takes one of the licence's API users too.
    Reply logIn(const Request& request) {
        const json asked = json::parse(request.body);
        if (asked.value("password", "") != password)
            return {400, json{{"message", "Invalid credentials. Please try again."}}.dump()};
        ++logins;
        calls_left_ = calls_per_token;
        const std::string session = ".ASPXAUTH=session" + std::to_string(++tokens);
        return {204, "", "text/plain", {{"Set-Cookie", session + "; path=/; HttpOnly"}}};
    }

    void addOrder(const Books& books, int order) {
        const auto lines = books.linesOf(order);
        const auto& customer = books.customerOf(lines.front());
        const std::string number = std::to_string(order);
        json details = json::array();
        for (const auto& line : lines)
            details.push_back({{"id", "line-" + std::to_string(line.id)},
                               {"LineNbr", wrapped(line.position)},
                               {"InventoryID", wrapped(books.wareOf(line).code)},
                               {"LineDescription", wrapped(books.wareOf(line).name)},
                               {"UOM", wrapped("EA")},
                               {"OrderQty", wrapped(double(line.ordered))},
                               {"OpenQty", wrapped(double(line.ordered - line.shipped))},
                               {"QtyOnShipments", wrapped(double(line.shipped))},
                               {"UnitPrice", wrapped(12.5)},
                               {"ShipOn", wrapped(line.ship_by + "T00:00:00+00:00")},
                               {"Completed", wrapped(false)},
                               {"WarehouseID", wrapped("MAIN")}});
        tables["SalesOrder"].push_back(
            {{"id", "order-" + number},
             {"OrderType", wrapped("SO")},
             {"OrderNbr", wrapped("SO" + std::string(6 - number.size(), '0') + number)},
             {"Status", wrapped("Back Order")},
             {"CustomerID", wrapped(customer.code)},
             {"CustomerOrder", wrapped("PO-" + number)},
             {"Date", wrapped("2026-11-02T00:00:00+00:00")},
             {"CurrencyID", wrapped("EUR")},
             {"ExternalRef", wrapped(json{})},
             {"LastModified", wrapped("2026-11-02T10:00:00+00:00")},
             {"BillToContact",
              {{"Email", wrapped(customer.email)}, {"BusinessName", wrapped(customer.name)}}},
             {"ShippingSettings", {{"ShippingRule", wrapped("Back Order Allowed")}}},
             {"Details", details}});
    }

    /// Parts of an entity stand in the answer only where `$expand` names them.
    static json shown(const Request& request, const json& record) {
        const std::string expand = request.asked("$expand");
        json row = odata::selected(record, request.asked("$select"), expand);
        for (const char* part :
             {"Details", "BillToContact", "ShippingSettings", "WarehouseDetails"})
            if (expand.find(part) == std::string::npos) row.erase(part);
        return row;
    }

    /// An array without an envelope; without `$top` everything comes.
    Reply list(const Request& request, const std::string& entity) const {
        const json rows = odata::filtered(tables.at(entity), request.asked("$filter"));
        const std::size_t from = std::stoul(request.asked("$skip", "0"));
        const std::size_t length = std::stoul(request.asked("$top", std::to_string(rows.size())));
        json page = json::array();
        for (std::size_t i = from; i < rows.size() && i < from + length; ++i)
            page.push_back(shown(request, rows[i]));
        return {200, page.dump()};
    }

    int calls_left_ = 0;
};

}  // namespace backorderd::test::vendors

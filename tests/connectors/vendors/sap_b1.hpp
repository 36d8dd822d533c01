#pragma once

#include <set>

#include "connectors/vendors/books.hpp"
#include "connectors/vendors/odata.hpp"

/// SAP Business One, Service Layer, protocol v2 (OData 4), as 'Working with SAP Business One
/// Service Layer' 1.22 says.
namespace backorderd::test::vendors {

class SapB1 {
public:
    using json = nlohmann::json;
    static constexpr const char* kRoot = "/b1s/v2/";

    explicit SapB1(const Books& books) {
        for (int order = 1; order <= books.orders(); ++order) addOrder(books, order);
        for (const auto& customer : books.customers)
            tables["BusinessPartners"].push_back(
                {{"CardCode", customer.code},
                 {"CardName", customer.name},
                 {"EmailAddress", customer.email},
                 {"LanguageCode", customer.language == "de" ? 9 : 3},
                 {"Country", customer.country}});
        for (const auto& ware : books.wares)
            tables["Items"].push_back(
                {{"ItemCode", ware.code},
                 {"ItemName", ware.name},
                 {"QuantityOnStock", double(ware.on_hand)},
                 {"ItemWarehouseInfoCollection", json::array({{{"WarehouseCode", "01"},
                                                               {"InStock", double(ware.on_hand)},
                                                               {"Committed", 0.0},
                                                               {"Ordered", 0.0}}})}});
        tables["Activities"] = json::array();
        for (const auto& [entity, rows] : tables) may_read.insert(entity);
    }

    std::map<std::string, json> tables;
    std::set<std::string> may_read;
    std::string password = "secret";
    int calls_per_session = 1'000'000;
    int logins = 0;  ///< each takes a licence until it times out

    Reply answer(const Request& request) {
        if (request.path == std::string{kRoot} + "Login") return logIn(request);
        const std::string cookie = request.header("cookie");
        const bool whole =
            cookie.find("B1SESSION=session" + std::to_string(logins)) != std::string::npos &&
            cookie.find("ROUTEID=.node1") != std::string::npos;
        if (logins == 0 || !whole || calls_left_-- <= 0)
            return error(401, 301, "Invalid session or session already timeout.");
        if (!request.path.starts_with(kRoot)) return error(404, -2028, "No matching records found");
        const std::string entity = request.path.substr(std::string{kRoot}.size());
        const std::string table = entity.substr(0, entity.find('('));
        if (!tables.contains(table)) return error(400, -1000, "Unrecognized resource path.");
        if (!may_read.contains(table))
            return error(403, -5002, "You are not permitted to perform this action.");
        if (request.method == "POST") return add(request, table);
        try {
            return table == entity ? list(request, table) : one(request, table, entity);
        } catch (const odata::BadQuery& bad) {
            return error(400, 201, bad.what());
        }
    }

private:
    static Reply error(int status, int code, const std::string& text) {
        return {status,
                json{{"error", {{"code", std::to_string(code)}, {"message", text}}}}.dump()};
    }

    Reply logIn(const Request& request) {
        const json asked = json::parse(request.body);
        if (asked.value("CompanyDB", "") != "NORDHAUS" || asked.value("Password", "") != password)
            return error(401, 100000027, "Login failed");
        calls_left_ = calls_per_session;
        const std::string session = "session" + std::to_string(++logins);
        return {200,
                json{{"SessionId", session}, {"Version", "1000220"}, {"SessionTimeout", 30}}.dump(),
                "application/json",
                {{"Set-Cookie", "B1SESSION=" + session + ";HttpOnly;"},
                 {"Set-Cookie", "ROUTEID=.node1; path=/b1s"}}};
    }

    void addOrder(const Books& books, int order) {
        const auto lines = books.linesOf(order);
        const auto& customer = books.customerOf(lines.front());
        json rows = json::array();
        for (const auto& line : lines)
            rows.push_back({{"LineNum", line.position - 1},
                            {"VisualOrder", line.position - 1},
                            {"ItemCode", books.wareOf(line).code},
                            {"ItemDescription", books.wareOf(line).name},
                            {"Quantity", double(line.ordered)},
                            {"RemainingOpenQuantity", double(line.ordered - line.shipped)},
                            {"MeasureUnit", "pcs"},
                            {"Price", 12.5},
                            {"Currency", "EUR"},
                            {"ShipDate", line.ship_by + "T00:00:00Z"},
                            {"WarehouseCode", "01"},
                            {"LineStatus", "bost_Open"}});
        tables["Orders"].push_back({{"DocEntry", order},
                                    {"DocNum", 5000 + order},
                                    {"DocDate", "2026-11-02T00:00:00Z"},
                                    {"DocDueDate", lines.front().ship_by + "T00:00:00Z"},
                                    {"CardCode", customer.code},
                                    {"CardName", customer.name},
                                    {"NumAtCard", "PO-" + std::to_string(order)},
                                    {"DocCurrency", "EUR"},
                                    {"PartialSupply", "tYES"},
                                    {"DocumentStatus", "bost_Open"},
                                    {"Cancelled", "tNO"},
                                    {"UpdateDate", "2026-11-02T00:00:00Z"},
                                    {"UpdateTime", "10:00:00"},
                                    {"DocumentLines", rows}});
    }

    /// Twenty rows unless `Prefer` says otherwise, 0 meaning all, and a next link that is relative.
    Reply list(const Request& request, const std::string& table) const {
        const json rows = odata::filtered(tables.at(table), request.asked("$filter"));
        std::size_t length = odata::pageSize(request, 20);
        if (length == 0) length = rows.size();
        const std::size_t from = std::stoul(request.asked("$skip", "0"));
        json value = json::array();
        for (std::size_t i = from; i < rows.size() && i < from + length; ++i)
            value.push_back(odata::selected(rows[i], request.asked("$select"), {}));
        json page{{"@odata.context", "$metadata#" + table}, {"value", value}};
        if (from + length < rows.size())
            page["@odata.nextLink"] = nextLink(request, table, from + length);
        return {200, page.dump()};
    }

    static std::string nextLink(const Request& request, const std::string& table,
                                std::size_t from) {
        std::string link = table + "?$skip=" + std::to_string(from);
        for (const auto& [name, value] : request.query) {
            if (name == "$skip") continue;
            link += "&" + name + "=";
            for (const char c : value) link += c == ' ' ? std::string{"%20"} : std::string{c};
        }
        return link;
    }

    /// `Orders(7)`, `Items('PX-100')`.
    Reply one(const Request& request, const std::string& table, const std::string& entity) const {
        const json key =
            odata::literal(entity.substr(table.size() + 1, entity.size() - table.size() - 2));
        const char* field = table == "Orders"             ? "DocEntry"
                            : table == "BusinessPartners" ? "CardCode"
                                                          : "ItemCode";
        for (const json& row : tables.at(table))
            if (row[field] == key)
                return {200, odata::selected(row, request.asked("$select"), {}).dump()};
        return error(404, -2028, "No matching records found (ODBC -2028)");
    }

    Reply add(const Request& request, const std::string& table) {
        json made = json::parse(request.body);
        made["ActivityCode"] = tables[table].size() + 1;
        tables[table].push_back(made);
        return {201, made.dump()};
    }

    int calls_left_ = 0;
};

}  // namespace backorderd::test::vendors

#pragma once

#include "connectors/vendors/books.hpp"
#include "connectors/vendors/odata.hpp"

/// Dolibarr, as htdocs/api/class and htdocs/commande/class/api_orders.class.php of
/// github.com/Dolibarr/dolibarr say.
namespace backorderd::test::vendors {

class Dolibarr {
public:
    using json = nlohmann::json;
    static constexpr const char* kRoot = "/api/index.php/";

    explicit Dolibarr(const Books& books) {
        for (int order = 1; order <= books.orders(); ++order) addOrder(books, order);
        for (const auto& customer : books.customers)
            thirdparties.push_back({{"id", std::to_string(customer.id)},
                                    {"code_client", customer.code},
                                    {"name", customer.name},
                                    {"email", customer.email},
                                    {"default_lang", customer.language == "de" ? "de_DE" : "en_GB"},
                                    {"country_code", customer.country}});
        for (const auto& ware : books.wares)
            products.push_back({{"id", std::to_string(ware.id)},
                                {"ref", ware.code},
                                {"label", ware.name},
                                {"stock_reel", std::to_string(ware.on_hand)}});
    }

    json orders = json::array();     ///< ascending by id
    json shipments = json::array();  ///< of all orders
    json thirdparties = json::array();
    json products = json::array();
    std::string key = "secret";
    bool may_read_orders = true;
    /// The seller whose customers alone are listed where the user may not see all; 0: all.
    int only_customer = 0;
    /// Releases of old answer an empty list with 404.
    bool empty_is_404 = false;

    Reply answer(const Request& request) const {
        if (request.header("dolapikey") != key)
            return error(401, "Unauthorized: Failed to login to API.");
        if (!request.path.starts_with(kRoot)) return error(404, "Not Found");
        const auto parts = odata::split(request.path.substr(std::string{kRoot}.size()), "/");
        if (parts[0] == "orders" && !may_read_orders) return error(403, "Forbidden");
        if (parts[0] == "orders" && parts.size() == 3) return shipmentsOf(parts[1]);
        const json* table = parts[0] == "orders"         ? &orders
                            : parts[0] == "thirdparties" ? &thirdparties
                            : parts[0] == "products"     ? &products
                            : parts[0] == "shipments"    ? &shipments
                                                         : nullptr;
        if (table == nullptr) return error(404, "Not Found");
        if (parts.size() == 1) return list(request, *table);
        for (const json& row : *table)
            if (row["id"] == parts[1]) return {200, row.dump()};
        return error(404, "Not Found");
    }

private:
    static Reply error(int status, const std::string& text) {
        return {status, json{{"error", {{"code", status}, {"message", text}}}}.dump()};
    }

    /// Numbers are text, dates are seconds since 1970.
    void addOrder(const Books& books, int order) {
        const auto sold = books.linesOf(order);
        json lines = json::array();
        json shipped = json::array();
        for (const auto& line : sold) {
            lines.push_back({{"id", std::to_string(line.id)},
                             {"fk_product", std::to_string(books.wareOf(line).id)},
                             {"product_ref", books.wareOf(line).code},
                             {"product_label", books.wareOf(line).name},
                             {"product_type", "0"},
                             {"qty", std::to_string(line.ordered)},
                             {"subprice", "12.50000000"},
                             {"rang", std::to_string(line.position)}});
            if (line.shipped > 0)
                shipped.push_back({{"origin_line_id", std::to_string(line.id)},
                                   {"qty_shipped", std::to_string(line.shipped)}});
        }
        orders.push_back({{"id", std::to_string(order)},
                          {"ref", "CO2611-" + std::to_string(order)},
                          {"ref_client", "PO-" + std::to_string(order)},
                          {"socid", std::to_string(books.customerOf(sold.front()).id)},
                          {"statut", shipped.empty() ? "1" : "2"},
                          {"date", 1793577600},
                          {"delivery_date", kFirstOfDecember + 86400 * (order % 28)},
                          {"multicurrency_code", "EUR"},
                          {"date_modification", 1793613600},
                          {"lines", lines}});
        if (!shipped.empty())
            shipments.push_back({{"id", std::to_string(order)},
                                 {"date_creation", "2026"},
                                 {"ref", "SH2611-" + std::to_string(order)},
                                 {"origin_id", std::to_string(order)},
                                 {"statut", "1"},
                                 {"tracking_number", "TRK" + std::to_string(order)},
                                 {"lines", shipped}});
    }

    Reply shipmentsOf(const std::string& order) const {
        json found = json::array();
        for (const json& shipment : shipments)
            if (shipment["origin_id"] == order) found.push_back(shipment);
        return found.empty() ? error(404, "Not Found: No shipment found")
                             : Reply{200, found.dump()};
    }

    /// `sqlfilters` of the form `(t.rowid:>:'5') and (t.fk_statut:in:1,2)`.
    Reply list(const Request& request, const json& table) const {
        const std::size_t limit = std::stoul(request.asked("limit", "100"));
        const std::size_t from = limit * std::stoul(request.asked("page", "0"));
        const std::string filters = request.asked("sqlfilters");
        json rows = json::array();
        for (const json& row : table) {
            const auto held = meets(row, filters);
            if (!held) return error(400, "Bad Request: Error when validating parameter sqlfilters");
            if (*held && visible(row)) rows.push_back(row);
        }
        json page = json::array();
        for (std::size_t i = from; i < rows.size() && (limit == 0 || i < from + limit); ++i)
            page.push_back(rows[i]);
        if (page.empty() && empty_is_404) return error(404, "Not Found: No order found");
        return {200, page.dump()};
    }

    bool visible(const json& row) const {
        return only_customer == 0 || !row.contains("socid") ||
               row["socid"] == std::to_string(only_customer);
    }

    static std::optional<bool> meets(const json& row, const std::string& filters) {
        if (filters.empty()) return true;
        for (std::string clause : odata::split(filters, " and ")) {
            if (clause.size() < 2 || clause.front() != '(' || clause.back() != ')') return {};
            const auto parts = odata::split(clause.substr(1, clause.size() - 2), ":");
            if (parts.size() != 3 || !parts[0].starts_with("t.")) return {};
            const char* field = parts[0] == "t.rowid"           ? "id"
                                : parts[0] == "t.fk_statut"     ? "statut"
                                : parts[0] == "t.date_creation" ? "date_creation"
                                                                : "";
            if (!row.contains(field)) return {};
            const int value = std::stoi(row[field].get<std::string>());
            if (!holds(value, parts[1], parts[2])) return false;
        }
        return true;
    }

    static bool holds(int value, const std::string& test, const std::string& right) {
        if (test == "in") {
            const auto among = odata::split(right, ",");
            return std::find(among.begin(), among.end(), std::to_string(value)) != among.end();
        }
        const int bound = std::stoi(right.front() == '\'' ? right.substr(1) : right);
        return test == ">" ? value > bound : test == "=" && value == bound;
    }

    static constexpr int kFirstOfDecember = 1796083200;
};

}  // namespace backorderd::test::vendors

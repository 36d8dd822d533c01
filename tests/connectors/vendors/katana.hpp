#pragma once

#include "connectors/vendors/books.hpp"
#include "connectors/vendors/odata.hpp"

/// Katana, as developer.katanamrp.com says: lists in `data`, the newest first, with the totals as
/// JSON in the header `X-Pagination`.
namespace backorderd::test::vendors {

class Katana {
public:
    using json = nlohmann::json;
    static constexpr const char* kRoot = "/v1/";
    static constexpr std::size_t kLengthMax = 250;

    explicit Katana(const Books& books) {
        for (int order = books.orders(); order >= 1; --order) addOrder(books, order);
        for (const auto& customer : books.customers)
            tables["customers"].push_back({{"id", customer.id},
                                           {"name", customer.name},
                                           {"company", customer.name},
                                           {"first_name", ""},
                                           {"last_name", ""},
                                           {"email", customer.email},
                                           {"reference_id", customer.code}});
        for (const auto& ware : books.wares) {
            const json variant{{"id", ware.id}, {"sku", ware.code}, {"type", "product"}};
            json whole = variant;
            whole["product_or_material"] = {{"name", ware.name}, {"uom", "pcs"}};
            tables["variants"].push_back(whole);
            tables["inventory"].push_back(
                {{"variant_id", ware.id},
                 {"variant", variant},
                 {"location_id", 1},
                 {"quantity_in_stock", std::to_string(ware.on_hand) + ".00000"},
                 {"quantity_committed", "0.00000"}});
        }
        tables["purchase_orders"] =
            json::array({{{"id", 1},
                          {"order_no", "PO-1"},
                          {"status", "NOT_RECEIVED"},
                          {"expected_arrival_date", "2026-12-20T10:00:00.000Z"},
                          {"purchase_order_rows", json::array({{{"id", 11},
                                                                {"variant_id", 101},
                                                                {"quantity", 50},
                                                                {"received_date", nullptr}}})}}});
    }

    std::map<std::string, json> tables;  ///< by the name of the list
    std::string bearer = "Bearer secret";

    Reply answer(const Request& request) {
        if (request.header("authorization") != bearer)
            return error(401, "UnauthorizedError", "Unauthorized");
        if (!request.path.starts_with(kRoot)) return notFound();
        const auto parts = odata::split(request.path.substr(std::string{kRoot}.size()), "/");
        const auto table = tables.find(parts[0]);
        if (table == tables.end()) return notFound();
        if (parts.size() == 1) return list(request, table->second);
        for (const json& row : table->second)
            if (std::to_string(row["id"].get<int>()) == parts[1]) return {200, row.dump()};
        return notFound();
    }

private:
    static Reply error(int status, const std::string& name, const std::string& text) {
        return {status, json{{"statusCode", status}, {"name", name}, {"message", text}}.dump()};
    }
    static Reply notFound() { return error(404, "NotFoundError", "Not found"); }

    void addOrder(const Books& books, int order) {
        const auto lines = books.linesOf(order);
        json rows = json::array(), shipped = json::array();
        for (const auto& line : lines) {
            const int on_hand = books.wareOf(line).on_hand;
            const bool enough = on_hand >= line.ordered - line.shipped;
            rows.push_back({{"id", line.id},
                            {"sales_order_id", order},
                            {"variant_id", books.wareOf(line).id},
                            {"quantity", line.ordered},
                            {"price_per_unit", 12.5},
                            {"location_id", 1},
                            {"linked_manufacturing_order_id", nullptr},
                            {"product_availability", enough ? "IN_STOCK" : "NOT_AVAILABLE"},
                            {"product_expected_date", nullptr}});
            if (line.shipped > 0)
                shipped.push_back({{"id", line.id + 5},
                                   {"sales_order_row_id", line.id},
                                   {"quantity", line.shipped}});
        }
        tables["sales_orders"].push_back(
            {{"id", order},
             {"order_no", "SO-" + std::to_string(order)},
             {"customer_id", books.customerOf(lines.front()).id},
             {"status", shipped.empty() ? "NOT_SHIPPED" : "PARTIALLY_DELIVERED"},
             {"currency", "EUR"},
             {"order_created_date", "2026-11-02T10:00:00.000Z"},
             {"delivery_date", lines.front().ship_by + "T12:00:00.000Z"},
             {"created_at", "2026-11-02T10:00:00.000Z"},
             {"updated_at", "2026-11-02T10:00:00.000Z"},
             {"sales_order_rows", rows}});
        if (shipped.empty()) return;
        tables["sales_order_fulfillments"].push_back({{"id", order},
                                                      {"sales_order_id", order},
                                                      {"status", "DELIVERED"},
                                                      {"tracking_carrier", "UPS"},
                                                      {"created_at", "2026-11-05T10:00:00.000Z"},
                                                      {"updated_at", "2026-11-05T10:00:00.000Z"},
                                                      {"sales_order_fulfillment_rows", shipped}});
    }

    /// ISO times of one form compare as texts do.
    static bool isWithin(const Request& request, const json& row) {
        for (const std::string name : {"created_at", "updated_at"})
            if (row.contains(name) &&
                row[name].get<std::string>() < request.asked(name + "_min", ""))
                return false;
        return true;
    }

    /// A longer page than 250 becomes one of 250, without a word.
    static Reply list(const Request& request, const json& table) {
        const std::size_t length =
            std::min<std::size_t>(std::stoul(request.asked("limit", "50")), kLengthMax);
        const std::size_t page = std::stoul(request.asked("page", "1"));
        json rows = json::array(), shown = json::array();
        for (const json& row : table)
            if (isWithin(request, row)) rows.push_back(row);
        for (std::size_t i = (page - 1) * length; i < rows.size() && i < page * length; ++i)
            shown.push_back(rows[i]);
        const std::size_t pages = (rows.size() + length - 1) / length;
        const json about{{"total_records", rows.size()},  {"total_pages", pages},
                         {"offset", (page - 1) * length}, {"page", page},
                         {"first_page", page == 1},       {"last_page", page >= pages}};
        return {200,
                json{{"data", shown}}.dump(),
                "application/json",
                {{"X-Pagination", about.dump()}, {"X-Ratelimit-Limit", "60"}}};
    }
};

}  // namespace backorderd::test::vendors

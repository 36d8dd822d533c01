#pragma once

#include "connectors/vendors/books.hpp"
#include "connectors/vendors/odata.hpp"

/// WooCommerce, wc/v3, as woocommerce.github.io/woocommerce-rest-api-docs says.
namespace backorderd::test::vendors {

class WooCommerce {
public:
    using json = nlohmann::json;
    static constexpr const char* kRoot = "/wp-json/wc/v3/";

    WooCommerce(const Books& books, std::string own_url) : own_url_{std::move(own_url)} {
        for (int order = 1; order <= books.orders(); ++order) addOrder(books, order);
        for (const auto& ware : books.wares)
            products.push_back({{"id", ware.id},
                                {"sku", ware.code},
                                {"name", ware.name},
                                {"manage_stock", true},
                                {"stock_quantity", ware.on_hand},
                                {"stock_status", ware.on_hand > 0 ? "instock" : "onbackorder"},
                                {"backorders", "notify"}});
    }

    json orders = json::array();  ///< ascending by id
    json products = json::array();
    std::map<std::string, json> notes;  ///< by order
    /// `Basic base64(ck_key:cs_secret)`.
    std::string basic = "Basic Y2tfa2V5OmNzX3NlY3JldA==";
    bool may_write = true;

    Reply answer(const Request& request) {
        const std::string who = request.header("authorization");
        if (who.empty())
            return error(401, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.");
        if (who != basic)
            return error(401, "woocommerce_rest_authentication_error",
                         "Consumer secret is invalid.");
        if (!request.path.starts_with(kRoot)) return noRoute();
        const auto parts = odata::split(request.path.substr(std::string{kRoot}.size()), "/");
        if (parts[0] != "orders" && parts[0] != "products") return noRoute();
        const json& table = parts[0] == "orders" ? orders : products;
        if (parts.size() == 1) return list(request, table);
        const json* found = byId(table, parts[1]);
        if (found == nullptr)
            return error(404, "woocommerce_rest_shop_order_invalid_id", "Invalid ID.");
        if (parts.size() == 2) return {200, found->dump()};
        if (parts[2] != "notes") return noRoute();
        if (request.method == "POST") return addNote(request, parts[1]);
        return {200, notes.contains(parts[1]) ? notes[parts[1]].dump() : "[]"};
    }

private:
    static Reply error(int status, const std::string& code, const std::string& text) {
        return {status,
                json{{"code", code}, {"message", text}, {"data", {{"status", status}}}}.dump()};
    }
    static Reply noRoute() {
        return error(404, "rest_no_route",
                     "No route was found matching the URL and request method.");
    }
    static const json* byId(const json& table, const std::string& id) {
        for (const json& row : table)
            if (std::to_string(row["id"].get<int>()) == id) return &row;
        return nullptr;
    }

    /// A shop sells what is open and no more; a line says how much of it was not there.
    void addOrder(const Books& books, int order) {
        const auto lines = books.linesOf(order);
        const auto& customer = books.customerOf(lines.front());
        json items = json::array();
        for (const auto& line : lines)
            items.push_back(
                {{"id", line.id},
                 {"name", books.wareOf(line).name},
                 {"product_id", books.wareOf(line).id},
                 {"variation_id", 0},
                 {"sku", books.wareOf(line).code},
                 {"quantity", line.ordered},
                 {"price", 12.5},
                 {"total", "125.00"},
                 {"meta_data",
                  json::array({{{"id", line.id},
                                {"key", "Backordered"},
                                {"value", std::to_string(line.ordered - line.shipped)}}})}});
        orders.push_back({{"id", order},
                          {"number", std::to_string(order)},
                          {"status", "processing"},
                          {"currency", "EUR"},
                          {"customer_id", customer.id},
                          {"date_created_gmt", "2026-11-02T10:00:00"},
                          {"date_modified_gmt", "2026-11-02T10:00:00"},
                          {"date_paid_gmt", "2026-11-02T10:05:00"},
                          {"billing",
                           {{"company", customer.name},
                            {"email", customer.email},
                            {"country", customer.country}}},
                          {"line_items", items}});
    }

    /// Pages by number, with the totals in headers.
    Reply list(const Request& request, const json& table) const {
        const std::size_t length = std::stoul(request.asked("per_page", "10"));
        const std::size_t page = std::stoul(request.asked("page", "1"));
        if (length < 1 || length > 100 || page < 1)
            return error(400, "rest_invalid_param", "Invalid parameter(s): per_page");
        const auto states = odata::split(request.asked("status", "any"), ",");
        const bool any = states.front() == "any";
        const auto included = odata::split(request.asked("include"), ",");
        json rows = json::array();
        for (const json& row : table)
            if (!included.front().empty() &&
                std::find(included.begin(), included.end(), std::to_string(row["id"].get<int>())) ==
                    included.end())
                continue;
            else if (any || std::find(states.begin(), states.end(), row.value("status", "")) !=
                                states.end())
                rows.push_back(row);
        json shown = json::array();
        for (std::size_t i = (page - 1) * length; i < rows.size() && i < page * length; ++i)
            shown.push_back(rows[i]);
        const std::size_t pages = (rows.size() + length - 1) / length;
        Reply reply{200,
                    shown.dump(),
                    "application/json",
                    {{"X-WP-Total", std::to_string(rows.size())},
                     {"X-WP-TotalPages", std::to_string(pages)}}};
        if (page < pages)
            reply.headers.emplace_back(
                "Link", "<" + own_url_ + request.path + "?per_page=" + std::to_string(length) +
                            "&page=" + std::to_string(page + 1) + ">; rel=\"next\"");
        return reply;
    }

    Reply addNote(const Request& request, const std::string& order) {
        if (!may_write)
            return error(401, "woocommerce_rest_authentication_error",
                         "The API key provided does not have write permissions.");
        json note = json::parse(request.body);
        json& list = notes[order];
        if (list.is_null()) list = json::array();
        note["id"] = list.size() + 1;
        list.push_back(note);
        return {201, note.dump()};
    }

    std::string own_url_;
};

}  // namespace backorderd::test::vendors

#pragma once

#include <set>

#include "connectors/vendors/books.hpp"
#include "connectors/vendors/odata.hpp"

/// ERPNext (Frappe 14 and 15), as its source says: frappe/api/v1.py, model/db_query.py,
/// exceptions.py and rate_limiter.py of github.com/frappe/frappe.
namespace backorderd::test::vendors {

class ErpNext {
public:
    using json = nlohmann::json;

    explicit ErpNext(const Books& books) {
        for (int order = 1; order <= books.orders(); ++order) addOrder(books, order);
        for (const auto& ware : books.wares)
            tables["Bin"].push_back({{"name", "bin" + std::to_string(ware.id)},
                                     {"item_code", ware.code},
                                     {"warehouse", "Stores - NT"},
                                     {"actual_qty", double(ware.on_hand)},
                                     {"reserved_qty", 0.0}});
        tables["Comment"] = json::array();
        tables["Purchase Order"] = json::array({purchase(books)});
        for (const auto& [doctype, rows] : tables) may_read.insert(doctype);
    }

    std::map<std::string, json> tables;  ///< by doctype, ascending by name
    std::set<std::string> may_read;
    std::string token = "key:secret";

    Reply answer(const Request& request) {
        if (request.header("authorization") != "token " + token)
            return error(401, "AuthenticationError");
        const std::string method = "/api/method/";
        if (request.path == method + "frappe.auth.get_logged_user")
            return {200, json{{"message", "backorderd@nordhaus.example"}}.dump()};
        if (request.path == method + "frappe.desk.form.utils.add_comment") return comment(request);
        const std::string resource = "/api/resource/";
        if (!request.path.starts_with(resource)) return error(404, "DoesNotExistError");
        const std::string rest = request.path.substr(resource.size());
        const std::string doctype = rest.substr(0, rest.find('/'));
        if (!tables.contains(doctype)) return error(404, "DoesNotExistError");
        if (!may_read.contains(doctype)) return error(403, "PermissionError");
        try {
            return doctype == rest ? list(request, doctype)
                                   : document(doctype, rest.substr(doctype.size() + 1));
        } catch (const odata::BadQuery&) {
            return error(417, "DataError");
        }
    }

    /// What the rate limiter of Frappe says: plain text, although JSON was asked for.
    static Reply tooMany(int seconds) {
        return {429, "Too Many Requests", "text/plain", {{"Retry-After", std::to_string(seconds)}}};
    }

private:
    static Reply error(int status, const std::string& type) {
        return {status, json{{"exc_type", type}, {"exception", type}}.dump()};
    }

    void addOrder(const Books& books, int order) {
        const auto lines = books.linesOf(order);
        const auto& customer = books.customerOf(lines.front());
        const std::string number = std::to_string(order);
        const std::string name = "SAL-ORD-2026-" + std::string(5 - number.size(), '0') + number;
        json items = json::array();
        for (const auto& line : lines)
            items.push_back({{"name", "soi" + std::to_string(line.id)},
                             {"parent", name},
                             {"idx", line.position},
                             {"item_code", books.wareOf(line).code},
                             {"item_name", books.wareOf(line).name},
                             {"qty", double(line.ordered)},
                             {"delivered_qty", double(line.shipped)},
                             {"uom", "Nos"},
                             {"rate", 12.5},
                             {"delivery_date", line.ship_by},
                             {"warehouse", "Stores - NT"},
                             {"delivered_by_supplier", 0}});
        for (const json& item : items) tables["Sales Order Item"].push_back(item);
        tables["Sales Order"].push_back({{"name", name},
                                         {"docstatus", 1},
                                         {"status", "To Deliver and Bill"},
                                         {"per_delivered", 30.0},
                                         {"customer", customer.code},
                                         {"customer_name", customer.name},
                                         {"contact_display", "Purchasing"},
                                         {"contact_email", customer.email},
                                         {"contact_mobile", ""},
                                         {"language", customer.language},
                                         {"po_no", "PO-" + number},
                                         {"transaction_date", "2026-11-02"},
                                         {"currency", "EUR"},
                                         {"modified", "2026-11-02 10:00:00.000000"},
                                         {"items", items}});
    }

    /// Fifty of the first ware, bought for the line of order 3.
    static json purchase(const Books& books) {
        return {{"name", "PUR-ORD-2026-00001"},
                {"docstatus", 1},
                {"status", "To Receive and Bill"},
                {"items", json::array({{{"name", "poi1"},
                                        {"item_code", books.wares.front().code},
                                        {"sales_order_item", "soi31"},
                                        {"qty", 50.0},
                                        {"received_qty", 10.0},
                                        {"schedule_date", "2026-12-08"},
                                        {"expected_delivery_date", "2026-12-10"}}})}};
    }

    Reply document(const std::string& doctype, const std::string& name) {
        for (const json& record : tables[doctype])
            if (record["name"] == name) return {200, json{{"data", record}}.dump()};
        return error(404, "DoesNotExistError");
    }

    /// Rows of a list: joined with the children where a field of theirs is asked for, so that the
    /// length of a page counts joined rows.
    Reply list(const Request& request, const std::string& doctype) {
        if (doctype == "Sales Order Item" && request.asked("parent") != "Sales Order")
            return error(403, "PermissionError");
        const json fields = json::parse(request.asked("fields", R"(["name"])"));
        const json filters = json::parse(request.asked("filters", "[]"));
        const bool joined = fields.dump().find("items.") != std::string::npos;
        json rows = json::array();
        for (const json& record : tables[doctype]) {
            if (!meetsAll(record, filters, false)) continue;
            if (!joined) rows.push_back(row(record, json{}, fields));
            if (joined)
                for (const json& item : record["items"])
                    if (meetsAll(item, filters, true)) rows.push_back(row(record, item, fields));
        }
        if (request.asked("order_by").starts_with("`tab" + doctype + " Item`.name"))
            std::stable_sort(rows.begin(), rows.end(), [](const json& left, const json& right) {
                return left["line"] < right["line"];
            });
        const std::size_t from = std::stoul(request.asked("limit_start", "0"));
        std::size_t length = std::stoul(request.asked("limit_page_length", "20"));
        if (length == 0) length = rows.size();
        json page = json::array();
        for (std::size_t i = from; i < rows.size() && i < from + length; ++i)
            page.push_back(rows[i]);
        return {200, json{{"data", page}}.dump()};
    }

    /// `name`, `items.qty`, `items.name as line`.
    static json row(const json& record, const json& item, const json& fields) {
        json made = json::object();
        for (const std::string field : fields) {
            const std::string path = field.substr(0, field.find(" as "));
            const std::string key = path == field ? path : field.substr(path.size() + 4);
            const bool child = path.starts_with("items.");
            const std::string name = child ? path.substr(6) : path;
            const json& from = child ? item : record;
            if (!from.contains(name)) throw odata::BadQuery{name};
            made[path == field ? name : key] = from[name];
        }
        return made;
    }

    /// A filter of three parts is on the record, one of four on its lines: the doctype comes first.
    static bool meetsAll(const json& record, const json& filters, bool of_lines) {
        static const std::map<std::string, std::string> kTests{
            {"=", "eq"}, {"!=", "ne"}, {">", "gt"}, {">=", "ge"}, {"<", "lt"}, {"<=", "le"}};
        return std::all_of(filters.begin(), filters.end(), [&](json filter) {
            if ((filter.size() == 4) != of_lines) return true;
            if (of_lines) filter.erase(0);
            const auto value = record.find(filter[0].get<std::string>());
            if (value == record.end()) throw odata::BadQuery{filter.dump()};
            const std::string test = filter[1];
            if (test == "in")
                return std::find(filter[2].begin(), filter[2].end(), *value) != filter[2].end();
            const auto known = kTests.find(test);
            if (known == kTests.end()) throw odata::BadQuery{test};
            if (value->is_number() && filter[2].is_number())
                return odata::compares(value->get<double>(), known->second,
                                       filter[2].get<double>());
            return odata::compares(*value, known->second, filter[2]);
        });
    }

    Reply comment(const Request& request) {
        const json asked = json::parse(request.body);
        const std::string order = asked.value("reference_name", "");
        if (document("Sales Order", order).status != 200) return error(404, "DoesNotExistError");
        json made = asked;
        made["name"] = "comment" + std::to_string(tables["Comment"].size() + 1);
        made["comment_type"] = "Comment";
        tables["Comment"].push_back(made);
        return {200, json{{"message", made}}.dump()};
    }
};

}  // namespace backorderd::test::vendors

#pragma once

#include "connectors/vendors/books.hpp"
#include "connectors/vendors/odata.hpp"

/// NetSuite, SuiteQL over REST, as docs.oracle.com/en/cloud/saas/netsuite/ns-online-help says:
/// sections 157909186990 (SuiteQL), 162755359851 (tokens), 156570709583 (errors).
namespace backorderd::test::vendors {

class NetSuite {
public:
    using json = nlohmann::json;
    static constexpr const char* kTokenPath = "/services/rest/auth/oauth2/v1/token";
    static constexpr const char* kQueryPath = "/services/rest/query/v1/suiteql";

    explicit NetSuite(const Books& books) {
        for (const auto& line : books.lines) addLine(books, line);
        for (const auto& ware : books.wares)
            stock.push_back({{"item", std::to_string(ware.id)},
                             {"location", "Hamburg"},
                             {"itemid", ware.code},
                             {"quantityavailable", std::to_string(ware.on_hand)}});
    }

    /// Rows behind a query on `transactionline`, ascending by `uniquekey`, and on
    /// `aggregateitemlocation`.
    json lines = json::array();
    json stock = json::array();
    bool may_see_stock = true;
    /// A request signed with OAuth 1.0a is taken as it is, where its signature is no part of the
    /// test.
    bool takes_oauth1 = true;
    int calls_per_token = 1'000'000;
    int tokens = 0;

    Reply answer(const Request& request) {
        if (request.path == kTokenPath) return token(request);
        if (request.path == "/services/rest/system/v1/serverTime")
            return {200, json{{"serverTime", "2026-11-23T09:00:00Z"}}.dump()};
        const std::string who = request.header("authorization");
        const bool oauth1 = takes_oauth1 && who.starts_with("OAuth realm=") &&
                            who.find("oauth_signature_method=\"HMAC-SHA256\"") != std::string::npos;
        if (!oauth1 && (who != "Bearer token" + std::to_string(tokens) || calls_left_-- <= 0))
            return {401,
                    error(401, "INVALID_LOGIN", "Invalid login attempt.").body,
                    "application/vnd.oracle.resource+json; type=error",
                    {{"WWW-Authenticate",
                      "Bearer realm=\"1234567\", error=\"invalid_token\", "
                      "error_description=\"Invalid login attempt.\""}}};
        if (request.path != kQueryPath || request.method != "POST")
            return error(404, "NONEXISTENT_ID", "The record instance does not exist.");
        if (request.header("prefer") != "transient")
            return error(400, "INVALID_HEADER", "The required request header 'Prefer' is missing.");
        return query(request);
    }

    /// Where too many requests run at once; some accounts say so with 400.
    static Reply tooMany(int status) {
        return error(status, "CONCURRENCY_LIMIT_EXCEEDED", "Concurrent request limit exceeded.");
    }

private:
    static Reply error(int status, const std::string& code, const std::string& text) {
        const json details = json::array({{{"detail", text}, {"o:errorCode", code}}});
        return {status,
                json{{"type", "https://www.rfc-editor.org/rfc/rfc9110.html"},
                     {"title", text},
                     {"status", status},
                     {"o:errorDetails", details}}
                    .dump(),
                "application/vnd.oracle.resource+json; type=error"};
    }

    /// An assertion of three parts; whose signature it is is not looked at.
    Reply token(const Request& request) {
        const auto form = fieldsOf(request.body);
        const std::string assertion =
            form.contains("client_assertion") ? form.at("client_assertion") : std::string{};
        if (form.at("grant_type") != "client_credentials" ||
            odata::split(assertion, ".").size() != 3)
            return {400, json{{"error", "invalid_request"}}.dump()};
        calls_left_ = calls_per_token;
        return {200, json{{"access_token", "token" + std::to_string(++tokens)},
                          {"expires_in", "3600"},
                          {"token_type", "bearer"}}
                         .dump()};
    }

    /// Names in lower case, numbers as text, what is empty left out.
    void addLine(const Books& books, const Books::Line& line) {
        const auto& customer = books.customerOf(line);
        lines.push_back({{"uniquekey", std::to_string(line.id)},
                         {"orderid", std::to_string(line.order)},
                         {"tranid", "SO" + std::to_string(line.order)},
                         {"trandate", "2026-11-02"},
                         {"otherrefnum", "PO-" + std::to_string(line.order)},
                         {"position", std::to_string(line.position)},
                         {"itemid", books.wareOf(line).code},
                         {"itemname", books.wareOf(line).name},
                         {"quantity", std::to_string(-line.ordered)},
                         {"quantityshiprecv", std::to_string(line.shipped)},
                         {"quantitybackordered", std::to_string(line.ordered - line.shipped)},
                         {"quantitycommitted", "0"},
                         {"expectedshipdate", line.ship_by},
                         {"location", "Hamburg"},
                         {"unit", "Each"},
                         {"status", "D"},
                         {"isclosed", "F"},
                         {"shipcomplete", "F"},
                         {"rate", "12.5"},
                         {"currency", "EUR"},
                         {"customerid", customer.code},
                         {"customername", customer.name},
                         {"customeremail", customer.email},
                         {"language", customer.language == "de" ? "de_DE" : "en_US"}});
    }

    /// Which rows a query means is told from its tables, and which of them from `uniquekey`.
    Reply query(const Request& request) {
        const std::size_t limit = std::stoul(request.asked("limit", "1000"));
        const std::size_t offset = std::stoul(request.asked("offset", "0"));
        const json body = json::parse(request.body, nullptr, false);
        if (limit > 1000 || offset % limit != 0 || !body.contains("q"))
            return error(400, "INVALID_PARAMETER", "Invalid limit, offset or query.");
        const std::string text = body["q"];
        const bool of_stock = text.find("aggregateitemlocation") != std::string::npos;
        if (of_stock && !may_see_stock)
            return error(400, "INVALID_PARAMETER",
                         "Invalid search query. Record 'aggregateitemlocation' was not found.");
        if (!of_stock && text.find("transactionline") == std::string::npos)
            return error(400, "INVALID_PARAMETER", "Invalid search query.");
        json rows = json::array();
        for (const json& row : of_stock ? stock : lines)
            if (of_stock || isAskedFor(text, std::stoi(row["uniquekey"].get<std::string>())))
                rows.push_back(row);
        json items = json::array();
        for (std::size_t i = offset; i < rows.size() && i < offset + limit; ++i) {
            items.push_back(rows[i]);
            items.back()["links"] = json::array();
        }
        const bool more = offset + limit < rows.size();
        return {200, json{{"links", json::array()},
                          {"count", items.size()},
                          {"hasMore", more},
                          {"items", items},
                          {"offset", offset},
                          {"totalResults", rows.size()}}
                         .dump()};
    }

    /// `uniquekey > N`, or `uniquekey = N` where one line is looked up.
    static bool isAskedFor(const std::string& text, int key) {
        const std::string word = "uniquekey ";
        const std::size_t at = text.find(word + "> ");
        if (at != std::string::npos) return key > std::stoi(text.substr(at + word.size() + 2));
        const std::size_t one = text.find(word + "= ");
        return one == std::string::npos || key == std::stoi(text.substr(one + word.size() + 2));
    }

    int calls_left_ = 0;
};

}  // namespace backorderd::test::vendors

#pragma once

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "support/http_stub.hpp"

namespace backorderd::test {

/// A server that answers as Odoo's two interfaces are described: searches over tables of records
/// through `/jsonrpc` and `/json/2`, by whoever shows the right secret.
class FakeOdoo {
public:
    using json = nlohmann::json;
    struct Reply {
        int status = 200;
        std::string body;
        std::string type = "application/json";
    };

    explicit FakeOdoo(boost::asio::io_context& io)
        : stub_{io, [this](const HttpAsked& asked) { return serve(asked); }} {}

    std::string url() const { return stub_.url(); }

    std::map<std::string, json> tables;  ///< records of a model, ascending by id
    std::string secret = "key";
    std::optional<Reply> overlay;                   ///< laid over every answer
    std::map<std::string, std::string> exceptions;  ///< name of what a model's methods raise
    int requests = 0;
    json last_context;

private:
    HttpAnswer serve(const HttpAsked& asked) {
        ++requests;
        const Reply reply = overlay ? *overlay : answer(asked);
        return {reply.status, reply.body, {}, reply.type};
    }

    Reply answer(const HttpAsked& asked) {
        if (asked.target == "/jsonrpc") return rpc(json::parse(asked.body).at("params"));
        if (asked.target == "/web/version") return {200, json{{"version", "19.0"}}.dump()};
        if (asked.header("authorization") != "bearer " + secret)
            return {401, "<title>401</title>", "text/html"};
        const auto begin = std::string{"/json/2/"}.size();
        const auto slash = asked.target.find('/', begin);
        const std::string model = asked.target.substr(begin, slash - begin);
        const std::string method = asked.target.substr(slash + 1);
        if (const auto raised = exceptions.find(model); raised != exceptions.end())
            return {403, exception(raised->second).dump()};
        return {200, call(model, method, json::parse(asked.body)).dump()};
    }

    Reply rpc(const json& params) {
        const json& args = params.at("args");
        if (params.at("method") == "version") return result({{"server_version", "18.0"}});
        if (params.at("service") == "common")
            return result(args.at(2) == secret ? json(7) : json(false));
        const std::string model = args.at(3);
        const auto raised = exceptions.find(model);
        const std::string name = args.at(2) != secret         ? "odoo.exceptions.AccessDenied"
                                 : raised != exceptions.end() ? raised->second
                                                              : "";
        if (!name.empty())
            return {200, json{{"error", {{"code", 200}, {"data", exception(name)}}}}.dump()};
        json arguments = args.at(6);
        if (!args.at(5).empty()) arguments["ids"] = args.at(5).at(0);
        return result(call(model, args.at(4), arguments));
    }

    static json exception(const std::string& name) {
        return {{"name", name}, {"message", "No."}, {"debug", "Traceback /opt/odoo"}};
    }
    static Reply result(json value) { return {200, json{{"result", std::move(value)}}.dump()}; }

    json call(const std::string& model, const std::string& method, const json& arguments) {
        last_context = arguments.at("context");
        if (method == "fields_get") return fieldsOf(arguments.at("allfields"));
        if (method == "message_post") {
            json& messages = tables["mail.message"];
            messages.push_back({{"id", messages.size() + 1},
                                {"model", model},
                                {"res_id", arguments.at("ids").at(0)},
                                {"subtype", arguments.at("subtype_xmlid")},
                                {"body", arguments.at("body")}});
            return messages.size();
        }
        json found = search(model, arguments);
        return method == "search_count" ? json(found.size()) : found;
    }

    /// As a server of version 18 has them.
    static json fieldsOf(const json& names) {
        json fields = json::object();
        for (const std::string name : names)
            if (name != "product_uom_id" && name != "reserved_availability" &&
                name != "quantity_done")
                fields[name] = {{"type", "char"}};
        return fields;
    }

    /// Of the domain it understands the clauses on fields that a record has; the rest hold.
    json search(const std::string& model, const json& arguments) {
        json found = json::array();
        const std::size_t limit = arguments.value("limit", std::size_t{100'000});
        for (const json& record : tables[model]) {
            const json& domain = arguments.at("domain");
            const bool holds = std::all_of(domain.begin(), domain.end(), [&](const json& clause) {
                return meets(record, clause);
            });
            if (holds && found.size() < limit) found.push_back(record);
        }
        return found;
    }

    static bool meets(const json& record, const json& clause) {
        const auto found = record.find(clause.at(0).get<std::string>());
        if (found == record.end()) return true;
        const json value = found->is_array() ? found->at(0) : *found;
        const std::string test = clause.at(1);
        const json& wanted = clause.at(2);
        if (test == "in") return std::find(wanted.begin(), wanted.end(), value) != wanted.end();
        if (test == "ilike")
            return value.get<std::string>().find(wanted.get<std::string>()) != std::string::npos;
        if (test == "=") return value == wanted;
        return test != ">" || value > wanted;
    }

    HttpStub stub_;
};

}  // namespace backorderd::test

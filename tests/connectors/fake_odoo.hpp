#pragma once

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

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
        : acceptor_{io, {boost::asio::ip::address_v4::loopback(), 0}} {
        boost::asio::co_spawn(io, accept(), boost::asio::detached);
    }

    std::string url() const {
        return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
    }

    std::map<std::string, json> tables;  ///< records of a model, ascending by id
    std::string secret = "key";
    std::optional<Reply> overlay;                   ///< laid over every answer
    std::map<std::string, std::string> exceptions;  ///< name of what a model's methods raise
    int requests = 0;
    json last_context;

private:
    using Tcp = boost::asio::ip::tcp;

    boost::asio::awaitable<void> accept() {
        for (;;) {
            Tcp::socket socket = co_await acceptor_.async_accept(boost::asio::use_awaitable);
            boost::asio::co_spawn(acceptor_.get_executor(), serve(std::move(socket)),
                                  [](std::exception_ptr) {});
        }
    }

    boost::asio::awaitable<void> serve(Tcp::socket socket) {
        std::string bytes;
        const auto head = co_await boost::asio::async_read_until(
            socket, boost::asio::dynamic_buffer(bytes), "\r\n\r\n", boost::asio::use_awaitable);
        const std::string header = bytes.substr(0, head);
        const std::size_t length = std::stoul("0" + field(header, "Content-Length"));
        if (bytes.size() < head + length)
            co_await boost::asio::async_read(
                socket, boost::asio::dynamic_buffer(bytes),
                boost::asio::transfer_exactly(head + length - bytes.size()),
                boost::asio::use_awaitable);
        ++requests;
        const std::string body = bytes.substr(head);
        const Reply reply = overlay ? *overlay : answer(header, body);
        const std::string text = "HTTP/1.1 " + std::to_string(reply.status) +
                                 " X\r\nContent-Type: " + reply.type +
                                 "\r\nContent-Length: " + std::to_string(reply.body.size()) +
                                 "\r\nConnection: close\r\n\r\n" + reply.body;
        co_await boost::asio::async_write(socket, boost::asio::buffer(text),
                                          boost::asio::use_awaitable);
    }

    static std::string field(const std::string& header, const std::string& name) {
        const auto at = header.find("\r\n" + name + ": ");
        if (at == std::string::npos) return {};
        const auto begin = at + name.size() + 4;
        return header.substr(begin, header.find("\r\n", begin) - begin);
    }

    Reply answer(const std::string& header, const std::string& body) {
        if (header.starts_with("POST /jsonrpc ")) return rpc(json::parse(body).at("params"));
        if (header.starts_with("GET /web/version ")) return {200, json{{"version", "19.0"}}.dump()};
        if (field(header, "Authorization") != "bearer " + secret)
            return {401, "<title>401</title>", "text/html"};
        const auto begin = header.find("/json/2/") + 8;
        const auto slash = header.find('/', begin);
        const std::string model = header.substr(begin, slash - begin);
        const std::string method = header.substr(slash + 1, header.find(' ', slash) - slash - 1);
        if (const auto raised = exceptions.find(model); raised != exceptions.end())
            return {403, exception(raised->second).dump()};
        return {200, call(model, method, json::parse(body)).dump()};
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

    Tcp::acceptor acceptor_;
};

}  // namespace backorderd::test

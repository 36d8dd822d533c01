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
#include <cctype>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace backorderd::test::vendors {

struct Request {
    std::string method;
    std::string path;                            ///< decoded, without the query
    std::map<std::string, std::string> query;    ///< decoded
    std::map<std::string, std::string> headers;  ///< names in lower case
    std::string body;

    std::string asked(const std::string& name, const std::string& fallback = {}) const {
        const auto at = query.find(name);
        return at == query.end() ? fallback : at->second;
    }
    std::string header(const std::string& lower_name) const {
        const auto at = headers.find(lower_name);
        return at == headers.end() ? std::string{} : at->second;
    }
};

struct Reply {
    int status = 200;
    std::string body;
    std::string type = "application/json";
    std::vector<std::pair<std::string, std::string>> headers{};
};

/// Percent-decoding, with `+` for a blank as forms have it.
inline std::string decoded(const std::string& text) {
    std::string made;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size()) {
            made += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
            i += 2;
        } else {
            made += text[i] == '+' ? ' ' : text[i];
        }
    }
    return made;
}

/// `a=1&b=2`, as a query and a form have it.
inline std::map<std::string, std::string> fieldsOf(const std::string& text) {
    std::map<std::string, std::string> fields;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('&', begin), text.size());
        const std::string pair = text.substr(begin, end - begin);
        const std::size_t equal = std::min(pair.find('='), pair.size());
        fields[decoded(pair.substr(0, equal))] =
            equal < pair.size() ? decoded(pair.substr(equal + 1)) : std::string{};
        begin = end + 1;
    }
    return fields;
}

/// A server on loopback whose answers a vendor's stub gives; a test may lay others over them.
class VendorServer {
public:
    using Answer = std::function<Reply(const Request&)>;

    VendorServer(boost::asio::io_context& io, Answer answer)
        : answer_{std::move(answer)}, acceptor_{io, {boost::asio::ip::address_v4::loopback(), 0}} {
        boost::asio::co_spawn(io, accept(), boost::asio::detached);
    }

    std::string url() const {
        return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
    }

    std::function<std::optional<Reply>(const Request&)> overlay;
    std::vector<Request> calls;

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
        Request request = parsed(bytes.substr(0, head));
        const std::string length = request.header("content-length");
        const std::size_t whole = head + (length.empty() ? 0 : std::stoul(length));
        if (bytes.size() < whole)
            co_await boost::asio::async_read(socket, boost::asio::dynamic_buffer(bytes),
                                             boost::asio::transfer_exactly(whole - bytes.size()),
                                             boost::asio::use_awaitable);
        request.body = bytes.substr(head);
        calls.push_back(request);
        const std::optional<Reply> laid = overlay ? overlay(request) : std::nullopt;
        const std::string text = written(laid ? *laid : answer_(request));
        co_await boost::asio::async_write(socket, boost::asio::buffer(text),
                                          boost::asio::use_awaitable);
    }

    static Request parsed(const std::string& head) {
        Request request;
        const std::size_t blank = head.find(' ');
        const std::size_t end = head.find(' ', blank + 1);
        request.method = head.substr(0, blank);
        const std::string target = head.substr(blank + 1, end - blank - 1);
        const std::size_t mark = std::min(target.find('?'), target.size());
        request.path = decoded(target.substr(0, mark));
        if (mark < target.size()) request.query = fieldsOf(target.substr(mark + 1));
        for (std::size_t line = head.find("\r\n") + 2; line + 2 < head.size();) {
            const std::size_t next = head.find("\r\n", line);
            const std::size_t colon = head.find(':', line);
            std::string name = head.substr(line, colon - line);
            std::transform(name.begin(), name.end(), name.begin(),
                           [](unsigned char c) { return std::tolower(c); });
            const std::size_t begin = head.find_first_not_of(' ', colon + 1);
            request.headers[name] = begin < next ? head.substr(begin, next - begin) : std::string{};
            line = next + 2;
        }
        return request;
    }

    static std::string written(const Reply& reply) {
        std::string text = "HTTP/1.1 " + std::to_string(reply.status) +
                           " X\r\nContent-Type: " + reply.type +
                           "\r\nContent-Length: " + std::to_string(reply.body.size()) + "\r\n";
        for (const auto& [name, value] : reply.headers) text += name + ": " + value + "\r\n";
        return text + "Connection: close\r\n\r\n" + reply.body;
    }

    Answer answer_;
    Tcp::acceptor acceptor_;
};

}  // namespace backorderd::test::vendors

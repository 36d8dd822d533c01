#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <exception>
#include <memory>
#include <utility>

#include "net/net.hpp"

namespace backorderd::net {

boost::beast::http::response<boost::beast::http::string_body> answerOf(ServedResponse served);
/// The request that was read.
ServedRequest requestOf(
    boost::beast::http::request_parser<boost::beast::http::string_body>& parser);
/// The answer to a request that could not be read; nullopt: there is nobody to answer.
std::optional<ServedResponse> answerTo(const boost::system::error_code& failed);

/// Accepts connections of one protocol and serves one request over each.
template <class Protocol>
class Serving : public std::enable_shared_from_this<Serving<Protocol>> {
public:
    Serving(boost::asio::any_io_executor executor, const ServerLimits& limits, ServeRequest handler)
        : acceptor(executor), limits_(limits), handler_(std::move(handler)) {}

    /// Once the acceptor listens.
    void start() {
        boost::asio::co_spawn(acceptor.get_executor(), acceptLoop(this->shared_from_this()),
                              [](std::exception_ptr thrown) {
                                  if (thrown) std::rethrow_exception(thrown);
                              });
    }
    void close() {
        boost::system::error_code ignored;
        acceptor.close(ignored);
    }

    typename Protocol::acceptor acceptor;

private:
    using Socket = typename Protocol::socket;
    static boost::asio::awaitable<void> acceptLoop(std::shared_ptr<Serving> self);
    static boost::asio::awaitable<void> serve(std::shared_ptr<Serving> self, Socket socket);

    ServerLimits limits_;
    ServeRequest handler_;
    int connections_ = 0;
};

template <class Protocol>
boost::asio::awaitable<void> Serving<Protocol>::acceptLoop(std::shared_ptr<Serving> self) {
    namespace asio = boost::asio;
    constexpr std::chrono::seconds pause_after_failure{1};
    const auto executor = self->acceptor.get_executor();
    while (self->acceptor.is_open()) {
        boost::system::error_code failed;
        Socket socket =
            co_await self->acceptor.async_accept(asio::redirect_error(asio::use_awaitable, failed));
        if (failed == asio::error::operation_aborted) co_return;
        if (failed) {
            // No file descriptors left, most likely: others must end first.
            asio::steady_timer pause(executor, pause_after_failure);
            co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, failed));
            continue;
        }
        if (self->connections_ >= self->limits_.connections_max) continue;  // closes it
        asio::co_spawn(executor, serve(self, std::move(socket)), [](std::exception_ptr thrown) {
            if (thrown) std::rethrow_exception(thrown);
        });
    }
}

template <class Protocol>
boost::asio::awaitable<void> Serving<Protocol>::serve(std::shared_ptr<Serving> self,
                                                      Socket socket) {
    namespace asio = boost::asio;
    namespace http = boost::beast::http;
    struct Counted {
        int& count;
        explicit Counted(int& connections) : count(connections) { ++count; }
        ~Counted() { --count; }
    };
    const Counted counted(self->connections_);

    boost::beast::basic_stream<Protocol> stream(std::move(socket));
    stream.expires_after(self->limits_.request_time);
    boost::beast::flat_buffer buffer;
    http::request_parser<http::string_body> parser;
    parser.body_limit(self->limits_.request_bytes_max);
    parser.header_limit(self->limits_.header_bytes_max);
    boost::system::error_code failed;
    co_await http::async_read(stream, buffer, parser,
                              asio::redirect_error(asio::use_awaitable, failed));
    ServedResponse served;
    if (failed) {
        auto refusal = answerTo(failed);
        if (!refusal) co_return;
        served = std::move(*refusal);
    } else {
        const ServedRequest request = requestOf(parser);
        stream.expires_never();
        served = co_await self->handler_(request);
    }
    auto response = answerOf(std::move(served));
    // The length of the body is told, and no body follows (RFC 9110, 9.3.2).
    if (parser.get().method() == http::verb::head) response.body().clear();
    stream.expires_after(self->limits_.request_time);
    co_await http::async_write(stream, response, asio::redirect_error(asio::use_awaitable, failed));
    if (!failed) stream.socket().shutdown(Socket::shutdown_send, failed);
}

}  // namespace backorderd::net

#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace backorderd::test {

/// What the server was asked.
struct HttpAsked {
    std::string method, target, body;
    std::map<std::string, std::string> headers;  ///< names in lower case
    /// Empty where missing.
    std::string header(const std::string& lower_name) const {
        const auto at = headers.find(lower_name);
        return at == headers.end() ? std::string{} : at->second;
    }
};
struct HttpAnswer {
    int status = 200;
    std::string body{};
    std::vector<std::pair<std::string, std::string>> headers{};
    std::string type = "application/json";
};

/// An HTTP server on loopback that answers as a function says: what stands in for an ERP is such a
/// function.
class HttpStub {
public:
    using Answer = std::function<HttpAnswer(const HttpAsked&)>;

    HttpStub(boost::asio::io_context& io, Answer answer)
        : state_(std::make_shared<State>(io, std::move(answer))) {
        boost::asio::co_spawn(io, acceptAll(state_), boost::asio::detached);
    }
    ~HttpStub() {
        boost::system::error_code ignored;  // nobody is reached there any more
        state_->acceptor.close(ignored);
    }
    HttpStub(const HttpStub&) = delete;
    HttpStub& operator=(const HttpStub&) = delete;

    std::string url() const {
        return "http://127.0.0.1:" + std::to_string(state_->acceptor.local_endpoint().port());
    }
    const std::vector<HttpAsked>& asked() const { return state_->asked; }
    void answerWith(Answer answer) { state_->answer = std::move(answer); }

private:
    using Tcp = boost::asio::ip::tcp;
    /// Shared with the connections, which end with the loop and not with the server.
    struct State {
        State(boost::asio::io_context& io, Answer its_answer)
            : acceptor(io, {boost::asio::ip::address_v4::loopback(), 0}),
              answer(std::move(its_answer)) {}
        Tcp::acceptor acceptor;
        Answer answer;
        std::vector<HttpAsked> asked;
    };

    static boost::asio::awaitable<void> acceptAll(std::shared_ptr<State> state) {
        while (true) {
            boost::system::error_code failed;
            Tcp::socket socket = co_await state->acceptor.async_accept(
                boost::asio::redirect_error(boost::asio::use_awaitable, failed));
            if (failed) co_return;
            boost::asio::co_spawn(state->acceptor.get_executor(), serve(std::move(socket), state),
                                  boost::asio::detached);
        }
    }

    static boost::asio::awaitable<void> serve(Tcp::socket socket, std::shared_ptr<State> state) {
        namespace http = boost::beast::http;
        boost::beast::flat_buffer buffer;
        while (true) {
            boost::system::error_code failed;
            http::request<http::string_body> request;
            co_await http::async_read(
                socket, buffer, request,
                boost::asio::redirect_error(boost::asio::use_awaitable, failed));
            if (failed) co_return;
            HttpAsked asked{std::string(request.method_string()),
                            std::string(request.target()),
                            request.body(),
                            {}};
            for (const auto& field : request) {
                std::string name(field.name_string());
                for (char& c : name) c = static_cast<char>(std::tolower(c));
                asked.headers[name] = std::string(field.value());
            }
            state->asked.push_back(asked);
            const HttpAnswer answer = state->answer(asked);
            http::response<http::string_body> response;
            response.result(static_cast<unsigned>(answer.status));
            response.set(http::field::content_type, answer.type);
            for (const auto& [name, value] : answer.headers) response.insert(name, value);
            response.body() = answer.body;
            response.prepare_payload();
            co_await http::async_write(
                socket, response, boost::asio::redirect_error(boost::asio::use_awaitable, failed));
            if (failed) co_return;
        }
    }

    std::shared_ptr<State> state_;
};

}  // namespace backorderd::test

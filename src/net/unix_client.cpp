#include <fmt/format.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <limits>
#include <stdexcept>

#include "net/net.hpp"

namespace backorderd::net {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::local::stream_protocol;
using boost::system::error_code;

namespace {

constexpr std::size_t kAnswerBytesMax = 256u << 20;

/// The exchange, step by step on an io_context of its own; each step has what is left of the time.
class Question {
public:
    Question(const std::string& path, std::chrono::seconds timeout) : path_(path), stream_(io_) {
        stream_.expires_after(timeout);
    }

    /// False: nobody listens.
    bool connect() {
        error_code failed = asio::error::would_block;
        stream_.async_connect(stream_protocol::endpoint(path_),
                              [&](const error_code& result) { failed = result; });
        io_.run();
        if (failed == asio::error::connection_refused ||
            failed == boost::system::errc::no_such_file_or_directory)
            return false;
        check(failed);
        return true;
    }

    ServedResponse ask(const ServedRequest& question) {
        http::request<http::string_body> request;
        request.version(11);
        request.method_string(question.method);
        request.target(question.target);
        request.set(http::field::host, "localhost");
        request.body() = question.body;
        request.prepare_payload();
        error_code failed;
        http::async_write(stream_, request,
                          [&](const error_code& result, std::size_t) { failed = result; });
        step();
        // A server that refuses a long request answers before it has read all of it.
        if (failed != asio::error::broken_pipe) check(failed);

        boost::beast::flat_buffer buffer;
        http::response_parser<http::string_body> parser;
        parser.body_limit(kAnswerBytesMax);
        http::async_read(stream_, buffer, parser,
                         [&](const error_code& result, std::size_t) { failed = result; });
        step();
        check(failed);
        ServedResponse answer;
        answer.status = static_cast<int>(parser.get().result_int());
        answer.content_type = std::string(parser.get()[http::field::content_type]);
        answer.body = std::move(parser.get().body());
        return answer;
    }

private:
    void step() {
        io_.restart();
        io_.run();
    }

    void check(const error_code& failed) const {
        if (!failed) return;
        const bool late = failed == boost::beast::error::timeout;
        throw std::runtime_error(
            fmt::format("{}: {}", path_, late ? "no answer in time" : failed.message()));
    }

    std::string path_;
    asio::io_context io_;
    boost::beast::basic_stream<stream_protocol> stream_;
};

}  // namespace

std::optional<ServedResponse> askUnixSocket(const std::string& path, const ServedRequest& request,
                                            std::chrono::seconds timeout) {
    Question question(path, timeout);
    if (!question.connect()) return std::nullopt;
    return question.ask(request);
}

}  // namespace backorderd::net

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <cerrno>
#include <cstring>
#include <exception>
#include <stdexcept>

#include "net/net.hpp"

namespace backorderd::net {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::local::stream_protocol;
using boost::system::error_code;
using Stream = boost::beast::basic_stream<stream_protocol>;

namespace {

constexpr std::size_t kRequestBytesMax = 1u << 20;
constexpr std::uint32_t kRequestHeaderBytesMax = 16u << 10;
constexpr std::chrono::seconds kRequestTime{30};
constexpr int kConnectionsMax = 64;
constexpr std::chrono::seconds kPauseAfterFailedAccept{1};

/// Removes a socket file that a daemon left behind when it was killed. Throws where the path is
/// taken: two daemons on one socket would be asked by turns.
void clearStale(asio::any_io_executor executor, const std::string& path) {
    struct stat found {};
    if (::lstat(path.c_str(), &found) != 0) return;
    if (!S_ISSOCK(found.st_mode))
        throw std::runtime_error(fmt::format("{}: there is a file, and it is no socket", path));
    stream_protocol::socket probe(executor);
    error_code failed;
    probe.connect(stream_protocol::endpoint(path), failed);
    if (!failed) throw std::runtime_error(fmt::format("{}: another process listens there", path));
    if (failed != asio::error::connection_refused)
        throw std::runtime_error(fmt::format("{}: {}", path, failed.message()));
    ::unlink(path.c_str());
}

stream_protocol::endpoint endpointOf(const std::string& path) {
    // Asio's own message does not name the path.
    constexpr std::size_t path_bytes_max = 107;
    if (path.empty() || path.size() > path_bytes_max)
        throw std::runtime_error(
            fmt::format("{}: the path of a socket has 1 to {} bytes", path, path_bytes_max));
    return stream_protocol::endpoint(path);
}

http::response<http::string_body> toBeast(ServedResponse served) {
    http::response<http::string_body> response(static_cast<http::status>(served.status), 11);
    response.set(http::field::content_type, served.content_type);
    response.keep_alive(false);
    response.body() = std::move(served.body);
    response.prepare_payload();
    return response;
}

ServedResponse refusal(const error_code& failed) {
    ServedResponse response;
    response.status = failed == http::error::body_limit     ? 413
                      : failed == http::error::header_limit ? 431
                                                            : 400;
    response.content_type = "text/plain";
    response.body = failed.message() + "\n";
    return response;
}

}  // namespace

struct UnixHttpServer::Impl : std::enable_shared_from_this<UnixHttpServer::Impl> {
    Impl(asio::any_io_executor executor, std::string socket_path, Handler serve)
        : path(std::move(socket_path)), handler(std::move(serve)), acceptor(executor) {}

    void listen();
    static asio::awaitable<void> acceptLoop(std::shared_ptr<Impl> self);
    static asio::awaitable<void> serve(std::shared_ptr<Impl> self, stream_protocol::socket socket);

    std::string path;
    Handler handler;
    stream_protocol::acceptor acceptor;
    struct stat made {};
    int connections = 0;
};

void UnixHttpServer::Impl::listen() {
    const auto endpoint = endpointOf(path);
    clearStale(acceptor.get_executor(), path);
    error_code failed;
    acceptor.open(endpoint.protocol(), failed);
    // The mode must hold from the first moment, so it cannot be set afterwards.
    const mode_t old_mask = ::umask(0117);
    if (!failed) acceptor.bind(endpoint, failed);
    ::umask(old_mask);
    if (!failed) acceptor.listen(asio::socket_base::max_listen_connections, failed);
    if (failed) throw std::runtime_error(fmt::format("{}: {}", path, failed.message()));
    ::lstat(path.c_str(), &made);
}

asio::awaitable<void> UnixHttpServer::Impl::acceptLoop(std::shared_ptr<Impl> self) {
    const auto executor = self->acceptor.get_executor();
    while (self->acceptor.is_open()) {
        error_code failed;
        stream_protocol::socket socket =
            co_await self->acceptor.async_accept(asio::redirect_error(asio::use_awaitable, failed));
        if (failed == asio::error::operation_aborted) co_return;
        if (failed) {
            // No file descriptors left, most likely: others must end first.
            asio::steady_timer pause(executor, kPauseAfterFailedAccept);
            co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, failed));
            continue;
        }
        if (self->connections >= kConnectionsMax) continue;  // closes it
        asio::co_spawn(executor, serve(self, std::move(socket)), [](std::exception_ptr thrown) {
            if (thrown) std::rethrow_exception(thrown);
        });
    }
}

asio::awaitable<void> UnixHttpServer::Impl::serve(std::shared_ptr<Impl> self,
                                                  stream_protocol::socket socket) {
    struct Counted {
        int& count;
        explicit Counted(int& connections) : count(connections) { ++count; }
        ~Counted() { --count; }
    };
    const Counted counted(self->connections);

    Stream stream(std::move(socket));
    stream.expires_after(kRequestTime);
    boost::beast::flat_buffer buffer;
    http::request_parser<http::string_body> parser;
    parser.body_limit(kRequestBytesMax);
    parser.header_limit(kRequestHeaderBytesMax);
    error_code failed;
    co_await http::async_read(stream, buffer, parser,
                              asio::redirect_error(asio::use_awaitable, failed));
    ServedResponse served;
    if (failed) {
        const bool about_request =
            failed.category() == make_error_code(http::error::bad_method).category();
        if (!about_request || failed == http::error::end_of_stream) co_return;
        served = refusal(failed);
    } else {
        ServedRequest request;
        request.method = std::string(parser.get().method_string());
        request.target = std::string(parser.get().target());
        request.body = std::move(parser.get().body());
        stream.expires_never();
        served = co_await self->handler(request);
    }
    auto response = toBeast(std::move(served));
    stream.expires_after(kRequestTime);
    co_await http::async_write(stream, response, asio::redirect_error(asio::use_awaitable, failed));
    if (!failed) stream.socket().shutdown(stream_protocol::socket::shutdown_send, failed);
}

UnixHttpServer::UnixHttpServer(asio::any_io_executor executor, const std::string& path,
                               Handler handler)
    : impl_(std::make_shared<Impl>(executor, path, std::move(handler))) {
    impl_->listen();
    asio::co_spawn(executor, Impl::acceptLoop(impl_), [](std::exception_ptr thrown) {
        if (thrown) std::rethrow_exception(thrown);
    });
}

UnixHttpServer::~UnixHttpServer() {
    error_code ignored;
    impl_->acceptor.close(ignored);
    // Another daemon may have taken the place of ours by now.
    struct stat found {};
    if (::lstat(impl_->path.c_str(), &found) == 0 && found.st_ino == impl_->made.st_ino &&
        found.st_dev == impl_->made.st_dev)
        ::unlink(impl_->path.c_str());
}

}  // namespace backorderd::net

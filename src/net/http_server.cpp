#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/local/stream_protocol.hpp>
#include <stdexcept>

#include "net/net.hpp"
#include "net/serving.hpp"

namespace backorderd::net {

namespace asio = boost::asio;
using asio::local::stream_protocol;
using boost::system::error_code;

namespace {

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

}  // namespace

struct UnixHttpServer::Impl {
    std::string path;
    std::shared_ptr<Serving<stream_protocol>> serving;  // shared with the connections under way
    struct stat made {};

    void listen();
};

void UnixHttpServer::Impl::listen() {
    auto& acceptor = serving->acceptor;
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

UnixHttpServer::UnixHttpServer(asio::any_io_executor executor, const std::string& path,
                               Handler handler)
    : impl_(std::make_shared<Impl>()) {
    impl_->path = path;
    impl_->serving =
        std::make_shared<Serving<stream_protocol>>(executor, ServerLimits{}, std::move(handler));
    impl_->listen();
    impl_->serving->start();
}

UnixHttpServer::~UnixHttpServer() {
    impl_->serving->close();
    // Another daemon may have taken the place of ours by now.
    struct stat found {};
    if (::lstat(impl_->path.c_str(), &found) == 0 && found.st_ino == impl_->made.st_ino &&
        found.st_dev == impl_->made.st_dev)
        ::unlink(impl_->path.c_str());
}

}  // namespace backorderd::net

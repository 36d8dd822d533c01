#include <fmt/format.h>

#include <boost/asio/ip/tcp.hpp>
#include <charconv>
#include <stdexcept>

#include "net/net.hpp"
#include "net/serving.hpp"

namespace backorderd::net {

using boost::asio::ip::tcp;

namespace {

/// `ADDRESS:PORT`, with the address of IPv6 in brackets.
std::optional<tcp::endpoint> endpointAt(std::string_view listen) {
    const auto colon = listen.rfind(':');
    if (colon == listen.npos) return std::nullopt;
    auto host = listen.substr(0, colon);
    const auto digits = listen.substr(colon + 1);
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    if (host.starts_with('[') && host.ends_with(']'))
        host = host.substr(1, host.size() - 2);
    else if (host.find(':') != host.npos)
        return std::nullopt;
    boost::system::error_code failed;
    const auto address = boost::asio::ip::make_address(host, failed);
    if (failed) return std::nullopt;
    return tcp::endpoint(address, port);
}

}  // namespace

struct TcpHttpServer::Impl : Serving<tcp> {
    using Serving<tcp>::Serving;
};

std::string whyNotListenable(std::string_view listen) {
    if (endpointAt(listen)) return {};
    return fmt::format("'{}' is no address and port; write one as 127.0.0.1:8480 or [::1]:8480",
                       listen);
}

TcpHttpServer::TcpHttpServer(boost::asio::any_io_executor executor, const std::string& listen,
                             const ServerLimits& limits, ServeRequest handler)
    : impl_(std::make_shared<Impl>(executor, limits, std::move(handler))) {
    const auto endpoint = endpointAt(listen);
    if (!endpoint) throw std::runtime_error(whyNotListenable(listen));
    boost::system::error_code failed;
    auto& acceptor = impl_->acceptor;
    acceptor.open(endpoint->protocol(), failed);
    if (!failed) acceptor.set_option(tcp::acceptor::reuse_address(true), failed);
    if (!failed) acceptor.bind(*endpoint, failed);
    if (!failed) acceptor.listen(boost::asio::socket_base::max_listen_connections, failed);
    if (failed) throw std::runtime_error(fmt::format("{}: {}", listen, failed.message()));
    impl_->start();
}

TcpHttpServer::~TcpHttpServer() { impl_->close(); }

std::uint16_t TcpHttpServer::port() const { return impl_->acceptor.local_endpoint().port(); }

}  // namespace backorderd::net

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <stdexcept>
#include <thread>

#include "net/net.hpp"
#include "net/served.hpp"

namespace backorderd::net {
namespace tcp_server_test {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::IsEmpty;
using testing::StartsWith;
namespace asio = boost::asio;

asio::awaitable<ServedResponse> echo(const ServedRequest& request) {
    ServedResponse response;
    response.body = request.method + " " + request.target + " " + request.body + " " +
                    std::string{request.header("webhook-id")};
    co_return response;
}

/// A server on a thread of its own, because the client blocks.
class TcpServer : public testing::Test {
protected:
    explicit TcpServer(ServerLimits limits = {1024, 16u << 10, 10s, 2})
        : server_{std::make_unique<TcpHttpServer>(io_.get_executor(), "127.0.0.1:0", limits, echo)},
          port_{server_->port()},
          thread_{[this] { io_.run(); }} {}
    ~TcpServer() override {
        io_.stop();
        thread_.join();
    }
    asio::ip::tcp::socket connect() {
        asio::ip::tcp::socket socket(client_);
        socket.connect({asio::ip::make_address("127.0.0.1"), port_});
        return socket;
    }
    std::string raw(const std::string& bytes) {
        auto socket = connect();
        return exchange(socket, bytes);
    }

    asio::io_context io_{1}, client_{1};
    std::unique_ptr<TcpHttpServer> server_;
    std::uint16_t port_;
    std::thread thread_;
};

TEST_F(TcpServer, HandsOnMethodTargetBodyAndHeaders) {
    const auto answer = raw(
        "POST /hooks/erp/x HTTP/1.1\r\nHost: x\r\nWebhook-Id: m1\r\nContent-Length: 2\r\n\r\n{}");
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200"));
    EXPECT_THAT(answer, EndsWith("POST /hooks/erp/x {} m1"));
}

TEST_F(TcpServer, AnswersHeadWithTheLengthAndWithoutTheBody) {
    const auto answer = raw("HEAD /x HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(answer, testing::HasSubstr("Content-Length: 9\r\n"));
    EXPECT_THAT(answer, EndsWith("\r\n\r\n"));
}

TEST_F(TcpServer, RefusesWhatIsTooLong) {
    EXPECT_THAT(raw("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1025\r\n\r\n"),
                StartsWith("HTTP/1.1 413"));
    EXPECT_THAT(raw("GET / HTTP/1.1\r\nX: " + std::string(20'000, 'x')),
                StartsWith("HTTP/1.1 431"));
    EXPECT_THAT(raw("EHLO x\r\n\r\n"), StartsWith("HTTP/1.1 400"));
}

TEST_F(TcpServer, ClosesConnectionsBeyondItsLimitAndLivesOn) {
    auto first = connect();
    auto second = connect();
    // The two are counted once they are served: each is made to say something.
    first.send(asio::buffer(std::string{"GET"}));
    second.send(asio::buffer(std::string{"GET"}));
    EXPECT_THAT(raw("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), IsEmpty());
    EXPECT_THAT(exchange(first, " / HTTP/1.1\r\nHost: x\r\n\r\n"), StartsWith("HTTP/1.1 200"));
}

TEST(TcpListen, TakesAddressesAndPortsAlone) {
    for (const char* good : {"127.0.0.1:8480", "[::1]:8480", "0.0.0.0:1"})
        EXPECT_EQ(whyNotListenable(good), "") << good;
    for (const char* bad : {"", "8480", "localhost:8480", "::1:8480", "127.0.0.1",
                            "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:80x"})
        EXPECT_NE(whyNotListenable(bad), "") << bad;
}

TEST(TcpListen, SaysWhyNothingCanListenThere) {
    asio::io_context io{1};
    const TcpHttpServer first{io.get_executor(), "127.0.0.1:0", {}, echo};
    const auto taken = "127.0.0.1:" + std::to_string(first.port());
    EXPECT_THROW((TcpHttpServer{io.get_executor(), taken, {}, echo}), std::runtime_error);
}

}  // namespace tcp_server_test
}  // namespace backorderd::net

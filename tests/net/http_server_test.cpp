#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <thread>

#include "net/net.hpp"
#include "net/served.hpp"
#include "support/smtp_sink.hpp"

namespace backorderd::net {
namespace http_server_test {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;
namespace asio = boost::asio;

asio::awaitable<ServedResponse> echo(const ServedRequest& request) {
    ServedResponse response;
    response.body = request.method + " " + request.target + " " + request.body;
    if (request.target == "/missing") response.status = 404;
    co_return response;
}

/// A server on a thread of its own, because the client blocks.
class HttpServer : public testing::Test {
protected:
    HttpServer() : path_((folder_.path() / "control.sock").string()) {}
    ~HttpServer() override { stop(); }

    void serve(UnixHttpServer::Handler handler = echo) {
        io_.emplace(1);
        server_.emplace(io_->get_executor(), path_, std::move(handler));
        thread_ = std::thread([this] { io_->run(); });
    }
    void stop() {
        if (io_) io_->stop();
        if (thread_.joinable()) thread_.join();
        server_.reset();
        io_.reset();
    }
    /// Sends bytes as they are, and reads to the end.
    std::string raw(const std::string& bytes) {
        asio::io_context io;
        asio::local::stream_protocol::socket socket(io);
        socket.connect(asio::local::stream_protocol::endpoint(path_));
        return exchange(socket, bytes);
    }

    test::ScratchFolder folder_;
    std::string path_;
    std::optional<asio::io_context> io_;
    std::optional<UnixHttpServer> server_;
    std::thread thread_;
};

TEST_F(HttpServer, Answers) {
    serve();
    const auto answer = askUnixSocket(path_, {"POST", "/queue?limit=3", "{}"}, 10s);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->content_type, "application/json");
    EXPECT_EQ(answer->body, "POST /queue?limit=3 {}");
    EXPECT_EQ(askUnixSocket(path_, {"GET", "/missing", ""}, 10s)->status, 404);
}

TEST_F(HttpServer, CarriesLongRequestsAndAnswers) {
    serve([](const ServedRequest& request) { return echo(request); });
    const std::string body((1u << 20) - 1000, 'x');
    EXPECT_EQ(askUnixSocket(path_, {"POST", "/", body}, 10s)->body, "POST / " + body);
}

TEST_F(HttpServer, RefusesWhatIsTooLong) {
    serve();
    EXPECT_EQ(askUnixSocket(path_, {"POST", "/", std::string((1u << 20) + 1, 'x')}, 10s)->status,
              413);
    EXPECT_THAT(raw("GET / HTTP/1.1\r\nX: " + std::string(20'000, 'x')),
                StartsWith("HTTP/1.1 431"));
}

TEST_F(HttpServer, RefusesGarbageAndLivesOn) {
    serve();
    EXPECT_THAT(raw("EHLO x\r\n\r\n"), StartsWith("HTTP/1.1 400"));
    EXPECT_EQ(askUnixSocket(path_, {"GET", "/", ""}, 10s)->status, 200);
}

TEST_F(HttpServer, LetsTheGroupInAndNobodyElse) {
    serve();
    struct stat found {};
    ASSERT_EQ(::stat(path_.c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777, 0660u);
}

TEST_F(HttpServer, RemovesItsSocket) {
    serve();
    stop();
    EXPECT_FALSE(std::filesystem::exists(path_));
    EXPECT_EQ(askUnixSocket(path_, {"GET", "/", ""}, 10s), std::nullopt);
}

TEST_F(HttpServer, ReplacesAStaleSocket) {
    {
        asio::io_context io;
        asio::local::stream_protocol::acceptor killed(
            io, asio::local::stream_protocol::endpoint(path_));
    }
    ASSERT_TRUE(std::filesystem::exists(path_));
    EXPECT_EQ(askUnixSocket(path_, {"GET", "/", ""}, 10s), std::nullopt);
    serve();
    EXPECT_EQ(askUnixSocket(path_, {"GET", "/", ""}, 10s)->status, 200);
}

TEST_F(HttpServer, DoesNotTakeAPlaceThatIsTaken) {
    serve();
    asio::io_context io;
    EXPECT_THROW(UnixHttpServer(io.get_executor(), path_, echo), std::runtime_error);
    EXPECT_EQ(askUnixSocket(path_, {"GET", "/", ""}, 10s)->status, 200);
    const std::string file = (folder_.path() / "file").string();
    std::ofstream(file) << "data";
    EXPECT_THROW(UnixHttpServer(io.get_executor(), file, echo), std::runtime_error);
    EXPECT_TRUE(std::filesystem::exists(file));
    EXPECT_THROW(UnixHttpServer(io.get_executor(), "/nonexistent/x.sock", echo),
                 std::runtime_error);
    EXPECT_THROW(UnixHttpServer(io.get_executor(), "/tmp/" + std::string(200, 'x'), echo),
                 std::runtime_error);
}

TEST_F(HttpServer, TheClientWaitsNoLongerThanItWasTold) {
    asio::io_context io;
    asio::local::stream_protocol::acceptor silent(io,
                                                  asio::local::stream_protocol::endpoint(path_));
    try {
        askUnixSocket(path_, {"GET", "/", ""}, 1s);
        FAIL() << "there was no answer to get";
    } catch (const std::runtime_error& failure) {
        EXPECT_THAT(failure.what(), HasSubstr("no answer in time"));
    }
}

TEST_F(HttpServer, AHandlerThatFailsEndsTheLoop) {
    asio::io_context io;
    const UnixHttpServer server(io.get_executor(), path_,
                                [](const ServedRequest&) -> asio::awaitable<ServedResponse> {
                                    throw std::logic_error("our own bug");
                                    co_return ServedResponse{};
                                });
    std::thread client([this] {
        EXPECT_THROW(askUnixSocket(path_, {"GET", "/", ""}, 1s), std::runtime_error);
    });
    EXPECT_THROW(io.run_for(10s), std::logic_error);
    client.join();
}

}  // namespace http_server_test
}  // namespace backorderd::net

// How fast webhooks leave, into a receiver on this machine that keeps its connections. Not part of
// the usual run, because a busy machine would decide it:
//   build/release/tests/bench/bench_webhook

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <chrono>
#include <ctime>
#include <vector>

#include "bench/send_all.hpp"
#include "senders/senders.hpp"
#include "support/run_coroutine.hpp"
#include "support/still_clock.hpp"

namespace backorderd::senders {
namespace {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;

constexpr int kWebhooks = 20'000;
constexpr int kParallel = 16;
constexpr int kRounds = 5;
constexpr std::size_t kBodyBytes = 2048;
constexpr double kToReach = 3'000;

/// Reads request after request, and answers each with 204.
asio::awaitable<void> serve(Tcp::socket socket) {
    constexpr std::string_view kAnswer = "HTTP/1.1 204 No Content\r\n\r\n";
    socket.set_option(Tcp::no_delay(true));
    std::string heard;
    std::vector<char> chunk(64 * 1024);
    try {
        while (true) {
            const auto end = heard.find("\r\n\r\n");
            std::size_t length = 0;
            if (end != std::string::npos) {
                const auto at = heard.find("Content-Length: ") + 16;
                std::from_chars(heard.data() + at, heard.data() + end, length);
            }
            if (end == std::string::npos || heard.size() < end + 4 + length) {
                const auto size =
                    co_await socket.async_read_some(asio::buffer(chunk), asio::use_awaitable);
                heard.append(chunk.data(), size);
                continue;
            }
            heard.erase(0, end + 4 + length);
            co_await asio::async_write(socket, asio::buffer(kAnswer), asio::use_awaitable);
        }
    } catch (const boost::system::system_error&) {
        // The other side has gone.
    }
}

asio::awaitable<void> acceptAll(Tcp::acceptor& acceptor, int& connections) {
    while (true) {
        Tcp::socket socket = co_await acceptor.async_accept(asio::use_awaitable);
        if (++connections > 2 * kParallel * kRounds) ::_exit(1);  // They are not kept.
        asio::co_spawn(acceptor.get_executor(), serve(std::move(socket)), asio::detached);
    }
}

/// A receiver in a process of its own; it ends with the object.
class Receiver {
public:
    Receiver() {
        asio::io_context io{1};
        Tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), 0});
        port_ = acceptor.local_endpoint().port();
        io.notify_fork(asio::io_context::fork_prepare);
        child_ = ::fork();
        if (child_ != 0) {
            io.notify_fork(asio::io_context::fork_parent);
            return;
        }
        io.notify_fork(asio::io_context::fork_child);
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        int connections = 0;
        asio::co_spawn(io, acceptAll(acceptor, connections), asio::detached);
        io.run();
        ::_exit(0);
    }
    ~Receiver() {
        ::kill(child_, SIGKILL);
        ::waitpid(child_, nullptr, 0);
    }
    Receiver(const Receiver&) = delete;
    Receiver& operator=(const Receiver&) = delete;

    int port() const { return port_; }

private:
    int port_ = 0;
    pid_t child_ = -1;
};

double measuredRate(const Receiver& receiver) {
    asio::io_context io{1};
    const test::StillClock clock;
    net::Net net{io.get_executor()};
    const auto section = config::Section::fromText(
        fmt::format("url: http://127.0.0.1:{}/hook\nallow_http: true\nallow_private: true\n"
                    "secret: {{ env: BACKORDERD_BENCH_SECRET }}\nparallel: {}\n",
                    receiver.port(), kParallel),
        "s.yaml");
    const auto sender = makeSender("webhook", section, {net, clock});
    Message message;
    message.stable_id = "0123456789abcdef0123456789abcdef@example.com";
    message.document = "{\"text\":\"" + std::string(kBodyBytes, 'x') + "\"}";

    Work work{*sender, message, kWebhooks, kParallel};
    const auto start = std::chrono::steady_clock::now();
    const std::clock_t cpu = std::clock();
    for (int i = 0; i < kParallel; ++i) asio::co_spawn(io, sendAll(work), asio::detached);
    test::runUntil(
        io, [&] { return work.running == 0; }, std::chrono::seconds(300));
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    EXPECT_EQ(work.accepted, kWebhooks);
    const double rate = kWebhooks / taken.count();
    fmt::print("{:8.0f} webhooks/s, {:.1f} us of CPU each\n", rate,
               1e6 * static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC / kWebhooks);
    return rate;
}

TEST(Throughput, OfWebhooksIsEnough) {
    ::setenv("BACKORDERD_BENCH_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 1);
    const Receiver receiver;
    std::vector<double> rates;
    for (int round = 0; round < kRounds; ++round) rates.push_back(measuredRate(receiver));
    std::sort(rates.begin(), rates.end());
    EXPECT_GE(rates[kRounds / 2], kToReach);
}

}  // namespace
}  // namespace backorderd::senders

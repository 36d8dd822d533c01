// How fast mails leave, beside Postfix's own generator in the same run. Not part of the usual run,
// because a busy machine would decide it:
//   build/release/tests/bench/bench_smtp

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <vector>

#include "bench/send_all.hpp"
#include "senders/senders.hpp"
#include "support/run_coroutine.hpp"
#include "support/smtp_sink.hpp"
#include "support/still_clock.hpp"

namespace backorderd::senders {
namespace {

namespace asio = boost::asio;

constexpr int kMails = 20'000;
constexpr int kConnections = 10;
constexpr int kRounds = 5;

double seconds(std::chrono::steady_clock::time_point since) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - since).count();
}

double ourRate(const test::SmtpSink& sink) {
    asio::io_context io{1};
    const test::StillClock clock;
    net::Net net{io.get_executor()};
    const auto section = config::Section::fromText(
        fmt::format("url: {}\nconnections: {}\n", sink.url(), kConnections), "s.yaml");
    const auto sender = makeSender("smtp", section, {net, clock});
    Message message;
    message.envelope_from = "us@example.com";
    message.recipient.address = "you@example.net";
    message.document = "Subject: x\r\n\r\n";
    while (message.document.size() < 4096) message.document += std::string(70, 'x') + "\r\n";

    Work work{*sender, message, kMails, kConnections};
    const auto start = std::chrono::steady_clock::now();
    const std::clock_t cpu = std::clock();
    for (int i = 0; i < kConnections; ++i)
        asio::co_spawn(io, sendAll(work), [](std::exception_ptr) {});
    test::runUntil(
        io, [&] { return work.running == 0; }, std::chrono::seconds(300));
    const double rate = kMails / seconds(start);
    EXPECT_EQ(work.accepted, kMails);
    fmt::print("backorderd:  {:8.0f} mails/s, {:.1f} us of CPU a mail\n", rate,
               1e6 * static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC / kMails);
    return rate;
}

double sourceRate(const test::SmtpSink& sink) {
    const auto start = std::chrono::steady_clock::now();
    const int status =
        std::system(fmt::format("/usr/sbin/smtp-source -d -s {} -m {} -l 4096 -f us@example.com "
                                "-t you@example.net 127.0.0.1:{}",
                                kConnections, kMails, sink.port())
                        .c_str());
    EXPECT_EQ(status, 0);
    const double rate = kMails / seconds(start);
    fmt::print("smtp-source: {:8.0f} mails/s\n", rate);
    return rate;
}

TEST(Throughput, KeepsUpWithSmtpSource) {
    const test::SmtpSink sink({});
    std::vector<double> ratios;
    for (int round = 0; round < kRounds; ++round) {
        const double theirs = sourceRate(sink);
        const double ours = ourRate(sink);
        ratios.push_back(ours / theirs);
        fmt::print("ratio:       {:8.2f}\n", ratios.back());
    }
    std::sort(ratios.begin(), ratios.end());
    EXPECT_GE(ratios[kRounds / 2], 0.7);
}

}  // namespace
}  // namespace backorderd::senders

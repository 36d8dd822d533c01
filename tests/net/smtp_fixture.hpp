#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "net/net.hpp"
#include "support/run_coroutine.hpp"
#include "support/scripted_server.hpp"
#include "support/smtp_sink.hpp"

namespace backorderd::net {
namespace asio = boost::asio;

inline constexpr std::string_view kDocument = "Subject: x\r\n\r\nA line.\r\n.hidden dot\r\n";

inline SmtpRequest request(std::string url) {
    SmtpRequest made;
    made.url = std::move(url);
    made.helo = "client.example";
    made.mail_from = "us@example.com";
    made.rcpt_to = "you@example.net";
    made.document = kDocument;
    // Long enough for a busy machine; a test of a server that hangs says less.
    made.timeout = std::chrono::seconds(20);
    made.connect_timeout = std::chrono::seconds(20);
    return made;
}

inline std::string loopback(unsigned short port) {
    return "smtp://127.0.0.1:" + std::to_string(port);
}

/// Counts how often it was awaited; a function and not a lambda, because its frame must own it.
inline asio::awaitable<void> count(int& calls) {
    ++calls;
    co_return;
}

class Smtp : public testing::Test {
protected:
    SmtpResult send(SmtpRequest made) {
        made.before_body = [this] { return count(gates_); };
        return test::runCoroutine(io_, net_.smtp(std::move(made)));
    }

    asio::io_context io_{1};
    Net net_{io_.get_executor()};
    int gates_ = 0;
};

inline constexpr auto kConnect = SmtpStage::Connect;
inline constexpr auto kMail = SmtpStage::Mail;
inline constexpr auto kRcpt = SmtpStage::Rcpt;
inline constexpr auto kData = SmtpStage::Data;
inline constexpr auto kBody = SmtpStage::Body;

inline const test::Turn kGreeting{"220 test\r\n", "EHLO client.example\r\n"};
inline const test::Turn kPlainEhlo{"250 test\r\n", "\r\n"};
inline const test::Turn kPipeliningEhlo{"250-test\r\n250 PIPELINING\r\n", "DATA\r\n"};
inline const test::Turn kOk{"250 ok\r\n", "\r\n"};

}  // namespace backorderd::net

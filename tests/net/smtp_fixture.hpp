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
    made.timeout = std::chrono::seconds(1);
    made.connect_timeout = std::chrono::seconds(1);
    return made;
}

inline std::string loopback(unsigned short port) { return "smtp://127.0.0.1:" + std::to_string(port); }

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

}  // namespace backorderd::net

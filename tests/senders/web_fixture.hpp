#pragma once

#include <fmt/format.h>
#include <stdlib.h>

#include <csignal>
#include <memory>
#include <string>

#include "senders/attempt.hpp"
#include "senders/senders.hpp"
#include "support/run_coroutine.hpp"
#include "support/scripted_server.hpp"
#include "support/still_clock.hpp"

namespace backorderd::senders {

inline std::string httpAnswer(int status, const std::string& body, const std::string& more = "") {
    return fmt::format("HTTP/1.1 {} X\r\n{}Content-Length: {}\r\n\r\n{}", status, more, body.size(),
                       body);
}

/// The document of a chat as the outbox freezes it.
inline std::string chatDocument(const std::string& title, const std::string& text,
                                const std::string& action = "trigger") {
    const auto quoted = [](const std::string& raw) {
        std::string out;
        for (const char c : raw) {
            if (c == '"' || c == '\\') out += '\\';
            out += c == '\n' ? "\\n" : std::string(1, c);
        }
        return out;
    };
    return fmt::format(
        R"({{"version":1,"title":"{}","text":"{}","facts":{{"order":"SO100"}},"severity":"critical",)"
        R"("action":"{}","dedup_key":"backorderd/erp/1/2026-03-02T09:00:00Z","source":"Nordhaus",)"
        R"("at":"2026-03-02T08:59:00Z"}})",
        quoted(title), quoted(text), action);
}

/// A kind that posts, between a receiver on this machine and a test.
class WebFixture : public testing::Test {
protected:
    static constexpr const char* kKey = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    static constexpr const char* kRoutingKey = "0123456789abcdef0123456789canary";

    WebFixture() {
        std::signal(SIGPIPE, SIG_IGN);
        ::setenv("BACKORDERD_TEST_SECRET", kKey, 1);
        ::setenv("BACKORDERD_TEST_ROUTING_KEY", kRoutingKey, 1);
    }

    /// The settings of a kind whose receiver is at a port of this machine.
    static std::string settingsFor(const std::string& kind, unsigned port) {
        const std::string url = fmt::format("http://127.0.0.1:{}/hooks/canary", port);
        ::setenv("BACKORDERD_TEST_URL", url.c_str(), 1);
        const std::string local = "allow_http: true\nallow_private: true\n";
        if (kind == "webhook")
            return local + "secret: { env: BACKORDERD_TEST_SECRET }\nurl: " + url + "\n";
        if (kind == "pagerduty")
            return local + "routing_key: { env: BACKORDERD_TEST_ROUTING_KEY }\nurl: " + url + "\n";
        return local + "url: { env: BACKORDERD_TEST_URL }\n";
    }

    std::unique_ptr<Sender> make(const std::string& kind, unsigned port,
                                 const std::string& more = "") {
        const auto section = config::Section::fromText(settingsFor(kind, port) + more, "test.yaml");
        auto sender = makeSender(kind, section, {net_, clock_});
        EXPECT_EQ(formatProblems(section.problems()), "");
        return sender;
    }

    static Message messageFor(const std::string& kind) {
        Message message;
        message.id = 7;
        message.stable_id = "0123456789abcdef0123456789abcdef@example.com";
        message.recipient = {Channel::Webhook, "", "desk", "", "", ""};
        message.subject = "Two lines late";
        message.document = kind == "webhook" ? R"({"version":1,"text":"The one line."})"
                                             : chatDocument("Two lines late", "The one line.");
        return message;
    }

    /// What one attempt puts on the wire behind its headers, where the receiver takes it.
    std::string bodyOf(const std::string& kind, const Message& message) {
        test::ScriptedServer server(io_, {test::Script{{{"", "}"}}, test::AtEnd::Close}});
        const auto sender = make(kind, server.port());
        CountingGate gate;
        test::runCoroutine(io_, sender->send(message, gate));
        const std::string& heard = server.heard().at(0);
        return heard.substr(heard.find("\r\n\r\n") + 4);
    }

    boost::asio::io_context io_{1};
    test::StillClock clock_;
    net::Net net_{io_.get_executor()};
};

}  // namespace backorderd::senders

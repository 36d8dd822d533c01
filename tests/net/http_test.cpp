#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <cstdlib>

#include "net/net.hpp"
#include "support/run_coroutine.hpp"
#include "support/scripted_server.hpp"

namespace backorderd::net {
namespace http_test {

using test::AtEnd;
using test::Script;
using test::ScriptedServer;
using test::Turn;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

namespace asio = boost::asio;
using Answer = std::variant<HttpResponse, TransferError>;

class Http : public testing::Test {
protected:
    Answer ask(HttpRequest request) { return test::runCoroutine(io_, net_.http(request)); }

    HttpRequest request(const ScriptedServer& server, std::string path = "/") {
        HttpRequest made;
        made.url = "http://127.0.0.1:" + std::to_string(server.port()) + path;
        made.timeout = std::chrono::seconds(20);
        return made;
    }

    asio::io_context io_{1};
    Net net_{io_.get_executor()};
};

std::string answer(const std::string& body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

TEST_F(Http, Gets) {
    ScriptedServer server(
        io_,
        {Script{{{"", "\r\n\r\n"},
                 {"HTTP/1.1 404 No\r\nX-Some-Thing:  a b \r\nContent-Length: 3\r\n\r\nabc", ""}}}});
    HttpRequest made = request(server, "/lines?page=2");
    made.headers = {{"Authorization", "Bearer x"}, {"X-Empty", ""}};
    const auto response = std::get<HttpResponse>(ask(made));
    EXPECT_EQ(response.status, 404);
    EXPECT_EQ(response.body, "abc");
    EXPECT_EQ(response.header("x-some-thing"), "a b");
    EXPECT_EQ(response.header("x-other"), "");
    EXPECT_THAT(server.heard().at(0), StartsWith("GET /lines?page=2 HTTP/1.1\r\n"));
    EXPECT_THAT(server.heard().at(0), HasSubstr("Authorization: Bearer x\r\n"));
    EXPECT_THAT(server.heard().at(0), HasSubstr("X-Empty:\r\n"));
}

TEST_F(Http, Posts) {
    ScriptedServer server(io_, {Script{{{"", "}"}, {answer("ok"), ""}}}});
    HttpRequest made = request(server);
    made.method = "POST";
    made.headers = {{"Content-Type", "application/json"}};
    made.body = "{\"big\":\"" + std::string(100'000, 'x') + "\"}";
    EXPECT_EQ(std::get<HttpResponse>(ask(made)).body, "ok");
    EXPECT_THAT(server.heard().at(0), HasSubstr("Content-Length: 100010\r\n"));
    EXPECT_THAT(server.heard().at(0), Not(HasSubstr("Expect")));
    EXPECT_THAT(server.heard().at(0), testing::EndsWith(made.body));
}

TEST_F(Http, UsesAConnectionAgainUnlessAskedNotTo) {
    const Turn asked{"", "\r\n\r\n"};
    const Turn more{answer("a"), "\r\n\r\n"};
    ScriptedServer server(io_, {Script{{asked, more, more, more}, AtEnd::Hang}});
    const HttpRequest made = request(server);
    ask(made);
    ask(made);
    EXPECT_EQ(server.heard().size(), 1u);
    HttpRequest fresh = made;
    fresh.fresh_connection = true;
    ask(fresh);
    EXPECT_EQ(server.heard().size(), 2u);
    ask(fresh);
    EXPECT_EQ(server.heard().size(), 3u);
}

TEST_F(Http, SaysWhetherTheReceiverMayHaveTheRequest) {
    ScriptedServer closes(io_, {Script{{{"", "\r\n\r\n"}}}});
    EXPECT_TRUE(std::get<TransferError>(ask(request(closes))).request_sent);
    HttpRequest nowhere = request(closes);
    {
        const ScriptedServer gone(io_, {Script{}});
        nowhere.url = "http://127.0.0.1:" + std::to_string(gone.port());
    }
    EXPECT_FALSE(std::get<TransferError>(ask(nowhere)).request_sent);
    HttpRequest unsendable = request(closes);
    unsendable.headers = {{"X", "a\r\nb"}};
    EXPECT_FALSE(std::get<TransferError>(ask(unsendable)).request_sent);
}

TEST_F(Http, LogsInByBasicAuthentication) {
    ScriptedServer server(io_, {Script{{{"", "\r\n\r\n"}, {answer("a"), ""}}}});
    HttpRequest made = request(server);
    made.user = "me";
    made.password = Secret{"p:w"};
    ask(made);
    EXPECT_THAT(server.heard().at(0), HasSubstr("Authorization: Basic bWU6cDp3\r\n"));
}

TEST_F(Http, SkipsInterimAnswers) {
    ScriptedServer server(
        io_,
        {Script{{{"", "\r\n\r\n"}, {"HTTP/1.1 103 Early\r\nLink: x\r\n\r\n" + answer("a"), ""}}}});
    const auto response = std::get<HttpResponse>(ask(request(server)));
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.header("link"), "");
}

TEST_F(Http, DoesNotFollowRedirects) {
    ScriptedServer server(
        io_, {Script{{{"", "\r\n\r\n"},
                      {"HTTP/1.1 302 Go\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n", ""}},
                     AtEnd::Hang}});
    const auto response = std::get<HttpResponse>(ask(request(server)));
    EXPECT_EQ(response.status, 302);
    EXPECT_EQ(response.header("location"), "/other");
    EXPECT_THAT(server.heard().at(0), Not(HasSubstr("/other")));
}

TEST_F(Http, TakesNoProxyFromTheEnvironment) {
    ::setenv("http_proxy", "http://127.0.0.1:1", 1);
    ScriptedServer server(io_, {Script{{{"", "\r\n\r\n"}, {answer("a"), ""}}}});
    const Answer got = ask(request(server));
    ::unsetenv("http_proxy");
    EXPECT_EQ(std::get<HttpResponse>(got).status, 200);
}

struct FaultCase {
    std::string name;
    Script script;
    std::string reason;  ///< part of it
    bool timed_out = false;
};

class HttpFaults : public Http, public testing::WithParamInterface<FaultCase> {};

TEST_P(HttpFaults, AreErrors) {
    ScriptedServer server(io_, {GetParam().script});
    HttpRequest made = request(server);
    made.answer_bytes_max = 1000;
    if (GetParam().timed_out) made.timeout = std::chrono::seconds(1);
    const auto error = std::get<TransferError>(ask(made));
    EXPECT_THAT(error.reason, HasSubstr(GetParam().reason));
    EXPECT_THAT(error.reason, HasSubstr("127.0.0.1:" + std::to_string(server.port())));
    EXPECT_EQ(error.timed_out, GetParam().timed_out);
    // The next transfer is none the worse for it.
    ScriptedServer good(io_, {Script{{{"", "\r\n\r\n"}, {answer("a"), ""}}}});
    EXPECT_EQ(std::get<HttpResponse>(ask(request(good))).status, 200);
}

const Turn kAsked{"", "\r\n\r\n"};

INSTANTIATE_TEST_SUITE_P(
    All, HttpFaults,
    testing::Values(
        FaultCase{"Silent", {{kAsked}, AtEnd::Hang}, "", true},
        FaultCase{"HalfAnAnswer", {{kAsked, {"HTTP/1.1 200 OK\r\n", ""}}, AtEnd::Hang}, "", true},
        FaultCase{"Closed", {{kAsked}, AtEnd::Close}, ""},
        FaultCase{"Reset", {{kAsked}, AtEnd::Reset}, ""},
        FaultCase{"Truncated",
                  {{kAsked, {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab", ""}}, AtEnd::Close},
                  ""},
        FaultCase{"Garbage", {{kAsked, {"250 hello\r\n\r\n", ""}}, AtEnd::Close}, ""},
        FaultCase{"TooLong",
                  {{kAsked, {answer(std::string(1001, 'x')), ""}}, AtEnd::Hang},
                  "longer than 1000 bytes"},
        FaultCase{
            "TooManyHeaders",
            {{kAsked,
              {"HTTP/1.1 200 OK\r\nX: " + std::string(90'000, 'x') + "\r\nY: " +
                   std::string(90'000, 'y') + "\r\nZ: " + std::string(90'000, 'z') + "\r\n\r\n",
               ""}},
             AtEnd::Hang},
            "headers are longer"}),
    [](const auto& one) { return one.param.name; });

TEST_F(Http, TakesAnAnswerThatIsJustShortEnough) {
    ScriptedServer server(io_,
                          {Script{{kAsked, {answer(std::string(1000, 'x')), ""}}, AtEnd::Hang}});
    HttpRequest made = request(server);
    made.answer_bytes_max = 1000;
    EXPECT_EQ(std::get<HttpResponse>(ask(made)).body.size(), 1000u);
}

TEST_F(Http, ReachesNobody) {
    unsigned short port = 0;
    {
        const ScriptedServer gone(io_, {Script{}});
        port = gone.port();
    }
    HttpRequest made;
    made.url = "http://user:secret@127.0.0.1:" + std::to_string(port) + "/";
    const auto error = std::get<TransferError>(ask(made));
    EXPECT_THAT(error.reason, StartsWith("127.0.0.1:" + std::to_string(port) + ": "));
    EXPECT_FALSE(error.timed_out);
}

TEST_F(Http, SendsNothingThatHoldsALineBreak) {
    ScriptedServer server(io_, {Script{}});
    std::vector<HttpRequest> attacks(4, request(server));
    attacks[0].url += "\r\nX: y";
    attacks[1].headers = {{"X", "a\r\nY: b"}};
    attacks[2].headers = {{"X: a\r\nY", "b"}};
    attacks[3].method = "GET / HTTP/1.1\r\nX: y\r\n\r\nGET";
    for (const HttpRequest& attack : attacks)
        EXPECT_THAT(std::get<TransferError>(ask(attack)).reason, HasSubstr("line break"));
    EXPECT_TRUE(server.heard().empty());
}

TEST_F(Http, SpeaksNoOtherProtocol) {
    for (const std::string url :
         {"file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/"}) {
        HttpRequest made;
        made.url = url;
        EXPECT_TRUE(std::holds_alternative<TransferError>(ask(made)));
    }
}

TEST_F(Http, RunsManyTransfersAtOnce) {
    ScriptedServer server(io_, {Script{{kAsked, {answer("a"), "\r\n\r\n"}, {answer("a"), ""}}}});
    int good = 0;
    for (int i = 0; i < 200; ++i)
        asio::co_spawn(io_, net_.http(request(server)), [&](std::exception_ptr, Answer got) {
            good += std::holds_alternative<HttpResponse>(got) ? 1 : 0;
        });
    test::runUntil(io_, [&] { return good == 200; });
}

TEST_F(Http, StopsWhereTheCoroutineIsCancelled) {
    ScriptedServer server(io_, {Script{{kAsked}, AtEnd::Hang}});
    HttpRequest made = request(server);
    made.timeout = std::chrono::seconds(60);
    asio::cancellation_signal cancel;
    bool thrown = false;
    asio::co_spawn(
        io_, net_.http(made),
        asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr failure, Answer) {
            thrown = failure != nullptr;
        }));
    test::runUntil(io_, [&] { return !server.heard().empty() && !server.heard()[0].empty(); });
    cancel.emit(asio::cancellation_type::terminal);
    test::runUntil(io_, [&] { return thrown && server.ended() == 1; });
}

TEST(HttpAtTheEnd, ATransferMayOutliveNet) {
    auto io = std::make_unique<asio::io_context>(1);
    auto net = std::make_unique<Net>(io->get_executor());
    auto server = std::make_unique<ScriptedServer>(*io, std::vector{Script{{kAsked}, AtEnd::Hang}});
    HttpRequest made;
    made.url = "http://127.0.0.1:" + std::to_string(server->port()) + "/";
    asio::co_spawn(*io, net->http(made), [](std::exception_ptr, Answer) {});
    test::runUntil(*io, [&] { return !server->heard().empty() && !server->heard()[0].empty(); });
    net.reset();
    server.reset();
    io.reset();
}

}  // namespace http_test
}  // namespace backorderd::net

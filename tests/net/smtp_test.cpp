#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "net/net.hpp"
#include "support/run_coroutine.hpp"
#include "support/scripted_server.hpp"
#include "support/smtp_sink.hpp"

namespace backorderd::net {
namespace {

using test::AtEnd;
using test::Script;
using test::ScriptedServer;
using test::Turn;
using testing::HasSubstr;
using testing::Not;

namespace asio = boost::asio;

constexpr std::string_view kDocument = "Subject: x\r\n\r\nA line.\r\n.hidden dot\r\n";

SmtpRequest request(std::string url) {
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

std::string loopback(unsigned short port) { return "smtp://127.0.0.1:" + std::to_string(port); }

/// Counts how often it was awaited; a function and not a lambda, because its frame must own it.
asio::awaitable<void> count(int& calls) {
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

// -- What smtp-sink can be told to do ----------------------------------------------------------

struct SinkCase {
    std::string name;
    std::vector<std::string> options;
    SmtpStage stage;
    int reply_class;  ///< of the last reply
    bool asked, sent, rcpt_refused;
};

class SmtpSinkFaults : public Smtp, public testing::WithParamInterface<SinkCase> {};

TEST_P(SmtpSinkFaults, AreToldApart) {
    const SinkCase& expected = GetParam();
    const test::SmtpSink sink(expected.options);
    // Twice, because the second one may come over a connection that the first one used.
    for (int i = 1; i <= 2; ++i) {
        const SmtpResult result = send(request(sink.url()));
        EXPECT_EQ(result.stage, expected.stage) << result.error << result.last_reply_text;
        EXPECT_EQ(result.last_reply / 100, expected.reply_class) << result.last_reply;
        EXPECT_EQ(result.body_asked, expected.asked);
        EXPECT_EQ(result.body_sent, expected.sent);
        EXPECT_EQ(result.rcpt_refused, expected.rcpt_refused);
        EXPECT_EQ(gates_, expected.asked ? i : 0);
    }
}

constexpr auto kConnect = SmtpStage::Connect;
constexpr auto kMail = SmtpStage::Mail;
constexpr auto kRcpt = SmtpStage::Rcpt;
constexpr auto kData = SmtpStage::Data;
constexpr auto kBody = SmtpStage::Body;

INSTANTIATE_TEST_SUITE_P(
    All, SmtpSinkFaults,
    testing::Values(
        SinkCase{"Accepts", {}, kBody, 2, true, true, false},
        SinkCase{"AcceptsWithoutPipelining", {"-p"}, kBody, 2, true, true, false},
        SinkCase{"AcceptsWithoutEsmtp", {"-e"}, kBody, 2, true, true, false},
        SinkCase{"RefusesEhloButTakesHelo", {"-f", "EHLO"}, kBody, 2, true, true, false},
        SinkCase{"DropsAtQuit", {"-q", "QUIT"}, kBody, 2, true, true, false},
        SinkCase{"RefusesConnection", {"-f", "CONNECT"}, kConnect, 5, false, false, false},
        SinkCase{"RefusesConnectionForNow", {"-r", "CONNECT"}, kConnect, 4, false, false, false},
        SinkCase{"DropsConnection", {"-q", "CONNECT"}, kConnect, 0, false, false, false},
        SinkCase{"ClosesAtConnection", {"-Q", "CONNECT"}, kConnect, 4, false, false, false},
        SinkCase{"DropsAtEhlo", {"-q", "EHLO"}, kConnect, 2, false, false, false},
        SinkCase{"RefusesSender", {"-f", "MAIL"}, kMail, 5, false, false, false},
        SinkCase{"RefusesSenderForNow", {"-r", "MAIL"}, kMail, 4, false, false, false},
        SinkCase{"DropsAtMail", {"-q", "MAIL"}, kMail, 0, false, false, false},
        SinkCase{"ClosesAtMail", {"-Q", "MAIL"}, kMail, 4, false, false, false},
        SinkCase{"RefusesRecipient", {"-f", "RCPT"}, kRcpt, 5, false, false, true},
        SinkCase{"RefusesRecipientForNow", {"-r", "RCPT"}, kRcpt, 4, false, false, true},
        SinkCase{"DropsAtRcpt", {"-q", "RCPT"}, kRcpt, 2, false, false, false},
        SinkCase{"ClosesAtRcpt", {"-Q", "RCPT"}, kRcpt, 4, false, false, true},
        SinkCase{"RefusesData", {"-f", "DATA"}, kData, 5, false, false, false},
        SinkCase{"RefusesDataForNow", {"-r", "DATA"}, kData, 4, false, false, false},
        SinkCase{"DropsAtData", {"-q", "DATA"}, kData, 2, false, false, false},
        SinkCase{"ClosesAtData", {"-Q", "DATA"}, kData, 4, false, false, false},
        SinkCase{"RefusesBody", {"-f", "."}, kBody, 5, true, true, false},
        SinkCase{"RefusesBodyForNow", {"-r", "."}, kBody, 4, true, true, false},
        SinkCase{"DropsAtBody", {"-q", "."}, kBody, 3, true, true, false},
        SinkCase{"ClosesAtBody", {"-Q", "."}, kBody, 4, true, true, false},
        SinkCase{"StallsAtBody", {"-W", ".:30"}, kBody, 3, true, true, false},
        SinkCase{"StallsAtRcpt", {"-p", "-W", "RCPT:30"}, kRcpt, 2, false, false, false}),
    [](const auto& one) { return one.param.name; });

TEST_F(Smtp, DeliversTheBytesOfTheDocument) {
    const test::ScratchFolder folder;
    const test::SmtpSink sink({"-d", (folder.path() / "mail.").string()});
    const SmtpResult result = send(request(sink.url()));
    EXPECT_EQ(result.last_reply, 250);
    const auto mails = folder.contents();
    ASSERT_EQ(mails.size(), 1u);
    EXPECT_THAT(mails[0], HasSubstr("X-Helo-Args: client.example\n"));
    EXPECT_THAT(mails[0], HasSubstr("X-Mail-Args: <us@example.com>"));
    EXPECT_THAT(mails[0], HasSubstr("X-Rcpt-Args: <you@example.net>\n"));
    EXPECT_THAT(mails[0], HasSubstr("Subject: x\n\nA line.\n.hidden dot\n"));
}

TEST_F(Smtp, ReachesNobody) {
    unsigned short port = 0;
    {
        const ScriptedServer gone(io_, {Script{}});
        port = gone.port();
    }
    const SmtpResult result = send(request(loopback(port)));
    EXPECT_EQ(result.stage, SmtpStage::Connect);
    EXPECT_EQ(result.last_reply, 0);
    EXPECT_THAT(result.error, HasSubstr("127.0.0.1:" + std::to_string(port)));
}

// -- Faults that need a script -----------------------------------------------------------------

const Turn kGreeting{"220 test\r\n", "EHLO client.example\r\n"};
const Turn kPlainEhlo{"250 test\r\n", "\r\n"};
const Turn kPipeliningEhlo{"250-test\r\n250 PIPELINING\r\n", "DATA\r\n"};
const Turn kOk{"250 ok\r\n", "\r\n"};

TEST_F(Smtp, SpeaksExactlyItsCommands) {
    ScriptedServer server(
        io_,
        {Script{{kGreeting, kPlainEhlo, kOk, kOk, {"354 go\r\n", "\r\n.\r\n"}, {"250 ok\r\n", ""}},
                AtEnd::Hang}});
    const SmtpResult result = send(request(loopback(server.port())));
    EXPECT_EQ(result.last_reply, 250);
    EXPECT_EQ(server.heard().at(0),
              "EHLO client.example\r\nMAIL FROM:<us@example.com>\r\nRCPT TO:<you@example.net>\r\n"
              "DATA\r\nSubject: x\r\n\r\nA line.\r\n..hidden dot\r\n.\r\n");
}

TEST_F(Smtp, AsksForWhatTheServerOffers) {
    ScriptedServer server(
        io_, {Script{{kGreeting,
                      {"250-test\r\n250-SIZE 1000\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n", "\r\n"},
                      kOk,
                      kOk,
                      {"354 go\r\n", "\r\n.\r\n"},
                      {"250 ok\r\n", ""}},
                     AtEnd::Hang}});
    SmtpRequest made = request(loopback(server.port()));
    made.rcpt_to = "m\xc3\xbcller@example.net";
    made.document = "\xc3\xbc\r\n";
    EXPECT_EQ(send(made).last_reply, 250);
    EXPECT_THAT(server.heard().at(0),
                HasSubstr("MAIL FROM:<us@example.com> SIZE=7 BODY=8BITMIME SMTPUTF8\r\n"));
}

TEST_F(Smtp, SendsNoBodyWhereTheRecipientIsRefusedAndDataIsNot) {
    ScriptedServer server(
        io_, {Script{{kGreeting, kPipeliningEhlo, {"250 ok\r\n550 5.1.1 who?\r\n354 go\r\n", ""}},
                     AtEnd::Hang}});
    const SmtpResult result = send(request(loopback(server.port())));
    EXPECT_EQ(result.last_reply, 550);
    EXPECT_EQ(result.last_reply_text, "5.1.1 who?");
    EXPECT_TRUE(result.rcpt_refused);
    EXPECT_FALSE(result.body_asked);
    EXPECT_EQ(gates_, 0);
    test::runUntil(io_, [&] { return server.ended() == 1; });
    EXPECT_THAT(server.heard().at(0), Not(HasSubstr("Subject")));
}

TEST_F(Smtp, UsesTheConnectionAgainAlsoAfterARefusal) {
    ScriptedServer server(io_, {Script{{kGreeting,
                                        kPipeliningEhlo,
                                        {"250 ok\r\n550 who?\r\n503 no\r\n", "RSET\r\n"},
                                        {"250 ok\r\n", "DATA\r\n"},
                                        {"250 ok\r\n250 ok\r\n354 go\r\n", "\r\n.\r\n"},
                                        {"250 ok\r\n", "DATA\r\n"},
                                        {"250 ok\r\n250 ok\r\n354 go\r\n", "\r\n.\r\n"},
                                        {"250 ok\r\n", ""}},
                                       AtEnd::Hang}});
    const SmtpRequest made = request(loopback(server.port()));
    EXPECT_EQ(send(made).last_reply, 550);
    EXPECT_EQ(send(made).last_reply, 250);
    EXPECT_EQ(send(made).last_reply, 250);
    EXPECT_EQ(server.heard().size(), 1u);
}

TEST_F(Smtp, TakesAFreshConnectionWhereTheServerIsTiredOfTheOld) {
    const std::vector<Turn> one_mail{
        kGreeting, kPipeliningEhlo, {"250 ok\r\n250 ok\r\n354 go\r\n", "\r\n.\r\n"}};
    for (const Turn& farewell : {Turn{"250 ok\r\n", "DATA\r\n"}, Turn{"250 ok\r\n", ""},
                                 Turn{"250 ok\r\n421 too long idle\r\n", ""}}) {
        Script first{one_mail, AtEnd::Close};
        first.turns.push_back(farewell);
        if (!farewell.until.empty()) first.turns.push_back({"421 too many mails\r\n", ""});
        Script second{one_mail, AtEnd::Hang};
        second.turns.push_back({"250 ok\r\n", ""});
        ScriptedServer server(io_, {first, second});
        const SmtpRequest made = request(loopback(server.port()));
        EXPECT_EQ(send(made).last_reply, 250);
        EXPECT_EQ(send(made).last_reply, 250);
        EXPECT_EQ(server.heard().size(), 2u);
    }
}

TEST_F(Smtp, DoesNotUseAConnectionForOtherCredentials) {
    const Script script{{kGreeting,
                         kPipeliningEhlo,
                         {"250 ok\r\n250 ok\r\n354 go\r\n", "\r\n.\r\n"},
                         {"250 ok\r\n", ""}},
                        AtEnd::Hang};
    ScriptedServer server(io_, {script});
    SmtpRequest made = request(loopback(server.port()));
    EXPECT_EQ(send(made).last_reply, 250);
    made.user = "other";
    EXPECT_EQ(send(made).last_reply, 250);
    EXPECT_EQ(server.heard().size(), 2u);
}

struct ScriptCase {
    std::string name;
    Script script;
    SmtpStage stage;
    int last_reply;
    bool asked, sent;
};

class SmtpScripts : public Smtp, public testing::WithParamInterface<ScriptCase> {};

TEST_P(SmtpScripts, AreToldApart) {
    const ScriptCase& expected = GetParam();
    ScriptedServer server(io_, {expected.script});
    const std::string large = "Subject: x\r\n\r\n" + std::string(32u << 20, 'x');
    SmtpRequest made = request(loopback(server.port()));
    if (expected.name.starts_with("Large")) made.document = large;
    const SmtpResult result = send(made);
    EXPECT_EQ(result.stage, expected.stage) << result.error;
    EXPECT_EQ(result.last_reply, expected.last_reply);
    EXPECT_EQ(result.body_asked, expected.asked);
    EXPECT_EQ(result.body_sent, expected.sent);
    EXPECT_EQ(gates_, expected.asked ? 1 : 0);
}

std::vector<Turn> upToBody(Turn last) { return {kGreeting, kPlainEhlo, kOk, kOk, std::move(last)}; }
std::vector<Turn> answerToBody(Turn last) {
    std::vector<Turn> turns = upToBody({"354 go\r\n", "\r\n.\r\n"});
    turns.push_back(std::move(last));
    return turns;
}

INSTANTIATE_TEST_SUITE_P(
    All, SmtpScripts,
    testing::Values(
        ScriptCase{"NoGreeting", {{}, AtEnd::Hang}, kConnect, 0, false, false},
        ScriptCase{"NotSmtp",
                   {{{"HTTP/1.1 400 Bad\r\n\r\n", ""}}, AtEnd::Hang},
                   kConnect,
                   0,
                   false,
                   false},
        ScriptCase{"ResetAtGreeting", {{}, AtEnd::Reset}, kConnect, 0, false, false},
        ScriptCase{"GarbageToMail",
                   {{kGreeting, kPlainEhlo, {"hello?\r\n", ""}}, AtEnd::Hang},
                   kMail,
                   0,
                   false,
                   false},
        ScriptCase{"AnswerThatNeverEnds",
                   {{kGreeting, kPlainEhlo, {"250-a\r\n", ""}}, AtEnd::Hang},
                   kMail,
                   0,
                   false,
                   false},
        ScriptCase{"TwoAnswersToData",
                   {upToBody({"354 go\r\n250 ok\r\n", ""}), AtEnd::Hang},
                   kBody,
                   354,
                   true,
                   false},
        ScriptCase{"RefusalRightBehind354",
                   {upToBody({"354 go\r\n552 no\r\n", ""}), AtEnd::Hang},
                   kBody,
                   552,
                   true,
                   false},
        ScriptCase{"DataAcceptedWithoutBody",
                   {upToBody({"250 ok\r\n", ""}), AtEnd::Hang},
                   kData,
                   250,
                   false,
                   false},
        ScriptCase{"LargeBodyNotRead",
                   {upToBody({"354 go\r\n", ""}), AtEnd::Stall},
                   kBody,
                   354,
                   true,
                   false},
        ScriptCase{"LargeBodyReset",
                   {upToBody({"354 go\r\n", "xxxx"}), AtEnd::Reset},
                   kBody,
                   354,
                   true,
                   false},
        ScriptCase{
            "BodyNotAnswered", {answerToBody({"", ""}), AtEnd::Hang}, kBody, 354, true, true},
        ScriptCase{
            "BodyThenClosed", {answerToBody({"", ""}), AtEnd::Close}, kBody, 354, true, true},
        ScriptCase{"BodyThenReset", {answerToBody({"", ""}), AtEnd::Reset}, kBody, 354, true, true},
        ScriptCase{"BodyThenGarbage",
                   {answerToBody({"???\r\n", ""}), AtEnd::Hang},
                   kBody,
                   354,
                   true,
                   true},
        ScriptCase{"BodyThenHalfAnAnswer",
                   {answerToBody({"250 o", ""}), AtEnd::Close},
                   kBody,
                   354,
                   true,
                   true},
        ScriptCase{"BodyThen354Again",
                   {answerToBody({"354 go\r\n", ""}), AtEnd::Hang},
                   kBody,
                   354,
                   true,
                   true},
        ScriptCase{"AcceptedThenReset",
                   {answerToBody({"250 ok\r\n", ""}), AtEnd::Reset},
                   kBody,
                   250,
                   true,
                   true}),
    [](const auto& one) { return one.param.name; });

// -- Hostile fields ----------------------------------------------------------------------------

TEST_F(Smtp, LetsNoLineBreakPass) {
    ScriptedServer server(io_, {Script{{kGreeting}, AtEnd::Hang}});
    const std::vector<std::function<void(SmtpRequest&)>> attacks{
        [](SmtpRequest& made) { made.rcpt_to = "a@b.c>\r\nRCPT TO:<evil@example.com"; },
        [](SmtpRequest& made) { made.rcpt_to = "a@b.c\nDATA"; },
        [](SmtpRequest& made) { made.mail_from = "a@b.c>\r\nRCPT TO:<evil@example.com"; },
        [](SmtpRequest& made) { made.helo = "a\r\nMAIL FROM:<a@b.c>"; },
        [](SmtpRequest& made) { made.document = std::string_view("a\0b", 3); },
    };
    for (const auto& attack : attacks) {
        SmtpRequest made = request(loopback(server.port()));
        attack(made);
        const SmtpResult result = send(made);
        EXPECT_EQ(result.stage, SmtpStage::Check);
        EXPECT_FALSE(result.error.empty());
    }
    EXPECT_EQ(server.heard().size(), 0u);
}

TEST_F(Smtp, EndsTheMailWhereTheDocumentEnds) {
    const test::ScratchFolder folder;
    const test::SmtpSink sink({"-d", (folder.path() / "mail.").string()});
    for (const std::string_view end : {"\r\n.\n", "\n.\n", "\n.\r\n", "\r.\r", "\r\n.\r\n"}) {
        const std::string smuggler = "Subject: x\r\n\r\nbody" + std::string(end) +
                                     "MAIL FROM:<evil@example.com>\r\nRCPT TO:<a@b.c>\r\nDATA\r\n";
        SmtpRequest made = request(sink.url());
        made.document = smuggler;
        EXPECT_EQ(send(made).last_reply, 250);
    }
    const auto mails = folder.contents();
    EXPECT_EQ(mails.size(), 5u);
    for (const std::string& mail : mails) EXPECT_THAT(mail, HasSubstr("\n.\nMAIL FROM:<evil"));
}

// -- Log-in ------------------------------------------------------------------------------------

TEST_F(Smtp, LogsIn) {
    for (const bool good : {true, false}) {
        const Turn answer = good ? Turn{"235 welcome\r\n", "\r\n"} : Turn{"535 5.7.8 no\r\n", ""};
        ScriptedServer server(io_, {Script{{kGreeting,
                                            {"250-test\r\n250 AUTH PLAIN\r\n", "\r\n"},
                                            {"334 \r\n", "\r\n"},
                                            answer,
                                            kOk,
                                            kOk,
                                            {"354 go\r\n", "\r\n.\r\n"},
                                            {"250 ok\r\n", ""}},
                                           AtEnd::Hang}});
        SmtpRequest made = request(loopback(server.port()));
        made.user = "me";
        made.password = "secret";
        const SmtpResult result = send(made);
        EXPECT_EQ(result.stage, good ? SmtpStage::Body : SmtpStage::Connect) << result.error;
        EXPECT_EQ(result.last_reply, good ? 250 : 535);
        EXPECT_THAT(server.heard().at(0), HasSubstr("AUTH PLAIN\r\nAG1lAHNlY3JldA==\r\n"));
        EXPECT_THAT(result.error, Not(HasSubstr("secret")));
    }
}

TEST_F(Smtp, GivesUpWhereTlsIsRequiredAndNotOffered) {
    ScriptedServer server(io_, {Script{{kGreeting, kPlainEhlo}, AtEnd::Hang}});
    SmtpRequest made = request(loopback(server.port()));
    made.require_tls = true;
    made.user = "me";
    made.password = "secret";
    EXPECT_EQ(send(made).stage, SmtpStage::Connect);
    EXPECT_EQ(server.heard().at(0), "EHLO client.example\r\n");
}

// -- Ends that come from our side --------------------------------------------------------------

asio::awaitable<void> storeBreaks() {
    throw std::runtime_error("disk full");
    co_return;
}

TEST_F(Smtp, SendsNoBodyWhereTheGateFails) {
    ScriptedServer server(io_, {Script{upToBody({"354 go\r\n", ""}), AtEnd::Hang}});
    SmtpRequest made = request(loopback(server.port()));
    made.before_body = [] { return storeBreaks(); };
    EXPECT_THROW(test::runCoroutine(io_, net_.smtp(made)), std::runtime_error);
    test::runUntil(io_, [&] { return server.ended() == 1; });
    EXPECT_THAT(server.heard().at(0), testing::EndsWith("DATA\r\n"));
}

TEST_F(Smtp, ASlowServerDoesNotHoldUpAnother) {
    const test::SmtpSink slow({"-W", ".:30"});
    const test::SmtpSink fast({});
    bool slow_ended = false;
    SmtpRequest made = request(slow.url());
    made.timeout = std::chrono::seconds(20);
    asio::co_spawn(io_, net_.smtp(made),
                   [&](std::exception_ptr, SmtpResult) { slow_ended = true; });
    for (int i = 0; i < 100; ++i) ASSERT_EQ(send(request(fast.url())).last_reply, 250);
    EXPECT_FALSE(slow_ended);
}

}  // namespace
}  // namespace backorderd::net

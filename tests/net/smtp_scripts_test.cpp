#include <gmock/gmock.h>

#include "net/smtp_fixture.hpp"

namespace backorderd::net {
namespace smtp_scripts_test {

using test::AtEnd;
using test::Script;
using test::ScriptedServer;
using test::Turn;
using testing::HasSubstr;
using testing::Not;

struct ScriptCase {
    std::string name;
    Script script;
    SmtpStage stage;
    int last_reply;
    bool asked, sent;
    bool hangs = false;  ///< our time limit ends it
};

class SmtpScripts : public Smtp, public testing::WithParamInterface<ScriptCase> {};

TEST_P(SmtpScripts, AreToldApart) {
    const ScriptCase& expected = GetParam();
    ScriptedServer server(io_, {expected.script});
    const std::string large = "Subject: x\r\n\r\n" + std::string(32u << 20, 'x');
    SmtpRequest made = request(loopback(server.port()));
    if (expected.name.starts_with("Large")) made.document = large;
    if (expected.hangs) {
        made.timeout = std::chrono::seconds(1);
        if (expected.stage == SmtpStage::Connect) made.connect_timeout = made.timeout;
    }
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
        ScriptCase{"NoGreeting", {{}, AtEnd::Hang}, kConnect, 0, false, false, true},
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
                   false,
                   true},
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
                   false,
                   true},
        ScriptCase{"LargeBodyReset",
                   {upToBody({"354 go\r\n", "xxxx"}), AtEnd::Reset},
                   kBody,
                   354,
                   true,
                   false},
        ScriptCase{
            "BodyNotAnswered", {answerToBody({"", ""}), AtEnd::Hang}, kBody, 354, true, true, true},
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
        made.password = Secret{"secret"};
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
    made.password = Secret{"secret"};
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

}  // namespace smtp_scripts_test
}  // namespace backorderd::net

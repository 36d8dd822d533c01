#include <gmock/gmock.h>

#include "net/smtp_fixture.hpp"

namespace backorderd::net {
namespace smtp_test {

using test::AtEnd;
using test::Script;
using test::ScriptedServer;
using test::Turn;
using testing::HasSubstr;
using testing::Not;

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
        SmtpRequest made = request(sink.url());
        if (expected.name.starts_with("Stalls")) made.timeout = std::chrono::seconds(1);
        const SmtpResult result = send(made);
        EXPECT_EQ(result.stage, expected.stage) << result.error << result.last_reply_text;
        EXPECT_EQ(result.last_reply / 100, expected.reply_class) << result.last_reply;
        EXPECT_EQ(result.body_asked, expected.asked);
        EXPECT_EQ(result.body_sent, expected.sent);
        EXPECT_EQ(result.rcpt_refused, expected.rcpt_refused);
        EXPECT_EQ(gates_, expected.asked ? i : 0);
    }
}

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

}  // namespace smtp_test
}  // namespace backorderd::net

// XOAUTH2, and the size that a server says it takes.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/smtp_fixture.hpp"

namespace backorderd::net {
namespace smtp_login_test {

using test::AtEnd;
using test::Script;
using test::ScriptedServer;
using test::Turn;
using testing::HasSubstr;

Script tokenScript(Turn answer) {
    return {{{"220 test\r\n", "\r\n"},
             {"250-test\r\n250 AUTH PLAIN XOAUTH2\r\n", "\r\n"},
             {"334 \r\n", "\r\n"},
             answer,
             {"250 ok\r\n", "\r\n"},
             {"250 ok\r\n", "\r\n"},
             {"354 go\r\n", "\r\n.\r\n"},
             {"250 ok\r\n", ""}},
            AtEnd::Close};
}

// The form is that of Google's "XOAUTH2 Mechanism": user and token between control-A, in base64.
TEST_F(Smtp, LogsInWithTheTokenOfTheMoment) {
    ScriptedServer server(io_, {tokenScript({"235 welcome\r\n", "\r\n"})});
    SmtpRequest made = request(loopback(server.port()));
    made.user = "me";
    made.auth = SmtpAuth::Xoauth2;
    std::string newest = "one";
    made.token = [&newest] { return std::optional{Secret{newest}}; };
    EXPECT_EQ(send(made).last_reply, 250);
    newest = "two";
    EXPECT_EQ(send(made).last_reply, 250);
    ASSERT_EQ(server.heard().size(), 2u);
    EXPECT_THAT(server.heard().at(0),
                HasSubstr("AUTH XOAUTH2\r\ndXNlcj1tZQFhdXRoPUJlYXJlciBvbmUBAQ==\r\n"));
    EXPECT_THAT(server.heard().at(1),
                HasSubstr("AUTH XOAUTH2\r\ndXNlcj1tZQFhdXRoPUJlYXJlciB0d28BAQ==\r\n"));
}

TEST_F(Smtp, WithoutATokenNobodyIsCalled) {
    ScriptedServer server(io_, {tokenScript({"235 welcome\r\n", "\r\n"})});
    SmtpRequest made = request(loopback(server.port()));
    made.user = "me";
    made.auth = SmtpAuth::Xoauth2;
    made.token = [] { return std::optional<Secret>{}; };
    const SmtpResult result = send(made);
    EXPECT_EQ(result.stage, SmtpStage::Connect);
    EXPECT_THAT(result.error, HasSubstr("token"));
    EXPECT_TRUE(server.heard().empty());
}

TEST_F(Smtp, AMailLargerThanTheServerTakesIsNotOffered) {
    const Script small{
        {{"220 test\r\n", "\r\n"}, {"250-test\r\n250 SIZE 10\r\n", "\r\n"}, {"250 ok\r\n", "\r\n"}},
        AtEnd::Hang};
    ScriptedServer server(io_, {small});
    const SmtpResult result = send(request(loopback(server.port())));
    EXPECT_EQ(result.stage, SmtpStage::Check);
    EXPECT_THAT(result.error, HasSubstr("takes 10"));
    EXPECT_THAT(server.heard().at(0), testing::Not(HasSubstr("MAIL")));
}

}  // namespace smtp_login_test
}  // namespace backorderd::net

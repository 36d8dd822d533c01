#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <boost/asio/io_context.hpp>

#include "senders/senders.hpp"
#include "support/still_clock.hpp"

namespace backorderd::senders {
namespace kinds_test {

using testing::HasSubstr;

class Kinds : public testing::Test {
protected:
    /// The problems, and whether there is a sender.
    std::pair<std::string, bool> make(const std::string& kind, const std::string& yaml) {
        const auto section = config::Section::fromText(yaml, "s.yaml");
        const auto sender = makeSender(kind, section, {net_, clock_});
        parallel_ = sender ? sender->parallel() : 0;
        channel_ = sender ? sender->channel() : Channel::Email;
        host_ = sender ? sender->host() : "";
        return {formatProblems(section.problems()), sender != nullptr};
    }

    boost::asio::io_context io_{1};
    const test::StillClock clock_;
    net::Net net_{io_.get_executor()};
    int parallel_ = 0;
    Channel channel_ = Channel::Email;
    std::string host_;
};

TEST_F(Kinds, AreListed) {
    EXPECT_THAT(senderKinds(),
                testing::ElementsAre("smtp", "twilio", "kannel", "http", "webhook", "slack",
                                     "mattermost", "teams", "pagerduty", "file", "stdout"));
}

TEST_F(Kinds, WorkWithTheirLeastSettings) {
    EXPECT_EQ(make("smtp", "url: smtp://mail.example.com:25\n"), std::pair(std::string(), true));
    EXPECT_EQ(parallel_, 4);
    EXPECT_EQ(make("file", "folder: mails\n"), std::pair(std::string(), true));
    EXPECT_EQ(make("stdout", "channel: sms\n"), std::pair(std::string(), true));
    EXPECT_EQ(channel_, Channel::Sms);
}

TEST_F(Kinds, TakeAllTheirSettings) {
    ::setenv("BACKORDERD_TEST_PASSWORD", "x", 1);
    const auto [problems, made] = make("smtp",
                                       "url: smtps://[::1]:465/\n"
                                       "tls: required\nverify: false\nca_file: /dev/null\n"
                                       "user: me\npassword: { env: BACKORDERD_TEST_PASSWORD }\n"
                                       "helo: host.example.com\nconnections: 10\n"
                                       "timeout: 1s\nconnect_timeout: 1s\n");
    EXPECT_EQ(problems, "");
    EXPECT_TRUE(made);
    EXPECT_EQ(parallel_, 10);
}

TEST_F(Kinds, SayToWhichHostTheySend) {
    ::setenv("BACKORDERD_TEST_HOOK", "https://Hooks.Slack.com/services/T0/B0/x", 1);
    ::setenv("BACKORDERD_TEST_KEY", "0123456789abcdef0123456789abcdef", 1);
    ::setenv("BACKORDERD_TEST_SIGNING", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 1);
    const std::string hex = "0123456789abcdef0123456789abcdef";
    const std::tuple<const char*, std::string, const char*> kinds[]{
        {"smtp", "url: smtp://Mail.example.com:587\n", "mail.example.com"},
        {"smtp", "url: smtps://[::1]:465\n", "[::1]"},
        {"twilio",
         "account_sid: AC" + hex + "\nauth_token: { env: BACKORDERD_TEST_KEY }\nfrom: '+4930123'\n",
         "api.twilio.com"},
        {"kannel",
         "url: http://127.0.0.1:13013/cgi-bin/sendsms\nuser: me\n"
         "password: { env: BACKORDERD_TEST_KEY }\n",
         "127.0.0.1"},
        {"http", "url: 'https://sms.example.com/send/{{to}}'\nbody: 'text={{text}}'\n",
         "sms.example.com"},
        {"webhook",
         "url: https://erp.example.com:8443/hooks\nsecret: { env: BACKORDERD_TEST_SIGNING }\n",
         "erp.example.com"},
        {"slack", "url: { env: BACKORDERD_TEST_HOOK }\n", "hooks.slack.com"},
        {"pagerduty", "routing_key: { env: BACKORDERD_TEST_KEY }\n", "events.pagerduty.com"},
        {"file", "folder: mails\n", ""},
    };
    for (const auto& [kind, yaml, host] : kinds) {
        const auto [problems, made] = make(kind, yaml);
        EXPECT_TRUE(made) << kind << ": " << problems;
        EXPECT_EQ(host_, host) << kind;
    }
}

struct BadSettings {
    std::string kind, yaml, problem;
};

TEST_F(Kinds, NameWhatIsWrong) {
    ::setenv("BACKORDERD_TEST_PASSWORD", "x", 1);
    const std::string password = "\npassword: { env: BACKORDERD_TEST_PASSWORD }\n";
    const std::vector<BadSettings> cases{
        {"smpt", "url: x\n", "there is no sender of the kind 'smpt'; did you mean 'smtp'?"},
        {"carrier-pigeon", "url: x\n", "the kinds are smtp, twilio"},
        {"smtp", "connections: 4\n", "url"},
        {"smtp", "url: mail.example.com\n", "it must begin with smtp:// or smtps://"},
        {"smtp", "url: http://mail.example.com\n", "it must begin with smtp://"},
        {"smtp", "url: smtp://mail.example.com:0\n", "s.yaml:1:"},
        {"smtp", "url: smtp://mail.example.com:99999\n", "its port is not a number"},
        {"smtp", "url: smtp://me:secret@mail.example.com\n", "keys of their own"},
        {"smtp", "url: smtp://mail.example.com/path\n", "it must name a host"},
        {"smtp", "url: smtp://\n", "it must name a host"},
        {"smtp", "url: smtp://h\ntls: always\n", "tls"},
        {"smtp", "url: smtp://h\nconnections: 101\n", "connections"},
        {"smtp", "url: smtp://h\ntimeout: 0s\n", "timeout"},
        {"smtp", "url: smtp://h\nca_file: /nonexistent\n", "cannot be read"},
        {"smtp", "url: smtp://h\nhelo: a/b\n", "helo"},
        {"smtp", "url: smtp://h\nuser: me\ntls: required\n", "'user' needs a 'password'"},
        {"smtp", "url: smtp://h\nuser: me" + password, "a password needs 'tls: required'"},
        {"smtp", "url: smtp://h" + password, "'password' without 'user'"},
        {"smtp", "url: smtp://h\nfolder: x\n", "folder"},
        {"smtp", "url: smtp://h\ntls: required\nauth: xoauth2\nuser: me" + password,
         "'user' needs a 'token'"},
        {"smtp", "url: smtp://h\nreturn_path: nobody\n", "no mail address"},
        {"smtp", "url: smtp://h\nreturn_path_key: { env: BACKORDERD_TEST_PASSWORD }\n",
         "'return_path_key' signs a 'return_path'"},
        {"smtp",
         "url: smtp://h\nreturn_path: b@example.com\n"
         "return_path_key: { env: BACKORDERD_TEST_PASSWORD }\n",
         "fewer than 32 bytes"},
        {"slack", "url: https://hooks.slack.com/services/x\n", "url"},
        {"slack", "parallel: 1\n", "'url' is missing"},
        {"pagerduty", "routing_key: { env: BACKORDERD_TEST_PASSWORD }\n", "has 1 letters, not 32"},
        {"pagerduty", "parallel: 1\n", "'routing_key' is missing"},
        {"file", "format: eml\n", "'folder' is missing"},
        {"file", "folder: x\nformat: mbox\n", "format"},
        {"stdout", "channel: fax\n", "channel"},
    };
    for (const BadSettings& bad : cases) {
        const auto [problems, made] = make(bad.kind, bad.yaml);
        EXPECT_THAT(problems, HasSubstr(bad.problem)) << bad.yaml;
        EXPECT_FALSE(made) << bad.yaml;
    }
}

TEST_F(Kinds, WarnOfAPasswordInTheClear) {
    ::setenv("BACKORDERD_TEST_PASSWORD", "x", 1);
    const auto [problems, made] = make("smtp",
                                       "url: smtp://localhost\ntls: never\nuser: me\n"
                                       "password: { env: BACKORDERD_TEST_PASSWORD }\n");
    EXPECT_THAT(problems, HasSubstr("warning"));
    EXPECT_TRUE(made);
}

}  // namespace kinds_test
}  // namespace backorderd::senders

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <boost/asio/io_context.hpp>

#include "senders/senders.hpp"
#include "support/still_clock.hpp"

namespace backorderd::senders {
namespace sms_settings_test {

using testing::HasSubstr;

const std::string kSecret = "{ env: BACKORDERD_TEST_PASSWORD }\n";
const std::string kSid = "0123456789abcdef0123456789abcdef\n";
const std::string kTwilio = "account_sid: AC" + kSid + "auth_token: " + kSecret;
const std::string kKannel =
    "url: http://localhost:13013/cgi-bin/sendsms\nuser: me\npassword: " + kSecret;
const std::string kHttp = "url: https://gateway.example.com/send\n";

class SmsSettingsOf : public testing::Test {
protected:
    SmsSettingsOf() { ::setenv("BACKORDERD_TEST_PASSWORD", "x", 1); }

    std::string problemsOf(const std::string& kind, const std::string& yaml) {
        const auto section = config::Section::fromText(yaml, "s.yaml");
        made_ = makeSender(kind, section, {net_, clock_}) != nullptr;
        return formatProblems(section.problems());
    }

    boost::asio::io_context io_{1};
    const test::StillClock clock_;
    net::Net net_{io_.get_executor()};
    bool made_ = false;
};

TEST_F(SmsSettingsOf, EachKindMayBeFew) {
    EXPECT_EQ(problemsOf("twilio", kTwilio + "from: Example\n"), "");
    EXPECT_EQ(problemsOf("twilio", kTwilio + "messaging_service: MG" + kSid), "");
    EXPECT_EQ(problemsOf("kannel", kKannel), "");
    EXPECT_EQ(problemsOf("http", kHttp), "");
}

TEST_F(SmsSettingsOf, AnyGateway) {
    EXPECT_EQ(problemsOf("http", kHttp + "from: \"12345\"\nfrom_by_country: { \"+43\": Example, "
                                         "1: \"+12025550100\" }\nsegments_max: 10\nparallel: 1\n"
                                         "timeout: 5m\nca_file: /dev/null\n"),
              "");
}

struct BadSms {
    std::string kind, yaml, problem;
};

TEST_F(SmsSettingsOf, AreNamedWhereTheyAreWrong) {
    const std::string from = "from: Example\n";
    const std::vector<BadSms> cases{
        {"twilio", from, "account_sid"},
        {"twilio", "account_sid: AC12\nauth_token: " + kSecret + from, "32 hexadecimal digits"},
        {"twilio", "account_sid: AC" + kSid + from, "'auth_token' is missing"},
        {"twilio", "account_sid: AC" + kSid + "auth_token: plain\n" + from, "is a secret"},
        {"twilio", kTwilio, "'from' is missing: name a sender, or a 'messaging_service'"},
        {"twilio", kTwilio + from + "api_secret: " + kSecret, "'api_secret' without 'api_key'"},
        {"twilio", kTwilio + from + "api_key: SK" + kSid, "needs an 'api_secret'"},
        {"twilio", kTwilio + from + "messaging_service: MG1\n", "'messaging_service' must be MG"},
        {"twilio", kTwilio + from + "base_url: ftp://x\n", "must begin with https://"},
        {"twilio", kTwilio + from + "status_callback: x\n", "'status_callback' is no address"},
        {"twilio", kTwilio + "from: A Very Long Name\n", "is no sender of an SMS"},
        {"twilio", kTwilio + "from: +49 30 123456\n", "is no sender of an SMS"},
        {"twilio", kTwilio + from + "segments_max: 11\n", "segments_max"},
        {"twilio", kTwilio + from + "from_by_country: { Austria: X }\n", "is no dialling prefix"},
        {"twilio", kTwilio + from + "from_by_country: { \"+043\": X }\n", "is no dialling prefix"},
        {"twilio", kTwilio + from + "from_by_country: { \"+43\": \"\" }\n", "names no sender"},
        {"kannel", "user: me\npassword: " + kSecret, "url"},
        {"kannel", "url: http://localhost/s\nuser: me\n", "'password' is missing"},
        {"kannel", "url: http://localhost/s?x=y\nuser: me\npassword: " + kSecret, "query"},
        {"kannel", "url: http://me:pw@localhost/s\nuser: me\npassword: " + kSecret,
         "keys of their own"},
        {"kannel", kKannel + "dlr_mask: 64\n", "dlr_mask"},
        {"http", "method: POST\n", "url"},
        {"http", "url: https://{{to}}/send\n", "it must name a host"},
        {"http", "url: https://h/{{too}}\n", "there is no value 'too'; there are to, to_digits"},
        {"http", kHttp + "body: '{{text'\n", "is not closed"},
        {"http", kHttp + "method: GET\nbody: '{{text}}'\n", "a GET has no 'body'"},
        {"http", kHttp + "body_format: json\nbody: '{\"text\": {{text}}}'\n",
         "is no JSON once values stand in it"},
        {"http", kHttp + "headers: { \"X Y\": z }\n", "is no name of a header"},
        {"http", kHttp + "password: " + kSecret, "'password' without 'user'"},
        {"http", kHttp + "success: { statuses: [20] }\n", "'20' is no status"},
        {"http", kHttp + "success: { statuses: [300-200] }\n", "is no status"},
        {"http", kHttp + "retry: { json: { status: x } }\n", "is no JSON pointer"},
        {"http", kHttp + "refused: { contain: x }\n", "contain"},
    };
    for (const BadSms& bad : cases) {
        EXPECT_THAT(problemsOf(bad.kind, bad.yaml), HasSubstr(bad.problem)) << bad.yaml;
        EXPECT_FALSE(made_) << bad.yaml;
    }
}

TEST_F(SmsSettingsOf, WarnOfCredentialsInTheClear) {
    EXPECT_THAT(
        problemsOf("kannel", "url: http://sms.example.com/s\nuser: me\npassword: " + kSecret),
        HasSubstr("warning: texts, numbers and credentials go over the network in the clear"));
    EXPECT_TRUE(made_);
}

}  // namespace sms_settings_test
}  // namespace backorderd::senders

// What gateways are told, byte for byte.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "senders/attempt.hpp"
#include "senders/senders.hpp"
#include "senders/sms_template.hpp"
#include "support/run_coroutine.hpp"
#include "support/scripted_server.hpp"
#include "support/still_clock.hpp"

namespace backorderd::senders {
namespace sms_request_test {

using test::Script;
using test::ScriptedServer;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

class SmsRequest : public testing::Test {
protected:
    SmsRequest() { ::setenv("BACKORDERD_TEST_PASSWORD", "p&w", 1); }

    /// What the gateway hears; `PORT` in the settings is its own, and its request ends in `end`.
    std::string heard(const std::string& kind, std::string yaml, const std::string& end) {
        ScriptedServer server(io_, {Script{{{"", end}}}});
        yaml.replace(yaml.find("PORT"), 4, std::to_string(server.port()));
        const auto section = config::Section::fromText(yaml, "test.yaml");
        const auto sender = makeSender(kind, section, {net_, clock_});
        EXPECT_EQ(formatProblems(section.problems()), "");
        if (!sender) return {};
        CountingGate gate;
        test::runCoroutine(io_, sender->send(message_, gate));
        return server.heard().at(0);
    }

    Message message_ = [] {
        Message message;
        message.stable_id = "k1.abc@example.com";
        message.recipient = {Channel::Sms, "+436641234567", "", "", "", ""};
        message.document = "10 pcs & more: \"März\"";
        return message;
    }();
    boost::asio::io_context io_{1};
    const test::StillClock clock_;
    net::Net net_{io_.get_executor()};
};

const std::string kAccount =
    "account_sid: AC0123456789abcdef0123456789abcdef\n"
    "base_url: http://127.0.0.1:PORT/\n";

TEST_F(SmsRequest, ToTwilioIsAForm) {
    const std::string request =
        heard("twilio",
              kAccount +
                  "auth_token: { env: BACKORDERD_TEST_PASSWORD }\nfrom: \"+12025550100\"\n"
                  "status_callback: https://orders.example.com/sms?a=b\n",
              "a%3Db");
    EXPECT_THAT(request, StartsWith("POST /2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/"
                                    "Messages.json HTTP/1.1\r\n"));
    // AC0123456789abcdef0123456789abcdef:p&w
    EXPECT_THAT(request, HasSubstr("Authorization: Basic QUMwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2"
                                   "RlZjpwJnc=\r\n"));
    EXPECT_THAT(request, HasSubstr("Content-Type: application/x-www-form-urlencoded\r\n"));
    EXPECT_THAT(
        request,
        EndsWith("\r\n\r\nTo=%2B436641234567&Body=10%20pcs%20%26%20more%3A%20%22M%C3%A4rz%22"
                 "&From=%2B12025550100"
                 "&StatusCallback=https%3A%2F%2Forders.example.com%2Fsms%3Fa%3Db"));
}

TEST_F(SmsRequest, ToTwilioByKeyAndMessagingService) {
    const std::string request = heard("twilio",
                                      kAccount +
                                          "api_key: SK0123456789abcdef0123456789abcdef\n"
                                          "api_secret: { env: BACKORDERD_TEST_PASSWORD }\n"
                                          "messaging_service: MG0123456789abcdef0123456789abcdef\n",
                                      "Sid=MG0123456789abcdef0123456789abcdef");
    // SK0123456789abcdef0123456789abcdef:p&w
    EXPECT_THAT(request, HasSubstr("Authorization: Basic U0swMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2"
                                   "RlZjpwJnc=\r\n"));
    EXPECT_THAT(request, EndsWith("&MessagingServiceSid=MG0123456789abcdef0123456789abcdef"));
    EXPECT_THAT(request, testing::Not(HasSubstr("From=")));
}

TEST_F(SmsRequest, ToKannelIsAQuery) {
    const std::string settings =
        "url: http://127.0.0.1:PORT/cgi-bin/sendsms\nuser: me\n"
        "password: { env: BACKORDERD_TEST_PASSWORD }\nfrom: Ex & Co\nsmsc: one\n"
        "dlr_mask: 3\ndlr_url: http://127.0.0.1/dlr?id=%d\n";
    EXPECT_THAT(heard("kannel", settings, "\r\n\r\n"),
                StartsWith("GET /cgi-bin/sendsms?username=me&password=p%26w&to=%2B436641234567"
                           "&text=10%20pcs%20%26%20more%3A%20%22M%C3%A4rz%22&charset=UTF-8&coding=0"
                           "&from=Ex%20%26%20Co&smsc=one&dlr-mask=3"
                           "&dlr-url=http%3A%2F%2F127.0.0.1%2Fdlr%3Fid%3D%25d HTTP/1.1\r\n"));
    message_.document = "Привет";
    EXPECT_THAT(heard("kannel", settings, "\r\n\r\n"),
                HasSubstr("&text=%D0%9F%D1%80%D0%B8%D0%B2%D0%B5%D1%82&charset=UTF-8&coding=2&"));
}

TEST_F(SmsRequest, ToAnotherGatewayIsAsTheSettingsSay) {
    const std::string get = heard("http",
                                  "method: GET\nfrom: Example\n"
                                  "url: http://127.0.0.1:PORT/s/{{to_digits}}?t={{text}}&f={{from}}"
                                  "&c={{alphabet}}&i={{id}}\n"
                                  "user: me\npassword: { env: BACKORDERD_TEST_PASSWORD }\n"
                                  "alphabet: { gsm: \"0\", unicode: \"8\" }\n",
                                  "\r\n\r\n");
    EXPECT_THAT(get, StartsWith("GET /s/436641234567?t=10%20pcs%20%26%20more%3A%20%22M%C3%A4rz%22"
                                "&f=Example&c=0&i=k1.abc%40example.com HTTP/1.1\r\n"));
    EXPECT_THAT(get, HasSubstr("Authorization: Basic bWU6cCZ3\r\n"));

    message_.document = "\"Насос\\\"\n";
    const std::string post = heard(
        "http",
        "url: http://127.0.0.1:PORT/send\nbody_format: json\n"
        "secret: { env: BACKORDERD_TEST_PASSWORD }\n"
        "headers: { Authorization: \"Bearer {{secret}}\" }\n"
        "body: '{\"to\": [\"{{to}}\"], \"text\": \"{{text}}\", \"type\": \"{{alphabet}}\"}'\n",
        "unicode\"}");
    EXPECT_THAT(post, HasSubstr("Authorization: Bearer p&w\r\n"));
    EXPECT_THAT(post, HasSubstr("Content-Type: application/json\r\n"));
    EXPECT_THAT(post, EndsWith("{\"to\": [\"+436641234567\"], \"text\": \"\\\"Насос\\\\\\\"\\n\", "
                               "\"type\": \"unicode\"}"));
}

TEST(SmsTemplateValues, AreNothingButValuesWhereTheyLand) {
    struct Row {
        ValuePlace place;
        const char* value;
        const char* written;
    };
    for (const Row& row :
         {Row{ValuePlace::Url, "a b&c=d/../?#\r\n", "a%20b%26c%3Dd%2F..%2F%3F%23%0D%0A"},
          Row{ValuePlace::Form, "a+b&c", "a%2Bb%26c"},
          Row{ValuePlace::Header, "a\r\nX: y", "a  X: y"},
          Row{ValuePlace::Json, "\"},{\\\x01", "\\\"},{\\\\\\u0001"},
          Row{ValuePlace::Json, "\xff", "\xEF\xBF\xBD"},
          Row{ValuePlace::Xml, "</a>&\"'\x01", "&lt;/a&gt;&amp;&quot;&apos; "},
          Row{ValuePlace::Plain, "as it is", "as it is"}})
        EXPECT_EQ(escapedFor(row.place, row.value), row.written) << row.value;
}

TEST(SmsTemplateValues, AreNotFilledInTwice) {
    const SmsTemplate made("{{text}}|{{from}}", ValuePlace::Plain);
    EXPECT_EQ(made.fill({"", "{{secret}}", "{{to}}", "", "", Secret{"canary"}}),
              "{{to}}|{{secret}}");
    EXPECT_NE(SmsTemplate("{{tex}}", ValuePlace::Plain).fault(), "");
    EXPECT_NE(SmsTemplate("{{text", ValuePlace::Plain).fault(), "");
}

}  // namespace sms_request_test
}  // namespace backorderd::senders

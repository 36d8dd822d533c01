#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/webhook_signature.hpp"
#include "senders/web.hpp"
#include "senders/web_fixture.hpp"
#include "support/forbidden_addresses.hpp"

namespace backorderd::senders {
namespace webhook_test {

using net::webhookKey;
using net::webhookSignature;

using test::AtEnd;
using test::Script;
using test::ScriptedServer;
using testing::HasSubstr;

/// The vector that the libraries of Standard Webhooks are tested with.
TEST(WebhookSignature, IsThatOfThePublishedVector) {
    const auto key = webhookKey("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    ASSERT_TRUE(key);
    EXPECT_EQ(
        webhookSignature({*key}, "msg_p5jXN8AQM9LWM0D4loKWxJek",
                         Timestamp{std::chrono::seconds{1614265330}}, R"({"test": 2432232314})"),
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(WebhookKey, IsBase64OfTheRightLength) {
    for (const char* secret :
         {"", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_MfKQ9r8GKYqrTwjUPD8I",
          "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa!w", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS",
          "whsec_=fKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"})
        EXPECT_FALSE(webhookKey(secret)) << secret;
    EXPECT_FALSE(webhookKey("whsec_" + std::string(88, 'A')));  // 66 bytes
    EXPECT_EQ(webhookKey("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")->size(), 32u);
}

class Webhook : public WebFixture {
protected:
    static std::string headerOf(const std::string& heard, const std::string& name) {
        const auto at = heard.find("\r\n" + name + ": ");
        if (at == std::string::npos) return {};
        const auto begin = at + name.size() + 4;
        return heard.substr(begin, heard.find("\r\n", begin) - begin);
    }
};

TEST_F(Webhook, IsSignedAnewAtEachAttemptUnderTheSameId) {
    ScriptedServer server(io_, {Script{{{"", "}"}}, AtEnd::Close}});
    const auto sender = make("webhook", server.port());
    const Message message = messageFor("webhook");
    for (int i = 0; i < 2; ++i) {
        CountingGate gate;
        test::runCoroutine(io_, sender->send(message, gate));
        clock_.at += std::chrono::hours{1};
    }
    ASSERT_EQ(server.heard().size(), 2u);
    const auto key = webhookKey(kKey);
    auto at = *parseTimestamp("2026-03-02T09:00:00Z");
    for (const std::string& heard : server.heard()) {
        EXPECT_THAT(heard, testing::StartsWith("POST /hooks/canary HTTP/1.1\r\n"));
        EXPECT_EQ(headerOf(heard, "Content-Type"), "application/json");
        EXPECT_EQ(headerOf(heard, "webhook-id"), "0123456789abcdef0123456789abcdef");
        EXPECT_EQ(headerOf(heard, "webhook-timestamp"),
                  std::to_string(at.time_since_epoch().count()));
        const std::string body = heard.substr(heard.find("\r\n\r\n") + 4);
        EXPECT_EQ(body, message.document);
        EXPECT_EQ(headerOf(heard, "webhook-signature"),
                  webhookSignature({*key}, "0123456789abcdef0123456789abcdef", at, body));
        at += std::chrono::hours{1};
    }
}

TEST_F(Webhook, IsSignedWithEveryKeyWhileTheyRotate) {
    const std::string second = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    ::setenv("BACKORDERD_TEST_SECRET", (second + "\n" + kKey + "\n").c_str(), 1);
    ScriptedServer server(io_, {Script{{{"", "}"}}, AtEnd::Close}});
    const auto sender = make("webhook", server.port());
    const Message message = messageFor("webhook");
    CountingGate gate;
    test::runCoroutine(io_, sender->send(message, gate));
    const std::string signature = headerOf(server.heard().at(0), "webhook-signature");
    const std::string id = webhookId(message.stable_id);
    const auto one = [&](const std::string& secret) {
        return webhookSignature({*webhookKey(secret)}, id, clock_.at, message.document);
    };
    EXPECT_EQ(signature, one(second) + " " + one(kKey));
}

/// The settings refuse what they can tell; the rest is refused when the connection is made. Of
/// each spelling nothing arrives at a server that listens there.
TEST_F(Webhook, ReachesNoForbiddenAddressInAnySpelling) {
    ScriptedServer server(io_, {Script{{}, AtEnd::Close}});
    std::size_t count = 0, refused_by_settings = 0;
    for (const auto* list : {&test::loopbackSpellings(), &test::privateSpellings()}) {
        for (const std::string& host : *list) {
            ++count;
            const auto section = config::Section::fromText(
                fmt::format("url: \"http://{}:{}/hook\"\nallow_http: true\n"
                            "secret: {{ env: BACKORDERD_TEST_SECRET }}\n",
                            host, server.port()),
                "test.yaml");
            const auto sender = makeSender("webhook", section, {net_, clock_});
            if (!sender) {
                ++refused_by_settings;
                continue;
            }
            const Message message = messageFor("webhook");
            CountingGate gate;
            const Outcome outcome = test::runCoroutine(io_, sender->send(message, gate));
            EXPECT_EQ(meant(outcome), Meant::TryLater) << host << ": " << reasonOf(outcome);
        }
    }
    EXPECT_GE(count, 200u);
    EXPECT_GE(refused_by_settings, count - 10);  // All but names, such as localhost.
    EXPECT_TRUE(server.heard().empty());
}

struct Address {
    const char* url;
    const char* why;
};

TEST(WebhookAddress, IsPlain) {
    for (const Address& address : {
             Address{"https://example.com/hook?a=b%20c", ""},
             Address{"https://example.com:8443/", ""},
             Address{"https://93.184.216.34/x", ""},
             Address{"https://[2606:4700::1111]:443/x", ""},
             Address{"http://example.com/", "unless 'allow_http: true'"},
             Address{"HTTPS://example.com/", "it must begin with https://"},
             Address{"ftp://example.com/", "it must begin with https://"},
             Address{"file:///etc/passwd", "it must begin with https://"},
             Address{"gopher://example.com:6379/_x", "it must begin with https://"},
             Address{"https://example.com:25/", "its port is none"},
             Address{"https://example.com:022/", "its port is none"},
             Address{"https://example.com:65536/", "its port is none"},
             Address{"https://example.com:/", "its port is none"},
             Address{"https://me:secret@example.com/", "it holds a user"},
             Address{"https://example.com@127.0.0.1/", "it holds a user"},
             Address{"https://127.0.0.1\\@example.com/", "%XX"},
             Address{"https://exa mple.com/", "%XX"},
             Address{"https://example.com/\r\nX: y", "%XX"},
             Address{"https://example.com/#frag", "fragment"},
             Address{"https://example.com#@127.0.0.1/", "fragment"},
             Address{"https:///path", "it must name a host"},
             Address{"https://", "it must name a host"},
             Address{"https://exa%6dple.com/", "a sign that no host name has"},
             Address{"https://[::1/", "an IPv6 address"},
             Address{"https://[fe80::1%25eth0]/", "an IPv6 address"},
             Address{"https://127.1/", "four numbers"},
             Address{"https://0x7f000001/", "four numbers"},
             Address{"https://2130706433/", "four numbers"},
         }) {
        const std::string why = whyNotEndpoint(address.url, false);
        if (*address.why == '\0')
            EXPECT_EQ(why, "") << address.url;
        else
            EXPECT_THAT(why, HasSubstr(address.why)) << address.url;
    }
    EXPECT_EQ(whyNotEndpoint("http://example.com/", true), "");
}

TEST_F(Webhook, NamesWhatIsWrongInItsSettings) {
    ::setenv("BACKORDERD_TEST_BAD", "whsec_short", 1);
    const std::string secret = "secret: { env: BACKORDERD_TEST_SECRET }\n";
    const std::vector<std::pair<std::string, std::string>> cases{
        {"url: https://example.com/\n", "'secret' is missing"},
        {"url: https://example.com/\nsecret: { env: BACKORDERD_TEST_BAD }\n",
         "no key of a webhook"},
        {secret, "url"},
        {"url: https://example.com/\nallow_hosts: [hooks.example.net]\n" + secret,
         "'example.com' is not among 'allow_hosts'"},
        {"url: https://10.0.0.8/\n" + secret, "is no public address (a private network)"},
        {"url: https://example.com/\nparallel: 0\n" + secret, "parallel"},
        {"url: https://example.com/\nca_file: /nonexistent\n" + secret, "cannot be read"},
    };
    for (const auto& [yaml, problem] : cases) {
        const auto section = config::Section::fromText(yaml, "s.yaml");
        EXPECT_EQ(makeSender("webhook", section, {net_, clock_}), nullptr) << yaml;
        EXPECT_THAT(formatProblems(section.problems()), HasSubstr(problem)) << yaml;
    }
    const auto section = config::Section::fromText(
        "url: https://Hooks.Example.com/x\nallow_hosts: [hooks.example.com]\n" + secret, "s.yaml");
    EXPECT_NE(makeSender("webhook", section, {net_, clock_}), nullptr);
    EXPECT_EQ(formatProblems(section.problems()), "");
}

TEST(RetryAfter, IsSecondsOrADate) {
    using std::chrono::seconds;
    const auto now = *parseTimestamp("2026-03-02T09:00:00Z");
    net::HttpResponse response;
    const auto wait = [&](const std::string& value, const std::string& date = "") {
        response.headers = {{"retry-after", value}};
        if (!date.empty()) response.headers.emplace_back("date", date);
        return retryAfterOf(response, now);
    };
    EXPECT_EQ(wait("120"), seconds(120));
    EXPECT_EQ(wait("Mon, 02 Mar 2026 09:02:00 GMT"), seconds(120));
    // The receiver's clock is the one that its date is meant by.
    EXPECT_EQ(wait("Mon, 02 Mar 2026 10:02:00 GMT", "Mon, 02 Mar 2026 10:00:00 GMT"), seconds(120));
    EXPECT_EQ(wait("Mon, 02 Mar 2026 08:00:00 GMT"), seconds(0));
    EXPECT_EQ(wait("99999999999"), seconds(7 * 24 * 3600));
    EXPECT_EQ(wait("-1"), std::nullopt);
    EXPECT_EQ(wait("soon"), std::nullopt);
    EXPECT_EQ(retryAfterOf({}, now), std::nullopt);
}

}  // namespace webhook_test
}  // namespace backorderd::senders

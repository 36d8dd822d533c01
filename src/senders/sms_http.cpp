#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "backorderd/sms_text.hpp"
#include "senders/answer_rule.hpp"
#include "senders/kinds.hpp"
#include "senders/sms.hpp"
#include "senders/sms_template.hpp"

namespace backorderd::senders {

namespace {

struct BodyFormat {
    std::string_view name;
    ValuePlace place;
    std::string_view content_type;
};
constexpr std::array kBodyFormats{
    BodyFormat{"form", ValuePlace::Form, "application/x-www-form-urlencoded"},
    BodyFormat{"json", ValuePlace::Json, "application/json"},
    BodyFormat{"xml", ValuePlace::Xml, "application/xml; charset=utf-8"},
    BodyFormat{"text", ValuePlace::Plain, "text/plain; charset=utf-8"},
};

struct HttpGateway {
    std::string method;
    std::string address;  ///< `url` as it is written
    SmsTemplate url;
    std::vector<std::pair<std::string, SmsTemplate>> headers;
    SmsTemplate body;
    Secret secret;
    std::string user;
    Secret password;
    std::string gsm_word, unicode_word;
    AnswerRule success, retry, refused, suppress;
};

/// An SMS gateway that is described by the settings alone.
class HttpSmsSender final : public SmsSender {
public:
    HttpSmsSender(net::Net& net, SmsSettings settings, HttpGateway gateway)
        : SmsSender(net, std::move(settings)), gateway_(std::move(gateway)) {}

private:
    net::HttpRequest requestFor(const Message& message) const override {
        const bool gsm = smsSize(message.document).alphabet == SmsAlphabet::Gsm7;
        const SmsValues values{message.recipient.address,
                               senderIdFor(message),
                               message.document,
                               message.stable_id,
                               gsm ? gateway_.gsm_word : gateway_.unicode_word,
                               gateway_.secret};
        net::HttpRequest request;
        request.method = gateway_.method;
        request.url = gateway_.url.fill(values);
        for (const auto& [name, value] : gateway_.headers)
            request.headers.emplace_back(name, value.fill(values));
        request.body = gateway_.body.fill(values);
        request.user = gateway_.user;
        request.password = gateway_.password;
        return request;
    }

    /// What is said to be no success comes first: some gateways answer 200 to everything.
    Outcome outcomeOf(const net::HttpResponse& response) const override {
        const std::string reply = replyText(response.body);
        const auto means = [&](const AnswerRule& rule) {
            return !rule.isEmpty() && rule.fits(response);
        };
        const std::string said = fmt::format("{} {}", response.status, reply);
        if (means(gateway_.suppress))
            return Refused{"the gateway refused the number: " + said, true};
        if (means(gateway_.refused))
            return Refused{"the gateway refused the message: " + said, false};
        if (means(gateway_.retry))
            return TryLater{"the gateway refused for now: " + said, retryAfterOf(response)};
        const bool good = gateway_.success.hasStatuses() || response.status / 100 == 2;
        if (good && gateway_.success.fits(response)) return Accepted{said};
        return outcomeOfStatus(response, reply);
    }

    HttpGateway gateway_;
};

/// Values with every sign that a wrong escape would let through.
SmsValues trialValues() {
    constexpr const char* kSigns = "a\"b\\c<d>&'{}";
    return {"+4930123456", kSigns, kSigns, kSigns, kSigns, Secret{kSigns}};
}

SmsTemplate readTemplate(config::Section& section, std::string_view key, std::string_view text,
                         ValuePlace place) {
    SmsTemplate made(text, place);
    if (!made.fault().empty()) section.problem(key, fmt::format("'{}': {}", key, made.fault()));
    return made;
}

void readHttpUrl(config::Section& section, HttpGateway& gateway) {
    gateway.address = readGatewayUrl(
        section, "url", "",
        "The gateway's address; `{{to}}`, `{{text}}` and the other values may stand in its path "
        "and query.");
    gateway.url = readTemplate(section, "url", gateway.address, ValuePlace::Url);
}

void readHttpHeaders(config::Section& section, const BodyFormat& format, bool has_body,
                     HttpGateway& gateway) {
    bool typed = false;
    for (const auto& [name, value] :
         section.table("headers", "Headers of the request; values may stand in them.")) {
        const bool is_token = !name.empty() && name.find_first_of(" :\t") == std::string::npos;
        if (!is_token) section.problem("headers", fmt::format("'{}' is no name of a header", name));
        std::string lower = name;
        std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) {
            return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
        });
        typed = typed || lower == "content-type";
        gateway.headers.emplace_back(name,
                                     readTemplate(section, "headers", value, ValuePlace::Header));
    }
    if (has_body && !typed)
        gateway.headers.emplace_back("Content-Type",
                                     SmsTemplate(format.content_type, ValuePlace::Header));
}

void readHttpRequest(config::Section& section, HttpGateway& gateway) {
    gateway.method =
        section.choice("method", {"GET", "POST", "PUT"}, "POST", "The method of the request.");
    readHttpUrl(section, gateway);
    const std::string body =
        section.text("body", "", "The body of the request, with values in it; empty: none.");
    std::vector<std::string> names;
    for (const BodyFormat& format : kBodyFormats) names.emplace_back(format.name);
    const std::string chosen = section.choice(
        "body_format", names, "form",
        "What the body is: it decides how values are written in it, and the Content-Type.");
    const auto* const format =
        std::find_if(kBodyFormats.begin(), kBodyFormats.end(),
                     [&](const BodyFormat& known) { return known.name == chosen; });
    gateway.body = readTemplate(section, "body", body, format->place);
    if (!body.empty() && gateway.method == "GET")
        section.problem("body", "a GET has no 'body'; set 'method: POST', or use the query");
    const bool is_json = format->place == ValuePlace::Json && !body.empty();
    if (is_json && gateway.body.fault().empty() &&
        !nlohmann::json::accept(gateway.body.fill(trialValues())))
        section.problem("body",
                        "'body' is no JSON once values stand in it; write them between quotes: "
                        "{\"to\": \"{{to}}\"}");
    readHttpHeaders(section, *format, !body.empty(), gateway);
}

void readHttpLogIn(config::Section& section, HttpGateway& gateway) {
    gateway.secret =
        section.secret("secret", "A token, for `{{secret}}` in a header, the query or the body.")
            .value_or(Secret{});
    gateway.user = section.text("user", "", "The name for Basic authentication; empty: none.");
    gateway.password =
        section.secret("password", "The password that goes with it.").value_or(Secret{});
    if (gateway.user.empty() && section.has("password"))
        section.problem("password", "'password' without 'user' is of no use; add 'user'");
}

}  // namespace

std::unique_ptr<Sender> makeHttpSender(config::Section& section, const Environment& environment) {
    HttpGateway gateway;
    readHttpRequest(section, gateway);
    readHttpLogIn(section, gateway);
    auto alphabet = section.child("alphabet", "The gateway's words for `{{alphabet}}`.");
    gateway.gsm_word = alphabet.text("gsm", "gsm", "For a text in the GSM alphabet.");
    gateway.unicode_word = alphabet.text("unicode", "unicode", "For any other text.");
    gateway.success = AnswerRule::read(
        section.child("success", "What an accepted message looks like; by itself any 2xx."),
        "accepted");
    gateway.retry = AnswerRule::read(
        section.child("retry", "What a refusal for now looks like, besides 408, 425, 429 and 503."),
        "try later");
    gateway.refused = AnswerRule::read(
        section.child("refused", "What a refusal for good looks like, besides 4xx."),
        "refused for good");
    gateway.suppress =
        AnswerRule::read(section.child("suppress", "What a number that takes no SMS looks like."),
                         "a number that takes no SMS");
    SmsSettings settings = readSms(section, gateway.address);
    return std::make_unique<HttpSmsSender>(environment.net, std::move(settings),
                                           std::move(gateway));
}

}  // namespace backorderd::senders

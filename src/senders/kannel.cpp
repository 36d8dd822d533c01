#include <fmt/format.h>

#include "backorderd/sms_text.hpp"
#include "senders/kannel_outcome.hpp"
#include "senders/kinds.hpp"
#include "senders/sms.hpp"

namespace backorderd::senders {

namespace {

struct KannelGateway {
    std::string url;
    std::string user;
    Secret password;
    std::string smsc;
    int dlr_mask = 0;
    std::string dlr_url;
};

/// Kannel's sendsms service ("Using the HTTP interface to send SMS messages", Kannel user's guide):
/// a GET whose query is the message.
class KannelSender final : public SmsSender {
public:
    KannelSender(net::Net& net, SmsSettings settings, KannelGateway gateway)
        : SmsSender(net, std::move(settings)), gateway_(std::move(gateway)) {}

private:
    net::HttpRequest requestFor(const Message& message) const override {
        const bool gsm = smsSize(message.document).alphabet == SmsAlphabet::Gsm7;
        FormFields fields{{"username", gateway_.user},
                          {"password", gateway_.password.reveal()},
                          {"to", message.recipient.address},
                          {"text", message.document},
                          {"charset", "UTF-8"},
                          {"coding", gsm ? "0" : "2"}};
        if (const std::string& from = senderIdFor(message); !from.empty())
            fields.emplace_back("from", from);
        if (!gateway_.smsc.empty()) fields.emplace_back("smsc", gateway_.smsc);
        if (!gateway_.dlr_url.empty()) {
            fields.emplace_back("dlr-mask", std::to_string(gateway_.dlr_mask));
            fields.emplace_back("dlr-url", gateway_.dlr_url);
        }
        net::HttpRequest request;
        request.url = fmt::format("{}?{}", gateway_.url, formEncoded(fields));
        return request;
    }

    Outcome outcomeOf(const net::HttpResponse& response) const override {
        return kannelOutcome(response);
    }

    KannelGateway gateway_;
};

}  // namespace

std::unique_ptr<Sender> makeKannelSender(config::Section& section, const Environment& environment) {
    KannelGateway gateway;
    gateway.url = readGatewayUrl(
        section, "url", "", "The sendsms service of smsbox: http://HOST:13013/cgi-bin/sendsms.");
    if (gateway.url.find('?') != std::string::npos)
        section.problem("url", "'url' must not have a query: the message is the query");
    gateway.user = section.required("user", "The name of the sendsms-user group in Kannel.");
    gateway.password = section.secret("password", "The password of that group.").value_or(Secret{});
    if (!section.has("password"))
        section.problem("password", "'password' is missing, as { file: PATH }, for example");
    gateway.smsc =
        section.text("smsc", "", "The SMSC that is to carry the messages; empty: Kannel chooses.");
    gateway.dlr_mask = static_cast<int>(section.number(
        "dlr_mask", {.fallback = 31, .min = 0, .max = 63},
        "Which reports Kannel makes: the sum of 1 delivered, 2 not delivered, 4 queued, 8 at the "
        "SMSC, 16 refused by the SMSC, 32 intermediate."));
    gateway.dlr_url = section.text(
        "dlr_url", "", "Where Kannel reports what became of a message; empty: nowhere.");
    if (const std::string why = whyNotWebAddress(gateway.dlr_url);
        !gateway.dlr_url.empty() && !why.empty())
        section.problem("dlr_url", fmt::format("'dlr_url' is no address: {}", why));
    SmsSettings settings = readSms(section, gateway.url);
    return std::make_unique<KannelSender>(environment.net, std::move(settings), std::move(gateway));
}

}  // namespace backorderd::senders

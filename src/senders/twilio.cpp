#include <fmt/format.h>

#include <algorithm>

#include "senders/kinds.hpp"
#include "senders/sms.hpp"
#include "senders/twilio_outcome.hpp"

namespace backorderd::senders {

namespace {

struct TwilioAccount {
    std::string url;  ///< of the Messages resource
    std::string user;
    Secret password;
    std::string messaging_service;
    std::string status_callback;
};

/// https://www.twilio.com/docs/messaging/api/message-resource: `POST …/Messages.json` with a form.
class TwilioSender final : public SmsSender {
public:
    TwilioSender(net::Net& net, SmsSettings settings, TwilioAccount account)
        : SmsSender(net, std::move(settings)), account_(std::move(account)) {}

private:
    net::HttpRequest requestFor(const Message& message) const override {
        FormFields fields{{"To", message.recipient.address}, {"Body", message.document}};
        if (const std::string& from = senderIdFor(message); !from.empty())
            fields.emplace_back("From", from);
        if (!account_.messaging_service.empty())
            fields.emplace_back("MessagingServiceSid", account_.messaging_service);
        if (!account_.status_callback.empty())
            fields.emplace_back("StatusCallback", account_.status_callback);
        net::HttpRequest request;
        request.method = "POST";
        request.url = account_.url;
        request.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                           {"Accept", "application/json"}};
        request.body = formEncoded(fields);
        request.user = account_.user;
        request.password = account_.password;
        return request;
    }

    Outcome outcomeOf(const net::HttpResponse& response) const override {
        return twilioOutcome(response);
    }

    TwilioAccount account_;
};

/// `AC`, `SK` or `MG` and 32 hexadecimal digits.
bool isTwilioSid(std::string_view text, std::string_view kind) {
    return text.size() == 34 && text.starts_with(kind) &&
           text.find_first_not_of("0123456789abcdefABCDEF", 2) == std::string_view::npos;
}

void checkTwilioSid(config::Section& section, std::string_view key, std::string_view text,
                    std::string_view kind) {
    if (!text.empty() && !isTwilioSid(text, kind))
        section.problem(key, fmt::format("'{}' must be {} and 32 hexadecimal digits", key, kind));
}

/// The account's own token, or an API key, which can be revoked by itself.
void readTwilioLogIn(config::Section& section, const std::string& account_sid,
                     TwilioAccount& account) {
    const auto token = section.secret("auth_token", "The account's token.");
    const std::string api_key =
        section.text("api_key", "", "An API key (SK…) to log in with in place of the token.");
    const auto secret = section.secret("api_secret", "The secret of the API key.");
    checkTwilioSid(section, "api_key", api_key, "SK");
    if (api_key.empty() && section.has("api_secret"))
        section.problem("api_secret", "'api_secret' without 'api_key' is of no use; add 'api_key'");
    if (!api_key.empty() && !section.has("api_secret"))
        section.problem("api_key",
                        "'api_key' needs an 'api_secret', as { file: PATH }, for example");
    if (api_key.empty() && !section.has("auth_token"))
        section.problem("auth_token",
                        "'auth_token' is missing, as { file: PATH }, for example; or 'api_key' and "
                        "'api_secret'");
    account.user = api_key.empty() ? account_sid : api_key;
    account.password = (api_key.empty() ? token : secret).value_or(Secret{});
}

}  // namespace

std::unique_ptr<Sender> makeTwilioSender(config::Section& section, const Environment& environment) {
    TwilioAccount account;
    const std::string account_sid = section.required("account_sid", "The account's id (AC…).");
    checkTwilioSid(section, "account_sid", account_sid, "AC");
    readTwilioLogIn(section, account_sid, account);
    account.messaging_service = section.text(
        "messaging_service", "",
        "A messaging service (MG…) that chooses the sender; with `from`, one of its senders.");
    checkTwilioSid(section, "messaging_service", account.messaging_service, "MG");
    account.status_callback = section.text(
        "status_callback", "", "Where Twilio reports what became of a message; empty: nowhere.");
    if (const std::string why = whyNotWebAddress(account.status_callback);
        !account.status_callback.empty() && !why.empty())
        section.problem("status_callback", fmt::format("'status_callback' is no address: {}", why));
    std::string base = readGatewayUrl(
        section, "base_url", "https://api.twilio.com",
        "Where Twilio is reached, for a region's own edge (https://api.EDGE.REGION.twilio.com).");
    while (base.ends_with('/')) base.pop_back();
    account.url = fmt::format("{}/2010-04-01/Accounts/{}/Messages.json", base, account_sid);
    SmsSettings settings = readSms(section, base);
    if (!section.has("from") && !section.has("messaging_service"))
        section.problem("from", "'from' is missing: name a sender, or a 'messaging_service'");
    return std::make_unique<TwilioSender>(environment.net, std::move(settings), std::move(account));
}

}  // namespace backorderd::senders

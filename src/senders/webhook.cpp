#include <fmt/format.h>

#include <sstream>

#include "senders/kinds.hpp"
#include "senders/web.hpp"
#include "senders/webhook_signature.hpp"

namespace backorderd::senders {

namespace {

constexpr int kWebhookParallel = 8;
constexpr std::size_t kWebhookKeysMax = 4;

/// A webhook after Standard Webhooks 1.0: the frozen document is the body, and each attempt is
/// signed anew under the same id.
class WebhookSender final : public WebSender {
public:
    WebhookSender(const Environment& environment, WebSettings settings,
                  std::vector<Secret> keys)
        : WebSender(environment, std::move(settings)), keys_(std::move(keys)) {}

    Channel channel() const override { return Channel::Webhook; }
    /// The receiver knows a webhook again by its id.
    OnUnknown onUnknown() const override { return OnUnknown::SendAgain; }

private:
    net::HttpRequest requestFor(const Message& message) const override {
        const std::string id = webhookId(message.stable_id);
        const Timestamp at = now();
        net::HttpRequest request;
        request.body = message.document;
        request.headers = {{"Content-Type", "application/json"},
                           {"webhook-id", id},
                           {"webhook-timestamp", std::to_string(at.time_since_epoch().count())},
                           {"webhook-signature", webhookSignature(keys_, id, at, request.body)}};
        return request;
    }

    Outcome outcomeOfSuccess(const net::HttpResponse& response, std::string reply) const override {
        return Accepted{fmt::format("{} {}", response.status, reply)};
    }
    bool blamesSettings(int) const override { return false; }
    bool knowsRepeats() const override { return true; }

    std::vector<Secret> keys_;
};

std::vector<Secret> readKeys(config::Section& section) {
    std::vector<Secret> keys;
    std::istringstream words(
        section
            .secret("secret",
                    "The key that signs, as `whsec_…`; several, with white space between, sign "
                    "each, so that a receiver can change from one to the next.")
            .value_or(Secret{})
            .reveal());
    for (std::string word; words >> word;) {
        if (const auto key = webhookKey(word))
            keys.push_back(*key);
        else
            section.problem("secret",
                            "'secret' holds what is no key of a webhook: write whsec_ and 24 to "
                            "64 bytes in base64, as 'openssl rand -base64 32' gives them");
    }
    if (!section.has("secret"))
        section.problem("secret", "'secret' is missing, as { file: PATH }, for example");
    if (keys.size() > kWebhookKeysMax)
        section.problem("secret", fmt::format("'secret' holds more than {} keys", kWebhookKeysMax));
    return keys;
}

}  // namespace

std::unique_ptr<Sender> makeWebhookSender(config::Section& section,
                                          const Environment& environment) {
    WebSettings settings =
        readWeb(section, {"Where webhooks are posted to: https://HOST/PATH."}, kWebhookParallel);
    std::vector<Secret> keys = readKeys(section);
    return std::make_unique<WebhookSender>(environment, std::move(settings), std::move(keys));
}

}  // namespace backorderd::senders

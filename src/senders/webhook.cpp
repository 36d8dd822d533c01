#include <fmt/format.h>

#include "net/webhook_signature.hpp"
#include "senders/kinds.hpp"
#include "senders/web.hpp"

namespace backorderd::senders {

namespace {

constexpr int kWebhookParallel = 8;

/// A webhook after Standard Webhooks 1.0: the frozen document is the body, and each attempt is
/// signed anew under the same id.
class WebhookSender final : public WebSender {
public:
    WebhookSender(const Environment& environment, WebSettings settings, std::vector<Secret> keys)
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
        request.headers = {
            {"Content-Type", "application/json"},
            {"webhook-id", id},
            {"webhook-timestamp", std::to_string(at.time_since_epoch().count())},
            {"webhook-signature", net::webhookSignature(keys_, id, at, request.body)}};
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
    const auto text = section.secret(
        "secret",
        "The key that signs, as `whsec_…`; several, with white space between, sign each, so that "
        "a receiver can change from one to the next.");
    auto found = net::webhookKeys(text.value_or(Secret{}));
    if (!found.fault.empty()) section.problem("secret", "'secret' " + found.fault);
    if (!section.has("secret"))
        section.problem("secret", "'secret' is missing, as { file: PATH }, for example");
    return std::move(found.keys);
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

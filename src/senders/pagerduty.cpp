#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "senders/chat_note.hpp"
#include "senders/kinds.hpp"

namespace backorderd::senders {

namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr int kPagerdutyParallel = 4;
constexpr std::size_t kRoutingKeyLetters = 32;
constexpr std::size_t kSummaryCharactersMax = 1024;
constexpr std::size_t kDetailCharactersMax = 20'000;
constexpr std::array<std::string_view, 3> kActions{"trigger", "acknowledge", "resolve"};
constexpr std::array<std::string_view, 4> kSeverities{"critical", "error", "warning", "info"};
constexpr std::array kKeyStatuses{401, 403, 404, 405, 407};

/// One of the words, or the first.
template <std::size_t N>
std::string_view oneOf(const std::array<std::string_view, N>& words, std::string_view word,
                       std::string_view fallback) {
    return std::find(words.begin(), words.end(), word) != words.end() ? word : fallback;
}

/// An event of PagerDuty's Events API v2
/// (developer.pagerduty.com/docs/events-api-v2/trigger-events).
class PagerdutySender final : public WebSender {
public:
    PagerdutySender(const Environment& environment, WebSettings settings, Secret routing_key)
        : WebSender(environment, std::move(settings)), routing_key_(std::move(routing_key)) {}

    Channel channel() const override { return Channel::Chat; }
    /// An event with the key of one that is open is added to it.
    OnUnknown onUnknown() const override { return OnUnknown::SendAgain; }

private:
    net::HttpRequest requestFor(const Message& message) const override {
        const ChatNote note = readChatNote(message);
        const std::string_view action = oneOf(kActions, note.action, "trigger");
        OrderedJson event{{"routing_key", routing_key_.reveal()},
                          {"event_action", action},
                          {"dedup_key", note.dedup_key},
                          {"client", "backorderd"}};
        if (action == "trigger") event["payload"] = payloadOf(note, message);
        net::HttpRequest request;
        request.headers = {{"Content-Type", "application/json"}};
        request.body = event.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
        return request;
    }

    static OrderedJson payloadOf(const ChatNote& note, const Message& message) {
        OrderedJson details = OrderedJson::object();
        for (const auto& [name, value] : note.facts) details[name] = value;
        details["text"] = cutTo(note.text, kDetailCharactersMax);
        details["message"] = webhookId(message.stable_id);
        OrderedJson payload{
            {"summary", cutTo(note.title.empty() ? note.text : note.title, kSummaryCharactersMax)},
            {"source", note.source.empty() ? "backorderd" : note.source},
            {"severity", oneOf(kSeverities, note.severity, "info")},
            {"custom_details", std::move(details)}};
        if (!note.at.empty()) payload["timestamp"] = note.at;
        return payload;
    }

    Outcome outcomeOfSuccess(const net::HttpResponse& response, std::string reply) const override {
        const auto answer = nlohmann::json::parse(response.body, nullptr, false);
        if (answer.is_object() && answer.value("status", nlohmann::json{}) == "success")
            return Accepted{fmt::format("{} {}", response.status, reply)};
        return Unknown{fmt::format("{} without PagerDuty's 'success': {}", response.status, reply)};
    }
    bool blamesSettings(int status) const override {
        return std::find(kKeyStatuses.begin(), kKeyStatuses.end(), status) != kKeyStatuses.end();
    }
    bool knowsRepeats() const override { return true; }

    Secret routing_key_;
};

}  // namespace

std::unique_ptr<Sender> makePagerdutySender(config::Section& section,
                                            const Environment& environment) {
    WebSettings settings =
        readWeb(section,
                {"Where events are posted to; https://events.eu.pagerduty.com/v2/enqueue for "
                 "accounts in the EU.",
                 "https://events.pagerduty.com/v2/enqueue"},
                kPagerdutyParallel);
    Secret key = section.secret("routing_key", "The integration key of the service: 32 letters.")
                     .value_or(Secret{});
    if (!section.has("routing_key"))
        section.problem("routing_key", "'routing_key' is missing, as { file: PATH }, for example");
    else if (!key.empty() && key.size() != kRoutingKeyLetters)
        section.problem("routing_key", fmt::format("'routing_key' has {} letters, not {}",
                                                   key.size(), kRoutingKeyLetters));
    return std::make_unique<PagerdutySender>(environment, std::move(settings), std::move(key));
}

}  // namespace backorderd::senders

#include <fmt/format.h>

#include "senders/chat_note.hpp"
#include "senders/kinds.hpp"

namespace backorderd::senders {

namespace {

/// Slack cuts a text behind 40,000 characters
/// (docs.slack.dev/changelog/2018-truncating-really-long-messages).
constexpr std::size_t kSlackCharactersMax = 39'000;

/// `&`, `<` and `>` begin what Slack acts on: mentions, links
/// (docs.slack.dev/messaging/formatting-message-text). A text that was cut is not cut in the middle
/// of one.
std::string escapedForSlack(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '&')
            out += "&amp;";
        else if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else
            out += c;
    }
    return out;
}

/// Escaping makes a text longer; it is cut further until it fits.
std::string slackText(const std::string& text) {
    std::size_t limit = kSlackCharactersMax;
    std::string escaped = escapedForSlack(cutTo(text, limit));
    while (cutTo(escaped, kSlackCharactersMax).size() != escaped.size()) {
        limit = limit * 9 / 10;
        escaped = escapedForSlack(cutTo(text, limit));
    }
    return escaped;
}

/// Slack's incoming webhooks (docs.slack.dev/messaging/sending-messages-using-incoming-webhooks).
class SlackSender final : public ChatSender {
public:
    using ChatSender::ChatSender;

private:
    /// Without `mrkdwn`, so that an item's `*` and `_` stay what they are.
    std::string bodyOf(const ChatNote& note) const override {
        return fmt::format(
            R"({{"text":{},"mrkdwn":false,"unfurl_links":false,"unfurl_media":false}})",
            jsonString(slackText(note.title + "\n" + note.text)));
    }

    Outcome outcomeOfSuccess(const net::HttpResponse& response, std::string reply) const override {
        if (response.body == "ok") return Accepted{fmt::format("{} ok", response.status)};
        return Unknown{fmt::format("{} without Slack's 'ok': {}", response.status, reply)};
    }
};

}  // namespace

std::unique_ptr<Sender> makeSlackSender(config::Section& section, const Environment& environment) {
    return std::make_unique<SlackSender>(
        environment,
        readChat(section,
                 "The incoming webhook: https://hooks.slack.com/services/…, which is a "
                 "secret."));
}

}  // namespace backorderd::senders

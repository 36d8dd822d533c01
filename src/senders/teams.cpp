#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "senders/chat_note.hpp"
#include "senders/kinds.hpp"

namespace backorderd::senders {

namespace {

/// Teams refuses a message of more than 28 KB
/// (learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using).
constexpr std::size_t kTeamsBytesMax = 26'000;
constexpr std::size_t kTeamsTitleCharactersMax = 500;
/// The beginning of the body of a 200 that is a failure.
constexpr std::string_view kTeamsFailure = "Webhook message delivery failed";

/// A line of text as the card shows it as it is: the runs of a RichTextBlock, unlike a TextBlock,
/// are not Markdown (adaptivecards.io/explorer/TextRun.html).
nlohmann::ordered_json plainLine(std::string_view text, bool is_title) {
    nlohmann::ordered_json run{{"type", "TextRun"}, {"text", text}};
    if (is_title) run.update({{"weight", "Bolder"}, {"size", "Medium"}});
    return {{"type", "RichTextBlock"},
            {"spacing", is_title ? "Default" : "None"},
            {"inlines", nlohmann::ordered_json::array({std::move(run)})}};
}

std::string written(const nlohmann::ordered_json& json) {
    return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

/// Lines until the card is full; the last then says that there is more.
nlohmann::ordered_json linesOf(const ChatNote& note) {
    auto lines = nlohmann::ordered_json::array();
    lines.push_back(plainLine(cutTo(note.title, kTeamsTitleCharactersMax), true));
    std::size_t bytes = written(lines).size();
    for (std::string_view text = note.text; !text.empty();) {
        const auto end = std::min(text.find('\n'), text.size());
        // An empty run is no run.
        auto line = plainLine(end == 0 ? std::string_view{" "} : text.substr(0, end), false);
        bytes += written(line).size() + 1;
        if (bytes > kTeamsBytesMax) {
            lines.push_back(plainLine("…", false));
            break;
        }
        lines.push_back(std::move(line));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

/// Teams by a workflow ('When a Teams webhook request is received') or by an incoming webhook: an
/// adaptive card as the only attachment
/// (learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using).
class TeamsSender final : public ChatSender {
public:
    using ChatSender::ChatSender;

private:
    std::string bodyOf(const ChatNote& note) const override {
        nlohmann::ordered_json card{
            {"$schema", "http://adaptivecards.io/schemas/adaptive-card.json"},
            {"type", "AdaptiveCard"},
            {"version", "1.4"},
            {"msteams", {{"width", "Full"}}},
            {"body", linesOf(note)}};
        nlohmann::ordered_json attachment{
            {"contentType", "application/vnd.microsoft.card.adaptive"},
            {"contentUrl", nullptr},
            {"content", std::move(card)}};
        return written({{"type", "message"},
                        {"attachments", nlohmann::ordered_json::array({std::move(attachment)})}});
    }

    /// A workflow answers 202, an incoming webhook 200 with `1`, and 200 with a sentence where
    /// Teams behind it refused.
    Outcome outcomeOfSuccess(const net::HttpResponse& response, std::string reply) const override {
        if (response.status == 202 || response.body == "1")
            return Accepted{fmt::format("{} {}", response.status, reply)};
        if (response.body.starts_with(kTeamsFailure))
            return TryLater{"Teams refused for now: " + reply, retryAfterOf(response, now())};
        return Unknown{fmt::format("{} without a word of Teams: {}", response.status, reply)};
    }
};

}  // namespace

std::unique_ptr<Sender> makeTeamsSender(config::Section& section, const Environment& environment) {
    return std::make_unique<TeamsSender>(
        environment, readChat(section,
                              "The address of the workflow or of the incoming webhook, which is a "
                              "secret."));
}

}  // namespace backorderd::senders

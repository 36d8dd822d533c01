#include <fmt/format.h>

#include <algorithm>

#include "senders/chat_note.hpp"
#include "senders/kinds.hpp"

namespace backorderd::senders {

namespace {

/// A post has at most 16,383 characters (docs.mattermost.com, message length); escapes count.
constexpr std::size_t kMattermostCharactersMax = 16'000;
/// What Markdown reads anywhere in a line, and what it reads at a line's beginning.
constexpr std::string_view kMarkdownSigns = "\\`*_[]()#|~<>!$";
constexpr std::string_view kMarkdownAtStart = "+-=";
/// Hides nothing, and keeps `@all` from being a mention.
constexpr std::string_view kZeroWidthSpace = "\u200b";

bool isLetterOrDigit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           static_cast<unsigned char>(c) >= 0x80;
}

/// How much of a text is a web address that no sign of can be taken for Markdown.
std::size_t plainLinkLength(std::string_view text) {
    if (!text.starts_with("https://") && !text.starts_with("http://")) return 0;
    const auto isPlain = [](char c) {
        return (static_cast<unsigned char>(c) < 0x80 && isLetterOrDigit(c)) ||
               std::string_view{"-._:/?&=%+,;"}.find(c) != std::string_view::npos;
    };
    const auto* const end = std::find_if_not(text.begin(), text.end(), isPlain);
    return static_cast<std::size_t>(end - text.begin());
}

std::string escapedLine(std::string_view line) {
    // Four spaces would begin a block of code.
    const auto indent = std::min(line.find_first_not_of(" \t"), line.size());
    std::string out(std::min<std::size_t>(indent, 3), ' ');
    line.remove_prefix(indent);
    const auto digits = std::min(line.find_first_not_of("0123456789"), line.size());
    for (std::size_t at = 0; at < line.size(); ++at) {
        if (const std::size_t link = plainLinkLength(line.substr(at)); link > 0) {
            out += line.substr(at, link);
            at += link - 1;
            continue;
        }
        const char c = line[at];
        const bool begins = at == 0 && kMarkdownAtStart.find(c) != std::string_view::npos;
        const bool numbers = at == digits && at > 0 && c == '.';
        if (begins || numbers || kMarkdownSigns.find(c) != std::string_view::npos) out += '\\';
        out += c;
        if (c == '@' && (at == 0 || !isLetterOrDigit(line[at - 1]))) out += kZeroWidthSpace;
    }
    return out;
}

std::string escapedForMattermost(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        out += escapedLine(text.substr(0, end));
        if (end == text.size()) break;
        out += '\n';
        text.remove_prefix(end + 1);
    }
    return out;
}

/// Escaping makes a text longer; it is cut further until it fits.
std::string mattermostText(const ChatNote& note) {
    std::size_t limit = kMattermostCharactersMax;
    const std::string title = fmt::format("**{}**\n", escapedLine(cutTo(note.title, 500)));
    std::string text = title + escapedForMattermost(cutTo(note.text, limit));
    while (cutTo(text, kMattermostCharactersMax).size() != text.size()) {
        limit = limit * 9 / 10;
        text = title + escapedForMattermost(cutTo(note.text, limit));
    }
    return text;
}

/// Mattermost's incoming webhooks (developers.mattermost.com/integrate/webhooks/incoming).
class MattermostSender final : public ChatSender {
public:
    using ChatSender::ChatSender;

private:
    std::string bodyOf(const ChatNote& note) const override {
        return fmt::format(R"({{"text":{}}})", jsonString(mattermostText(note)));
    }

    Outcome outcomeOfSuccess(const net::HttpResponse& response, std::string reply) const override {
        if (response.body == "ok") return Accepted{fmt::format("{} ok", response.status)};
        return Unknown{fmt::format("{} without Mattermost's 'ok': {}", response.status, reply)};
    }
};

}  // namespace

std::unique_ptr<Sender> makeMattermostSender(config::Section& section,
                                             const Environment& environment) {
    return std::make_unique<MattermostSender>(
        environment,
        readChat(section, "The incoming webhook: https://HOST/hooks/…, which is a secret."));
}

}  // namespace backorderd::senders

#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "backorderd/message.hpp"
#include "senders/web.hpp"

/// What senders to chats and pagers have in common.
namespace backorderd::senders {

/// The frozen document of a chat, read back.
struct ChatNote {
    std::string title, text;
    std::vector<std::pair<std::string, std::string>> facts;
    std::string severity, action, dedup_key, source, at;
};
/// A document that is none is text.
ChatNote readChatNote(const Message& message);

/// At most `characters_max` characters, the last of them '…' where something was cut.
std::string cutTo(std::string_view text, std::size_t characters_max);
/// Text as a JSON string, with its quotes; what is not UTF-8 becomes U+FFFD.
std::string jsonString(std::string_view text);

/// A chat's incoming webhook: its address is all that posting takes, and what is posted twice
/// stands there twice.
class ChatSender : public WebSender {
public:
    using WebSender::WebSender;

    Channel channel() const override { return Channel::Chat; }
    /// A line that stands there twice is a smaller harm than one that nobody reads.
    OnUnknown onUnknown() const override { return OnUnknown::SendAgainOnce; }

protected:
    virtual std::string bodyOf(const ChatNote& note) const = 0;

    net::HttpRequest requestFor(const Message& message) const override;
    bool blamesSettings(int status) const override;
    bool knowsRepeats() const override { return false; }
};

/// The settings of a chat: its address is a secret, and one message is under way at a time, which
/// keeps their order and their limits of about one a second.
WebSettings readChat(config::Section& section, std::string_view meaning);

}  // namespace backorderd::senders

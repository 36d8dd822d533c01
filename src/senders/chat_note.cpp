#include "senders/chat_note.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace backorderd::senders {

namespace {

using Json = nlohmann::json;

/// A hook that was deleted or has another token: the message is not at fault.
constexpr std::array kHookStatuses{401, 403, 404, 405, 407};

std::string textAt(const Json& note, const char* key) {
    const auto at = note.find(key);
    return at != note.end() && at->is_string() ? at->get<std::string>() : std::string{};
}

}  // namespace

ChatNote readChatNote(const Message& message) {
    const Json read = Json::parse(message.document, nullptr, false);
    ChatNote note;
    if (!read.is_object()) {
        note.title = message.subject;
        note.text = message.document;
        note.dedup_key = webhookId(message.stable_id);
        return note;
    }
    note.title = textAt(read, "title");
    note.text = textAt(read, "text");
    note.severity = textAt(read, "severity");
    note.action = textAt(read, "action");
    note.dedup_key = textAt(read, "dedup_key");
    note.source = textAt(read, "source");
    note.at = textAt(read, "at");
    if (const auto facts = read.find("facts"); facts != read.end() && facts->is_object())
        for (const auto& [name, value] : facts->items())
            if (value.is_string()) note.facts.emplace_back(name, value.get<std::string>());
    return note;
}

std::string cutTo(std::string_view text, std::size_t characters_max) {
    std::size_t characters = 0, last = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if ((static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) continue;
        if (characters + 1 == characters_max) last = at;
        if (characters == characters_max) return std::string(text.substr(0, last)).append("…");
        ++characters;
    }
    return std::string(text);
}

std::string jsonString(std::string_view text) {
    return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

net::HttpRequest ChatSender::requestFor(const Message& message) const {
    net::HttpRequest request;
    request.headers = {{"Content-Type", "application/json"}};
    request.body = bodyOf(readChatNote(message));
    return request;
}

bool ChatSender::blamesSettings(int status) const {
    return std::find(kHookStatuses.begin(), kHookStatuses.end(), status) != kHookStatuses.end();
}

WebSettings readChat(config::Section& section, std::string_view meaning) {
    return readWeb(section, {meaning, {}, /*is_secret=*/true}, 1);
}

}  // namespace backorderd::senders

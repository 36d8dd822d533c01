#include "net/smtp_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace backorderd::net {

namespace {

constexpr std::size_t kLineBytesMax = 2048;
constexpr std::size_t kReplyBytesMax = 64u << 10;
constexpr std::size_t kReplyTextMax = 500;
/// RFC 5321, 4.5.3.1.3: a path, its two angle brackets not counted.
constexpr std::size_t kMailboxBytesMax = 254;

bool isDigit(char c) { return c >= '0' && c <= '9'; }

void appendText(std::string& text, std::string_view line) {
    if (!text.empty() && !line.empty()) text += ' ';
    for (const char c : line.substr(0, kReplyTextMax - std::min(kReplyTextMax, text.size())))
        text += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
}

}  // namespace

ReplyRead readReply(std::string_view received) {
    const ReplyRead garbage{ReplyRead::Kind::Garbage, {}, 0};
    ReplyRead read;
    std::size_t at = 0;
    while (true) {
        const auto end = received.find('\n', at);
        const std::string_view rest = received.substr(at, std::min(end, received.size()) - at);
        if (rest.size() > kLineBytesMax || at > kReplyBytesMax) return garbage;
        // A stranger is recognised before its line ends: it may never end.
        for (std::size_t i = 0; i < std::min<std::size_t>(3, rest.size()); ++i)
            if (!isDigit(rest[i]) && !(rest[i] == '\r' && i + 1 == rest.size())) return garbage;
        if (end == std::string_view::npos) return read;

        std::string_view line = rest;
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.size() < 3 || line[0] < '2' || line[0] > '5') return garbage;
        const char separator = line.size() > 3 ? line[3] : ' ';
        if (separator != ' ' && separator != '-') return garbage;
        const int code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
        if (read.reply.code != 0 && read.reply.code != code) return garbage;
        read.reply.code = code;
        if (line.size() > 4) appendText(read.reply.text, line.substr(4));
        at = end + 1;
        if (separator == ' ') {
            read.kind = ReplyRead::Kind::Complete;
            read.bytes = at;
            return read;
        }
    }
}

std::string whyNotMailbox(std::string_view mailbox) {
    const auto bad = [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte <= 0x20 || byte == 0x7f || c == '<' || c == '>';
    };
    if (std::any_of(mailbox.begin(), mailbox.end(), bad))
        return "it holds a space, a control character or an angle bracket";
    if (mailbox.size() > kMailboxBytesMax) return "it is longer than 254 bytes";
    const auto at = mailbox.rfind('@');
    if (at == std::string_view::npos || at == 0 || at + 1 == mailbox.size())
        return "it is not of the form name@domain";
    return {};
}

std::string wireBody(std::string_view document) {
    std::string wire;
    wire.reserve(document.size() + document.size() / 64 + 16);
    std::size_t at = 0;
    std::size_t newline = 0;  // The next one; looked for only once it has been passed.
    while (at < document.size()) {
        if (newline <= at) newline = std::min(document.find('\n', at), document.size());
        const std::size_t end = std::min(document.substr(0, newline).find('\r', at), newline);
        if (document[at] == '.') wire += '.';
        wire.append(document, at, end - at);
        wire += "\r\n";
        const bool is_crlf = document.substr(end, 2) == "\r\n";
        at = end + (is_crlf ? 2 : 1);
    }
    wire += ".\r\n";
    return wire;
}

std::string xtext(std::string_view text) {
    constexpr std::size_t kEnvelopeIdMax = 100;
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool as_it_is = byte >= 33 && byte <= 126 && c != '+' && c != '=';
        const std::string one = as_it_is ? std::string(1, c) : fmt::format("+{:02X}", byte);
        if (out.size() + one.size() > kEnvelopeIdMax) break;
        out += one;
    }
    return out;
}

bool hasNonAscii(std::string_view text) {
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

bool isHeloName(std::string_view name) {
    if (name.empty() || name.size() > 255) return false;
    return std::all_of(name.begin(), name.end(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
               std::string_view(".-_:[]").find(c) != std::string_view::npos;
    });
}

}  // namespace backorderd::net

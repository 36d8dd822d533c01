#pragma once

#include <optional>
#include <string>
#include <string_view>

/// The text of SMTP: what may be sent, what a server answered. Pure.
namespace backorderd::net {

struct SmtpReply {
    int code = 0;
    std::string text;  ///< the lines' texts, joined by a space; control characters are blanked
};

/// Taken from the front of what has been received.
struct ReplyRead {
    enum class Kind {
        Complete,
        Unfinished,  ///< more bytes are needed
        Garbage,     ///< not SMTP
    };
    Kind kind = Kind::Unfinished;
    SmtpReply reply;
    std::size_t bytes = 0;  ///< of the complete reply
};
ReplyRead readReply(std::string_view received);

/// Why a mailbox cannot stand in MAIL FROM or RCPT TO; empty: it can. What passes holds no control
/// character, no space and no angle bracket, so that it can be neither a second command nor a
/// parameter.
std::string whyNotMailbox(std::string_view mailbox);

/// The document as it goes behind 354, with the final dot: each line ends in CR LF, also where the
/// document had a lone CR or LF (no server may read an end of the mail where we saw none), and a
/// leading dot is doubled.
std::string wireBody(std::string_view document);

/// RFC 3461's xtext: what may stand as a parameter of MAIL. Cut to the 100 characters that ENVID
/// may have.
std::string xtext(std::string_view text);

bool hasNonAscii(std::string_view text);

/// The line of EHLO or HELO's name: a domain or an address literal.
bool isHeloName(std::string_view name);

}  // namespace backorderd::net

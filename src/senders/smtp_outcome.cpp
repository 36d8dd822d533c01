#include "senders/smtp_outcome.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <string_view>

namespace backorderd::senders {

namespace {

using net::SmtpStage;

/// RFC 4954: the server wants a log-in, or did not like ours. No mail is at fault for it.
constexpr std::array kLogInReplies{530, 534, 535, 538};

std::string_view commandName(SmtpStage stage) {
    switch (stage) {
        case SmtpStage::Check:
        case SmtpStage::Connect:
            return "the connection";
        case SmtpStage::Mail:
            return "the return path";
        case SmtpStage::Rcpt:
            return "the recipient";
        case SmtpStage::Data:
            return "DATA";
        case SmtpStage::Body:
            return "the mail";
    }
    return "";
}

/// The enhanced status code (RFC 3463) at the beginning of a reply: `5.1.1`; empty: there is none.
std::string_view enhancedStatus(std::string_view text) {
    const std::string_view word = text.substr(0, text.find(' '));
    const bool looks_so = word.size() >= 5 &&
                          std::isdigit(static_cast<unsigned char>(word[0])) != 0 &&
                          std::count(word.begin(), word.end(), '.') == 2 &&
                          word.find_first_not_of("0123456789.") == std::string_view::npos;
    return looks_so ? word : std::string_view{};
}

/// Whether the mailbox itself is what was refused. Servers also refuse recipients for what they
/// think of the sender (550 5.7.1), and nobody must be suppressed for that.
bool namesBadMailbox(const net::SmtpResult& result) {
    if (!result.rcpt_refused) return false;
    const std::string_view status = enhancedStatus(result.last_reply_text);
    if (!status.empty()) {
        constexpr std::array<std::string_view, 7> bad_mailbox{"5.1.0", "5.1.1",  "5.1.2", "5.1.3",
                                                              "5.1.6", "5.1.10", "5.2.1"};
        return std::find(bad_mailbox.begin(), bad_mailbox.end(), status) != bad_mailbox.end();
    }
    return result.last_reply == 550 || result.last_reply == 551 || result.last_reply == 553;
}

std::string replyText(const net::SmtpResult& result) {
    return fmt::format("{} {}", result.last_reply, result.last_reply_text);
}

}  // namespace

Outcome outcomeOf(const net::SmtpResult& result) {
    const int kind = result.last_reply / 100;
    const bool refused = kind == 4 || kind == 5;
    if (result.stage == SmtpStage::Check) return Refused{result.error, result.rcpt_refused};
    if (result.stage == SmtpStage::Connect) {
        // The host or our settings are at fault, not the mail, also where the answer was 5xx.
        return TryLater{
            refused ? fmt::format("{} ({})", result.error, replyText(result)) : result.error,
            {},
            true};
    }
    if (!refused) {
        if (!result.body_sent)
            return TryLater{result.error.empty() ? replyText(result) : result.error, {}, true};
        if (kind == 2) return Accepted{replyText(result)};
        return Unknown{
            fmt::format("the whole mail was sent, and no answer came: {}", result.error)};
    }
    const std::string reason = fmt::format("the server refused {}{}: {}", commandName(result.stage),
                                           kind == 4 ? " for now" : "", replyText(result));
    const bool wants_log_in = std::find(kLogInReplies.begin(), kLogInReplies.end(),
                                        result.last_reply) != kLogInReplies.end();
    if (wants_log_in)
        return TryLater{
            reason + "; check user and password in the settings of the sender", {}, true};
    // 421 closes the connection, whatever command it answers.
    if (kind == 4) return TryLater{reason, {}, result.last_reply == 421};
    return Refused{reason, namesBadMailbox(result)};
}

}  // namespace backorderd::senders

#include "senders/twilio_outcome.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "senders/sms.hpp"

namespace backorderd::senders {

namespace {

using nlohmann::json;

enum class TwilioMeaning {
    Later,     ///< a limit or a queue of the moment
    Settings,  ///< account, credentials or sender are at fault: somebody can mend it
    Refused,   ///< this message, for good
    Suppress,  ///< this number, for good: it does not exist, takes no SMS, or has opted out
};

struct TwilioCode {
    int code;
    TwilioMeaning meaning;
};

/// https://www.twilio.com/docs/api/errors names them all.
constexpr std::array kTwilioCodes{
    TwilioCode{10001, TwilioMeaning::Settings},  // account not active
    TwilioCode{14107, TwilioMeaning::Later},     // send rate limit
    TwilioCode{20003, TwilioMeaning::Settings},  // log-in
    TwilioCode{20005, TwilioMeaning::Settings},  // account not active
    TwilioCode{20404, TwilioMeaning::Settings},  // no such account
    TwilioCode{20429, TwilioMeaning::Later},     // too many requests
    TwilioCode{20503, TwilioMeaning::Later},     // service unavailable
    TwilioCode{21211, TwilioMeaning::Suppress},  // 'To' is no number
    TwilioCode{21212, TwilioMeaning::Settings},  // 'From' is no number
    TwilioCode{21214, TwilioMeaning::Suppress},  // 'To' cannot be reached
    TwilioCode{21217, TwilioMeaning::Suppress},  // 'To' is not well formed
    TwilioCode{21265, TwilioMeaning::Suppress},  // 'To' is a short code
    TwilioCode{21266, TwilioMeaning::Refused},   // 'To' is 'From'
    TwilioCode{21408, TwilioMeaning::Settings},  // country not enabled in the account
    TwilioCode{21602, TwilioMeaning::Refused},   // no text
    TwilioCode{21603, TwilioMeaning::Settings},  // no 'From'
    TwilioCode{21604, TwilioMeaning::Refused},   // no 'To'
    TwilioCode{21605, TwilioMeaning::Refused},   // too long
    TwilioCode{21606, TwilioMeaning::Settings},  // 'From' cannot send SMS
    TwilioCode{21608, TwilioMeaning::Settings},  // trial account, number not verified
    TwilioCode{21609, TwilioMeaning::Settings},  // StatusCallback is no address
    TwilioCode{21610, TwilioMeaning::Suppress},  // opted out
    TwilioCode{21611, TwilioMeaning::Later},     // queue of the sender is full
    TwilioCode{21612, TwilioMeaning::Refused},   // no way from this 'From' to this 'To'
    TwilioCode{21614, TwilioMeaning::Suppress},  // not a mobile number
    TwilioCode{21617, TwilioMeaning::Refused},   // too long
    TwilioCode{21635, TwilioMeaning::Suppress},  // a landline
    TwilioCode{21659, TwilioMeaning::Settings},  // 'From' is not of Twilio
    TwilioCode{21660, TwilioMeaning::Settings},  // 'From' is of another account
    TwilioCode{21701, TwilioMeaning::Settings},  // no such messaging service
    TwilioCode{21703, TwilioMeaning::Settings},  // messaging service without numbers
    TwilioCode{21704, TwilioMeaning::Settings},  // the same
    TwilioCode{21705, TwilioMeaning::Settings},  // messaging service not valid
    TwilioCode{30001, TwilioMeaning::Later},     // queue overflow
    TwilioCode{30002, TwilioMeaning::Settings},  // account suspended
    TwilioCode{30022, TwilioMeaning::Later},     // carrier's rate
};

const TwilioCode* findTwilioCode(int code) {
    const auto* const found =
        std::find_if(kTwilioCodes.begin(), kTwilioCodes.end(),
                     [code](const TwilioCode& known) { return known.code == code; });
    return found == kTwilioCodes.end() ? nullptr : found;
}

std::string textOf(const json& answer, const char* key) {
    const auto at = answer.find(key);
    return at != answer.end() && at->is_string() ? at->get<std::string>() : std::string{};
}

int numberOf(const json& answer, const char* key) {
    const auto at = answer.find(key);
    return at != answer.end() && at->is_number_integer() ? at->get<int>() : 0;
}

Outcome outcomeOfCode(const TwilioCode& known, const net::HttpResponse& response,
                      const std::string& reply) {
    switch (known.meaning) {
        case TwilioMeaning::Later:
            return TryLater{"Twilio refused for now: " + reply, retryAfterOf(response)};
        case TwilioMeaning::Settings:
            return TryLater{
                fmt::format("Twilio refused our request: {}; check the account, and the sender in "
                            "the settings",
                            reply),
                retryAfterOf(response)};
        case TwilioMeaning::Refused:
            return Refused{"Twilio refused the message: " + reply, false};
        case TwilioMeaning::Suppress:
            return Refused{"Twilio refused the number: " + reply, true};
    }
    return Refused{reply, false};
}

}  // namespace

Outcome twilioOutcome(const net::HttpResponse& response) {
    const json parsed = json::parse(response.body, nullptr, false);
    const json answer = parsed.is_object() ? parsed : json::object();
    const bool success = response.status / 100 == 2;
    const int code = numberOf(answer, success ? "error_code" : "code");
    const std::string message = textOf(answer, success ? "error_message" : "message");
    const std::string reply =
        code != 0 ? replyText(fmt::format("{} {}", code, message)) : replyText(response.body);
    if (const auto* const known = findTwilioCode(code))
        return outcomeOfCode(*known, response, reply);
    if (!success) return outcomeOfStatus(response, reply);

    const std::string sid = textOf(answer, "sid"), status = textOf(answer, "status");
    if (sid.empty())
        return Unknown{fmt::format("{} without a message's id: {}", response.status, reply)};
    if (status == "failed" || status == "undelivered" || status == "canceled")
        return Refused{fmt::format("Twilio made the message {} at once: {} {}", status, sid, reply),
                       false};
    return Accepted{replyText(fmt::format("{} {}", sid, status))};
}

}  // namespace backorderd::senders

#include "senders/sms.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "backorderd/phone.hpp"
#include "backorderd/sms_text.hpp"

namespace backorderd::senders {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kAnswerBytesMax = 64u << 10;
/// A login or an address that is not right: the settings are at fault, not the message.
constexpr std::array kSettingsStatuses{401, 402, 403, 404, 405, 407};
constexpr std::array kLaterStatuses{408, 425, 429, 503};

template <std::size_t N>
bool isAmong(const std::array<int, N>& statuses, int status) {
    return std::find(statuses.begin(), statuses.end(), status) != statuses.end();
}

/// Gateways quote the number in what they say; in reasons, which are logged, it has no place.
std::string withoutNumber(std::string text, std::string_view number) {
    const std::string_view digits = number.substr(std::min<std::size_t>(1, number.size()));
    if (digits.empty()) return text;
    for (auto at = text.find(digits); at != std::string::npos; at = text.find(digits, at))
        text.replace(at, digits.size() - 2, "…");
    return text;
}

Outcome withoutNumber(Outcome outcome, std::string_view number) {
    struct {
        std::string_view number;
        void operator()(Accepted& one) const { one.reply = withoutNumber(one.reply, number); }
        void operator()(TryLater& one) const { one.reason = withoutNumber(one.reason, number); }
        void operator()(Refused& one) const { one.reason = withoutNumber(one.reason, number); }
        void operator()(Unknown& one) const { one.reason = withoutNumber(one.reason, number); }
    } visitor{number};
    std::visit(visitor, outcome);
    return outcome;
}

}  // namespace

std::string SmsSender::whyUnsendable(const Message& message) const {
    if (message.document.empty()) return "the text is empty";
    const SmsSize size = smsSize(message.document);
    if (size.segments <= settings_.segments_max) return {};
    return fmt::format(
        "the text takes {} segments of SMS{}, and 'segments_max' of the sender is {}; shorten the "
        "part 'sms' of the template, or raise it",
        size.segments,
        size.alphabet == SmsAlphabet::Ucs2
            ? " in UCS-2, which a sign outside the GSM alphabet asks for"
            : "",
        settings_.segments_max);
}

asio::awaitable<Outcome> SmsSender::send(const Message& message, WireGate& gate) {
    const std::string& number = message.recipient.address;
    if (!isPhoneNumber(number))
        co_return Refused{
            "the recipient's number is not written as E.164 has it: + and the country "
            "first, digits only",
            true};
    if (std::string why = whyUnsendable(message); !why.empty())
        co_return Refused{std::move(why), false};
    net::HttpRequest request = requestFor(message);
    request.timeout = settings_.timeout;
    request.ca_file = settings_.ca_file;
    request.fresh_connection = true;
    request.answer_bytes_max = kAnswerBytesMax;
    co_await gate.beforeWire(message.id);
    const auto answer = co_await net_.http(std::move(request));
    const auto* const response = std::get_if<net::HttpResponse>(&answer);
    Outcome outcome = response != nullptr ? outcomeOf(*response)
                                          : outcomeOfFailure(std::get<net::TransferError>(answer));
    co_return withoutNumber(std::move(outcome), number);
}

Outcome outcomeOfFailure(const net::TransferError& error) {
    if (!error.request_sent) return TryLater{error.reason, {}};
    return Unknown{fmt::format("the request was sent, and no answer came: {}", error.reason)};
}

Outcome outcomeOfStatus(const net::HttpResponse& response, std::string reply) {
    const int status = response.status;
    std::string text = fmt::format("{}{}{}", status, reply.empty() ? "" : " ", reply);
    if (isAmong(kLaterStatuses, status))
        return TryLater{"the gateway refused for now: " + text, retryAfterOf(response)};
    if (status / 100 == 3 || isAmong(kSettingsStatuses, status))
        return TryLater{
            fmt::format("the gateway refused our request: {}; check the sender's address and "
                        "credentials in the settings",
                        text),
            retryAfterOf(response)};
    if (status / 100 == 4) return Refused{"the gateway refused the message: " + text, false};
    return Unknown{fmt::format("the gateway does not say whether it has the message: {}", text)};
}

std::string percentEncoded(std::string_view text) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                           (c >= 'a' && c <= 'z') ||
                           std::string_view{"-._~"}.find(c) != std::string_view::npos;
        if (plain) {
            out += c;
        } else {
            out += '%';
            out += kHex[byte >> 4];
            out += kHex[byte & 0xF];
        }
    }
    return out;
}

std::string formEncoded(const FormFields& fields) {
    std::string out;
    for (const auto& [name, value] : fields)
        out += fmt::format("{}{}={}", out.empty() ? "" : "&", percentEncoded(name),
                           percentEncoded(value));
    return out;
}

}  // namespace backorderd::senders

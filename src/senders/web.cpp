#include "senders/web.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace backorderd::senders {

namespace asio = boost::asio;
using std::chrono::seconds;

namespace {

constexpr std::size_t kWebAnswerBytesMax = 64u << 10;
constexpr std::size_t kReplyBytesMax = 200;
constexpr seconds kRetryAfterMax{7 * 24 * 3600};
constexpr std::array kForNowStatuses{408, 425, 429};
constexpr int kGoneStatus = 410;

std::string said(int status, const std::string& reply) {
    return fmt::format("{}{}{}", status, reply.empty() ? "" : " ", reply);
}

}  // namespace

asio::awaitable<Outcome> WebSender::send(const Message& message, WireGate& gate) {
    net::HttpRequest request = requestFor(message);
    request.method = "POST";
    request.url = settings_.url;
    request.timeout = settings_.timeout;
    request.ca_file = settings_.ca_file;
    request.public_only = settings_.public_only;
    request.fresh_connection = !knowsRepeats();
    request.answer_bytes_max = kWebAnswerBytesMax;
    co_await gate.beforeWire(message.id);
    const auto answer = co_await net_.http(std::move(request));
    const auto* const response = std::get_if<net::HttpResponse>(&answer);
    co_return response != nullptr ? outcomeOf(*response)
                                  : outcomeOf(std::get<net::TransferError>(answer));
}

/// A connection that cannot be made says something about the receiver as a whole: a sender has one
/// address, and so one receiver.
Outcome WebSender::outcomeOf(const net::TransferError& error) const {
    if (!error.request_sent) return TryLater{error.reason, {}, /*receiver_down=*/true};
    if (error.status / 100 == 2) {
        net::HttpResponse begun;
        begun.status = error.status;
        return outcomeOfSuccess(begun, "and an answer that broke off");
    }
    return Unknown{fmt::format("the request was sent, and no answer came: {}", error.reason)};
}

Outcome WebSender::outcomeOf(const net::HttpResponse& response) const {
    const int status = response.status;
    std::string reply = replyText(response.body);
    if (status / 100 == 2) return outcomeOfSuccess(response, std::move(reply));
    const std::string text = said(status, reply);
    if (status == kGoneStatus)
        return Refused{"the receiver takes nothing any more: " + text, false,
                       /*endpoint_gone=*/true};
    const auto wait = retryAfterOf(response, now());
    const bool for_now =
        std::find(kForNowStatuses.begin(), kForNowStatuses.end(), status) != kForNowStatuses.end();
    if (for_now || status / 100 == 5)
        return TryLater{"the receiver refused for now: " + text, wait};
    if (status / 100 == 4 && !blamesSettings(status))
        return Refused{"the receiver refused the message: " + text};
    const char* const remedy = status / 100 == 3
                                   ? "no redirect is followed; enter the new address"
                                   : "check the sender's address and credentials in the settings";
    return TryLater{fmt::format("the receiver refused our request: {}; {}", text, remedy), wait};
}

std::string replyText(std::string_view body) {
    std::string text;
    for (const char c : body.substr(0, kReplyBytesMax))
        text += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
    // Cut inside a character, the rest of it would not be UTF-8.
    if (body.size() > kReplyBytesMax) {
        while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0) == 0x80)
            text.pop_back();
        if (!text.empty() && static_cast<unsigned char>(text.back()) >= 0xC0) text.pop_back();
    }
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
}

std::optional<seconds> retryAfterOf(const net::HttpResponse& response,
                                    std::optional<Timestamp> now) {
    const std::string_view text = response.header("retry-after");
    std::int64_t count = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (failed == std::errc{} && end == text.data() + text.size()) {
        if (count < 0) return std::nullopt;
        return std::min(seconds{std::min(count, kRetryAfterMax.count())}, kRetryAfterMax);
    }
    const auto until = net::parseHttpDate(text);
    if (!until) return std::nullopt;
    const auto from = net::parseHttpDate(response.header("date"));
    if (!from && !now) return std::nullopt;
    return std::clamp<seconds>(*until - (from ? *from : *now), seconds{0}, kRetryAfterMax);
}

}  // namespace backorderd::senders

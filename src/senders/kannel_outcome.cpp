#include "senders/kannel_outcome.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "senders/sms.hpp"

namespace backorderd::senders {

namespace {

/// Delivered to an SMSC, queued for one, or answered before either.
constexpr std::array<std::string_view, 3> kTakenReplies{"0:", "3:", "Sent."};

}  // namespace

Outcome kannelOutcome(const net::HttpResponse& response) {
    const std::string reply = replyText(response.body);
    const auto isAnswered = [&](std::string_view words) { return reply.starts_with(words); };
    if (response.status == 202 &&
        std::any_of(kTakenReplies.begin(), kTakenReplies.end(), isAnswered))
        return Accepted{fmt::format("202 {}", reply)};
    if (response.status == 403 && reply.starts_with("Not routable"))
        return Refused{fmt::format("Kannel has no route to the number: 403 {}", reply), false};
    // Without a sender, Kannel takes none of our messages: nothing is wrong with this one.
    if (response.status == 400 && reply.starts_with("Sender missing"))
        return TryLater{
            fmt::format("Kannel wants a sender: 400 {}; set 'from' of the sender", reply), {}};
    return outcomeOfStatus(response, reply);
}

}  // namespace backorderd::senders

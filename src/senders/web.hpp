#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "backorderd/sender.hpp"
#include "config/section.hpp"
#include "senders/senders.hpp"

/// What senders have in common that make one web request of a message.
namespace backorderd::senders {

/// The beginning of an answer, on one line, for a person.
std::string replyText(std::string_view body);
/// The wait that a receiver asks for, in seconds or until a date; nullopt: none. A date counts from
/// the answer's own `Date`, or from `now` where it has none.
std::optional<std::chrono::seconds> retryAfterOf(const net::HttpResponse& response,
                                                 std::optional<Timestamp> now = std::nullopt);

struct WebSettings {
    std::string url;
    bool public_only = true;
    int parallel = 1;
    std::chrono::seconds timeout{};
    std::string ca_file;
};
/// How a kind names its address.
struct WebAddress {
    std::string_view meaning;
    std::string_view fallback{};  ///< empty: the key is required
    bool is_secret = false;       ///< whoever has it may post: read as secrets are
};
/// Reads the keys that every kind has; `parallel` is the default of that one.
WebSettings readWeb(config::Section& section, const WebAddress& address, int parallel);

/// Why nothing may be posted to an address; empty: it may. `https` alone unless `allow_http`, a
/// plain host without a user, the ports 80, 443 and from 1024 on, and no odd spelling of an IPv4
/// address.
std::string whyNotEndpoint(std::string_view url, bool allow_http);

/// The host of an address in small letters, without user and port; an IPv6 address keeps its
/// brackets.
std::string hostOfUrl(std::string_view url);

/// One message, one POST. What differs between kinds is the body and what the answer means.
class WebSender : public Sender {
public:
    WebSender(const Environment& environment, WebSettings settings)
        : net_(environment.net), clock_(environment.clock), settings_(std::move(settings)) {}

    int parallel() const override { return settings_.parallel; }
    std::string host() const override { return hostOfUrl(settings_.url); }
    boost::asio::awaitable<Outcome> send(const Message& message, WireGate& gate) override;

protected:
    /// Headers and body; the rest is the same for all.
    virtual net::HttpRequest requestFor(const Message& message) const = 0;
    /// What an answer of the class 2xx means; `reply` is what it says.
    virtual Outcome outcomeOfSuccess(const net::HttpResponse& response,
                                     std::string reply) const = 0;
    /// Whether a refusal blames our settings (an address or a token that is not right), so that
    /// each message is tried again once they are put right.
    virtual bool blamesSettings(int status) const = 0;
    /// Whether the receiver knows a message again that comes twice. Only then may connections be
    /// kept: curl silently repeats a request on a kept one that dies.
    virtual bool knowsRepeats() const = 0;

    Timestamp now() const { return clock_.now(); }

private:
    Outcome outcomeOf(const net::HttpResponse& response) const;
    Outcome outcomeOf(const net::TransferError& error) const;

    net::Net& net_;
    const Clock& clock_;
    WebSettings settings_;
};

}  // namespace backorderd::senders

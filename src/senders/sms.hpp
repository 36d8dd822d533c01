#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "backorderd/sender.hpp"
#include "config/section.hpp"
#include "net/net.hpp"
#include "senders/web.hpp"

/// What all senders of SMS have in common.
namespace backorderd::senders {

/// Whom an SMS comes from: the entry with the longest dialling prefix of the recipient's number.
class SenderIds {
public:
    SenderIds() = default;
    SenderIds(std::string fallback, std::vector<std::pair<std::string, std::string>> by_prefix);

    /// Empty: the gateway chooses.
    const std::string& forNumber(std::string_view number) const;

private:
    std::string fallback_;
    std::vector<std::pair<std::string, std::string>> by_prefix_;  ///< `+43`; the longest first
};

struct SmsSettings {
    std::string host;  ///< of the gateway
    SenderIds from;
    int segments_max = 0;
    int parallel = 0;
    std::chrono::seconds timeout{};
    std::string ca_file;
};
/// Reads the keys that every kind has; `url` is the gateway's.
SmsSettings readSms(config::Section& section, std::string_view url);

/// Reads an `http://` or `https://` address of a gateway; a problem where it is none, and a warning
/// where credentials would go over a network in the clear. `fallback` empty: the key is required.
std::string readGatewayUrl(config::Section& section, std::string_view key,
                           std::string_view fallback, std::string_view meaning);
/// Why an address is no `http://` or `https://` one; empty: it is.
std::string whyNotWebAddress(std::string_view url);

/// One SMS, one request. What differs between gateways is the request and what its answer means.
///
/// No gateway can be told to take a message only once, so none is sent again where nobody knows
/// what became of it, and each goes over a connection of its own: curl would silently repeat a
/// request on a kept one that dies.
class SmsSender : public Sender {
public:
    SmsSender(net::Net& net, SmsSettings settings) : net_(net), settings_(std::move(settings)) {}

    Channel channel() const override { return Channel::Sms; }
    OnUnknown onUnknown() const override { return OnUnknown::Hold; }
    int parallel() const override { return settings_.parallel; }
    std::string host() const override { return settings_.host; }
    std::string whyUnsendable(const Message& message) const override;
    boost::asio::awaitable<Outcome> send(const Message& message, WireGate& gate) override;

protected:
    /// Method, address, headers, body and log-in; the rest is the same for all.
    virtual net::HttpRequest requestFor(const Message& message) const = 0;
    virtual Outcome outcomeOf(const net::HttpResponse& response) const = 0;

    const std::string& senderIdFor(const Message& message) const {
        return settings_.from.forNumber(message.recipient.address);
    }

private:
    net::Net& net_;
    SmsSettings settings_;
};

/// What an attempt meant that came to no answer.
Outcome outcomeOfFailure(const net::TransferError& error);
/// What a status alone means, where it is not a success; `reply` is what the gateway said. One that
/// blames our settings (log-in, address) is tried again, because no message is at fault for it; a
/// server's own error, but for 503, leaves open whether it had taken the message.
Outcome outcomeOfStatus(const net::HttpResponse& response, std::string reply);

using FormFields = std::vector<std::pair<std::string_view, std::string>>;
/// application/x-www-form-urlencoded, also for a query.
std::string formEncoded(const FormFields& fields);
std::string percentEncoded(std::string_view text);

}  // namespace backorderd::senders

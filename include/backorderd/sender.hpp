#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "backorderd/message.hpp"

namespace backorderd {

/// What one attempt meant, told apart by what the receiver said and what it had got by then.
struct Accepted {
    std::string reply;
};
/// Nothing was accepted: the same bytes may go again.
struct TryLater {
    std::string reason;
    std::optional<std::chrono::seconds> retry_after{};  ///< the receiver's own wish
    /// No word about this message: the receiver as a whole takes nothing now. Where several
    /// attempts in a row end so, the receiver is left in peace for a while.
    bool receiver_down = false;
};
/// Refused for good; sending again would be wrong.
struct Refused {
    std::string reason;
    bool address_invalid = false;  ///< the recipient does not exist: a case for suppression
    /// The receiver says that it takes nothing any more, whatever it is sent: the sender is not
    /// used again before somebody has looked at the settings.
    bool endpoint_gone = false;
};
/// The receiver may or may not have it.
struct Unknown {
    std::string reason;
};
using Outcome = std::variant<Accepted, TryLater, Refused, Unknown>;

/// What the channel does with an unknown outcome: a mail is sent once more under the same
/// Message-ID, a webhook again under the same id, an SMS is held.
enum class OnUnknown { SendAgainOnce, SendAgain, Hold };

/// Makes 'this may have left' durable.
class WireGate {
public:
    virtual ~WireGate() = default;
    /// Returns once a durable record says that the message may have left. A sender awaits it right
    /// before the first irreversible byte (for SMTP: before the first byte behind DATA's 354), so
    /// that a failed connection or a refused recipient is never 'unknown'.
    virtual boost::asio::awaitable<void> beforeWire(MessageId id) = 0;
};

/// One channel's last hop. Implementations live in src/senders, one file each, and are made from
/// their own section of the settings; all pass tests/senders/contract.
class Sender {
public:
    virtual ~Sender() = default;

    virtual Channel channel() const = 0;
    virtual OnUnknown onUnknown() const = 0;
    /// How many sends the dispatcher may have under way at once; at least 1.
    virtual int parallel() const = 0;
    /// The host that it sends to, in small letters and without a port; empty: it has none. Senders
    /// to one host share what that host is asked to bear.
    virtual std::string host() const { return {}; }
    /// Why it will never take this message, for a person, with the remedy; empty: it may. Asked
    /// before a message is frozen, so that what can be mended is mended instead of refused.
    virtual std::string whyUnsendable(const Message&) const { return {}; }
    /// One attempt, bounded in time. Never throws for what the world does; never sends when the
    /// gate was not awaited. The message outlives the call.
    virtual boost::asio::awaitable<Outcome> send(const Message& message, WireGate& gate) = 0;
};

/// Stands before another sender, and is like it in all that it does not say itself.
class SenderDecorator : public Sender {
public:
    explicit SenderDecorator(std::unique_ptr<Sender> sender) : sender_{std::move(sender)} {}

    Channel channel() const override { return sender_->channel(); }
    OnUnknown onUnknown() const override { return sender_->onUnknown(); }
    int parallel() const override { return sender_->parallel(); }
    std::string host() const override { return sender_->host(); }
    std::string whyUnsendable(const Message& message) const override {
        return sender_->whyUnsendable(message);
    }
    boost::asio::awaitable<Outcome> send(const Message& message, WireGate& gate) override {
        return sender_->send(message, gate);
    }

private:
    std::unique_ptr<Sender> sender_;
};

}  // namespace backorderd

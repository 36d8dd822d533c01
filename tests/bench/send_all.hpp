#pragma once

#include <boost/asio/awaitable.hpp>

#include "backorderd/sender.hpp"

/// What the benches of senders have in common.
namespace backorderd::senders {

/// Nothing is made durable: the sender alone is measured.
class OpenGate final : public WireGate {
public:
    boost::asio::awaitable<void> beforeWire(MessageId) override { co_return; }
};

/// One message to be sent many times, by several at once.
struct Work {
    Sender& sender;
    const Message& message;
    int left = 0;
    int running = 0;  ///< how many are at it
    int accepted = 0;
};

inline boost::asio::awaitable<void> sendAll(Work& work) {
    OpenGate gate;
    while (work.left-- > 0) {
        const Outcome outcome = co_await work.sender.send(work.message, gate);
        work.accepted += std::holds_alternative<Accepted>(outcome) ? 1 : 0;
    }
    --work.running;
}

}  // namespace backorderd::senders

#pragma once

#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include "backorderd/sender.hpp"

/// One attempt of a sender, as the tests look at it.
namespace backorderd::senders {

/// The durable mark, counted; it may also fail.
class CountingGate final : public WireGate {
public:
    explicit CountingGate(bool fails = false) : fails_(fails) {}
    boost::asio::awaitable<void> beforeWire(MessageId id) override {
        calls.push_back(id);
        if (fails_) throw std::runtime_error("the disk is full");
        co_return;
    }
    std::vector<MessageId> calls;

private:
    bool fails_;
};

enum class Meant { Accepted, TryLater, Refused, BadAddress, Unknown };

inline Meant meant(const Outcome& outcome) {
    struct {
        Meant operator()(const Accepted&) const { return Meant::Accepted; }
        Meant operator()(const TryLater&) const { return Meant::TryLater; }
        Meant operator()(const Refused& refused) const {
            return refused.address_invalid ? Meant::BadAddress : Meant::Refused;
        }
        Meant operator()(const Unknown&) const { return Meant::Unknown; }
    } visitor;
    return std::visit(visitor, outcome);
}

inline std::string reasonOf(const Outcome& outcome) {
    struct {
        std::string operator()(const Accepted& one) const { return one.reply; }
        std::string operator()(const TryLater& one) const { return one.reason; }
        std::string operator()(const Refused& one) const { return one.reason; }
        std::string operator()(const Unknown& one) const { return one.reason; }
    } visitor;
    return std::visit(visitor, outcome);
}

}  // namespace backorderd::senders

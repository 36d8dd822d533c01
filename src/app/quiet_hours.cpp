#include "app/quiet_hours.hpp"

#include <algorithm>
#include <utility>

#include "rules/rules.hpp"

namespace backorderd::app {
namespace {

/// A mail is made while its window is open, and its first attempt hardly ever comes later than
/// this; to look at the window of each before would slow down a full outbox.
constexpr std::chrono::minutes kMailFresh{10};

class QuietSender final : public SenderDecorator {
public:
    QuietSender(std::unique_ptr<Sender> sender, Store& store, const Clock& clock,
                std::function<const RuleSet&()> rules)
        : SenderDecorator{std::move(sender)},
          store_{store},
          clock_{clock},
          rules_{std::move(rules)} {}

    boost::asio::awaitable<Outcome> send(const Message& message, WireGate& gate) override {
        const auto now = clock_.now();
        const bool fresh = channel() != Channel::Sms && message.attempts <= 1 &&
                           now - message.created_at < kMailFresh;
        const auto opens = fresh ? now : opensAt(message, now);
        if (opens > now)
            co_return TryLater{"the send window is shut until " + formatTimestamp(opens),
                               opens - now};
        co_return co_await SenderDecorator::send(message, gate);
    }

private:
    Timestamp opensAt(const Message& message, Timestamp now) const {
        auto opens = now;
        for (const auto& notice : store_.notices(message.notices)) {
            // Our own people hear of a mail's lines at any hour; a telephone wakes them too.
            if (channel() != Channel::Sms && !isForCustomer(notice.topic)) continue;
            const std::vector<CaseId> ids{notice.case_id};
            for (const auto& subject : store_.cases(ids))
                opens = std::max(opens, rules::sendOpensAt(rules_(), subject, notice, now));
        }
        return opens;
    }

    Store& store_;
    const Clock& clock_;
    std::function<const RuleSet&()> rules_;
};

}  // namespace

std::vector<NamedSender> withQuietHours(std::vector<NamedSender> senders, Store& store,
                                        const Clock& clock, std::function<const RuleSet&()> rules) {
    for (auto& named : senders)
        if (const auto channel = named.sender->channel();
            channel == Channel::Sms || channel == Channel::Email)
            named.sender =
                std::make_unique<QuietSender>(std::move(named.sender), store, clock, rules);
    return senders;
}

}  // namespace backorderd::app

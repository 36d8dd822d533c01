#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>

#include "app/rig.hpp"

/// The dispatcher alone, between a store and senders that watch it.
namespace backorderd::app::test {

/// Accepts everything; asks what is known of a message at the moment when its first byte may go.
class WatchingSender final : public Sender {
public:
    WatchingSender(std::function<void(MessageId)> on_wire, OnUnknown on_unknown, std::string host)
        : on_wire_{std::move(on_wire)}, on_unknown_{on_unknown}, host_{std::move(host)} {}
    Channel channel() const override { return Channel::Email; }
    OnUnknown onUnknown() const override { return on_unknown_; }
    int parallel() const override { return 3; }
    std::string host() const override { return host_; }
    asio::awaitable<Outcome> send(const Message& message, WireGate& gate) override {
        co_await gate.beforeWire(message.id);
        on_wire_(message.id);
        const Outcome outcome = Accepted{"250 ok"};
        co_return outcome;
    }

private:
    std::function<void(MessageId)> on_wire_;
    OnUnknown on_unknown_;
    std::string host_;
};

/// Takes what it is given and never comes back.
class HangingSender final : public Sender {
public:
    explicit HangingSender(int& begun, std::string host = "")
        : begun_{begun}, host_{std::move(host)} {}
    Channel channel() const override { return Channel::Webhook; }
    OnUnknown onUnknown() const override { return OnUnknown::Hold; }
    int parallel() const override { return 3; }
    std::string host() const override { return host_; }
    asio::awaitable<Outcome> send(const Message&, WireGate&) override {
        ++begun_;
        asio::steady_timer never{co_await asio::this_coro::executor, SteadyTime::max()};
        boost::system::error_code cancelled;
        co_await never.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
        const Outcome outcome = TryLater{"it hung", {}, true};
        co_return outcome;
    }

private:
    int& begun_;
    std::string host_;
};

class Dispatching : public testing::Test {
protected:
    void freeze(const std::string& sender, int count, const std::string& domain = "x.example") {
        std::vector<Message> messages;
        for (int i = 0; i < count; ++i) {
            auto& message = messages.emplace_back();
            message.stable_id = sender + domain + std::to_string(i);
            message.sender = sender;
            message.recipient.address = "a@" + domain;
            message.document = "Subject: x\r\n\r\n";
            message.created_at = message.state_at = clock.now();
        }
        store->freeze(messages);
    }
    void start(Dispatcher::Settings settings = {}) {
        dispatcher =
            std::make_unique<Dispatcher>(context.get_executor(), *store, clock, log, senders,
                                         std::move(settings), nullptr, journal.get());
        look();
    }
    /// As the engine does it whenever there may be something to do.
    void look() {
        dispatcher->kick();
        context.restart();
        context.poll();
    }
    std::int64_t inState(MessageState state) {
        for (const auto& [known, count] : store->counts().messages)
            if (known == state) return count;
        return 0;
    }
    int mostAttempts() {
        int most = 0;
        for (const auto& message : store->messages(store->listMessages({{}, "", 10'000})))
            most = std::max(most, message.attempts);
        return most;
    }
    void watch(const std::string& name, std::function<void(MessageId)> on_wire,
               OnUnknown on_unknown = OnUnknown::Hold, std::string host = "") {
        senders.push_back({name, std::make_unique<WatchingSender>(std::move(on_wire), on_unknown,
                                                                  std::move(host))});
    }
    /// A journal that counts what is made durable.
    void countSyncs(int& syncs) {
        store::JournalOptions options;
        options.sync = [&syncs](int) {
            ++syncs;
            return 0;
        };
        journal = store::openJournal(folder / "counted/send.journal", clock.now(), options);
        syncs = 0;
    }
    /// Of how many messages the journal's last word is that they may have left.
    std::ptrdiff_t mayHaveLeft() const {
        using What = store::JournalRecord::What;
        std::map<std::string, What> last;
        for (const auto& record : journal->after(0)) last[record.message] = record.what;
        return std::ranges::count_if(last,
                                     [](const auto& one) { return one.second == What::Wire; });
    }

    TemporaryFolder folder;
    FakeClock clock;
    Log log{{"text", "off", false}};
    std::unique_ptr<Store> store = store::openScratch();
    std::unique_ptr<store::SendJournal> journal =
        store::openJournal(folder / "journal/send.journal", clock.now());
    std::vector<NamedSender> senders;
    std::unique_ptr<Dispatcher> dispatcher;
    asio::io_context context{1};  // Ends first: what hangs on it refers to the rest.
};

}  // namespace backorderd::app::test

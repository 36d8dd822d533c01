#pragma once

#include <boost/asio/post.hpp>
#include <map>
#include <set>

#include "app/rig.hpp"
#include "simulation/plan.hpp"

namespace backorderd::simulation {

namespace asio = boost::asio;
using namespace std::chrono_literals;

inline constexpr const char* kRules = R"(version: 1
cadence:
  - name: everyone
    match: {}
    channels: [email]
    send_window: { hours: "08:00-18:00", in: customer }
    messages:
      opened: { template: opened }
      promise_changed: { template: promise-changed, min_change: 2d }
      status: { template: status, every: 5d }
      shipped: { template: shipped }
      cancelled: { template: cancelled }
)";

/// A company with one ERP and one mail server around the real engine, and everything that may not
/// happen there. It lives through a plan once.
class World {
public:
    World() : rig_{kRules} {
        rig_.erp.can_find = true;
        rig_.settings.guards.mass_change_share = 1.0;
        rig_.more_ends = [this](app::Ends& ends, asio::io_context&) {
            ends.senders.front().sender = std::make_unique<Receiver>(*this);
        };
        rig_.crash();
        rig_.start();
    }

    /// What went wrong, for a person; empty: nothing.
    std::vector<std::string> live(const Plan& plan);

    int received() const { return static_cast<int>(receipts_.size()); }
    int kills() const { return kills_; }

private:
    /// A mail server with a step of the loop between everything that a kill can tell apart.
    class Receiver final : public Sender {
    public:
        explicit Receiver(World& world) : world_{world} {}
        Channel channel() const override { return Channel::Email; }
        OnUnknown onUnknown() const override { return OnUnknown::SendAgainOnce; }
        int parallel() const override { return 2; }
        asio::awaitable<Outcome> send(const Message& message, WireGate& gate) override;

    private:
        World& world_;
    };

    /// What the ERP said of a line from a moment on.
    struct Fact {
        Timestamp since{};
        OrderLine line;
    };
    struct Receipt {
        int copies = 0;
        int answers_lost = 0;
    };

    void act(const Action& action);
    void change(const Action& action, OrderLine& line);
    void remember(const OrderLine& line);
    void close(const OrderLine& line);
    bool pollOnce();
    void workOn();
    void kill();
    void receive(const Message& message);
    void checkTruth(const Notice& notice, const std::string& line_id);
    void checkEnd();
    void checkEachNotice(const Case& subject);
    bool anyFact(const std::string& line_id, const std::function<bool(const OrderLine&)>& holds);
    void wrong(const std::string& what);

    app::test::Rig rig_;
    std::map<std::string, std::vector<Fact>> facts_;  ///< by line id
    std::map<std::string, Receipt> receipts_;         ///< by the message's stable id
    std::map<std::string, std::string> heard_;        ///< stable id by line and notice key
    std::set<std::string> suppressed_;
    std::vector<std::string> wrongs_;
    int refusals_ = 0;
    int lost_answers_ = 0;
    int poll_steps_ = -1;  ///< until the next poll is killed; negative: it is not
    int work_steps_ = -1;
    int edits_ = 0;
    int kills_ = 0;
};

}  // namespace backorderd::simulation

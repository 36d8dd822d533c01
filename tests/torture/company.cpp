#include "torture/company.hpp"

#include <date/tz.h>
#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/post.hpp>

#include "net/net.hpp"
#include "senders/senders.hpp"
#include "torture/verdict.hpp"

namespace backorderd::torture {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

constexpr int kMails = 12, kTexts = 4, kHooks = 4;
/// Known before the day begins: the lines from this one on, among those told by mail.
constexpr int kKnownFrom = 6;

std::string rules() {
    std::string teams, escalation;
    for (const auto& listener : listeners()) {
        if (listener.channel != Channel::Webhook) continue;
        const auto& id = listener.line;
        teams +=
            fmt::format("  team{}: {{ email: [\"{}\"], sender: ops }}\n", id, listener.address);
        escalation += fmt::format(
            "  - name: line{}\n    match: {{ item.id: P-{} }}\n"
            "    steps: [ {{ to: team{}, template: rep-alert }} ]\n",
            id, id, id);
    }
    return fmt::format(R"(version: 1
teams:
{}cadence:
  - name: mails
    match: {{ customer.tier: mail }}
    channels: [email]
    send_window: {{ hours: "08:00-18:00", in: customer }}
    messages:
      opened: {{ template: opened }}
      promise_changed: {{ template: promise-changed, min_change: 2d }}
      shipped: {{ template: shipped }}
      cancelled: {{ template: cancelled }}
  - name: texts
    match: {{ customer.tier: text }}
    channels: [sms]
    messages: {{ opened: {{ template: opened }} }}
escalation:
{})",
                       teams, escalation);
}

OrderLine lineFor(const Listener& listener) {
    auto line = app::test::sampleLine(listener.line);
    line.order.id = "o" + listener.line;
    line.order.number = "SO" + listener.line;
    line.item.id = "P-" + listener.line;
    line.customer.id = "C" + listener.line;
    line.customer.name = "Customer " + listener.line;
    line.contact.timezone = listener.zone;
    line.contact.email = line.contact.phone = "";
    const bool mail = listener.channel == Channel::Email;
    line.customer.tier = mail ? "mail" : listener.channel == Channel::Sms ? "text" : "none";
    if (mail) line.contact.email = listener.address;
    if (listener.channel == Channel::Sms) line.contact.phone = listener.address;
    return line;
}

/// What became of a known line on the day; false: the ERP does not list it any more.
bool changeOfDay(OrderLine& line, int number) {
    if (number < kKnownFrom + 2) return line.promise = Promise::on(*parseDate("2026-04-10")), true;
    if (number < kKnownFrom + 4) return line.shipped = line.ordered, false;
    return line.cancelled = line.ordered, false;
}

}  // namespace

std::string_view sceneName(Scene scene) {
    static constexpr std::array<std::string_view, 4> kNames{"first-start", "day", "after-crash",
                                                            "mail"};
    return kNames.at(static_cast<std::size_t>(scene));
}

const std::vector<Listener>& listeners() {
    static const auto all = [] {
        std::vector<Listener> list;
        for (int i = 0; i < kMails + kTexts + kHooks; ++i) {
            const auto id = std::to_string(i + 1);
            const char* const zone = i % 4 == 2 ? "America/New_York" : "Europe/Vienna";
            if (i < kMails)
                list.push_back({id, "buyer" + id + "@customer.example", Channel::Email, zone});
            else if (i < kMails + kTexts)
                list.push_back({id, fmt::format("+43664100{:04}", i), Channel::Sms, zone});
            else
                list.push_back({id, "desk" + id + "@house.example", Channel::Webhook, zone});
        }
        return list;
    }();
    return all;
}

Timestamp beginning() { return *parseTimestamp("2026-03-02T09:00:00Z"); }

/// Has a message as soon as it has passed the gate; then turns of the loop go by until it answers.
class Company::Receiver final : public Sender {
public:
    Receiver(Company& company, Channel channel) : company_{company}, channel_{channel} {}
    Channel channel() const override { return channel_; }
    OnUnknown onUnknown() const override {
        return channel_ == Channel::Sms     ? OnUnknown::Hold
               : channel_ == Channel::Email ? OnUnknown::SendAgainOnce
                                            : OnUnknown::SendAgain;
    }
    int parallel() const override { return 3; }
    asio::awaitable<Outcome> send(const Message& message, WireGate& gate) override {
        const auto executor = co_await asio::this_coro::executor;
        co_await gate.beforeWire(message.id);
        co_await asio::post(executor, asio::use_awaitable);
        auto& ledger = company_.ledger_;
        ledger.receive(message.stable_id, message.recipient.address, message.document,
                       company_.rig_.clock.now().time_since_epoch().count());
        if (ledger.received == ledger.dies_at) _exit(0);
        co_await asio::post(executor, asio::use_awaitable);
        co_return Accepted{"250 ok"};
    }

private:
    Company& company_;
    Channel channel_;
};

/// As the ERP of the rig, but what it is told is known outside of this process.
class Company::Erp final : public Connector {
public:
    Erp(Company& company, std::unique_ptr<Connector> erp)
        : company_{company}, erp_{std::move(erp)} {}
    Capabilities capabilities() const override { return erp_->capabilities(); }
    std::unique_ptr<SnapshotReader> read() override { return erp_->read(); }
    asio::awaitable<Found> find(std::string_view line_id) override { return erp_->find(line_id); }
    asio::awaitable<std::optional<Failure>> annotate(const Note& note) override {
        company_.ledger_.note(note.order_id);
        co_return std::nullopt;
    }
    asio::awaitable<Probe> probe() override { return erp_->probe(); }

private:
    Company& company_;
    std::unique_ptr<Connector> erp_;
};

Company::Company(const std::string& folder, Ledger& ledger, int mail_port)
    : rig_{"version: 1\n", false, false}, ledger_{ledger}, mail_port_{mail_port} {
    rig_.writeRules(rules());
    rig_.known_policy = [policy = rig_.policy()] { return policy; };
    auto& settings = rig_.settings;
    settings.data_dir = folder + "/store";
    settings.journal = folder + "/journal/send.journal";
    settings.guards.mass_change_share = 1.0;
    settings.operations.email = "operations@house.example";
    settings.outbox.mark_ahead = 4;
    rig_.erp.can_find = true;
    rig_.more_ends = [this](app::Ends& ends, asio::io_context& context) {
        auto& source = ends.sources.at(0).connector;
        source = std::make_unique<Erp>(*this, std::move(source));
        static constexpr std::array kChannels{Channel::Email, Channel::Webhook, Channel::Sms};
        for (std::size_t i = 0; i < kChannels.size(); ++i)
            ends.senders.at(i).sender = std::make_unique<Receiver>(*this, kChannels.at(i));
        if (scene_ != Scene::Mail) return;
        net_ = std::make_unique<net::Net>(context.get_executor());
        const auto section = config::Section::fromText(
            fmt::format("url: smtp://127.0.0.1:{}\ntls: never\ntimeout: 2s\nconnect_timeout: 2s\n",
                        mail_port_),
            "torture");
        ends.senders.at(0).sender = senders::makeSender("smtp", section, {*net_, rig_.clock});
    };
}

Company::~Company() = default;

void Company::showLines(Scene scene) {
    rig_.erp.lines.clear();
    rig_.erp.closed.clear();
    int number = 0;
    for (const auto& listener : listeners()) {
        auto line = lineFor(listener);
        const bool known = number >= kKnownFrom && number < kMails;
        const bool listed = scene == Scene::FirstStart || !known || changeOfDay(line, number);
        (listed ? rig_.erp.lines : rig_.erp.closed).push_back(line);
        ++number;
    }
}

void Company::liveTheDayBefore() {
    showLines(Scene::FirstStart);
    auto& lines = rig_.erp.lines;
    lines.erase(lines.begin() + kMails, lines.end());
    lines.erase(lines.begin(), lines.begin() + kKnownFrom);
    setClock(beginning() - 24h);
    start(Scene::FirstStart);
    readAndTell(8h);
    end();
}

void Company::start(Scene scene) {
    scene_ = scene;
    rig_.start();
}

void Company::end() {
    rig_.engine.reset();
    rig_.footing.reset();
    rig_.store.reset();
    net_.reset();
    rig_.context.reset();
}

void Company::setClock(Timestamp now) {
    rig_.clock.wall = now;
    ledger_.lived_until = now.time_since_epoch().count();
}

/// All that is due. Behind a socket, it is waited for.
void Company::work() {
    for (bool more = true; more || !rig_.engine->idle();) {
        more = rig_.engine->work();
        rig_.context->restart();
        if (scene_ == Scene::Mail && !more && !rig_.engine->idle()) rig_.context->run_one_for(1s);
        rig_.context->poll();
    }
}

/// As the rig does it, but what time it is is known to the next start as well.
void Company::pass(std::chrono::seconds span) {
    for (const auto end = rig_.clock.now() + span;;) {
        work();
        const auto quiet = rig_.engine->quietFor();
        const auto left = end - rig_.clock.now();
        if (left <= 0s) return;
        const auto step = std::min(std::max<std::chrono::seconds>(quiet.value_or(left), 1s), left);
        rig_.clock.advance(step);
        ledger_.lived_until += step.count();
    }
}

void Company::readAndTell(std::chrono::hours span) {
    for (auto spent = 0h; spent < span; spent += 4h) {
        rig_.poll();
        pass(4h);
    }
}

void Company::live(Scene scene) {
    setClock(beginning());
    showLines(scene);
    start(scene);
    readAndTell(8h);
    end();
}

void Company::goOn(Scene scene, bool interrupted) {
    setClock(Timestamp{std::chrono::seconds{ledger_.lived_until}});
    showLines(scene);
    try {
        start(scene);
        readAndTell(24h);
        Verdict verdict{rig_, ledger_, scene, interrupted};
        verdict.give();
        end();
        verdict.lookIntoTheFile();
    } catch (const std::exception& failure) {
        ledger_.wrong(std::string{"the next start fails: "} + failure.what());
    }
}

}  // namespace backorderd::torture

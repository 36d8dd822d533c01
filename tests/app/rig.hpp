#pragma once

#include <stdlib.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <deque>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "app/engine.hpp"
#include "app/operations.hpp"
#include "codec/codec.hpp"
#include "store/store.hpp"

namespace backorderd::app::test {

namespace asio = boost::asio;
using namespace std::chrono_literals;

/// A folder that goes when the test does.
class TemporaryFolder {
public:
    TemporaryFolder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "backorderd-XXXXXX");
        if (!mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
        path_ = pattern;
    }
    ~TemporaryFolder() { std::filesystem::remove_all(path_); }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    std::string operator/(const std::string& name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

class FakeClock final : public Clock {
public:
    Timestamp now() const override { return wall; }
    SteadyTime steady() const override { return monotonic; }
    void advance(std::chrono::seconds span) {
        wall += span;
        monotonic += span;
    }
    Timestamp wall = *parseTimestamp("2026-03-02T09:00:00Z");
    SteadyTime monotonic{};
};

/// An ERP that the test changes by hand, and that can fail at any point of a read.
struct FakeErp {
    std::vector<OrderLine> lines;
    std::vector<OrderLine> closed;  ///< what `find` still knows
    Goods goods;
    bool complete = true;
    bool goods_read = true;
    std::optional<Timestamp> as_of;    ///< empty: now
    std::set<std::string> unreadable;  ///< lines whose records cannot be decoded
    std::set<std::string> find_fails;  ///< lines that cannot be looked up
    std::vector<std::string> finds;    ///< look-ups so far
    std::function<void()> before_find;
    std::optional<std::string> fails_after_page;
    bool can_find = false;
    std::vector<Connector::Note> notes;
    const Clock* clock = nullptr;

    OrderLine& line(const std::string& id) {
        for (auto& entry : lines)
            if (entry.key.id == id) return entry;
        throw std::out_of_range(id);
    }
};

class FakeReader final : public SnapshotReader {
public:
    explicit FakeReader(const FakeErp& erp) : erp_{erp}, lines_{erp.lines} {
        for (const auto& line : lines_)
            records_.push_back({line.key.id, std::hash<std::string>{}(codec::encodeLine(line))});
    }
    asio::awaitable<std::variant<Page, SnapshotEnd, Failure>> next() override {
        if (!std::exchange(read_, true)) {
            Page page;
            page.records = records_;
            co_return page;
        }
        if (erp_.fails_after_page) {
            Failure failure{Failure::Again::Later, *erp_.fails_after_page};
            co_return failure;
        }
        SnapshotEnd end;
        end.complete = erp_.complete && erp_.goods_read;
        end.read_through = erp_.complete;
        end.goods_read = erp_.goods_read;
        end.why_incomplete = erp_.complete ? "" : "the end is missing";
        end.as_of = erp_.as_of.value_or(erp_.clock->now());
        end.goods = erp_.goods;
        co_return end;
    }
    Result<OrderLine> decode(std::size_t index) override {
        const auto& line = lines_.at(index);
        if (!erp_.unreadable.contains(line.key.id)) return line;
        return Problems{{{}, "'ten' is no number, in line " + line.key.id}};
    }

private:
    const FakeErp& erp_;
    std::vector<OrderLine> lines_;
    std::vector<LineRecord> records_;
    bool read_ = false;
};

class FakeConnector final : public Connector {
public:
    explicit FakeConnector(FakeErp& erp) : erp_{erp} {}
    Capabilities capabilities() const override { return {erp_.can_find, true}; }
    std::unique_ptr<SnapshotReader> read() override { return std::make_unique<FakeReader>(erp_); }
    asio::awaitable<Found> find(std::string_view line_id) override {
        if (erp_.before_find) erp_.before_find();
        erp_.finds.emplace_back(line_id);
        if (erp_.find_fails.contains(std::string{line_id})) {
            Failure failure{Failure::Again::Later, "cannot be read"};
            co_return failure;
        }
        for (const auto& line : erp_.closed)
            if (line.key.id == line_id) co_return line;
        co_return LineGone{};
    }
    asio::awaitable<std::optional<Failure>> annotate(const Note& note) override {
        erp_.notes.push_back(note);
        co_return std::nullopt;
    }
    asio::awaitable<Probe> probe() override { co_return Probe{}; }

private:
    FakeErp& erp_;
};

/// A mailbox, and what the next attempts meet on the way to it.
struct FakeMailbox {
    std::vector<Message> received;
    std::deque<Outcome> next;  ///< outcomes of the coming attempts; then Accepted
    bool die_on_wire = false;  ///< the attempt never returns from the wire
    int attempts = 0;
    std::string unsendable;         ///< why no message can go there; empty: each can
    std::optional<Outcome> always;  ///< of each attempt for which `next` has nothing
    int parallel = 4;
};

class FakeSender final : public Sender {
public:
    explicit FakeSender(FakeMailbox& mailbox, Channel channel = Channel::Email)
        : mailbox_{mailbox}, channel_{channel} {}
    Channel channel() const override { return channel_; }
    OnUnknown onUnknown() const override { return OnUnknown::SendAgainOnce; }
    int parallel() const override { return mailbox_.parallel; }
    std::string whyUnsendable(const Message&) const override { return mailbox_.unsendable; }
    asio::awaitable<Outcome> send(const Message& message, WireGate& gate) override {
        ++mailbox_.attempts;
        Outcome outcome = mailbox_.always.value_or(Accepted{"250 ok"});
        if (!mailbox_.next.empty()) {
            outcome = mailbox_.next.front();
            mailbox_.next.pop_front();
        }
        if (std::holds_alternative<TryLater>(outcome) || std::holds_alternative<Refused>(outcome))
            co_return outcome;
        co_await gate.beforeWire(message.id);
        mailbox_.received.push_back(message);
        co_return outcome;
    }

private:
    FakeMailbox& mailbox_;
    Channel channel_;
};

inline OrderLine sampleLine(const std::string& id) {
    OrderLine line;
    line.key = {"erp", id};
    line.order = {"o1", "SO100", "PO-7", parseDate("2026-02-20")};
    line.position = "1";
    line.item = {"PX-100", "Circulation pump", "pumps", "", {}};
    line.unit = "pcs";
    line.ordered = Decimal{10};
    line.allocated = Decimal{};
    line.unit_price = {Decimal{20}, "EUR"};
    line.promise = Promise::on(*parseDate("2026-03-20"));
    line.customer = {"C1", "Example Ltd", "gold", "GB", {}};
    line.contact = {"Ann Example", "ann@example.com", "", "buyer", "en", "Europe/London"};
    line.sales_rep = {"Rep", "rep@house.example"};
    return line;
}

inline constexpr const char* kRules = R"(version: 1
cadence:
  - name: everyone
    match: {}
    channels: [email]
    messages:
      opened: { template: opened }
      promise_changed: { template: promise-changed, min_change: 2d }
      status: { template: status, every: 5d }
      available: { template: available }
      shipped: { template: shipped }
      cancelled: { template: cancelled }
)";

/// The real engine, store, rules and templates, between an ERP and a mailbox in the test's hand.
class Rig {
public:
    explicit Rig(const std::string& rules = kRules, bool adopt = false) {
        erp.clock = &clock;
        settings.data_dir = folder / "store";
        settings.rules_dir = folder / "rules.d";
        settings.templates_dir = std::string{BACKORDERD_SOURCE_DIR} + "/config/templates";
        settings.slice_lines = 2000;
        settings.journal = folder / "journal/send.journal";
        settings.journal_keep = 60 * 24h;
        settings.environment = "test";
        settings.delivery.mode = "live";
        settings.clock = {5min, 1h};
        settings.house.name = "House";
        settings.house.from_name = "House";
        settings.house.from_address = "orders@house.example";
        settings.house.language = "en";
        settings.house.timezone = "UTC";
        settings.outbox = {60s, 4h, 2.0, 0.0, 5 * 24h, 100};
        settings.log.format = "text";
        settings.log.level = "off";
        config::SourceSettings source{
            "erp", "fake", 60s, 24h, adopt, true, config::Section::fromText("{}", "test")};
        settings.sources.push_back(source);
        writeRules(rules);
        start();
    }

    void writeRules(const std::string& rules) {
        std::filesystem::create_directories(settings.rules_dir);
        std::ofstream{settings.rules_dir + "/rules.yaml"} << rules;
    }

    Policy policy() {
        Problems warnings;
        auto loaded = loadPolicy(settings, warnings);
        if (!loaded) throw std::runtime_error(formatProblems(loaded.error()));
        return std::move(*loaded);
    }

    void start() {
        context = std::make_unique<asio::io_context>(1);
        store = store::openStore(settings.data_dir);
        log = std::make_unique<Log>(settings.log);
        footing = std::make_unique<Footing>(findFooting(settings, clock.now(), journal_options));
        footing->disk = disk;
        Ends ends;
        ends.sources.push_back({"erp", std::make_unique<FakeConnector>(erp)});
        ends.senders.push_back({mail_sender, std::make_unique<FakeSender>(mailbox)});
        ends.senders.push_back({"ops", std::make_unique<FakeSender>(ops, Channel::Webhook)});
        if (serves_sms)
            ends.senders.push_back({"sms", std::make_unique<FakeSender>(phone, Channel::Sms)});
        ends.senders.push_back({"chat", std::make_unique<FakeSender>(chat, Channel::Chat)});
        if (more_ends) more_ends(ends, *context);
        engine = std::make_unique<Engine>(context->get_executor(), *store, clock, *log, settings,
                                          policy(), std::move(ends), footing.get());
    }

    /// As after kill -9: nothing is told goodbye.
    void crash() {
        engine.reset();
        context.reset();
        footing.reset();
        store.reset();
    }

    PollReport poll() {
        std::optional<PollReport> report;
        asio::co_spawn(*context, engine->poll("erp"),
                       [&](std::exception_ptr failure, std::optional<PollReport> said) {
                           if (failure) std::rethrow_exception(failure);
                           report = std::move(said);
                       });
        context->restart();
        context->run();
        return report.value();
    }

    /// Everything that is due at this moment.
    void work() {
        bool more = true;
        while (more || !engine->idle()) {
            more = engine->work();
            context->restart();
            context->poll();
        }
    }

    /// Lets time pass from one due moment to the next.
    void pass(std::chrono::seconds span) {
        const auto end = clock.now() + span;
        for (;;) {
            work();
            const auto quiet = engine->quietFor();
            const auto step = quiet ? std::max<std::chrono::seconds>(*quiet, 1s) : span;
            if (clock.now() + step > end) break;
            clock.advance(step);
        }
        clock.advance(end - clock.now());
        work();
    }

    std::vector<std::string> subjects() const {
        std::vector<std::string> list;
        for (const auto& message : mailbox.received) list.push_back(message.subject);
        return list;
    }

    /// The topics of all that a mailbox got, in the order of arrival.
    std::vector<std::string> topics(const FakeMailbox& box) const {
        std::vector<std::string> list;
        for (const auto& message : box.received)
            for (const auto& notice : store->notices(message.notices))
                list.emplace_back(topicName(notice.topic));
        return list;
    }

    Case caseOf(const std::string& line_id) {
        return store->cases(std::vector{store->caseOfLine("erp", line_id).value()}).front();
    }

    /// What an operator is told.
    nlohmann::json ask(const std::string& operation, const nlohmann::json& arguments) {
        Operations operations{*store, clock, [this]() -> Engine& { return *engine; },
                              [](bool) -> asio::awaitable<Problems> { co_return Problems{}; }};
        nlohmann::json answer;
        asio::co_spawn(*context, operations.call(operation, arguments),
                       [&](std::exception_ptr failure, nlohmann::json said) {
                           if (failure) std::rethrow_exception(failure);
                           answer = std::move(said);
                       });
        context->restart();
        context->poll();
        return answer;
    }

    Case onlyCase() {
        CaseFilter filter;
        filter.include_closed = true;
        return store->cases(store->listCases(filter)).at(0);
    }

    static config::Settings emptySettings() {
        return {"",
                "",
                "",
                "",
                "",
                30s,
                2000,
                {},
                {},
                {},
                {},
                {},
                config::Section::fromText("{}", "test")};
    }

    TemporaryFolder folder;
    FakeClock clock;
    FakeErp erp;
    FakeMailbox mailbox;
    std::string mail_sender = "mail";  ///< its name in the settings
    bool serves_sms = true;
    FakeMailbox ops;    ///< behind the sender of that name, a webhook
    FakeMailbox phone;  ///< behind the sender of SMS
    FakeMailbox chat;   ///< behind the sender of that name
    std::function<void(Ends&, asio::io_context&)> more_ends;  ///< called at each start
    config::Settings settings = emptySettings();
    std::unique_ptr<asio::io_context> context;
    std::unique_ptr<Store> store;
    std::unique_ptr<Log> log;
    store::JournalOptions journal_options;
    std::unique_ptr<Footing> footing;
    DiskWatch* disk = nullptr;  ///< null: nobody looks at the disk
    std::unique_ptr<Engine> engine;
};

/// Days on which the ERP is read every morning.
inline void days(Rig& rig, int count) {
    for (int day = 0; day < count; ++day) {
        rig.pass(24h);
        rig.poll();
        rig.work();
    }
}

}  // namespace backorderd::app::test

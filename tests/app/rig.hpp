#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <fstream>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "app/engine.hpp"
#include "app/operations.hpp"
#include "fakes.hpp"
#include "store/store.hpp"

namespace backorderd::app::test {

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
    /// `started` false: whoever makes it starts it, once all is set up.
    explicit Rig(const std::string& rules = kRules, bool adopt = false, bool started = true) {
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
        if (started) start();
    }

    void writeRules(const std::string& rules) {
        std::filesystem::create_directories(settings.rules_dir);
        std::ofstream{settings.rules_dir + "/rules.yaml"} << rules;
    }

    Policy policy() {
        if (known_policy) return known_policy();
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
        reload();
    }

    /// Puts another engine in place, as a daemon does that reads its settings and rules anew.
    void reload() {
        engine.reset();
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
        Engine::Pace pace;
        pace.company = 0ms;
        engine->usePace(pace);
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
        // Not all that is there to run: a server may listen for as long as the test lasts.
        while (!report && context->run_one() > 0) {
        }
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
    std::function<Policy()> known_policy;  ///< null: it is read from the files at each start
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

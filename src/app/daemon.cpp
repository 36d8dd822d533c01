#include "app/daemon.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "app/admin.hpp"
#include "app/core_dumps.hpp"
#include "app/coroutine.hpp"
#include "app/erp_hooks.hpp"
#include "app/fixed_settings.hpp"
#include "app/operations.hpp"
#include "app/outlook.hpp"
#include "app/system_clock.hpp"
#include "app/systemd.hpp"
#include "app/wiring.hpp"
#include "net/net.hpp"
#include "outbox/outbox.hpp"
#include "store/store.hpp"

namespace backorderd::app {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

/// Nothing due for longer than this: the loop comes round all the same, so that a wall clock that
/// was set is noticed.
constexpr auto kQuietMax = 60s;

/// What is due and could not be done is not tried more often than this.
constexpr auto kQuietMin = 200ms;

/// A sender of a high rate gets its turns in steps of so much.
constexpr auto kRateStep = 10ms;

/// A source that cannot be polled just now, because the engine stops, is not asked in a circle.
constexpr auto kPollRefused = 1s;

/// A timer that somebody else may cut short.
class Nap {
public:
    explicit Nap(asio::any_io_executor executor) : timer_{std::move(executor)} {}

    asio::awaitable<void> forAtMost(std::chrono::steady_clock::duration span) {
        if (std::exchange(woken_, false)) co_return;
        timer_.expires_after(span);
        boost::system::error_code cut_short;
        co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, cut_short));
        woken_ = false;
    }
    void wake() {
        woken_ = true;
        timer_.cancel();
    }

private:
    asio::steady_timer timer_;
    bool woken_ = false;
};

class Daemon {
public:
    Daemon(std::string settings_file, Setup setup, net::Net& net, const Clock& clock, Log& log,
           Store& store, Footing& footing, asio::io_context& context)
        : settings_file_{std::move(settings_file)},
          settings_{std::move(setup.settings)},
          net_{net},
          clock_{clock},
          log_{log},
          store_{store},
          footing_{footing},
          context_{context},
          signals_{context, SIGTERM, SIGINT, SIGHUP},
          work_nap_{context.get_executor()},
          operations_{store, clock, [this]() -> Engine& { return *engine_; },
                      [this](bool anyway) { return reload(anyway); }} {
        begin(std::move(setup.policy), std::move(setup.ends));
    }

    void run() {
        const auto handler = [this](const net::ServedRequest& request) { return serve(request); };
        control_ = std::make_unique<net::UnixHttpServer>(context_.get_executor(),
                                                         settings_->control_socket, handler);
        listenToOthers();
        asio::co_spawn(context_, watchSignals(), rethrow);
        asio::co_spawn(context_, workLoop(), rethrow);
        startPolling();
        systemd::ready(statusLine());
        log_.info("daemon.ready", {{"sources", std::to_string(engine_->sourceNames().size())}});
        context_.run();
    }

private:
    std::unique_ptr<net::TcpHttpServer> listen(const config::ListenerSettings& listener,
                                               net::ServeRequest handler) {
        if (!listener.on()) return nullptr;
        const net::ServerLimits limits{static_cast<std::size_t>(listener.request_bytes), 16u << 10,
                                       listener.request_time,
                                       static_cast<int>(listener.connections)};
        return std::make_unique<net::TcpHttpServer>(context_.get_executor(), listener.listen,
                                                    limits, std::move(handler));
    }

    void listenToOthers() {
        const auto others = [this](const net::ServedRequest& request) {
            return serveOthers(request);
        };
        public_ = listen(settings_->public_listener, others);
        const auto watchers = [this](const net::ServedRequest& request) {
            return serveWatchers(request);
        };
        admin_ = listen(settings_->admin_listener, watchers);
    }

    void begin(Policy policy, Ends ends) {
        engine_ =
            std::make_unique<Engine>(context_.get_executor(), store_, clock_, log_, *settings_,
                                     std::move(policy), std::move(ends), &footing_);
        engine_->onWork([this] { work_nap_.wake(); });
        hooks_ = std::make_unique<ErpHooks>(
            *settings_, clock_, [this](const std::string& source, const std::string& line) {
                engine_->changed(source, line);
                for (const auto& nap : poll_naps_) nap->wake();
            });
    }

    void startPolling() {
        poll_naps_.clear();
        ++generation_;
        for (const auto& name : engine_->sourceNames()) {
            auto& nap = poll_naps_.emplace_back(std::make_unique<Nap>(context_.get_executor()));
            asio::co_spawn(context_, pollLoop(name, *nap, generation_), rethrow);
        }
    }

    std::string statusLine() const {
        std::string line = engine_->gates().summary();
        if (!engine_->mode().live()) line += (line.empty() ? "" : "; ") + engine_->mode().words();
        for (const auto& name : engine_->sourceNames()) {
            const auto& state = engine_->sourceState(name);
            line += (line.empty() ? "" : "; ") + name + ": " +
                    (state.last_result.empty() ? "not polled yet" : state.last_result);
        }
        return line;
    }

    asio::awaitable<void> workLoop() {
        const auto feed_every = systemd::watchdogEvery();
        while (!stopping_) {
            const bool more = !reloading_ && engine_->work();
            systemd::watchdog();
            if (const auto line = statusLine(); line != told_status_)
                systemd::status(told_status_ = line);
            std::chrono::steady_clock::duration quiet = kQuietMax;
            if (more)
                quiet = 0s;
            else if (const auto due = engine_->quietFor(); due && *due < kQuietMax)
                quiet = std::max<std::chrono::steady_clock::duration>(*due, kQuietMin);
            if (const auto opens = engine_->rateOpensIn(); opens && *opens < quiet)
                quiet = std::max<std::chrono::steady_clock::duration>(*opens, kRateStep);
            if (feed_every && quiet > *feed_every) quiet = *feed_every;
            co_await work_nap_.forAtMost(quiet);
        }
    }

    asio::awaitable<void> pollLoop(std::string name, Nap& nap, int generation) {
        while (!stopping_ && generation == generation_) {
            // By and by, because a wall clock that is set moves quiet hours.
            if (const auto wait = engine_->pollDueIn(name); wait > 0s) {
                co_await nap.forAtMost(std::min<std::chrono::seconds>(wait, kQuietMax));
                continue;
            }
            const auto report = co_await engine_->pollDue(name);
            if (stopping_ || generation != generation_) co_return;
            systemd::status(statusLine());
            // An operator's poll is under way, and counts as this one.
            if (!report && !co_await engine_->pollEnded(name)) co_await nap.forAtMost(kPollRefused);
        }
    }

    asio::awaitable<void> watchSignals() {
        while (!stopping_) {
            const int signal = co_await signals_.async_wait(asio::use_awaitable);
            if (signal == SIGHUP) {
                // On its own: it may wait long for a poll or a send, and SIGTERM must be heard.
                asio::co_spawn(context_, reload(/*anyway=*/false),
                               [](std::exception_ptr failure, const Problems&) {
                                   rethrow(failure);  // The log has the problems.
                               });
            } else {
                co_await stop();
            }
        }
    }

    /// Everything that can fail comes before anything is replaced.
    asio::awaitable<Problems> reload(bool anyway) {
        if (std::exchange(reload_asked_, true)) {
            Problems busy{{{settings_file_, 0, 0},
                           "a reload is under way; ask again when it has "
                           "ended"}};
            co_return busy;
        }
        systemd::reloading();
        auto setup = loadSetup(settings_file_, net_, clock_);
        if (setup)
            for (auto& problem : fixedChanges(*settings_, *setup->settings, settings_file_))
                setup->warnings.push_back(std::move(problem));
        if (setup && !hasErrors(setup->warnings) && !anyway) co_await findSuddenMessages(*setup);
        if (!setup || hasErrors(setup->warnings)) {
            refuse(setup ? setup->warnings : setup.error());
        } else {
            co_await putInForce(*setup);
        }
        reload_asked_ = false;
        co_return last_problems_;
    }

    void refuse(const Problems& problems) {
        for (const auto& problem : problems)
            log_.error("reload.refused", {{"problem", formatProblem(problem)}});
        systemd::ready("reload refused, the old rules stay in force; see the log");
        last_problems_ = problems;
    }

    asio::awaitable<void> putInForce(Setup& setup) {
        reloading_ = true;
        engine_->stop();
        // Each poll and send under way is bounded by its own time limit.
        co_await untilIdle(std::nullopt);
        if (stopping_) co_return;
        co_await engine_->leaveSources();
        replace(std::move(setup));
        reloading_ = false;
        work_nap_.wake();
        log_.info("reload.done",
                  {{"policies", std::to_string(engine_->policy().rules.cadence.size())}});
        systemd::ready(statusLine());
    }

    /// Rules that would suddenly send much are held back: mostly somebody deleted a condition.
    asio::awaitable<void> findSuddenMessages(Setup& setup) {
        const auto& old = engine_->policy().rules;
        if (old.fingerprint == setup.policy.rules.fingerprint) co_return;
        const std::function<std::optional<Timestamp>(std::string_view)> fresh_until =
            [this](std::string_view source) { return engine_->freshUntil(source); };
        const auto outlook = co_await compareOutlooks(store_, old, setup.policy.rules, fresh_until,
                                                      clock_.now(), &engine_->preferences());
        auto held_back = whyHeldBack(outlook, setup.settings->reload.max_messages);
        if (!held_back) co_return;
        setup.warnings.push_back(
            {{setup.settings->rules_dir, 0, 0}, std::move(*held_back), Severity::Error});
    }

    void replace(Setup setup) {
        for (const auto& warning : setup.warnings)
            log_.warning("config.warning", {{"problem", formatProblem(warning)}});
        last_problems_ = std::move(setup.warnings);
        for (const auto& nap : poll_naps_) nap->wake();
        retired_naps_ = std::move(poll_naps_);  // Until their loops have seen the new generation.
        engine_.reset();
        settings_ = std::move(setup.settings);
        begin(std::move(setup.policy), std::move(setup.ends));
        startPolling();
    }

    asio::awaitable<void> untilIdle(std::optional<std::chrono::seconds> at_most) {
        asio::steady_timer timer{context_};
        const auto begun = clock_.steady();
        while (!engine_->idle() && (!at_most || clock_.steady() - begun < *at_most)) {
            systemd::watchdog();
            timer.expires_after(20ms);
            co_await timer.async_wait(asio::use_awaitable);
        }
    }

    asio::awaitable<void> stop() {
        systemd::stopping();
        log_.info("daemon.stopping");
        stopping_ = true;
        engine_->stop();
        co_await untilIdle(settings_->stop_within);
        if (engine_->idle()) co_await engine_->leaveSources();
        log_.info("daemon.stopped", {{"clean", engine_->idle() ? "yes" : "no"}});
        // What is still on the wire cannot be waited for; the next start decides about it.
        if (!engine_->idle()) std::_Exit(0);
        context_.stop();
    }

    asio::awaitable<net::ServedResponse> serveOthers(const net::ServedRequest& request) {
        co_return hooks_->answer(request);
    }

    asio::awaitable<net::ServedResponse> serveWatchers(const net::ServedRequest& request) {
        co_return answerAdmin(request, Watched{*engine_, store_, log_, clock_.now()});
    }

    asio::awaitable<net::ServedResponse> serve(const net::ServedRequest& request) {
        net::ServedResponse response;
        auto arguments =
            nlohmann::json::parse(request.body.empty() ? "{}" : request.body, nullptr, false);
        if (request.method != "POST" || request.target.size() < 2 || !arguments.is_object()) {
            response.status = 400;
            response.body = R"({"ok":false,"error":"POST /OPERATION with a JSON object"})";
            co_return response;
        }
        const auto name = request.target.substr(1);
        const auto answer = co_await operations_.call(name, arguments);
        work_nap_.wake();
        response.body = answer.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
        co_return response;
    }

    std::string settings_file_;
    std::unique_ptr<config::Settings> settings_;
    net::Net& net_;
    const Clock& clock_;
    Log& log_;
    Store& store_;
    Footing& footing_;
    asio::io_context& context_;
    asio::signal_set signals_;
    Nap work_nap_;
    std::vector<std::unique_ptr<Nap>> poll_naps_, retired_naps_;
    std::unique_ptr<Engine> engine_;
    Operations operations_;
    std::unique_ptr<ErpHooks> hooks_;
    std::unique_ptr<net::UnixHttpServer> control_;
    std::unique_ptr<net::TcpHttpServer> public_, admin_;
    Problems last_problems_;   ///< of the last reload
    std::string told_status_;  ///< to the service manager
    int generation_ = 0;
    bool stopping_ = false;
    bool reloading_ = false;     ///< the engine is being replaced
    bool reload_asked_ = false;  ///< from the request to its answer
};

}  // namespace

int runDaemon(const std::string& settings_file) {
    // A peer that closes a TLS connection while we write is the world's failure, not our end.
    std::signal(SIGPIPE, SIG_IGN);
    forbidCoreDumps();
    asio::io_context context{1};
    const SystemClock clock;
    net::Net net{context.get_executor()};
    auto setup = loadSetup(settings_file, net, clock);
    if (!setup) {
        std::fputs(formatProblems(setup.error()).c_str(), stderr);
        return 1;
    }
    Log log{setup->settings->log};
    for (const auto& warning : setup->warnings)
        log.warning("config.warning", {{"problem", formatProblem(warning)}});
    try {
        DiskWatch disk{*setup->settings};
        const auto make_room = [&disk] { return disk.giveUpReserve(); };
        store::OpenOptions options;
        options.make_room = make_room;
        const auto store = store::openStore(setup->settings->data_dir, options);
        store::JournalOptions journal;
        journal.make_room = make_room;
        auto footing = findFooting(*setup->settings, clock.now(), journal);
        footing.disk = &disk;
        Daemon daemon{settings_file, std::move(*setup), net, clock, log, *store, footing, context};
        daemon.run();
        return 0;
    } catch (const store::StoreRefused& refused) {
        log.error("store.refused", {{"reason", refused.what()}});
        return 3;
    } catch (const store::JournalRefused& refused) {
        log.error("journal.refused", {{"reason", refused.what()}});
        return 3;
    } catch (const StoreBroken& broken) {
        log.error("store.broken", {{"reason", broken.what()}});
        return 3;
    }
}

}  // namespace backorderd::app

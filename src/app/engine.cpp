#include "app/engine.hpp"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "app/engine_source.hpp"
#include "app/quiet_hours.hpp"

namespace backorderd::app {
namespace {

namespace asio = boost::asio;

std::vector<Preparer::LastHop> lastHops(const std::vector<NamedSender>& senders) {
    std::vector<Preparer::LastHop> hops;
    for (const auto& sender : senders) hops.push_back({sender.name, sender.sender.get()});
    return hops;
}

std::string mailSender(const std::vector<NamedSender>& senders) {
    for (const auto& sender : senders)
        if (sender.sender->channel() == Channel::Email) return sender.name;
    return {};
}

outbox::RateLimit rateOf(const config::RateSettings& rate) {
    return {rate.per_second, static_cast<int>(rate.burst)};
}

Dispatcher::Settings dispatcherSettings(const config::Settings& settings) {
    const auto& outbox = settings.outbox;
    Dispatcher::Settings out{
        {outbox.retry_first, outbox.retry_longest, outbox.retry_factor, outbox.retry_jitter,
         outbox.keep},
        static_cast<int>(outbox.claim_batch),
        static_cast<std::size_t>(outbox.mark_ahead),
        {static_cast<int>(outbox.pause_after), outbox.pause_first, outbox.pause_longest},
        {static_cast<int>(outbox.per_host.parallel), rateOf(outbox.per_host.rate)}};
    for (const auto& sender : settings.senders) {
        const auto& own = sender.schedule;
        out.terms[sender.name] = {
            {own.first, own.longest, own.factor, outbox.retry_jitter, own.keep},
            rateOf(sender.rate),
            rateOf(sender.domain_rate)};
    }
    return out;
}

}  // namespace

Engine::Engine(asio::any_io_executor executor, Store& store, const Clock& clock, Log& log,
               const config::Settings& settings, Policy policy, Ends ends, Footing* footing)
    : store_{store},
      clock_{clock},
      log_{log},
      settings_{settings},
      policy_{std::make_unique<Policy>(std::move(policy))},
      footing_{footing},
      gates_{store, log, footing != nullptr},
      mode_{settings.delivery},
      clock_watch_{{settings.clock.max_back, settings.clock.max_forward}},
      senders_{withQuietHours(std::move(ends.senders), store, clock,
                              [this]() -> const RuleSet& { return policy_->rules; })} {
    started_ = clock.steady();
    evaluator_ = std::make_unique<Evaluator>(
        store_, *policy_, [this](std::string_view name) { return freshUntil(name); });
    preferences_.fields = settings.preferences;
    readPreferences();
    evaluator_->usePreferences(preferences_);
    const auto& guards = settings.guards;
    Poller::Limits limits;
    limits.slice_lines = static_cast<std::size_t>(settings.slice_lines);
    limits.spool_dir = settings.data_dir;
    if (footing_ && footing_->disk)
        limits.why_no_room = [disk = footing_->disk] { return disk->whyLow(); };
    limits.mass_change = {guards.mass_change_share,
                          static_cast<std::size_t>(guards.mass_change_lines)};
    for (std::size_t i = 0; i < ends.sources.size(); ++i) {
        auto source = std::make_unique<Source>();
        source->settings = &settings.sources.at(i);
        source->schedule.emplace(*source->settings);
        source->connector = std::move(ends.sources[i].connector);
        source->ended = std::make_shared<asio::steady_timer>(executor, SteadyTime::max());
        source->poller = std::make_unique<Poller>(*source->settings, *source->connector, store_,
                                                  *evaluator_, clock_, limits);
        sources_.push_back(std::move(source));
    }
    sharing_ = std::make_unique<Sharing>(store_, *evaluator_, log_, *policy_);
    allocating_ = std::make_unique<Allocating>(store_, *evaluator_, log_, *policy_);
    alert_ = std::make_unique<OperationsAlert>(store_, log_, settings_, mailSender(senders_));
    guards_ = std::make_unique<Guards>(store_, log_, *policy_, settings_.guards, *alert_);
    preparer_ = std::make_unique<Preparer>(store_, *evaluator_, *guards_, log_, *policy_,
                                           settings.house, lastHops(senders_));
    preparer_->useMode(mode_);
    if (footing_) preparer_->useJournal(*footing_->journal);
    annotator_ =
        std::make_unique<Annotator>(executor, store_, clock_, log_,
                                    [this](std::string_view name) { return annotatable(name); });
    dispatcher_ = std::make_unique<Dispatcher>(
        executor, store_, clock_, log_, senders_, dispatcherSettings(settings),
        takesNotes() ? [this](const Message& message,
                              MessageState state) { return annotator_->notesFor(message, state); }
                     : Dispatcher::NoteMaker{},
        footing_ ? footing_->journal.get() : nullptr);
    evaluator_->onStale([this](const std::vector<MessageId>& ids) { dispatcher_->giveBack(ids); });
    evaluator_->onCommitted([this](const CaseChange& change) {
        sharing_->noted(change);
        preparer_->noted(change);
    });
    dispatcher_->onLate(
        [this](const std::vector<MessageId>& ids) { preparer_->stillTrue(ids, clock_.now()); });
    dispatcher_->onGone([this](const std::string& name, const std::string& reason) {
        alert_->raise({"sender_disabled", "sender " + name + " is disabled",
                       "The receiver of the sender '" + name + "' says that it is gone: " + reason +
                           ". What is for it waits, and nothing more is sent to it. Put its "
                           "address right and reload (or restart); messages that were refused can "
                           "be sent again with 'backorderd queue retry'."},
                      clock_.now());
    });
    dispatcher_->onDoubt([this](const Message& message, const std::string& reason) {
        if (message.notices.empty()) return;  // One that called operations calls nobody.
        alert_->raise({"outcome_unknown", "nobody knows whether a message arrived",
                       "The message " + message.stable_id + " of the sender '" + message.sender +
                           "' may have arrived or not: " + reason +
                           ". It is not sent again by itself. 'backorderd queue list --state "
                           "unknown' lists all of this kind; 'backorderd queue retry' sends one "
                           "again, 'backorderd queue drop' leaves it at that."},
                      clock_.now());
    });
    care_ = std::make_unique<Care>(store_, log_, settings.retention);
    if (footing_) raiseGates(clock_.now());
    dispatcher_->recover();
    preparer_->beginDepartures(clock_.now());
    lookAtUnsent();
    askGuardsAgain();
    // Rules may have been edited while nobody looked.
    if (store_.meta("rules") != policy_->rules.fingerprint) {
        store_.lookAtAllAgain(clock_.now());
        store_.setMeta("rules", policy_->rules.fingerprint);
    }
}

Engine::~Engine() = default;

/// What was frozen before this start may have become untrue since: it leaves only when its cases
/// have been looked at. A message whose sender is gone is taken back, and its notices are planned
/// anew for the senders of today.
void Engine::lookAtUnsent() {
    std::vector<std::string> names;
    for (const auto& sender : senders_) names.push_back(sender.name);
    const auto now = clock_.now();
    const auto stranded = store_.lookAtUnsent(names, now);
    for (const auto& message : store_.messages(stranded))
        log_.warning("message.stranded",
                     {{"message", message.stable_id},
                      {"sender", message.sender},
                      {"reason", "the settings have no such sender any more; planned anew"}});
    if (stranded.empty()) return;
    dispatcher_->forget(stranded);
    store_.supersede(stranded, "its sender is not in the settings any more", now);
}

/// A source whose data are too old, and that was not asked since the start, may know better than
/// what is frozen: better late than untrue, and a large ERP takes its time. One that does not
/// answer, or may not be asked now, holds nothing up for longer than its settings say.
bool Engine::mayKnowBetter(Timestamp now) const {
    const auto running = clock_.steady() - started_;
    return std::any_of(sources_.begin(), sources_.end(), [&](const auto& source) {
        if (source->polled || !source->poller->state().baseline_done) return false;
        if (running >= source->settings->first_poll_wait) return false;
        if (source->schedule->quietUntil(now)) return false;
        const auto fresh_until = source->poller->freshUntil();
        return !fresh_until || *fresh_until <= now;
    });
}

Engine::Source* Engine::findSource(std::string_view name) const {
    const auto at = std::find_if(sources_.begin(), sources_.end(), [name](const auto& source) {
        return source->settings->name == name;
    });
    return at == sources_.end() ? nullptr : at->get();
}

std::vector<std::string> Engine::sourceNames() const {
    std::vector<std::string> names;
    for (const auto& source : sources_) names.push_back(source->settings->name);
    return names;
}

const SourceState& Engine::sourceState(std::string_view name) const {
    return findSource(name)->poller->state();
}

std::chrono::seconds Engine::pollDueIn(std::string_view name) const {
    return findSource(name)->schedule->dueIn(clock_.now(), clock_.steady());
}

std::optional<Timestamp> Engine::freshUntil(std::string_view name) const {
    const auto* source = findSource(name);
    return source && source->poller ? source->poller->freshUntil() : std::nullopt;
}

Connector* Engine::annotatable(std::string_view name) const {
    const auto* source = findSource(name);
    const bool wanted =
        source && source->settings->write_notes && source->connector->capabilities().annotate;
    return wanted ? source->connector.get() : nullptr;
}

bool Engine::takesNotes() const {
    return std::any_of(sources_.begin(), sources_.end(), [this](const auto& source) {
        return annotatable(source->settings->name) != nullptr;
    });
}

void Engine::goodsChanged(std::string_view source, const Store::GoodsChange& change) {
    if (change.any) sharing_->goodsChanged(source);
    if (!change.arrived.empty()) allocating_->arrived(source, change.arrived);
}

bool Engine::work() {
    if (stopping_) return false;
    const auto now = clock_.now();
    if (footing_) watchClock(now);
    if (footing_ && footing_->disk) watchDisk(now);
    // An offer that ended by a clock in doubt, or a ladder that began, would stay so.
    if (gates_.find(GateName::Clock)) return false;
    preparer_->takeDepartures(now);
    // A digest is one message only if every case that may add to it has been looked at.
    const bool more_due =
        evaluator_->evaluateDue(now, pace_.cases, pace_.case_piece) == pace_.cases;
    // What left before a restore is not to be held by a guard.
    if (preparer_->takeDepartures(now)) evaluator_->forget();
    if (!gates_.open()) {
        evaluator_->forget();
        return more_due || workPasses(now);
    }
    if (std::exchange(catching_up_, catching_up_ && more_due)) return true;
    const int prepared =
        more_due ? 0 : preparer_->prepareDue(now, pace_.notices, pace_.notice_piece);
    evaluator_->forget();
    const bool retried = workRetries(now);
    unsent_looked_at_ = unsent_looked_at_ || (!more_due && !mayKnowBetter(now));
    if (unsent_looked_at_) dispatcher_->kick();
    annotator_->kick();
    if (more_due || prepared > 0 || retried) return true;
    return workPasses(now);
}

/// Passes over many cases wait until each case that is due has been looked at, and until a poll has
/// been taken in as a whole: so they see all lines of a cycle together.
bool Engine::workPasses(Timestamp now) {
    for (const auto& source : sources_) {
        if (source->polling || source->poller->goodsAreStale(now)) continue;
        const auto& name = source->settings->name;
        if (sharing_->work(name, now) || allocating_->work(name, now)) return true;
    }
    return care_->work(now);
}

bool Engine::workRetries(Timestamp now) {
    const auto due = dispatcher_->retriesDue();
    if (due.empty()) return false;
    const auto good = preparer_->stillTrue(due, now);
    dispatcher_->forget(due);
    dispatcher_->retry(good);
    return true;
}

/// How long nothing will leave; empty: until something happens, or while a gate is up.
std::optional<std::chrono::seconds> Engine::nextSend(Timestamp now) const {
    if (!gates_.open()) return std::nullopt;
    std::optional<std::chrono::seconds> soonest;
    const auto consider = [&](std::chrono::seconds span) {
        if (!soonest || span < *soonest) soonest = span;
    };
    if (const auto at = store_.nextNoticeDue()) consider(*at - now);
    if (const auto at = store_.nextAnnotationDue(); at && annotator_->idle()) consider(*at - now);
    if (const auto at = dispatcher_->nextRetry())
        consider(std::chrono::ceil<std::chrono::seconds>(*at - clock_.steady()));
    if (const auto in = rateOpensIn()) consider(std::chrono::ceil<std::chrono::seconds>(*in));
    return soonest;
}

std::optional<SteadyTime::duration> Engine::rateOpensIn() const {
    const auto at = dispatcher_->rateOpensAt();
    if (!at || !gates_.open()) return std::nullopt;
    return *at - clock_.steady();
}

std::optional<std::chrono::seconds> Engine::quietFor() const {
    if (gates_.find(GateName::Clock)) return std::nullopt;
    const auto now = clock_.now();
    std::optional<std::chrono::seconds> quiet;
    const auto consider = [&](std::chrono::seconds span) {
        span = std::max(span, std::chrono::seconds{0});
        if (!quiet || span < *quiet) quiet = span;
    };
    if (const auto at = store_.nextLookAgain()) consider(*at - now);
    if (const auto at = nextSend(now)) consider(*at);
    for (const auto& source : sources_) {
        const auto& name = source->settings->name;
        if (!source->polling && !source->poller->goodsAreStale(now) &&
            (sharing_->owes(name) || allocating_->owes(name)))
            consider(std::chrono::seconds{0});
    }
    return quiet;
}

void Engine::onWork(std::function<void()> callback) {
    on_work_ = callback;
    annotator_->onSettled(callback);
    dispatcher_->onSettled(std::move(callback));
}

void Engine::usePolicy(Policy policy) {
    auto replaced = std::make_unique<Policy>(std::move(policy));
    evaluator_->usePolicy(*replaced);
    sharing_->usePolicy(*replaced);
    allocating_->usePolicy(*replaced);
    guards_->usePolicy(*replaced);
    preparer_->usePolicy(*replaced);
    policy_ = std::move(replaced);
    store_.setMeta("rules", policy_->rules.fingerprint);
    store_.lookAtAllAgain(clock_.now());
}

Case Engine::record(CaseId id, const std::vector<Event>& events) {
    const auto now = clock_.now();
    const std::vector<CaseId> ids{id};
    Evaluator::Changes changes;
    evaluator_->decide(changes, std::move(store_.cases(ids).front()), events, now, false);
    evaluator_->commit(changes, now);
    return std::move(store_.cases(ids).front());
}

void Engine::readPreferences() {
    preferences_.by_contact.clear();
    for (auto& preference : store_.preferences())
        preferences_.by_contact.insert_or_assign(preference.contact, preference);
}

bool Engine::note(Annotation annotation) {
    if (annotation.order_id.empty() || !annotatable(annotation.source)) return false;
    store_.settle({}, clock_.now(), std::vector{std::move(annotation)});
    return true;
}

bool Engine::idle() const {
    return dispatcher_->idle() && annotator_->idle() &&
           std::none_of(sources_.begin(), sources_.end(),
                        [](const auto& source) { return source->polling; });
}

void Engine::stop() {
    stopping_ = true;
    for (const auto& source : sources_) source->poller->stop();
    annotator_->stop();
    dispatcher_->stop();
}

}  // namespace backorderd::app

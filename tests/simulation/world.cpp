#include "simulation/world.hpp"

#include <fmt/format.h>

namespace backorderd::simulation {
namespace {

/// Rules and templates that were loaded before: to compile them is dear, and they are the same in
/// all worlds.
app::Policy policyOf(app::test::Rig& rig, const std::string& rules) {
    static std::map<std::string, app::Policy> known;
    const auto found = known.find(rules);
    if (found != known.end()) return found->second;
    rig.known_policy = nullptr;
    rig.writeRules(rules);
    return known.emplace(rules, rig.policy()).first->second;
}

/// The end of the daemon, in the middle of a send.
struct Killed {};

}  // namespace

std::string meeting(std::string_view cause, MessageState state) {
    return fmt::format("{}, and messages are {}", cause, messageStateName(state));
}

World::World(const Company& company) : company_{company}, rig_{"version: 1\n", false, false} {
    rig_.erp.can_find = company_.can_find;
    rig_.settings.guards.mass_change_share = 1.0;
    rig_.settings.guards.blast_radius_max = company_.storm;
    rig_.settings.operations.email = "operations@house.example";
    rig_.journal_options.sync = [this](int descriptor) {
        return disk_.syncJournal(descriptor, rig_.settings.journal);
    };
    rig_.more_ends = [this](app::Ends& ends, asio::io_context&) {
        ends.senders.at(0).sender = std::make_unique<Receiver>(*this, Channel::Email);
        ends.senders.at(1).sender = std::make_unique<Receiver>(*this, Channel::Webhook);
    };
    startUp();
}

void World::useRules() {
    auto policy = policyOf(rig_, rulesOf(company_, edits_));
    rig_.known_policy = [policy = std::move(policy)] { return policy; };
}

void World::startUp() {
    useRules();
    rig_.start();
}

asio::awaitable<Outcome> World::Receiver::send(const Message& message, WireGate& gate) {
    const auto executor = co_await asio::this_coro::executor;
    co_await asio::post(executor, asio::use_awaitable);
    world_.goOnSending();
    world_.tried(message);
    const bool down = world_.hour_ < world_.receiver_down_until_;
    if (world_.refusals_ > 0 || down) {
        if (!down) --world_.refusals_;
        world_.attempts_[message.stable_id] = {world_.steady(), message.attempts};
        world_.trouble_until_ = world_.steady() + 10h;
        co_return TryLater{"451 later", {}};
    }
    if (world_.rejections_ > 0) {
        --world_.rejections_;
        world_.unsure(message);
        co_return Refused{"550 no"};
    }
    co_await gate.beforeWire(message.id);
    co_await asio::post(executor, asio::use_awaitable);
    world_.goOnSending();
    if (world_.cut_offs_ > 0) {
        --world_.cut_offs_;
        world_.unsure(message);
        co_return Unknown{"cut off in the middle"};
    }
    world_.receive(message);
    co_await asio::post(executor, asio::use_awaitable);
    world_.goOnSending();
    if (world_.lost_answers_ > 0) {
        --world_.lost_answers_;
        ++world_.receipts_[message.stable_id].answers_lost;
        world_.unsettled_.erase(message.stable_id);
        co_return Unknown{"cut off"};
    }
    co_return Accepted{"250 ok"};
}

std::vector<std::string> World::live(const std::vector<Action>& actions) {
    try {
        liveThrough(actions);
    } catch (const std::exception& failure) {
        wrong(std::string{"it ended: "} + failure.what());
    }
    return wrongs_;
}

void World::liveThrough(const std::vector<Action>& actions) {
    auto next = actions.begin();
    for (hour_ = 0; hour_ < 24 * kDays && wrongs_.empty(); ++hour_) {
        for (; next != actions.end() && next->hour <= hour_; ++next)
            if (!drive([&] { act(*next); })) drive([&] { lookAfterwards(*next); });
        hourOf(hour_);
    }
    // Nothing happens any more, and everything comes to rest.
    poll_steps_ = work_steps_ = -1;
    work_kills_ = receiver_down_until_ = steps_under_way_ = 0;
    refusals_ = rejections_ = cut_offs_ = lost_answers_ = 0;
    disk_.forgetFault();
    read_fault_.reset();
    for (; hour_ < 24 * (kDays + 4) && wrongs_.empty(); ++hour_) hourOf(hour_);
    if (wrongs_.empty()) checkEnd();
}

void World::hourOf(int hour) {
    if (hour == clock_right_at_) {
        rig_.clock.wall -= clock_off_;
        clock_off_ = {};
    }
    drive([&] { operate(); });
    if (hour % company_.poll_hours == 0) pollOnce();
    workFor(1h);
    drive([&] { checkOwed(); });
    if (company_.offers && hour % 6 == 0)
        drive([&] {
            checkKept();
            checkOffers();
        });
}

/// What somebody does who looks in every few hours.
void World::operate() {
    gate_hours_ = rig_.engine->gates().open() ? 0 : gate_hours_ + 1;
    const auto now = rig_.clock.now();
    if (gate_hours_ > 4)
        for (const auto& gate : std::vector{rig_.engine->gates().up()})
            if (gate.name != app::GateName::Clock || gate_hours_ > 12)
                rig_.engine->resume(gate.name, {now, "ann", "resume", "", "looked at"});
    const bool evening = hour_ % 24 == 18 || hour_ >= 24 * kDays;
    if (company_.storm < 200 && evening) {
        std::vector<NoticeId> held;
        for (const auto& notice : rig_.store->heldNotices(kBlastRadius, 1000))
            held.push_back(notice.id);
        if (!held.empty()) rig_.store->approve(held, {now, "ann", "approve", "", "evening"});
    }
}

/// Everything that stands below may be ended by a disk that fails; then the daemon starts anew.
/// False: it was.
bool World::drive(const std::function<void()>& work) {
    try {
        work();
        return true;
    } catch (const Killed&) {
        cause_ = kDeedNames.at(static_cast<std::size_t>(Deed::KillUnderWay));
    } catch (const std::exception& failure) {
        if (!disk_.failed())
            wrong(std::string{"the daemon ended for no reason: "} + failure.what());
        count("ended by the disk");
    }
    kill();
    return false;
}

void World::goOnSending() {
    if (steps_under_way_ > 0 && --steps_under_way_ == 0) throw Killed{};
}

void World::kill() {
    countStates();
    for (const auto& id : unsettled_) ++receipts_[id].answers_lost;
    unsettled_.clear();
    attempts_.clear();
    for (int tries = 0;; ++tries) {
        disk_.stop();
        rig_.crash();
        disk_.restart();
        try {
            startUp();
            return checkDoubts();
        } catch (const std::exception& failure) {
            if (!disk_.failed() || tries > 3) {
                wrong(std::string{"the daemon does not start: "} + failure.what());
                throw;
            }
        }
    }
}

/// What the end of the daemon met.
void World::countStates() {
    count("killed");
    if (!rig_.store) return;
    const auto cause = std::exchange(cause_, {});
    try {
        for (const auto& [state, messages] : rig_.store->counts().messages)
            if (messages > 0)
                count(meeting(
                    cause.empty() ? kDeedNames[static_cast<std::size_t>(Deed::KillBetween)] : cause,
                    state));
    } catch (const std::exception&) {
        count(cause + ", and the store cannot be read");
    }
}

void World::showOrders() {
    auto& erp = rig_.erp;
    erp.lines.clear();
    erp.closed.clear();
    for (const auto& [number, line] : orders_) {
        if (line.isOpen() || !company_.can_find) erp.lines.push_back(line);
        // A look-up tells the truth also while a list does not: two lies that agree are believed.
        erp.closed.push_back(line);
    }
    erp.goods.alternates = {{"PX-100", kSubstitute}};
    erp.goods.items = {{{kSubstitute, "Other pump", "pumps", "", {}}, {}, {}}};
    erp.goods.stock = {{kSubstitute, "main", Decimal{stock_.back().second}}};
    erp.complete = true;
    erp.as_of.reset();
    erp.unreadable.clear();
    erp.fails_after_page.reset();
}

void World::spoilRead() {
    if (!read_fault_) return;
    auto& erp = rig_.erp;
    const auto& life = lives_[read_fault_->line];
    if (read_fault_->deed == Deed::ErpDown) erp.fails_after_page = "down";
    if (read_fault_->deed == Deed::ErpTruncated || read_fault_->deed == Deed::ErpTruncates) {
        erp.complete = false;
        erp.lines.resize(erp.lines.size() / 2);
    }
    // Without look-ups, two lies that agree are the truth. Of a line that got another id and is not
    // shown under it, a look-up says that it is gone.
    const bool hides = read_fault_->deed == Deed::ErpLies || read_fault_->deed == Deed::ErpMisses;
    if (hides && (company_.can_find || !lied_)) {
        std::erase_if(erp.lines, [&](const OrderLine& line) {
            if (lives_[lineOf(line)].renumbered > last_certain_) return false;
            return read_fault_->deed == Deed::ErpLies || lineOf(line) == read_fault_->line;
        });
        lied_ = true;
    }
    if (read_fault_->deed == Deed::ErpRepeats)
        for (const auto& line : std::vector{erp.lines}) erp.lines.push_back(line);
    const bool listed =
        !life.facts.empty() && std::ranges::any_of(erp.lines, [&](const auto& line) {
            return line.key == life.facts.back().line.key;
        });
    if (read_fault_->deed == Deed::ErpContradicts && listed && life.facts.size() > 1)
        erp.lines.push_back(life.facts.at(life.facts.size() - 2).line);
    if (read_fault_->deed == Deed::ErpUnreadable && !life.facts.empty())
        erp.unreadable.insert(life.facts.back().line.key.id);
    if (read_fault_->deed == Deed::ErpLate) erp.as_of = rig_.clock.now() - 6h;
    if (read_fault_->deed == Deed::ErpAhead) erp.as_of = rig_.clock.now() + 6h;
}

void World::pollOnce() {
    showOrders();
    spoilRead();
    std::optional<app::PollReport> report;
    const bool ended = drive([&] {
        if (poll_steps_ < 0)
            report = rig_.poll();
        else if (!pollHalfway()) {
            last_fresh_ = steady();  // It may have come to its end.
            kill();
        }
    });
    certain_ = ended && report && report->end == app::PollReport::End::Complete && !read_fault_;
    if (certain_) {
        lied_ = false;
        certain_reads_.push_back(last_certain_ = steady());
        for (auto& [line, life] : lives_)
            if (life.forgotten && !life.facts.empty() && life.facts.back().line.isOpen()) {
                life.forgotten = false;
                // What it says now counts for a copy as what was told.
                life.may_be_told.push_back(life.facts.back().line.promise);
            }
    }
    // One that the disk ended may have come to its end.
    if (!ended || (report && report->end != app::PollReport::End::Failed)) last_fresh_ = steady();
    count(report ? "poll " + std::string{endName(report->end)} : std::string{"poll cut off"});
    if (hour_ >= read_fault_until_) read_fault_.reset();
}

/// False: the daemon is to die in the midst of it.
bool World::pollHalfway() {
    asio::co_spawn(*rig_.context, rig_.engine->poll("erp"),
                   [](std::exception_ptr failure, std::optional<app::PollReport>) {
                       if (failure) std::rethrow_exception(failure);
                   });
    rig_.context->restart();
    for (int steps = std::exchange(poll_steps_, -1); steps > 0; --steps) rig_.context->poll_one();
    return false;
}

void World::workFor(std::chrono::seconds span) {
    const auto end = steady() + span;
    for (; work_kills_ > 0; --work_kills_)
        drive([&] {
            rig_.engine->work();
            rig_.context->restart();
            for (int steps = work_steps_; steps > 0; --steps) rig_.context->poll_one();
            kill();
        });
    do {
        const auto left = std::chrono::floor<std::chrono::seconds>(end - steady());
        if (drive([&] { rig_.pass(left); })) unsettled_.clear();
    } while (steady() < end && wrongs_.empty());
}

}  // namespace backorderd::simulation

#include <fmt/format.h>

#include "simulation/world.hpp"

namespace backorderd::simulation {
namespace {

bool isBetween(Deed deed, Deed first, Deed last) { return first <= deed && deed <= last; }

std::string matcherOf(const Action& silence) {
    if (silence.deed == Deed::SilenceAll) return "order.number~SO*";
    return "order.number=SO" + std::to_string(silence.line + 1);
}

}  // namespace

void World::act(const Action& action) {
    const auto deed = action.deed;
    count("deed " + std::string{kDeedNames.at(static_cast<std::size_t>(deed))});
    if (isBetween(deed, Deed::Order, Deed::Stock)) return changeOrder(action);
    if (isBetween(deed, Deed::Suppress, Deed::Restore) || deed == Deed::SilenceAll)
        return operateOn(action);
    if (isBetween(deed, Deed::ErpDown, Deed::ErpLate) ||
        isBetween(deed, Deed::ErpTruncates, Deed::ErpAhead)) {
        const bool lasts = deed == Deed::ErpDown || deed == Deed::ErpTruncates;
        read_fault_ = action;
        read_fault_until_ = lasts ? hour_ + 6 * action.amount : hour_;
        return;
    }
    spoil(action);
}

void World::changeOrder(const Action& action) {
    if (action.deed == Deed::Stock) {
        stock_.emplace_back(steady(), action.amount * 4);
        return;
    }
    if (action.deed == Deed::Order) {
        orders_[action.line] = orderOf(company_, action);
        return remember(orders_[action.line]);
    }
    const auto found = orders_.find(action.line);
    if (found == orders_.end() || !found->second.isOpen()) return;
    auto& line = found->second;
    if (action.deed == Deed::Slip)
        line.promise = Promise::on(*line.promise.to + std::chrono::days{action.amount});
    if (action.deed == Deed::PullIn)
        line.promise = Promise::on(*line.promise.to - std::chrono::days{action.amount % 3});
    if (action.deed == Deed::PartShip) line.shipped = Decimal{1};
    if (action.deed == Deed::Ship) line.shipped = line.ordered;
    if (action.deed == Deed::Cancel) line.cancelled = line.ordered - line.shipped;
    // What ends under an id that no read showed ends for nobody to know.
    if (!line.isOpen() && lives_[action.line].renumbered > last_certain_)
        lives_[action.line].unsure = true;
    // Where there are no look-ups, the old id would be a line that is gone, and nobody could know.
    // Once there is a copy to restore, or was, neither could the journal, which knows lines by ids.
    if (action.deed == Deed::Renumber && company_.can_find && !backed_up_ && !restored_) {
        line.key.id += "r";
        lives_[action.line].renumbered = steady();
        remember(line);  // What it was before bears another id, and is no line any more.
    }
    remember(line);
}

void World::remember(const OrderLine& line) {
    lives_[lineOf(line)].facts.push_back({steady(), line});
}

void World::operateOn(const Action& action) {
    const auto now = rig_.clock.now();
    const auto id = "SO" + std::to_string(action.line + 1) + "/1";
    switch (action.deed) {
        case Deed::Suppress:
            return suppress(action.line);
        case Deed::Silence:
        case Deed::SilenceAll:
            return silence(action);
        case Deed::Acknowledge:
            if (rig_.ask("ack", {{"line", id}, {"author", "ann"}, {"note", "mine"}})
                    .value("ok", false))
                lives_[action.line].taken_on = now;
            return;
        case Deed::Answer:
            return answer(action);
        case Deed::Approve:
            for (const auto& notice : rig_.store->heldNotices(kBlastRadius, 1000))
                rig_.store->approve(std::vector{notice.id}, {now, "ann", "approve", "", "fine"});
            return;
        case Deed::EditRules:
            ++edits_;
            useRules();
            rig_.engine->usePolicy(rig_.policy());
            return;
        case Deed::Backup:
            return backup();
        default:
            return restore();
    }
}

void World::suppress(int line) {
    const auto address = addressOf(company_, line);
    const nlohmann::json entries{{{"address", address}}};
    const auto said =
        rig_.ask("suppress.add", {{"entries", entries}, {"author", "ann"}, {"reason", "asked"}});
    if (said.value("ok", false)) suppressed_.emplace(address, rig_.clock.now());
}

void World::silence(const Action& action) {
    const auto said = rig_.ask("silence.add", {{"match", {matcherOf(action)}},
                                               {"for", std::to_string(12 * action.amount) + "h"},
                                               {"author", "ann"},
                                               {"reason", "we telephone"}});
    if (said.value("ok", false)) beSilent(action);
}

void World::beSilent(const Action& action) {
    const auto now = rig_.clock.now();
    for (int line = 0; line < kLines; ++line)
        if (action.deed == Deed::SilenceAll || line == action.line)
            silences_.push_back({line, now, now + 12h * action.amount});
}

/// A command that failed may hold all the same: whoever gave it looks.
void World::lookAfterwards(const Action& action) {
    const auto now = rig_.clock.now();
    const auto address = addressOf(company_, action.line);
    if (action.deed == Deed::Suppress &&
        rig_.store->suppressionOf({Channel::Email, address, "", "", ""}))
        suppressed_.emplace(address, now);
    if ((action.deed == Deed::Silence || action.deed == Deed::SilenceAll) &&
        std::ranges::any_of(rig_.store->silences(now), [&](const Silence& silence) {
            return silence.starts_at == now && silence.matchers.front() == matcherOf(action);
        }))
        beSilent(action);
    if (action.deed != Deed::Acknowledge) return;
    const auto order = "SO" + std::to_string(action.line + 1) + "/1";
    for (const auto& subject : rig_.store->cases(rig_.store->findCases(order)))
        for (const auto& entry : subject.events)
            if (entry.at == now && std::holds_alternative<Acknowledged>(entry.event))
                lives_[action.line].taken_on = now;
}

void World::answer(const Action& action) {
    nlohmann::json said{{"line", "SO" + std::to_string(action.line + 1) + "/1"}, {"author", "ann"}};
    if (action.amount % 3 == 0) said["accept"] = kSubstitute;
    if (action.amount % 3 == 1) said["decline"] = true;
    if (action.amount % 3 == 2) said["answer"] = "keep_waiting";
    rig_.ask("respond", said);
}

void World::backup() {
    backed_up_ = false;  // The disk may be full.
    std::filesystem::remove(rig_.folder / "copy.db");
    rig_.store->backup(rig_.folder / "copy.db");
    backed_up_ = true;
    backed_up_at_ = steady();
    suppressed_then_ = suppressed_;
    silences_then_ = silences_;
    for (auto& [line, life] : lives_) life.copy = {life.told, life.taken_on, {}};
}

void World::restore() {
    if (!backed_up_) return;
    restored_ = true;
    restored_at_ = steady();
    restored_from_ = backed_up_at_;
    // What was said since the copy was made has to be said again: the journal knows no addresses.
    suppressed_ = suppressed_then_;
    silences_ = silences_then_;
    std::erase_if(certain_reads_, [this](SteadyTime read) { return read >= backed_up_at_; });
    for (auto& [line, life] : lives_) {
        life.taken_on = life.copy.taken_on;
        life.alerts_from = rig_.clock.now() + kAlertAfter;
        life.forgotten = !wasRead(life);
        // Of a promise that is made again the copy learns that it was told, not that another was
        // told behind it.
        life.may_be_told = life.copy.told_since;
        if (life.copy.told) life.may_be_told.push_back(*life.copy.told);
    }
    disk_.stop();
    rig_.crash();
    const auto database = rig_.settings.data_dir + "/" + store::kDatabaseFile;
    for (const auto* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(database + suffix);
    std::filesystem::copy_file(rig_.folder / "copy.db", database);
    disk_.forgetUnsynced();
    certain_ = false;
    kill();
}

/// Whether the database in use has read the line while it was open.
bool World::wasRead(const Life& life) const {
    if (life.facts.empty()) return false;
    const auto ended =
        std::ranges::find_if(life.facts, [](const Fact& fact) { return !fact.line.isOpen(); });
    return std::ranges::any_of(certain_reads_, [&](SteadyTime read) {
        return read >= life.facts.front().since &&
               (ended == life.facts.end() || read < ended->since);
    });
}

void World::spoil(const Action& action) {
    const auto salt = static_cast<std::uint64_t>(action.hour * 7919 + action.line * 31);
    const int operations = 1 + action.amount * (action.line + 1) * 3;
    if (isBetween(action.deed, Deed::KillBetween, Deed::DiskBroken) ||
        action.deed == Deed::KilledAgain)
        cause_ = kDeedNames.at(static_cast<std::size_t>(action.deed));
    switch (action.deed) {
        case Deed::ReceiverRefuses:
            refusals_ += action.amount;
            return;
        case Deed::ReceiverRejects:
            ++rejections_;
            return;
        case Deed::CutOff:
            ++cut_offs_;
            return;
        case Deed::AnswerLost:
            ++lost_answers_;
            return;
        case Deed::ClockStep: {
            const auto step = action.amount % 3 == 0 ? -4min : 5min * action.amount;
            rig_.clock.wall += step;
            stepped_ += std::chrono::abs(step);
            return;
        }
        case Deed::ClockWrong:
            if (clock_off_ != 0s) return;
            clock_off_ = action.amount % 2 == 0 ? 5h : -2h;
            clock_right_at_ = hour_ + 3;
            rig_.clock.wall += clock_off_;
            stepped_ += std::chrono::abs(clock_off_);
            return;
        case Deed::KillInPoll:
            poll_steps_ = action.amount;
            return;
        case Deed::KillInWork:
            work_steps_ = action.amount;
            work_kills_ = 1;
            return;
        case Deed::KillUnderWay:
            steps_under_way_ = action.amount;
            return;
        case Deed::KilledAgain:
            work_steps_ = 2 * action.amount;
            work_kills_ = 2 + action.line;
            return;
        case Deed::ReceiverDown:
            // Nor for so long that what waits becomes too old to be sent.
            if (hour_ >= receiver_down_until_ + 72)
                receiver_down_until_ = hour_ + 6 * action.amount;
            return;
        case Deed::AnswersLost:
            lost_answers_ += action.amount;
            return;
        case Deed::PowerCut:
            return disk_.failAfter(operations, Disk::Fault::PowerCut, salt);
        case Deed::DiskFull:
            return disk_.failAfter(operations, Disk::Fault::Full, salt);
        case Deed::DiskBroken:
            return disk_.failAfter(operations, Disk::Fault::Broken, salt);
        default:
            return kill();
    }
}

}  // namespace backorderd::simulation

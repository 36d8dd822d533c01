#include <fmt/format.h>

#include <algorithm>

#include "simulation/world.hpp"

namespace backorderd::simulation {
namespace {

/// So long somebody may wait for what they are owed while nothing stands in the way: a night of the
/// customer's, or a weekend of the house's for an alert.
constexpr int kOwedHoursMax = 40;
constexpr int kAlertHoursMax = 80;
/// An offer is made while its customer's window is open: a night may lie before that.
constexpr int kOfferHoursMax = 20;

}  // namespace

bool World::isSilenced(int line, Timestamp at) const {
    return std::ranges::any_of(silences_, [&](const Quiet& quiet) {
        // What was written in the very second came before.
        return quiet.line == line && quiet.from < at && at < quiet.until;
    });
}

/// What somebody should have heard by now; empty: nothing.
std::string World::owedTo(const Life& life) const {
    const auto& line = life.facts.back().line;
    const auto now = rig_.clock.now();
    const bool told_of_delay = life.once.contains(Topic::Opened);
    const bool told_of_end =
        life.once.contains(Topic::Shipped) || life.once.contains(Topic::Cancelled);
    if (!line.isOpen()) return told_of_delay && !told_of_end ? "the end" : "";
    if (!told_of_delay) return "the opening";
    const auto isNews = [&](const Promise& told) {
        return std::chrono::abs(*told.to - *line.promise.to) >= std::chrono::days{2};
    };
    if (isNews(*life.told) && std::ranges::all_of(life.may_be_told, isNews))
        return "the new promise";
    if (now - *life.told_at > kStatusAfter + stepped_) return "a status";
    if (!company_.alerts) return "";
    // A restored copy may have opened the case later, and its ladder with it.
    const auto since = std::max(life.facts.front().since, restored_at_);
    if (life.alerts.empty())
        return since + kAlertAfter + stepped_ < steady() ? "the first alert" : "";
    const bool next = now - std::max(life.alerts.back(), life.alerts_from) > kNextStep + stepped_;
    return next && !life.taken_on ? "the next alert" : "";
}

/// Whether something stands in the way that the daemon may or must respect.
bool World::isExcused(int line, const Life& life) {
    // The ERP has not been read as it is since the line changed, or a silence or a guard holds it.
    if (!certain_ || life.facts.back().since > last_certain_) return true;
    if (life.unsure || life.forgotten || steady() < trouble_until_ || !rig_.engine->gates().open())
        return true;
    if (suppressed_.contains(addressOf(company_, line))) return true;
    if (life.facts.back().line.isOpen() && isSilenced(line, rig_.clock.now())) return true;
    return company_.storm < 200 && !rig_.store->heldNotices("", 1).empty();
}

void World::checkOwed() {
    for (auto& [line, life] : lives_) {
        if (life.facts.empty()) continue;
        const auto owed = owedTo(life);
        if (owed.empty() || owed != life.owed || isExcused(line, life)) life.owed_hours = 0;
        life.owed = owed;
        if (owed.empty()) continue;
        const int most = owed.ends_with("alert") ? kAlertHoursMax : kOwedHoursMax;
        if (++life.owed_hours > most)
            wrong(fmt::format("line {} is owed {} for {} hours in which nothing stood in the way",
                              line + 1, owed, most));
    }
}

/// Whether a line waits for its first offer, and nothing stands in the way of it.
bool World::mayBeOffered(const Case& subject) {
    const auto offered = [](const CaseEvent& entry) {
        return std::holds_alternative<OfferMade>(entry.event);
    };
    const int line = lineOf(subject.line);
    return !subject.closed_at && !std::ranges::any_of(subject.events, offered) &&
           !isExcused(line, lives_[line]);
}

/// What lies free and was never offered to somebody who waits is offered soon.
void World::checkOffers() {
    const auto cases = rig_.store->cases(rig_.store->listCases({}));
    const auto free = Decimal{stock_.back().second} - held();
    const bool known = certain_ && stock_.back().first < last_certain_;
    for (const auto& subject : cases) {
        auto& hours = lives_[lineOf(subject.line)].offer_hours;
        const bool owed = known && mayBeOffered(subject) && free >= subject.line.open();
        hours = owed ? hours + 6 : 0;
        if (hours > kOfferHoursMax)
            wrong(fmt::format("{} units of the substitute lie free, and line {} is offered none",
                              free.toString(), lineOf(subject.line) + 1));
    }
}

/// The store keeps from others what the offers in the logs hold, and nothing else.
void World::checkKept() {
    if (rig_.engine->gates().find(app::GateName::Clock)) return;  // Nothing ends by it.
    Decimal kept;
    for (const auto& hold : rig_.store->heldStock("erp", rig_.clock.now()))
        kept = kept + hold.quantity;
    if (kept != held())
        wrong(fmt::format("{} units are kept for offers that hold {}", kept.toString(),
                          held().toString()));
}

std::vector<std::string> World::chronicle() {
    CaseFilter filter;
    filter.include_closed = true;
    std::vector<std::string> lines;
    for (const auto& subject : rig_.store->cases(rig_.store->listCases(filter)))
        for (const auto& notice : subject.notices)
            lines.push_back(fmt::format("line {} {} ({}), due {}: {} at {} {}",
                                        lineOf(subject.line) + 1, notice.key,
                                        notice.recipient.address, formatTimestamp(notice.due_at),
                                        noticeStateName(notice.state),
                                        formatTimestamp(notice.state_at), notice.state_reason));
    return lines;
}

void World::checkEnd() {
    checkCases();
    checkHolds();
    checkJournal();
    for (const auto& [line, order] : orders_) {
        // What came and went between two reads nobody knows of, nor an older copy what ended since.
        const auto& life = lives_[line];
        const bool told_of = life.once.contains(Topic::Opened) && !life.forgotten;
        if (!order.isOpen() && !told_of) continue;
        const auto told = rig_.ask("explain", {{"line", fmt::format("SO{}/1", line + 1)}});
        if (!told.value("ok", false)) wrong(fmt::format("line {} cannot be explained", line + 1));
    }
}

void World::checkCases() {
    CaseFilter filter;
    filter.include_closed = true;
    std::map<int, bool> open;
    for (const auto& subject : rig_.store->cases(rig_.store->listCases(filter))) {
        const int line = lineOf(subject.line);
        open[line] |= !subject.closed_at;
        for (const auto& notice : subject.notices) checkNotice(notice, line);
    }
    for (const auto& [line, order] : orders_) {
        if (order.isOpen() && !open[line]) wrong(fmt::format("no case for line {}", line + 1));
        if (!order.isOpen() && open[line]) wrong(fmt::format("line {} is not closed", line + 1));
    }
}

/// The store, the journal and the receivers agree, and nothing is just gone.
void World::checkNotice(const Notice& notice, int line) {
    const auto name = fmt::format("{} {} {}", line, notice.key, notice.recipient.address);
    const bool heard = heard_.contains(name);
    count("notice " + std::string{noticeStateName(notice.state)});
    if (notice.recipient.address == rig_.settings.operations.email) return;
    // What a restored copy logs anew may have had another key.
    const bool as_another = restored_ && words_heard_.contains(wordsOf(notice, line));
    if (notice.state == NoticeState::Sent && !heard && !as_another)
        wrong("counts as sent and was not received: " + name);
    if (heard && !wasHeard(notice.state) && !lives_[line].unsure)
        wrong(fmt::format("was received and is {}: {}", noticeStateName(notice.state), name));
    if (isPending(notice.state) && notice.due_at < rig_.clock.now() - 48h)
        wrong("still waits: " + name);
    if (!isPending(notice.state) && !wasHeard(notice.state) && notice.state_reason.empty())
        wrong("gone without a reason: " + name);
}

/// What two ends of the daemon caught under way waits for a person, and may not have arrived.
void World::checkDoubts() {
    MessageFilter filter;
    filter.state = MessageState::Unknown;
    for (const auto& message : rig_.store->messages(rig_.store->listMessages(filter))) {
        if (message.unknown_outcomes < 2 && message.state_reason.starts_with("the daemon ended"))
            wrong("in doubt too soon: " + message.subject);
        unsure(message);
    }
}

/// Nothing was received of which the journal did not know before.
void World::checkJournal() {
    const auto& journal = *rig_.footing->journal;
    std::set<std::string> announced;
    for (const auto& record : journal.after(0))
        if (record.what == store::JournalRecord::What::Wire) announced.insert(record.message);
    for (const auto& [stable_id, receipt] : receipts_)
        if (!announced.contains(journal.hash(stable_id)))
            wrong("received, and the journal does not know of it: " + stable_id);
}

}  // namespace backorderd::simulation

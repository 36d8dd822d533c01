#include <fmt/format.h>

#include "outbox/outbox.hpp"
#include "simulation/world.hpp"

namespace backorderd::simulation {
namespace {

bool isToldOnce(Topic topic) { return topic == Topic::Opened || isClosing(topic); }

std::string hourText(Timestamp at) { return formatTimestamp(at); }

/// The longest wait behind attempt `number`, as docs/outbox.md has it and the rig sets it.
std::chrono::seconds waitAfter(int number) {
    return std::min<std::chrono::seconds>(60s * (1 << std::min(number - 1, 10)), 4h);
}

/// What is true of offers, made of the log alone.
struct Offered {
    const OfferMade* made = nullptr;
    bool ended = false;
    std::optional<Timestamp> accepted_at;
};

std::map<int, Offered> offersIn(const Case& subject) {
    std::map<int, Offered> offers;
    for (const auto& entry : subject.events) {
        if (const auto* made = std::get_if<OfferMade>(&entry.event))
            offers[entry.seq] = {made, false, {}};
        if (const auto* answer = std::get_if<OfferAnswered>(&entry.event)) {
            auto& offer = offers[answer->offer];
            if (!offer.ended && !answer->accepted_item.empty()) offer.accepted_at = entry.at;
            offer.ended = true;
        }
        if (const auto* expired = std::get_if<OfferExpired>(&entry.event))
            offers[expired->offer].ended = true;
        if (const auto* withdrawn = std::get_if<OfferWithdrawn>(&entry.event))
            offers[withdrawn->offer].ended = true;
    }
    return offers;
}

/// So many units the offers of a case keep from others.
Decimal heldBy(const Case& subject, Timestamp now) {
    Decimal held;
    if (subject.closed_at) return held;
    for (const auto& [number, offer] : offersIn(subject)) {
        const bool holds = offer.accepted_at ? now < *offer.accepted_at + kHold
                                             : !offer.ended && now < offer.made->hold_until;
        if (holds) held = held + std::min(offer.made->items.front().quantity, subject.line.open());
    }
    return held;
}

}  // namespace

void World::wrong(const std::string& what) {
    wrongs_.push_back(fmt::format("day {:2} {:02}h ({}): {}", hour_ / 24, hour_ % 24,
                                  formatTimestamp(rig_.clock.now()), what));
}

void World::unsure(const Message& message) {
    for (const auto& notice : rig_.store->notices(message.notices))
        lives_[lineOf(rig_.store->cases(std::vector{notice.case_id}).front().line)].unsure = true;
}

/// Retries wait on the monotonic clock, whatever the wall clock shows.
void World::tried(const Message& message) {
    const auto before = attempts_.find(message.stable_id);
    if (before == attempts_.end()) return;
    if (steady() - before->second.at < waitAfter(before->second.number))
        wrong(fmt::format(
            "attempt {} of '{}' came too early, {} s behind the one before", message.attempts,
            message.subject,
            std::chrono::floor<std::chrono::seconds>(steady() - before->second.at).count()));
    attempts_.erase(before);
}

void World::receive(const Message& message) {
    count("message received");
    const auto& to = message.recipient.address;
    if (!rig_.engine->gates().open()) wrong("it left behind a gate: " + message.subject);
    auto& receipt = receipts_[message.stable_id];
    ++receipt.copies;
    if (receipt.copies > std::min(receipt.answers_lost, 1) + 1)
        wrong(fmt::format("copy {} of '{}', of which {} answers were lost", receipt.copies,
                          message.subject, receipt.answers_lost));
    unsettled_.insert(message.stable_id);
    if (const auto no = suppressed_.find(to); no != suppressed_.end())
        wrong(fmt::format("mail to {}, which is suppressed since {}; it was written at {}", to,
                          hourText(no->second), hourText(message.created_at)));
    for (const auto& notice : rig_.store->notices(message.notices))
        receiveNotice(message, notice, rig_.store->cases(std::vector{notice.case_id}).front());
}

void World::receiveNotice(const Message& message, const Notice& notice, const Case& subject) {
    const int line = lineOf(subject.line);
    auto& life = lives_[line];
    const bool copy = receipts_[message.stable_id].copies > 1;
    count("told " + std::string{topicName(notice.topic)});
    auto name = fmt::format("{} {} {}", line, notice.key, notice.recipient.address);
    // A restored copy counts its events anew: another date may have had the place in its log.
    if (restored_ && notice.topic == Topic::PromiseChanged) name += ' ' + wordsOf(notice, line);
    const auto known = heard_.emplace(std::move(name), message.stable_id);
    if (known.first->second != message.stable_id)
        wrong("told twice, in two messages: " + known.first->first);
    checkRestored(message, notice, line);
    if (isToldOnce(notice.topic)) {
        const auto& first = life.once.emplace(notice.topic, message.stable_id).first->second;
        if (first != message.stable_id)
            wrong(fmt::format("{} of line {} in two messages", topicName(notice.topic), line + 1));
    }
    if (!isClosing(notice.topic) && isSilenced(line, message.created_at))
        wrong(fmt::format("{} of line {} was written in a silence", topicName(notice.topic),
                          line + 1));
    if (notice.topic == Topic::Escalation && !copy) checkAlert(message, notice, subject);
    if (notice.topic == Topic::Offer) checkHolds();
    if (!isForCustomer(notice.topic)) return;
    checkWindow(notice, line);
    checkTruth(notice, line);
    const auto now = rig_.clock.now();
    // What waited for the same receiver may leave together.
    const bool together =
        life.told_at && message.created_at <= *life.told_at && now - *life.told_at < 1h;
    const auto last = receipts_.find(life.told_by);
    const bool in_doubt = last != receipts_.end() && last->second.answers_lost > 0;
    if (notice.topic == Topic::Status && !copy && !restored_ && !life.unsure && !together &&
        !in_doubt && now < *life.told_at + kStatusAfter - 1h - stepped_)
        wrong(fmt::format("a status of line {} sooner than five days behind the last word",
                          line + 1));
    life.told = notice.facts.promise;
    life.told_at = now;
    life.told_by = message.stable_id;
    life.copy.told_since.push_back(notice.facts.promise);
    life.may_be_told.clear();
}

/// A restored copy sends nothing of what left between its making and its use.
void World::checkRestored(const Message& message, const Notice& notice, int line) {
    const auto words = wordsOf(notice, line);
    const auto before = words_heard_.find(words);
    if (before != words_heard_.end() && restored_ && before->second > restored_from_ &&
        before->second <= restored_at_ && receipts_[message.stable_id].copies == 1)
        wrong("told again by a restored copy: " + words);
    words_heard_[words] = steady();
}

void World::checkWindow(const Notice& notice, int line) {
    const auto local = rig_.clock.now() + zoneOf(line);
    const auto hour = std::chrono::duration_cast<std::chrono::hours>(
        local - std::chrono::floor<std::chrono::days>(local));
    if (hour < 8h || hour >= 18h)
        wrong(fmt::format("{} of line {} at {} o'clock of its customer", topicName(notice.topic),
                          line + 1, hour.count()));
}

/// Whether units shipped, also if others were cancelled, between two reads of which the second saw
/// the end: nobody can know which of the two closed the line.
bool World::endedByShipping(const std::vector<Fact>& facts, std::size_t end) const {
    const auto& closed = facts[end].line;
    if (!closed.shipped.isPositive()) return false;
    auto since = end;
    while (since > 0 && facts[since - 1].line.shipped == closed.shipped) --since;
    return std::ranges::none_of(certain_reads_, [&](SteadyTime read) {
        return facts[since].since <= read && read < facts[end].since;
    });
}

/// True is what the ERP said when it was last read as it was, or anything that it said since.
void World::checkTruth(const Notice& notice, int line) {
    const auto& facts = lives_[line].facts;
    const auto holds = [&](std::size_t i) {
        const auto& fact = facts[i].line;
        if (notice.topic == Topic::Shipped) return !fact.isOpen() && endedByShipping(facts, i);
        if (notice.topic == Topic::Cancelled) return !fact.isOpen() && fact.cancelled.isPositive();
        if (notice.topic == Topic::OfferWithdrawn) return true;
        return fact.isOpen() && fact.promise == notice.facts.promise;
    };
    bool is_true = false;
    for (std::size_t i = 0; i < facts.size(); ++i)
        is_true |= (i + 1 == facts.size() || facts[i + 1].since > last_certain_) && holds(i);
    if (!is_true) wrong(fmt::format("untrue: {} of line {}", topicName(notice.topic), line + 1));
    if (notice.topic == Topic::Status && steady() - last_fresh_ > kMaxAge + 1h)
        wrong(fmt::format("a status of line {} from old data", line + 1));
}

/// The ladder as docs/rules.md tells it: three days, then every two, until somebody takes it on.
void World::checkAlert(const Message& message, const Notice& notice, const Case& subject) {
    auto& life = lives_[lineOf(subject.line)];
    const auto now = rig_.clock.now();
    const bool first = notice.recipient.channel == Channel::Email;
    const auto say = [&](const std::string& what) {
        wrong(fmt::format("an alert of line {} {}", lineOf(subject.line) + 1, what));
    };
    if (now < subject.opened_at + kAlertAfter - stepped_) say("before its third day");
    if (steady() - last_fresh_ > kMaxAge + 1h) say("from old data");
    if (life.taken_on && message.created_at > *life.taken_on && !first)
        say("though somebody has taken it on");
    // One that was refused for good has not left: a restored copy tries it again.
    if (first && !life.alerts.empty() && !(restored_ && life.unsure)) say("came twice");
    if (!first && life.alerts.empty() && !life.unsure) say("skipped the first step");
    // What left within an hour of its time counts as having left in time.
    if (!first && !life.alerts.empty() && !life.unsure &&
        now < life.alerts.back() + kNextStep - 1h - stepped_)
        say("sooner than two days behind the one before");
    life.alerts.push_back(now);
}

Decimal World::held() const {
    Decimal sum;
    for (const auto& subject : rig_.store->cases(rig_.store->listCases({})))
        sum = sum + heldBy(subject, rig_.clock.now());
    return sum;
}

void World::checkHolds() {
    int most = 0;
    for (std::size_t i = 0; i < stock_.size(); ++i)
        if (i + 1 == stock_.size() || stock_[i + 1].first > last_certain_)
            most = std::max(most, stock_[i].second);
    if (held() > Decimal{most})
        wrong(fmt::format("{} units are offered, and {} are there", held().toString(), most));
}

}  // namespace backorderd::simulation

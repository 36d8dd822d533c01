#include "app/intake.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "codec/codec.hpp"

namespace backorderd::app {
namespace {

/// A fingerprint for a line that came from a look-up rather than from a record: the next snapshot
/// that shows the line reads it anew.
constexpr std::uint64_t kNoFingerprint = 0;

/// '1,020'
std::string grouped(std::size_t number) {
    auto text = std::to_string(number);
    for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3)
        text.insert(static_cast<std::size_t>(at), 1, ',');
    return text;
}

}  // namespace

Poller::Intake::Intake(Poller& poller, PollReport& report, bool accepted, Reading reading)
    : poller_{poller},
      report_{report},
      reading_{reading},
      adopting_{poller.settings_.adopt && !poller.state_.baseline_done},
      // A source with fewer lines than the guard counts cannot trip it, and the first snapshot has
      // nothing to be compared with.
      judged_{!accepted && poller.state_.baseline_done &&
              poller.known_.size() >= poller.limits_.mass_change.min_lines},
      known_before_{poller.known_.size()},
      held_{{poller.limits_.spool_dir}} {}

void Poller::Intake::take(const Page& page, SnapshotReader& reader) {
    report_.lines += page.records.size();
    for (const auto& problem : page.problems) report_.problems.push_back(problem);
    sound_ &= page.problems.empty();
    may_hide_new_ |= !page.problems.empty();
    for (std::size_t i = 0; i < page.records.size(); ++i) takeRecord(page.records[i], i, reader);
}

void Poller::Intake::takeRecord(const LineRecord& record, std::size_t index,
                                SnapshotReader& reader) {
    using Seen = lines::KnownLines::Seen;
    if (record.known_only && !poller_.known_.knows(record.id)) return;
    const auto sight = poller_.known_.see(record.id, record.fingerprint);
    known_shown_ += sight.seen == Seen::Unchanged || sight.seen == Seen::Changed ? 1 : 0;
    if (sight.seen == Seen::Again || (sight.seen == Seen::Unchanged && !sight.missing)) return;
    if (sight.seen == Seen::Conflict) return contradict(record.id, sight);
    // Nobody reads what is thrown away for certain; it counts all the same.
    const bool lost = judged_ && tooMany(known_changed_, known_before_);
    auto line = lost ? std::nullopt : decode(record, sight, index, reader);
    if (!line && !lost) return;
    if (sight.seen == Seen::Changed) ++known_changed_;
    if (lost) return setAside(record, sight, nullptr);
    if (judged_) return setAside(record, sight, &*line);
    route({std::move(*line), record.fingerprint, sight.case_id}, sight.seen == Seen::New);
}

std::optional<OrderLine> Poller::Intake::decode(const LineRecord& record, const Sight& sight,
                                                std::size_t index, SnapshotReader& reader) {
    auto line = reader.decode(index);
    if (!line) {
        for (const auto& problem : line.error()) report_.problems.push_back(problem);
        // What the store holds stays, and is no change when the record can be read again.
        if (sight.committed) poller_.known_.put(record.id, *sight.committed, sight.case_id);
        refuse(record.id, sight);
        return std::nullopt;
    }
    lines::normalise(*line);
    return std::move(*line);
}

void Poller::Intake::route(Record record, bool is_new) {
    if (!is_new || adopting_ || !mayBeRenumbered(record.line))
        return slice_.push_back(std::move(record));
    siblings_by_item_[siblingKey(record.line)].push_back(siblings_.size());
    siblings_.emplace_back(std::move(record));
}

void Poller::Intake::setAside(const LineRecord& record, const Sight& sight, const OrderLine* line) {
    HeldRecord held{std::string{record.id},
                    record.fingerprint,
                    sight.committed,
                    sight.case_id,
                    sight.seen == lines::KnownLines::Seen::New,
                    {}};
    if (line) held.line = codec::encodeLine(*line);
    if (!overflowed_) overflowed_ = !held_.add(held);
    // What cannot be kept is undone here; the rest by `rejectSlice`.
    if (overflowed_ && held.committed) poller_.known_.put(held.id, *held.committed, held.case_id);
}

bool Poller::Intake::tooMany(std::size_t lines, std::size_t of) const {
    const auto& guard = poller_.limits_.mass_change;
    return lines >= guard.min_lines &&
           static_cast<double>(lines) > guard.max_share * static_cast<double>(of);
}

// Of a snapshot that broke off only what it showed can be judged: its lines count as all. A read of
// changes shows nothing else, and is judged by all that is known. New lines
// alone are no reason: nobody was told anything of them that could be wrong, a busy day opens many,
// and a mistake that renumbers what is known shows in the lines that are gone.
std::string Poller::Intake::whyQuarantined(bool read_through) const {
    if (!judged_) return "";
    const auto of = read_through || !readsAll() ? known_before_ : known_shown_;
    if (tooMany(known_changed_, of))
        return fmt::format("{} of {} lines changed", grouped(known_changed_), grouped(of));
    if (!read_through || !readsAll()) return "";
    const auto unseen = poller_.known_.unseen();
    const auto gone = static_cast<std::size_t>(std::count_if(
        unseen.begin(), unseen.end(), [](const auto& line) { return !line.missing; }));
    if (!tooMany(gone, of)) return "";
    return fmt::format("{} of {} lines gone", grouped(gone), grouped(of));
}

bool Poller::Intake::admitSlice() {
    codec::LineDecoder decoder;
    const auto& source = poller_.settings_.name;
    for (std::size_t i = 0; i < poller_.limits_.slice_lines && !held_.empty(); ++i) {
        const auto held = held_.take();
        route({decoder.decode(held->line, source), held->fingerprint, held->case_id}, held->is_new);
    }
    return !held_.empty() || !slice_.empty();
}

bool Poller::Intake::rejectSlice() {
    for (std::size_t i = 0; i < poller_.limits_.slice_lines && !held_.empty(); ++i) {
        const auto held = held_.take();
        if (held->committed) poller_.known_.put(held->id, *held->committed, held->case_id);
    }
    return !held_.empty();
}

/// The line is there, but what it is now is not known.
void Poller::Intake::refuse(std::string_view id, const Sight& sight) {
    sound_ = false;
    may_hide_new_ |= sight.case_id == 0;
    if (sight.case_id != 0) unreadable_.push_back({std::string{id}, sight.case_id, sight.missing});
}

/// Nobody knows which of the records is right, and it must not depend on their order.
void Poller::Intake::contradict(std::string_view id, const Sight& sight) {
    if (!contradicted_.emplace(id).second) return;
    report_.problems.push_back(
        {{},
         "line '" + std::string{id} +
             "' came twice in one snapshot with different contents; neither is taken, correct "
             "the export"});
    refuse(id, sight);
}

bool Poller::Intake::isContradicted(const Record& record) const {
    return !contradicted_.empty() && contradicted_.contains(record.line.key.id);
}

/// An open case of the same order and item may turn out to be this line's former self.
bool Poller::Intake::mayBeRenumbered(const OrderLine& line) {
    if (line.order.number.empty()) return false;
    const auto former =
        poller_.store_.openCasesOf(line.key.source, line.order.number, line.item.id);
    former_.insert(former.begin(), former.end());
    return !former.empty();
}

std::string Poller::Intake::siblingKey(const OrderLine& line) {
    return line.order.number + '\n' + line.item.id;
}

void Poller::Intake::commitSlice() {
    if (slice_.empty()) return;
    const auto count = std::min(slice_.size(), poller_.limits_.slice_lines);
    std::vector<Record> records{
        std::make_move_iterator(slice_.begin()),
        std::make_move_iterator(slice_.begin() + static_cast<std::ptrdiff_t>(count))};
    slice_.erase(slice_.begin(), slice_.begin() + static_cast<std::ptrdiff_t>(count));
    std::erase_if(records, [this](const Record& record) { return isContradicted(record); });
    const auto now = poller_.clock_.now();
    commit(decideSlice(records, now), now);
}

Evaluator::Changes Poller::Intake::decideSlice(std::vector<Record>& records, Timestamp now) {
    std::vector<CaseId> ids;
    for (auto& record : records) {
        // A line that is not resident may have had a case before: it was closed since.
        if (record.case_id == 0 && !adopting_)
            record.case_id =
                poller_.store_.caseOfLine(record.line.key.source, record.line.key.id).value_or(0);
        if (record.case_id != 0) ids.push_back(record.case_id);
    }
    std::unordered_map<CaseId, Case> before;
    for (auto& subject : poller_.store_.cases(ids)) {
        const auto id = subject.id;
        before.emplace(id, std::move(subject));
    }
    Evaluator::Changes changes;
    changes.cases.reserve(records.size());
    for (auto& record : records) {
        if (record.case_id == 0)
            decideNew(changes, record, now);
        else
            decideKnown(changes, std::move(before.at(record.case_id)), record, now);
    }
    return changes;
}

void Poller::Intake::decideNew(Evaluator::Changes& changes, Record& record, Timestamp now) {
    auto events = lines::diff(nullptr, record.line);
    if (events.empty()) return poller_.known_.put(record.line.key.id, record.fingerprint, 0);
    if (auto* opened = std::get_if<LineOpened>(&events.front())) opened->adopted = adopting_;
    Case subject;
    subject.line = std::move(record.line);
    subject.opened_at = now;
    subject.adopted = adopting_;
    poller_.evaluator_.decide(changes, std::move(subject), events, now, true);
    changes.cases.back().fingerprint = record.fingerprint;
}

void Poller::Intake::decideKnown(Evaluator::Changes& changes, Case before, Record& record,
                                 Timestamp now) {
    if (before.closed_at && lines::isOnBackOrder(record.line)) {
        Case subject;  // A new life of the same line, whatever its last state was.
        subject.line = std::move(record.line);
        subject.opened_at = now;
        const std::vector<Event> events{Reopened{subject.line.open()}};
        poller_.evaluator_.decide(changes, std::move(subject), events, now, true);
    } else {
        std::vector<Event> events;
        if (!before.closed_at) events = lines::diff(&before.line, record.line);
        before.line = std::move(record.line);
        before.missing_since.reset();
        poller_.evaluator_.decide(changes, std::move(before), events, now, true);
    }
    changes.cases.back().fingerprint = record.fingerprint;
}

void Poller::Intake::commit(Evaluator::Changes changes, Timestamp now) {
    if (changes.cases.empty()) return;
    poller_.evaluator_.commit(changes, now);
    for (const auto& change : changes.cases) {
        count(change);
        const auto& line = change.after.line;
        const auto case_id = change.after.closed_at ? CaseId{0} : change.after.id;
        if (change.fingerprint) poller_.known_.put(line.key.id, *change.fingerprint, case_id);
        poller_.known_.markMissing(line.key.id, change.after.missing_since.has_value());
    }
}

void Poller::Intake::count(const CaseChange& change) {
    if (change.new_events.empty()) return;
    ++report_.changed;
    for (const auto& event : change.new_events) {
        if (std::holds_alternative<LineOpened>(event.event) ||
            std::holds_alternative<Reopened>(event.event))
            ++report_.opened;
        if (closesCase(event.event)) ++report_.closed;
    }
}

std::vector<Poller::Absent> Poller::Intake::absent(bool missing_only) const {
    std::vector<Absent> result;
    for (const auto& unseen : poller_.known_.unseen(missing_only))
        result.push_back({std::string{unseen.id}, unseen.case_id, unseen.missing});
    return result;
}

std::size_t Poller::Intake::unsettled() const {
    return poller_.known_.unseen(/*missing_only=*/true).size() + unreadable_.size();
}

std::vector<Case> Poller::Intake::openCasesOf(std::span<const Absent> slice) const {
    std::vector<CaseId> ids;
    for (const auto& absent : slice) ids.push_back(absent.case_id);
    auto cases = poller_.store_.cases(ids);
    std::erase_if(cases, [](const Case& subject) { return subject.closed_at.has_value(); });
    return cases;
}

void Poller::Intake::resolveRenumbered(std::span<const Absent> slice) {
    std::vector<Absent> former;
    for (const auto& absent : slice)
        if (former_.contains(absent.case_id)) former.push_back(absent);
    const auto now = poller_.clock_.now();
    Evaluator::Changes changes;
    for (auto& subject : openCasesOf(former)) {
        auto& waiting = siblings_by_item_[siblingKey(subject.line)];
        const auto match = std::find_if(waiting.begin(), waiting.end(), [&](std::size_t index) {
            return !isContradicted(*siblings_[index]) &&
                   lines::looksRenumbered(subject.line, siblings_[index]->line);
        });
        if (match == waiting.end()) continue;
        auto record = std::move(*std::exchange(siblings_[*match], std::nullopt));
        waiting.erase(match);
        const auto old_id = subject.line.key.id;
        std::vector<Event> events{Renumbered{old_id, record.line.key.id}};
        const auto more = lines::diff(&subject.line, record.line);
        events.insert(events.end(), more.begin(), more.end());
        subject.line = std::move(record.line);
        subject.missing_since.reset();
        poller_.evaluator_.decide(changes, std::move(subject), events, now, true);
        changes.cases.back().fingerprint = record.fingerprint;
        poller_.known_.erase(old_id);
    }
    commit(std::move(changes), now);
}

void Poller::Intake::openSiblings() {
    for (auto& sibling : siblings_)
        if (sibling) slice_.push_back(std::move(*sibling));
    siblings_.clear();
    siblings_by_item_.clear();
}

void Poller::Intake::takeFound(const Absent& absent, OrderLine line) {
    lines::normalise(line);
    std::vector<Record> records;
    records.push_back({std::move(line), kNoFingerprint, absent.case_id});
    const auto now = poller_.clock_.now();
    commit(decideSlice(records, now), now);
}

void Poller::Intake::takeGone(std::span<const Absent> slice) {
    const auto now = poller_.clock_.now();
    const std::vector<Event> events{Vanished{}};
    Evaluator::Changes changes;
    for (auto& subject : openCasesOf(slice)) {
        poller_.evaluator_.decide(changes, std::move(subject), events, now, true);
        changes.cases.back().fingerprint = kNoFingerprint;
    }
    commit(std::move(changes), now);
}

void Poller::Intake::takeMissing(std::span<const Absent> slice) {
    const auto now = poller_.clock_.now();
    Evaluator::Changes changes;
    for (auto& subject : openCasesOf(slice)) {
        subject.missing_since = now;
        poller_.evaluator_.decide(changes, std::move(subject), {}, now, false);
    }
    commit(std::move(changes), now);
}

}  // namespace backorderd::app

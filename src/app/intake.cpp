#include "app/intake.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

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

Poller::Intake::Intake(Poller& poller, PollReport& report, bool accepted)
    : poller_{poller},
      report_{report},
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
    for (std::size_t i = 0; i < page.records.size(); ++i) takeRecord(page.records[i], i, reader);
}

void Poller::Intake::takeRecord(const LineRecord& record, std::size_t index,
                                SnapshotReader& reader) {
    using Seen = lines::KnownLines::Seen;
    const auto sight = poller_.known_.see(record.id, record.fingerprint);
    known_shown_ += sight.seen == Seen::Unchanged || sight.seen == Seen::Changed ? 1 : 0;
    if (sight.seen == Seen::Again || (sight.seen == Seen::Unchanged && !sight.missing)) return;
    if (sight.seen == Seen::Conflict) {
        sound_ = false;
        report_.problems.push_back(
            {{},
             "line '" + std::string{record.id} +
                 "' came twice in one snapshot with different contents; both are left as they "
                 "were, correct the export"});
        return;
    }
    // Nobody reads what is thrown away for certain.
    if (judged_ && tooMany(known_changed_, known_before_)) return setAside(record, sight, nullptr);
    auto line = decode(record, sight, index, reader);
    if (!line) return;
    if (sight.seen == Seen::Changed) ++known_changed_;
    if (judged_) return setAside(record, sight, &*line);
    route({std::move(*line), record.fingerprint, sight.case_id}, sight.seen == Seen::New);
}

std::optional<OrderLine> Poller::Intake::decode(const LineRecord& record, const Sight& sight,
                                                std::size_t index, SnapshotReader& reader) {
    auto line = reader.decode(index);
    if (!line) {
        sound_ = false;
        for (const auto& problem : line.error()) report_.problems.push_back(problem);
        // What the store holds stays, and is no change when the record can be read again.
        if (sight.committed) poller_.known_.put(record.id, *sight.committed, sight.case_id);
        return std::nullopt;
    }
    lines::normalise(*line);
    return std::move(*line);
}

void Poller::Intake::route(Record record, bool is_new) {
    if (is_new && !adopting_ && hasSibling(record.line))
        siblings_.push_back(std::move(record));
    else
        slice_.push_back(std::move(record));
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

// Of a snapshot that broke off only what it showed can be judged: its lines count as all. New lines
// alone are no reason: nobody was told anything of them that could be wrong, a busy day opens many,
// and a mistake that renumbers what is known shows in the lines that are gone.
std::string Poller::Intake::whyQuarantined(bool proven) const {
    if (!judged_) return "";
    const auto of = proven ? known_before_ : known_shown_;
    if (tooMany(known_changed_, of))
        return fmt::format("{} of {} lines changed", grouped(known_changed_), grouped(of));
    if (!proven) return "";
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

/// An open case of the same order and item may turn out to be this line's former self.
bool Poller::Intake::hasSibling(const OrderLine& line) const {
    return !line.order.number.empty() &&
           !poller_.store_.openCasesOf(line.key.source, line.order.number, line.item.id).empty();
}

void Poller::Intake::commitSlice() {
    if (slice_.empty()) return;
    const auto count = std::min(slice_.size(), poller_.limits_.slice_lines);
    std::vector<Record> records{
        std::make_move_iterator(slice_.begin()),
        std::make_move_iterator(slice_.begin() + static_cast<std::ptrdiff_t>(count))};
    slice_.erase(slice_.begin(), slice_.begin() + static_cast<std::ptrdiff_t>(count));
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

std::vector<Poller::Intake::Absent> Poller::Intake::absent() const {
    std::vector<Absent> result;
    for (const auto& unseen : poller_.known_.unseen())
        result.push_back({std::string{unseen.id}, unseen.case_id, unseen.missing});
    return result;
}

void Poller::Intake::resolveRenumbered() {
    if (siblings_.empty()) return;
    const auto now = poller_.clock_.now();
    Evaluator::Changes changes;
    for (const auto& absent : absent()) {
        if (siblings_.empty()) break;
        auto subject = std::move(poller_.store_.cases(std::vector{absent.case_id}).front());
        const auto match =
            std::find_if(siblings_.begin(), siblings_.end(), [&](const Record& candidate) {
                return !subject.closed_at && lines::looksRenumbered(subject.line, candidate.line);
            });
        if (match == siblings_.end()) continue;
        std::vector<Event> events{Renumbered{absent.id, match->line.key.id}};
        const auto more = lines::diff(&subject.line, match->line);
        events.insert(events.end(), more.begin(), more.end());
        subject.line = std::move(match->line);
        subject.missing_since.reset();
        poller_.evaluator_.decide(changes, std::move(subject), events, now, true);
        changes.cases.back().fingerprint = match->fingerprint;
        siblings_.erase(match);
        poller_.known_.erase(absent.id);
    }
    commit(std::move(changes), now);
    openSiblings();
}

void Poller::Intake::openSiblings() {
    std::move(siblings_.begin(), siblings_.end(), std::back_inserter(slice_));
    siblings_.clear();
}

void Poller::Intake::takeFound(const Absent& absent, OrderLine line) {
    lines::normalise(line);
    std::vector<Record> records;
    records.push_back({std::move(line), kNoFingerprint, absent.case_id});
    const auto now = poller_.clock_.now();
    commit(decideSlice(records, now), now);
}

void Poller::Intake::takeGone(const Absent& absent) {
    auto subject = std::move(poller_.store_.cases(std::vector{absent.case_id}).front());
    if (subject.closed_at) return;
    const auto now = poller_.clock_.now();
    const std::vector<Event> events{Vanished{}};
    Evaluator::Changes changes;
    poller_.evaluator_.decide(changes, std::move(subject), events, now, true);
    changes.cases.back().fingerprint = kNoFingerprint;
    commit(std::move(changes), now);
}

void Poller::Intake::takeMissing(const Absent& absent) {
    if (absent.missing) return takeGone(absent);
    auto subject = std::move(poller_.store_.cases(std::vector{absent.case_id}).front());
    if (subject.closed_at) return;
    ++report_.missing;
    const auto now = poller_.clock_.now();
    subject.missing_since = now;
    Evaluator::Changes changes;
    poller_.evaluator_.decide(changes, std::move(subject), {}, now, true);
    commit(std::move(changes), now);
}

}  // namespace backorderd::app

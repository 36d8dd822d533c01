#include "app/polling.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "app/intake.hpp"

namespace backorderd::app {
namespace {

namespace asio = boost::asio;

/// Of a first snapshot so many records may be unreadable, and up to ten in any case: more are
/// mostly a column or a format that the settings name wrongly, and once that is put right, each
/// line would be a new one whose customer is told.
constexpr std::size_t kBaselineUnreadableMax = 100;

/// Lets everything else that waits on the loop have its turn.
asio::awaitable<void> yieldToLoop() {
    const auto executor = co_await asio::this_coro::executor;
    co_await asio::post(executor, asio::use_awaitable);
}

}  // namespace

std::string_view endName(PollReport::End end) {
    switch (end) {
        case PollReport::End::Complete:
            return "complete";
        case PollReport::End::Changes:
            return "changes";
        case PollReport::End::Partial:
            return "partial";
        case PollReport::End::Quarantined:
            return "quarantined";
        case PollReport::End::Failed:
            break;
    }
    return "failed";
}

Poller::Poller(const config::SourceSettings& settings, Connector& connector, Store& store,
               Evaluator& evaluator, const Clock& clock, Limits limits)
    : settings_{settings},
      connector_{connector},
      store_{store},
      evaluator_{evaluator},
      clock_{clock},
      limits_{limits},
      state_{store.source(settings.name)},
      marks_are_proven_{state_.last_result == endName(PollReport::End::Complete)} {
    state_.name = settings.name;
    store_.forEachKnownLine(settings.name, [this](const KnownLine& line) {
        known_.put(line.id, line.fingerprint, line.case_id);
        if (line.missing) known_.markMissing(line.id, true);
    });
}

Poller::~Poller() = default;

const SourceState& Poller::state() const { return state_; }

std::optional<Timestamp> Poller::freshUntil() const {
    if (!state_.last_good_at) return std::nullopt;
    return *state_.last_good_at + settings_.max_age;
}

boost::asio::awaitable<PollReport> Poller::poll(bool accept) {
    PollReport report;
    report.source = settings_.name;
    const auto fresh_before = freshUntil();
    begun_at_ = clock_.now();
    const auto reading = nextReading(accept, begun_at_);
    known_.beginSnapshot(reading);
    Intake intake{*this, report, accept, reading};
    co_await readSnapshot(intake, report);

    const auto now = clock_.now();
    state_.last_poll_at = now;
    state_.last_result =
        std::string{endName(report.end)} + (report.reason.empty() ? "" : ": " + report.reason);
    store_.saveSource(state_);
    // What was withheld for want of fresh data is looked at again.
    const auto isFresh = [now](std::optional<Timestamp> until) { return until && now < *until; };
    if (!isFresh(fresh_before) && isFresh(freshUntil())) store_.lookAtAllAgain(now);
    co_return report;
}

Poller::Reading Poller::nextReading(bool accept, Timestamp now) const {
    if (accept || !connector_.capabilities().changes || state_.bookmark.empty() ||
        !state_.baseline_done || !state_.last_full_at)
        return Reading::All;
    const auto since = now - *state_.last_full_at;
    const bool due = since < since.zero() || since >= settings_.full_every;
    return due ? Reading::All : Reading::Changes;
}

boost::asio::awaitable<void> Poller::readSnapshot(Intake& intake, PollReport& report) {
    const auto reader =
        intake.readsAll() ? connector_.read() : connector_.readChanges(state_.bookmark);
    // Whatever goes wrong, the next read is full.
    const auto bookmark = std::exchange(state_.bookmark, "");
    std::string no_room;
    while (!stopping_) {
        if (limits_.why_no_room) no_room = limits_.why_no_room();
        if (!no_room.empty()) break;
        const auto step = co_await reader->next();
        if (const auto* failure = std::get_if<Failure>(&step)) {
            report.reason = failure->reason;
            break;
        }
        if (const auto* end = std::get_if<SnapshotEnd>(&step)) {
            co_await finishSnapshot(intake, *end, report);
            co_return;
        }
        intake.take(std::get<Page>(step), *reader);
        if (intake.overflowed()) break;
        while (intake.sliceFull()) {
            intake.commitSlice();
            co_await yieldToLoop();
        }
        co_await yieldToLoop();
    }
    if (intake.overflowed()) no_room = "there is no room in data_dir for the lines that changed";
    if (stopping_ || !no_room.empty()) {
        report.reason = stopping_ ? "the daemon is stopping" : no_room;
        state_.bookmark = bookmark;  // The source is well: what was left is read from there.
        co_await reject(intake);
    } else if (!co_await judge(intake, /*read_through=*/false, report)) {
        co_return;
    }
    // What was read before the failure is true all the same.
    co_await commitRest(intake);
}

/// Whether the snapshot may be taken in; then what was set aside is committed, but for new lines
/// that may be old ones. Otherwise it is as if nothing had been read.
boost::asio::awaitable<bool> Poller::judge(Intake& intake, bool read_through, PollReport& report) {
    const auto why = intake.whyQuarantined(read_through);
    if (!why.empty()) {
        report.end = PollReport::End::Quarantined;
        report.reason = report.reason.empty() ? why : why + "; " + report.reason;
        co_await reject(intake);
        co_return false;
    }
    while (intake.admitSlice()) {
        intake.commitSlice();
        co_await yieldToLoop();
    }
    co_return true;
}

boost::asio::awaitable<void> Poller::reject(Intake& intake) {
    while (intake.rejectSlice()) co_await yieldToLoop();
}

boost::asio::awaitable<void> Poller::commitRest(Intake& intake) {
    while (!intake.empty()) {
        intake.commitSlice();
        co_await yieldToLoop();
    }
}

boost::asio::awaitable<void> Poller::finishSnapshot(Intake& intake, const SnapshotEnd& end,
                                                    PollReport& report) {
    const bool read_through = end.complete || end.read_through;
    const bool shows_all = intake.readsAll() && end.complete;
    const bool proven = shows_all && intake.sound();
    if (!co_await judge(intake, read_through, report)) co_return;
    // Also where a record could not be read: what it is of counts as seen, and a line of the same
    // order and item that comes as another goes is hardly a new one.
    if (shows_all && intake.hasSiblings())
        co_await inSlices(intake, intake.absent(), &Intake::resolveRenumbered);
    // Cut short, they would be told as new; the next start reads them again. In a read of changes,
    // or of a part, nobody knows whether the lines that they may have been are gone.
    const bool puzzling = intake.hasSiblings() && !(intake.readsAll() && read_through);
    if (!stopping_ && !puzzling) intake.openSiblings();
    co_await commitRest(intake);
    report.end = PollReport::End::Partial;
    if (puzzling && read_through)
        report.reason = "new lines may be known ones under another id; the next poll reads all";
    else if (!read_through || (intake.readsAll() && !end.complete))
        report.reason = end.why_incomplete;
    else if (!intake.sound())
        report.reason = "not every record could be read; nothing is closed by it";
    if (!read_through) co_return;

    const auto agreed = missingBefore(intake, proven);
    co_await markMissing(intake, proven, report);
    const bool all_marked = !stopping_;
    if (connector_.capabilities().find)
        co_await lookUp(intake, report);
    else
        co_await inSlices(intake, agreed, &Intake::takeGone);
    report.unsettled = intake.unsettled();
    if (!all_marked) {  // Lines of which nothing is known would count as fresh.
        report.end = PollReport::End::Failed;
        report.reason = "the daemon is stopping";
        co_return;
    }
    takeGoods(end, report);
    takeAge(end, report);
    if (intake.readsAll()) {
        endBaseline(report);
        state_.last_full_at = begun_at_;
    }
    takeBookmark(intake, end, report);
    if (proven) report.end = PollReport::End::Complete;
    if (!intake.readsAll() && !puzzling && intake.sound()) report.end = PollReport::End::Changes;
}

/// Data are never fresher than now, whatever the source's clock says.
void Poller::takeAge(const SnapshotEnd& end, PollReport& report) {
    const auto now = clock_.now();
    if (end.as_of > now + settings_.clock_skew_max)
        report.remark = "the source says that its data are of " + formatTimestamp(end.as_of) +
                        ", which is yet to come: set its clock, or ours, right; they count as of "
                        "now";
    else if (end.as_of + settings_.max_age <= now)
        report.remark = "the data are of " + formatTimestamp(end.as_of) +
                        ", older than max_age: nothing time-based is sent";
    state_.last_good_at = std::min(end.as_of, now);
}

/// Reads of changes go on from here, but for what only a full read can settle: a record that was
/// not readable, a new line that may be an old one, and a line that was gone once, where the source
/// cannot be asked about it.
void Poller::takeBookmark(const Intake& intake, const SnapshotEnd& end, const PollReport& report) {
    const bool gone_once = report.missing > 0 && !connector_.capabilities().find;
    const bool settled = intake.readsAll() ? !gone_once : intake.sound() && !intake.hasSiblings();
    if (settled) state_.bookmark = end.bookmark;
}

void Poller::endBaseline(const PollReport& report) {
    const auto unreadable_max =
        std::clamp<std::size_t>(report.lines / 100, 10, kBaselineUnreadableMax);
    if (report.problems.size() <= unreadable_max) state_.baseline_done = true;
}

void Poller::takeGoods(const SnapshotEnd& end, PollReport& report) {
    if (!end.complete && !end.goods_read) {
        if (!goods_until_) goods_until_ = freshUntil().value_or(end.as_of);
        return;
    }
    goods_until_.reset();
    auto goods = store_.saveGoods(settings_.name, end.goods);
    report.goods_changed = goods.any;
    report.goods_arrived = std::move(goods.arrived);
}

/// One transaction a slice, and everything else has its turn in between.
boost::asio::awaitable<void> Poller::inSlices(Intake& intake, std::vector<Absent> lines,
                                              TakeSlice take) {
    const std::span<const Absent> all{lines};
    for (std::size_t i = 0; i < all.size() && !stopping_; i += limits_.slice_lines) {
        (intake.*take)(all.subspan(i, std::min(limits_.slice_lines, all.size() - i)));
        co_await yieldToLoop();
    }
}

/// Absence alone closes nothing: the source is asked, or a second proven snapshot must agree. These
/// are the lines on which two do.
std::vector<Poller::Absent> Poller::missingBefore(const Intake& intake, bool proven) const {
    if (!proven || !marks_are_proven_) return {};
    auto lines = intake.absent();
    std::erase_if(lines, [](const Absent& line) { return !line.missing; });
    return lines;
}

/// What the snapshot does not show is not known any more, whatever is found out about it later.
boost::asio::awaitable<void> Poller::markMissing(Intake& intake, bool proven, PollReport& report) {
    auto lines = intake.readsAll() ? intake.absent() : std::vector<Absent>{};
    auto unreadable = intake.unreadable();
    std::move(unreadable.begin(), unreadable.end(), std::back_inserter(lines));
    std::erase_if(lines, [](const Absent& line) { return line.missing; });
    report.missing = lines.size();
    if (proven)
        marks_are_proven_ = true;
    else if (!lines.empty())
        marks_are_proven_ = false;
    co_await inSlices(intake, std::move(lines), &Intake::takeMissing);
}

/// Asks for one line after the other, and goes on at the next poll where this one stops. What the
/// ERP says of a line needs no proof by a snapshot; that it is gone closes it only where no record
/// that could not be read may be the line under another id. A read of changes asks for those alone
/// of which a full one could not find out.
boost::asio::awaitable<void> Poller::lookUp(Intake& intake, PollReport& report) {
    auto lines = intake.absent(/*missing_only=*/!intake.readsAll());
    std::sort(lines.begin(), lines.end(),
              [](const Absent& a, const Absent& b) { return a.case_id < b.case_id; });
    const auto next = std::find_if(lines.begin(), lines.end(), [this](const Absent& line) {
        return line.case_id > looked_up_last_;
    });
    std::rotate(lines.begin(), next, lines.end());
    if (lines.size() > limits_.finds_max) lines.resize(limits_.finds_max);
    std::size_t failed_in_a_row = 0;
    for (const auto& line : lines) {
        if (stopping_ || failed_in_a_row >= limits_.finds_failed_max) break;
        looked_up_last_ = line.case_id;
        const auto found = co_await connector_.find(line.id);
        const auto* failure = std::get_if<Failure>(&found);
        failed_in_a_row = failure ? failed_in_a_row + 1 : 0;
        if (const auto* read = std::get_if<OrderLine>(&found)) intake.takeFound(line, *read);
        if (std::holds_alternative<LineGone>(found) && !intake.mayHideNew())
            intake.takeGone(std::span{&line, 1});
        if (failure)
            report.problems.push_back(
                {{},
                 "line '" + line.id +
                     "' is gone from the list and cannot be looked up: " + failure->reason});
    }
}

boost::asio::awaitable<PollReport> Poller::lookUpNamed(std::vector<std::string> ids) {
    PollReport report;
    report.source = settings_.name;
    report.end = PollReport::End::Changes;
    Intake intake{*this, report, /*accepted=*/true, Reading::Changes};
    for (const auto& id : ids) {
        if (stopping_) break;
        auto found = co_await connector_.find(id);
        ++report.lines;
        if (auto* line = std::get_if<OrderLine>(&found)) {
            intake.takeFound({id, 0, false}, std::move(*line));
        } else if (const auto* failure = std::get_if<Failure>(&found)) {
            report.end = PollReport::End::Failed;
            report.reason = "line '" + id + "' cannot be looked up: " + failure->reason;
            break;
        } else {
            state_.bookmark.clear();
            report.end = PollReport::End::Partial;
            report.reason = "line '" + id + "' is gone, it is said; the next poll reads all";
        }
    }
    co_return report;
}

}  // namespace backorderd::app

#include "app/polling.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

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
    known_.beginSnapshot();
    Intake intake{*this, report, accept};
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

boost::asio::awaitable<void> Poller::readSnapshot(Intake& intake, PollReport& report) {
    const auto reader = connector_.read();
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
    const bool proven = end.complete && intake.sound();
    if (!co_await judge(intake, read_through, report)) co_return;
    if (proven && intake.hasSiblings())
        co_await inSlices(intake, intake.absent(), &Intake::resolveRenumbered);
    // Cut short, they would be told as new; the next start reads them again.
    if (!stopping_) intake.openSiblings();
    co_await commitRest(intake);
    report.end = PollReport::End::Partial;
    if (!end.complete)
        report.reason = end.why_incomplete;
    else if (!proven)
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
    state_.last_good_at = end.as_of;
    endBaseline(report);
    if (proven) report.end = PollReport::End::Complete;
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
    const auto goods = store_.saveGoods(settings_.name, end.goods);
    report.goods_changed = goods.any;
    report.goods_arrived = !goods.arrived.empty();
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
    auto lines = intake.absent();
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
/// ERP says of a line needs no proof by a snapshot.
boost::asio::awaitable<void> Poller::lookUp(Intake& intake, PollReport& report) {
    auto lines = intake.absent();
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
        if (std::holds_alternative<LineGone>(found)) intake.takeGone(std::span{&line, 1});
        if (failure)
            report.problems.push_back(
                {{},
                 "line '" + line.id +
                     "' is gone from the list and cannot be looked up: " + failure->reason});
    }
}

}  // namespace backorderd::app

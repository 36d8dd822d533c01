#include "app/polling.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "app/intake.hpp"

namespace backorderd::app {
namespace {

namespace asio = boost::asio;

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
      state_{store.source(settings.name)} {
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
    if (report.end == PollReport::End::Complete && (!fresh_before || *fresh_before <= now))
        store_.lookAtAllAgain(now);
    co_return report;
}

boost::asio::awaitable<void> Poller::readSnapshot(Intake& intake, PollReport& report) {
    const auto reader = connector_.read();
    while (!stopping_) {
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
    if (stopping_ || intake.overflowed()) {
        report.reason = stopping_ ? "the daemon is stopping"
                                  : "there is no room in data_dir for the lines that changed";
        co_await reject(intake);
    } else if (!co_await judge(intake, /*proven=*/false, report)) {
        co_return;
    }
    // What was read before the failure is true all the same.
    co_await commitRest(intake);
}

/// Whether the snapshot may be taken in; then what was set aside is committed, but for new lines
/// that may be old ones. Otherwise it is as if nothing had been read.
boost::asio::awaitable<bool> Poller::judge(Intake& intake, bool proven, PollReport& report) {
    const auto why = intake.whyQuarantined(proven);
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
    const bool complete = end.complete && intake.sound();
    if (!co_await judge(intake, complete, report)) co_return;
    if (complete)
        intake.resolveRenumbered();
    else
        intake.openSiblings();
    co_await commitRest(intake);
    if (!complete) {
        report.end = PollReport::End::Partial;
        report.reason = !end.complete ? end.why_incomplete
                                      : "not every record could be read; nothing is closed by it";
        co_return;
    }
    co_await settleAbsent(intake);
    const auto goods = store_.saveGoods(settings_.name, end.goods);
    report.goods_changed = goods.any;
    report.goods_arrived = !goods.arrived.empty();
    report.end = PollReport::End::Complete;
    state_.last_good_at = end.as_of;
    state_.baseline_done = true;
}

/// Absence alone closes nothing: the source is asked, or a second proven snapshot must agree.
boost::asio::awaitable<void> Poller::settleAbsent(Intake& intake) {
    const bool can_find = connector_.capabilities().find;
    std::size_t finds = 0;
    for (const auto& absent : intake.absent()) {
        if (!can_find) {
            intake.takeMissing(absent);
            continue;
        }
        if (++finds > limits_.finds_max) break;  // The next poll goes on with the rest.
        const auto found = co_await connector_.find(absent.id);
        if (const auto* line = std::get_if<OrderLine>(&found)) intake.takeFound(absent, *line);
        if (std::holds_alternative<LineGone>(found)) intake.takeGone(absent);
        if (std::holds_alternative<Failure>(found)) break;
    }
}

}  // namespace backorderd::app

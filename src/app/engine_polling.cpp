#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "app/engine_source.hpp"

namespace backorderd::app {
namespace {

namespace asio = boost::asio;

/// More lines than these are read by a poll.
constexpr std::size_t kNamedMax = 100;

}  // namespace

asio::awaitable<std::optional<PollReport>> Engine::poll(std::string name, bool accept) {
    auto* source = findSource(name);
    if (!source || source->polling || stopping_) co_return std::nullopt;
    source->polling = true;
    source->named.clear();
    source->poll_asked = false;
    auto poll_report = co_await source->poller->poll(accept);
    source->polled = true;
    source->schedule->ended(poll_report.end == PollReport::End::Failed, clock_.steady());
    ended(*source, poll_report);
    co_return poll_report;
}

asio::awaitable<std::optional<PollReport>> Engine::pollDue(std::string name) {
    auto* source = findSource(name);
    if (!source || source->polling || stopping_) co_return std::nullopt;
    const bool only_named = !source->named.empty() && !source->poll_asked &&
                            !source->schedule->pollDue(clock_.steady());
    if (!only_named) co_return co_await poll(name);
    source->polling = true;
    const std::vector<std::string> lines{source->named.begin(), source->named.end()};
    source->named.clear();
    auto poll_report = co_await source->poller->lookUpNamed(lines);
    source->schedule->lookedUp(clock_.steady());
    // What was asked for in the meantime still is.
    if (poll_report.end != PollReport::End::Changes) source->poll_asked = true;
    ended(*source, poll_report);
    co_return poll_report;
}

void Engine::changed(std::string_view name, const std::string& line) {
    auto* source = findSource(name);
    if (!source) return;
    const bool can_ask = !line.empty() && source->named.size() < kNamedMax &&
                         source->connector->capabilities().find && source->poller->knows(line);
    if (can_ask)
        source->named.insert(line);
    else
        source->poll_asked = true;
    source->schedule->ask(clock_.steady());
}

void Engine::ended(Source& source, const PollReport& poll_report) {
    const auto& name = source.settings->name;
    source.polling = false;
    // What came while the ERP was read may not have been seen.
    if (!source.named.empty() || source.poll_asked) source.schedule->ask(clock_.steady());
    source.ended->cancel();
    if (poll_report.goods_changed) sharing_->goodsChanged(name);
    if (!poll_report.goods_arrived.empty()) allocating_->arrived(name, poll_report.goods_arrived);
    report(poll_report);
    if (on_work_) on_work_();
}

asio::awaitable<void> Engine::leaveSources() {
    for (const auto& source : sources_)
        if (source->connector) co_await source->connector->leave();
}

asio::awaitable<bool> Engine::pollEnded(std::string name) const {
    const auto* source = findSource(name);
    if (!source || !source->polling) co_return false;
    const auto ended = source->ended;
    boost::system::error_code cancelled;
    co_await ended->async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    co_return true;
}

void Engine::report(const PollReport& poll_report) {
    // A poll that found nothing new is worth a line only to somebody who looks for it.
    const bool complete =
        poll_report.end == PollReport::End::Complete || poll_report.end == PollReport::End::Changes;
    const bool news = poll_report.changed > 0 || poll_report.missing > 0;
    const auto level = !complete ? Log::Level::Warning
                       : news    ? Log::Level::Info
                                 : Log::Level::Debug;
    log_.write(level, std::string{"poll."}.append(endName(poll_report.end)),
               {{"source", poll_report.source},
                {"lines", std::to_string(poll_report.lines)},
                {"changed", std::to_string(poll_report.changed)},
                {"opened", std::to_string(poll_report.opened)},
                {"closed", std::to_string(poll_report.closed)},
                {"missing", std::to_string(poll_report.missing)},
                {"unsettled", std::to_string(poll_report.unsettled)},
                {"reason", poll_report.reason}});
    if (!poll_report.remark.empty())
        log_.warning("poll.remark",
                     {{"source", poll_report.source}, {"remark", poll_report.remark}});
    for (const auto& problem : poll_report.problems)
        log_.warning("record.unreadable",
                     {{"source", poll_report.source}, {"problem", formatProblem(problem)}});
}

}  // namespace backorderd::app

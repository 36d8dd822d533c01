#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <sstream>

#include "app/admin.hpp"

namespace backorderd::app {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<prometheus::ClientMetric::Label>;

MetricFamily family(std::string name, std::string help, MetricType type = MetricType::Gauge) {
    return {std::move(name), std::move(help), type, {}};
}

void add(MetricFamily& family, Labels labels, double value) {
    auto& metric = family.metric.emplace_back();
    metric.label = std::move(labels);
    (family.type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
}

double secondsOf(Timestamp at) { return static_cast<double>(at.time_since_epoch().count()); }

MetricFamily eventsOf(const Log& log) {
    auto events = family("backorderd_events_total",
                         "Events since the start, each by the name that it has in the log.",
                         MetricType::Counter);
    for (const auto& [event, count] : log.counts())
        add(events, {{"event", event}}, static_cast<double>(count));
    return events;
}

/// Every gate is there, also while it is down: an alert on one that is missing would never fire.
MetricFamily gatesOf(const Gates& gates) {
    auto up = family("backorderd_gate_up", "1 while that gate keeps everything from being sent.");
    for (const auto name : kGateNames)
        add(up, {{"gate", std::string{gateText(name)}}}, gates.find(name) ? 1 : 0);
    return up;
}

std::vector<MetricFamily> sourcesOf(const Engine& engine, Timestamp now) {
    auto fresh = family("backorderd_source_fresh", "1 while the data of a source count as fresh.");
    auto good = family("backorderd_source_last_good_timestamp_seconds",
                       "The moment of which the last snapshot that was read to its end tells.");
    auto polled = family("backorderd_source_last_poll_timestamp_seconds",
                         "When the last poll of a source ended.");
    for (const auto& name : engine.sourceNames()) {
        const Labels labels{{"source", name}};
        const auto until = engine.freshUntil(name);
        add(fresh, labels, until && now < *until ? 1 : 0);
        const auto& state = engine.sourceState(name);
        if (state.last_good_at) add(good, labels, secondsOf(*state.last_good_at));
        if (state.last_poll_at) add(polled, labels, secondsOf(*state.last_poll_at));
    }
    return {std::move(fresh), std::move(good), std::move(polled)};
}

std::vector<MetricFamily> queueOf(Store& store, Timestamp now) {
    auto notices = family("backorderd_notices", "Notices in the store, by state.");
    auto messages = family("backorderd_messages", "Messages in the store, by state.");
    const auto counts = store.counts();
    for (const auto& [state, count] : counts.notices)
        add(notices, {{"state", std::string{noticeStateName(state)}}}, static_cast<double>(count));
    for (const auto& [state, count] : counts.messages)
        add(messages, {{"state", std::string{messageStateName(state)}}},
            static_cast<double>(count));
    auto late = family("backorderd_notice_lateness_seconds",
                       "For how long the notice that is due for longest could have left.");
    const auto due = store.nextNoticeDue();
    add(late, {}, due ? std::max(0.0, secondsOf(now) - secondsOf(*due)) : 0);
    return {std::move(notices), std::move(messages), std::move(late)};
}

}  // namespace

std::string metricsText(const Watched& watched) {
    std::vector<MetricFamily> all{eventsOf(watched.log), gatesOf(watched.engine.gates())};
    for (auto& one : sourcesOf(watched.engine, watched.now)) all.push_back(std::move(one));
    for (auto& one : queueOf(watched.store, watched.now)) all.push_back(std::move(one));
    std::erase_if(all, [](const MetricFamily& one) { return one.metric.empty(); });
    std::ostringstream out;
    out.exceptions(std::ios::badbit);
    prometheus::TextSerializer{}.Serialize(out, all);
    return std::move(out).str();
}

}  // namespace backorderd::app

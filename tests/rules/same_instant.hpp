#pragma once

#include <charconv>

#include "rules/timeline.hpp"

// Events that come in one instant, in one order and in the other.

namespace backorderd::rules_test {

/// The key with the event that it counts by instead of that event's number.
inline std::string withoutNumbers(const Timeline& line, const std::string& sent) {
    const auto from = sent.find(' ') + 1;
    const auto slash = sent.find('/', from);
    int seq = 0;
    if (slash == std::string::npos) return sent;
    const auto* const begin = sent.data() + slash + 1;
    const auto [rest, error] = std::from_chars(begin, sent.data() + sent.size(), seq);
    if (error != std::errc{} || *rest == '-' || seq < 1) return sent;
    const auto& event = line.subject.events.at(static_cast<std::size_t>(seq) - 1).event;
    return sent.substr(0, slash + 1) + describeEvent(event) +
           sent.substr(static_cast<std::size_t>(rest - sent.data()));
}

/// What is told within two weeks, in which much happens to the line at one instant.
inline std::vector<std::string> toldInOrder(Timeline line, unsigned seed, bool reversed) {
    const auto when = line.now + std::chrono::minutes{static_cast<int>(seed % 7) * 1440 + 77};
    line.change(when, [reversed](Timeline& its) {
        if (its.subject.closed_at) return;
        const auto& now = its.subject.line;
        auto to = now.promise.to.value_or(day("2026-03-10")) + std::chrono::days{6};
        auto supply = Supply{};
        if (!now.supply.covered()) supply.reference = "PO77";
        std::vector<Event> events{
            SupplyChanged{now.supply, supply},
            now.promise.known() ? Event{PromiseMoved{now.promise, Promise::on(to)}}
                                : Event{PromiseSet{Promise::on(to)}},
            PartlyAvailable{Decimal{1}, now.open()}, Responded{"", "negative", "", "Rob"},
            Acknowledged{"", "Rob", ""}};
        if (reversed) std::reverse(events.begin(), events.end());
        its.subject.line.supply = supply;
        its.subject.line.promise = Promise::on(to);
        its.subject.line.allocated = Decimal{1};
        for (const auto& event : events) its.record(event, {});
    });
    line.run(line.now + std::chrono::days{14});
    std::vector<std::string> told;
    for (const auto& sent : line.sent) told.push_back(withoutNumbers(line, sent));
    std::sort(told.begin(), told.end());
    return told;
}

}  // namespace backorderd::rules_test

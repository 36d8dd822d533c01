#pragma once

#include <vector>

#include "backorderd/case.hpp"

namespace backorderd::rehearsal {

/// Whether an event is a fact that the ERP or a person brought; the others follow from rules, from
/// stock or from the clock, and would come out otherwise under other rules.
bool isRecordedFact(const Event& event);

/// What happened to a line at one moment, and how the line was afterwards.
struct Moment {
    Timestamp at{};
    std::vector<Event> events;  ///< recorded facts; at least one
    OrderLine line;
};

/// The past of a case as its log tells it, oldest first: the stored line is walked back event by
/// event. What no event tells (a price, a name, a tracking number that was replaced) is as it is
/// today at every moment.
std::vector<Moment> historyOf(const Case& subject);

/// A line as it was before an event that led to `after`.
OrderLine undone(const Event& event, OrderLine after);

}  // namespace backorderd::rehearsal

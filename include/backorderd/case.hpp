#pragma once

#include <optional>
#include <vector>

#include "backorderd/event.hpp"
#include "backorderd/notice.hpp"

namespace backorderd {

/// An event with its place in the case's log. `seq` counts from 1 within the case.
struct CaseEvent {
    int seq = 0;
    Timestamp at{};
    Event event;

    bool operator==(const CaseEvent&) const = default;
};

/// A line's life from opened to closed: what happened, and what was sent. The log from which every
/// step is derived; nothing else has to survive a restart.
struct Case {
    CaseId id = 0;   ///< 0 until stored.
    OrderLine line;  ///< as last read from the ERP
    Timestamp opened_at{};
    bool adopted = false;  ///< opened by the baseline
    std::optional<Timestamp> closed_at;
    /// Since when snapshots that were read to their end lack the line, or do not show it readably;
    /// empty: the last one had it.
    std::optional<Timestamp> missing_since;
    std::vector<CaseEvent> events;  ///< ascending by seq
    std::vector<Notice> notices;    ///< ascending by id
    /// When the case must be looked at again; empty: only when something happens.
    std::optional<Timestamp> look_again;

    bool operator==(const Case&) const = default;
};

}  // namespace backorderd

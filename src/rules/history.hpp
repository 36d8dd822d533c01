#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "backorderd/case.hpp"

namespace backorderd::rules {

constexpr std::size_t kTopics = static_cast<std::size_t>(Topic::EscalationEnded) + 1;
constexpr std::size_t indexOf(Topic topic) { return static_cast<std::size_t>(topic); }

/// What the log of a case says, gathered in one pass. Points into the case.
struct History {
    explicit History(const Case& subject);

    const CaseEvent* promise = nullptr;       ///< the last that set, moved or withdrew the promise
    const CaseEvent* stock = nullptr;         ///< the last that said how much is reserved
    const CaseEvent* closing = nullptr;       ///< the last that closed the case
    std::vector<const CaseEvent*> shipments;  ///< partial ones

    const Notice* opened = nullptr;
    const Notice* last_heard = nullptr;  ///< what the customer heard last
    std::optional<Timestamp> first_heard_at;
    std::optional<Timestamp> frozen_at;  ///< since when the first of the frozen notices is frozen
    std::array<int, kTopics> heard{};    ///< how often the customer heard of each topic
    std::array<int, kTopics> pending{};

    /// What the customer was promised when the case began.
    Promise first_promise;
};

const Notice* findNotice(const Case& subject, std::string_view key);

}  // namespace backorderd::rules

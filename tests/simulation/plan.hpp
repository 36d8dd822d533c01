#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

/// What one seed decides: everything that happens in a simulated company, and when.
namespace backorderd::simulation {

enum class Deed {
    Order,
    Slip,
    PullIn,
    PartShip,
    Ship,
    Cancel,
    Suppress,
    EditRules,
    ErpDown,
    ErpTruncated,
    ErpLies,
    ReceiverRefuses,
    AnswerLost,
    KillBetween,
    KillInPoll,
    KillInWork,
};
inline constexpr std::array<std::string_view, 16> kDeedNames{
    "a new order",
    "the promise slips",
    "the promise comes nearer",
    "a part ships",
    "all of it ships",
    "it is cancelled",
    "the address is suppressed",
    "the rules are edited",
    "the ERP fails one read",
    "one read is truncated",
    "one read shows nothing and says that this is all",
    "the receiver refuses one attempt for now",
    "the receiver takes a message and its answer is lost",
    "the daemon is killed",
    "the daemon is killed while it polls",
    "the daemon is killed while it works",
};
inline constexpr int kDays = 21;
inline constexpr int kLines = 6;

/// One thing that happens. All of it is decided beforehand, so that a story without it stays the
/// same story.
struct Action {
    int hour = 0;  ///< since the start
    Deed deed = Deed::Order;
    int line = 0;
    int amount = 0;  ///< days, pieces, or steps until a kill
};
using Plan = std::vector<Action>;

inline std::string describe(const Action& action) {
    return fmt::format("  day {:2} {:02}h  line {}: {} ({})", action.hour / 24, action.hour % 24,
                       action.line, kDeedNames.at(static_cast<std::size_t>(action.deed)),
                       action.amount);
}

/// Taken from the engine's bits alone: what a distribution makes of them is not the same
/// everywhere.
inline Plan planOf(std::uint64_t seed) {
    std::mt19937_64 random{seed};
    const auto below = [&](int limit) {
        return static_cast<int>(random() % static_cast<std::uint64_t>(limit));
    };
    Plan plan;
    for (int line = 0; line < kLines; ++line)
        plan.push_back({below(24 * 10), Deed::Order, line, 1 + below(9)});
    const int deeds = 10 + below(40);
    // Swarm: each seed has its own few kinds of deeds, so that rare ones also come in crowds.
    const auto kinds = random();
    for (int i = 0; i < deeds; ++i) {
        const int deed = 1 + below(static_cast<int>(kDeedNames.size()) - 1);
        const Action action{below(24 * kDays), static_cast<Deed>(deed), below(kLines),
                            1 + below(9)};
        if ((kinds >> deed & 1u) != 0) plan.push_back(action);
    }
    std::ranges::stable_sort(plan, {}, &Action::hour);
    return plan;
}

}  // namespace backorderd::simulation

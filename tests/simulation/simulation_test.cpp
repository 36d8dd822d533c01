#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "simulation/world.hpp"

namespace backorderd::simulation {
namespace simulation_test {

using testing::IsEmpty;

std::uint64_t fromEnvironment(const char* name, std::uint64_t fallback) {
    const char* text = std::getenv(name);
    return text ? std::stoull(text) : fallback;
}

std::vector<std::string> live(const Plan& plan) {
    World world;
    return world.live(plan);
}

/// As few of the actions as still make something go wrong.
Plan shrunk(Plan plan) {
    for (std::size_t i = plan.size(); i-- > 0;) {
        Plan shorter = plan;
        shorter.erase(shorter.begin() + static_cast<std::ptrdiff_t>(i));
        if (!live(shorter).empty()) plan = std::move(shorter);
    }
    return plan;
}

std::string story(std::uint64_t seed) {
    const auto plan = shrunk(planOf(seed));
    std::string text = fmt::format("tests/simulation/run --first-seed {} --seeds 1\n", seed);
    for (const auto& action : plan) text += describe(action) + "\n";
    for (const auto& what : live(plan)) text += "  " + what + "\n";
    return text;
}

TEST(Simulation, ThreeWeeksOfACompanyBreakNoPromise) {
    const auto first = fromEnvironment("BACKORDERD_FIRST_SEED", 1);
    const auto seeds = fromEnvironment("BACKORDERD_SEEDS", 10);
    int received = 0;
    int kills = 0;
    int failed = 0;
    for (auto seed = first; seed < first + seeds && failed < 3; ++seed) {
        World world;
        if (!world.live(planOf(seed)).empty()) {
            ++failed;
            ADD_FAILURE() << story(seed);
        }
        received += world.received();
        kills += world.kills();
    }
    fmt::print("{} seeds from {}: {} messages received, {} kills\n", seeds, first, received, kills);
    // A simulation in which nothing happens proves nothing.
    if (seeds >= 50 && failed == 0) {
        EXPECT_GT(received, 100);
        EXPECT_GT(kills, 20);
    }
}

TEST(Simulation, ASeedReplaysExactly) {
    World one;
    World other;
    EXPECT_EQ(one.live(planOf(7)), other.live(planOf(7)));
    EXPECT_EQ(one.received(), other.received());
    EXPECT_EQ(one.kills(), other.kills());
}

}  // namespace simulation_test
}  // namespace backorderd::simulation

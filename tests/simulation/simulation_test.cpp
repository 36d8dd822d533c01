#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "simulation/world.hpp"

namespace backorderd::simulation {
namespace simulation_test {

using testing::IsEmpty;

/// Seeds on which something once went wrong stay in a file beside this one.
constexpr const char* kSeedsFile = BACKORDERD_SOURCE_DIR "/tests/simulation/seeds.txt";
constexpr std::uint64_t kFailuresShown = 3;

std::uint64_t fromEnvironment(const char* name, std::uint64_t fallback) {
    const char* text = std::getenv(name);
    return text ? std::stoull(text) : fallback;
}

using Tally = std::map<std::string, int>;

std::vector<std::string> live(const Plan& plan, Tally* tally = nullptr) {
    World world{plan.company};
    auto wrongs = world.live(plan.actions);
    if (tally)
        for (const auto& [what, times] : world.tally()) (*tally)[what] += times;
    return wrongs;
}

/// As few of the actions as still make something go wrong: first without halves, quarters and so
/// on, then without single ones.
Plan shrunk(Plan plan) {
    for (auto piece = plan.actions.size() / 2; piece > 0; piece /= 2) {
        for (std::size_t at = 0; at < plan.actions.size();) {
            Plan shorter = plan;
            const auto from = shorter.actions.begin() + static_cast<std::ptrdiff_t>(at);
            const auto count = std::min(piece, shorter.actions.size() - at);
            shorter.actions.erase(from, from + static_cast<std::ptrdiff_t>(count));
            if (live(shorter).empty())
                at += piece;
            else
                plan = std::move(shorter);
        }
    }
    return plan;
}

/// Whoever asks only whether something goes wrong saves the hundreds of lives of shrinking.
std::string story(std::uint64_t seed) {
    const auto plan = std::getenv("BACKORDERD_WHOLE") ? planOf(seed) : shrunk(planOf(seed));
    std::string text = fmt::format("tests/simulation/run --first-seed {} --seeds 1\n", seed);
    text += describe(plan.company) + "\n";
    for (const auto& action : plan.actions) text += describe(action) + "\n";
    World world{plan.company};
    for (const auto& what : world.live(plan.actions)) text += "  WRONG " + what + "\n";
    for (const auto& notice : world.chronicle()) text += "    " + notice + "\n";
    return text;
}

std::vector<std::uint64_t> seedsThatFailedOnce() {
    std::vector<std::uint64_t> seeds;
    std::ifstream file{kSeedsFile};
    for (std::string line; std::getline(file, line);)
        if (!line.empty() && line.front() != '#') seeds.push_back(std::stoull(line));
    return seeds;
}

void print(const Tally& tally) {
    for (const auto& [what, times] : tally) fmt::print("{:>9}  {}\n", times, what);
}

TEST(Simulation, WeeksOfACompanyBreakNoPromise) {
    const auto first = fromEnvironment("BACKORDERD_FIRST_SEED", 1);
    const auto seeds = fromEnvironment("BACKORDERD_SEEDS", 200);
    Tally tally;
    const auto most = fromEnvironment("BACKORDERD_FAILURES", kFailuresShown);
    std::uint64_t failed = 0;
    for (auto seed = first; seed < first + seeds && failed < most; ++seed) {
        if (live(planOf(seed), &tally).empty()) continue;
        ++failed;
        ADD_FAILURE() << story(seed);
    }
    fmt::print("{} seeds from {}\n", seeds, first);
    if (std::getenv("BACKORDERD_TALLY")) print(tally);
    // A simulation in which nothing happens proves nothing.
    if (seeds < 100 || failed > 0) return;
    EXPECT_GT(tally["message received"], 1000);
    EXPECT_GT(tally["killed"], 100);
    EXPECT_GT(tally["ended by the disk"], 10);
    for (const auto topic : {Topic::Opened, Topic::PromiseChanged, Topic::Status, Topic::Shipped,
                             Topic::Cancelled, Topic::Offer, Topic::Escalation})
        EXPECT_GT(tally["told " + std::string{topicName(topic)}], 0) << topicName(topic);
    for (const auto& name : kDeedNames) EXPECT_GT(tally["deed " + std::string{name}], 0) << name;
}

TEST(Simulation, WhatWentWrongOnceDoesNotAgain) {
    for (const auto seed : seedsThatFailedOnce())
        EXPECT_THAT(live(planOf(seed)), IsEmpty()) << "seed " << seed;
}

TEST(Simulation, ASeedReplaysExactly) {
    Tally one;
    Tally other;
    EXPECT_EQ(live(planOf(7), &one), live(planOf(7), &other));
    EXPECT_EQ(one, other);
}

}  // namespace simulation_test
}  // namespace backorderd::simulation

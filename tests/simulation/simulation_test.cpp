#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "simulation/world.hpp"

namespace backorderd::simulation {
namespace simulation_test {

/// Seeds on which something once went wrong stay in a file beside this one, each with the number of
/// kinds of deeds that there were then.
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
std::string story(std::uint64_t seed, int deeds) {
    const auto whole = planOf(seed, deeds);
    const auto plan = std::getenv("BACKORDERD_WHOLE") ? whole : shrunk(whole);
    std::string text = fmt::format("tests/simulation/run --first-seed {} --seeds 1{}\n", seed,
                                   deeds < kDeeds ? fmt::format(" --deeds {}", deeds) : "");
    text += describe(plan.company) + "\n";
    for (const auto& action : plan.actions) text += describe(action) + "\n";
    World world{plan.company};
    for (const auto& what : world.live(plan.actions)) text += "  WRONG " + what + "\n";
    for (const auto& notice : world.chronicle()) text += "    " + notice + "\n";
    return text;
}

std::vector<std::pair<std::uint64_t, int>> seedsThatFailedOnce() {
    std::vector<std::pair<std::uint64_t, int>> seeds;
    std::ifstream file{kSeedsFile};
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line.front() == '#') continue;
        std::istringstream words{line};
        auto& kept = seeds.emplace_back();
        words >> kept.first >> kept.second;
    }
    return seeds;
}

/// Nothing so far: what is never reached is to be seen as well.
Tally nothingYet() {
    Tally tally;
    constexpr std::array kEnds{Deed::KillBetween,  Deed::KillInPoll,  Deed::KillInWork,
                               Deed::KillUnderWay, Deed::KilledAgain, Deed::PowerCut,
                               Deed::DiskFull,     Deed::DiskBroken};
    for (const auto deed : kEnds)
        for (int state = 0; state <= static_cast<int>(MessageState::Superseded); ++state)
            tally[meeting(kDeedNames.at(static_cast<std::size_t>(deed)),
                          static_cast<MessageState>(state))] = 0;
    for (const auto& name : kDeedNames) tally["deed " + std::string{name}] = 0;
    return tally;
}

void print(const Tally& tally) {
    for (const auto& [what, times] : tally) fmt::print("{:>9}  {}\n", times, what);
}

TEST(Simulation, WeeksOfACompanyBreakNoPromise) {
    const auto first = fromEnvironment("BACKORDERD_FIRST_SEED", 1);
    const auto seeds = fromEnvironment("BACKORDERD_SEEDS", 200);
    const auto deeds = static_cast<int>(fromEnvironment("BACKORDERD_DEEDS", kDeeds));
    auto tally = nothingYet();
    const auto most = fromEnvironment("BACKORDERD_FAILURES", kFailuresShown);
    std::uint64_t failed = 0;
    for (auto seed = first; seed < first + seeds && failed < most; ++seed) {
        if (live(planOf(seed, deeds), &tally).empty()) continue;
        ++failed;
        ADD_FAILURE() << story(seed, deeds);
    }
    fmt::print("{} seeds from {}\n", seeds, first);
    if (std::getenv("BACKORDERD_TALLY")) print(tally);
    // A simulation in which nothing happens proves nothing.
    if (seeds < 100 || failed > 0 || deeds < kDeeds) return;
    EXPECT_GT(tally["message received"], 1000);
    EXPECT_GT(tally["killed"], 100);
    EXPECT_GT(tally["ended by the disk"], 10);
    for (const auto topic : {Topic::Opened, Topic::PromiseChanged, Topic::Status, Topic::Shipped,
                             Topic::Cancelled, Topic::Offer, Topic::Escalation})
        EXPECT_GT(tally["told " + std::string{topicName(topic)}], 0) << topicName(topic);
    for (const auto& name : kDeedNames) EXPECT_GT(tally["deed " + std::string{name}], 0) << name;
}

TEST(Simulation, WhatWentWrongOnceDoesNotAgain) {
    const auto kept = seedsThatFailedOnce();
    ASSERT_FALSE(kept.empty());
    for (const auto& [seed, deeds] : kept)
        EXPECT_TRUE(live(planOf(seed, deeds)).empty()) << story(seed, deeds);
}

TEST(Simulation, ASeedReplaysExactly) {
    Tally one;
    Tally other;
    EXPECT_EQ(live(planOf(7), &one), live(planOf(7), &other));
    EXPECT_EQ(one, other);
}

}  // namespace simulation_test
}  // namespace backorderd::simulation

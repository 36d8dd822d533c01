#include <gtest/gtest.h>

#include <cstdlib>

#include "rules/model_stories.hpp"

/// The rules against a second opinion on them; see model.hpp.
namespace backorderd::rules_test {
namespace model_test {

using model::Story;

constexpr int kFailuresShown = 3;
constexpr unsigned kSeeds = 1500;

unsigned fromEnvironment(const char* name, unsigned fallback) {
    const char* text = std::getenv(name);
    return text ? static_cast<unsigned>(std::stoul(text)) : fallback;
}

/// Looks of the rules between those that they ask for; none: zero.
std::chrono::minutes looks{0};

bool differs(const Story& story) { return toldByModel(story) != toldByRules(story, looks); }

/// Leaves out of the list what is not needed for the difference.
template <class Part>
void thin(Story& story, std::vector<Part> Story::*list) {
    for (std::size_t i = 0; i < (story.*list).size();) {
        Story shorter = story;
        (shorter.*list).erase((shorter.*list).begin() + static_cast<std::ptrdiff_t>(i));
        if (differs(shorter))
            story = std::move(shorter);
        else
            ++i;
    }
}

Story shrunk(Story story) {
    thin(story, &Story::ladders);
    thin(story, &Story::deeds);
    for (auto span : {&Story::old, &Story::unseen}) {
        Story simpler = story;
        (simpler.*span).reset();
        if (differs(simpler)) story = std::move(simpler);
    }
    return story;
}

/// What both say stands plain; `model` and `rules` are what one of them alone says.
std::string difference(const Story& story) {
    const auto by_model = toldByModel(story);
    const auto by_rules = toldByRules(story, looks);
    std::map<std::string, std::pair<int, int>> all;
    for (const auto& told : by_model) ++all[told].first;
    for (const auto& told : by_rules) ++all[told].second;
    std::string text;
    for (const auto& [told, times] : all)
        text += fmt::format("{} {}\n",
                            times.first == times.second  ? "     "
                            : times.first > times.second ? "model"
                                                         : "rules",
                            told);
    return text;
}

/// `share`: of so many seeds one is tried.
void compare(Story (*tell)(unsigned), std::size_t least, unsigned share = 1) {
    const auto first = fromEnvironment("BACKORDERD_FIRST_SEED", 1);
    const auto seeds = (fromEnvironment("BACKORDERD_SEEDS", kSeeds) + share - 1) / share;
    std::size_t told = 0;
    int failed = 0;
    for (auto seed = first; seed < first + seeds && failed < kFailuresShown; ++seed) {
        const auto story = tell(seed);
        told += toldByModel(story).size();
        if (!differs(story)) continue;
        ++failed;
        const auto short_story = shrunk(story);
        ADD_FAILURE() << "BACKORDERD_FIRST_SEED=" << seed << " BACKORDERD_SEEDS=1\n"
                      << describe(short_story) << difference(short_story);
    }
    // Stories in which nothing is told prove nothing.
    EXPECT_GE(told, failed > 0 || seeds * share < kSeeds ? 0 : least);
}

TEST(SecondOpinion, AgreesOnLadders) { compare(model::ladderStory, 2000); }
TEST(SecondOpinion, AgreesOnCadence) { compare(model::cadenceStory, 2000); }
TEST(SecondOpinion, AgreesOnBoth) { compare(model::bothStory, 2000); }

TEST(SecondOpinion, AgreesHoweverOftenTheRulesLook) {
    looks = std::chrono::minutes{7};
    compare(model::bothStory, 2000, 10);
    looks = std::chrono::minutes{0};
}

}  // namespace model_test
}  // namespace backorderd::rules_test

#include "simulation/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>

namespace backorderd::simulation {
namespace {

/// Numbers of a seed, taken from the engine's bits alone: what a distribution makes of them is not
/// the same everywhere.
class Dice {
public:
    explicit Dice(std::uint64_t seed) : bits_{seed} {}
    std::uint64_t bits() { return bits_(); }
    int below(int limit) { return static_cast<int>(bits_() % static_cast<std::uint64_t>(limit)); }
    bool oneIn(int chances) { return below(chances) == 0; }

private:
    std::mt19937_64 bits_;
};

Company companyOf(Dice& dice) {
    Company company;
    company.can_find = !dice.oneIn(3);
    company.digests = dice.oneIn(3);
    company.offers = dice.oneIn(2);
    company.alerts = dice.oneIn(2);
    company.shared_mail = dice.oneIn(2);
    company.storm = dice.oneIn(4) ? 2 : 200;
    constexpr std::array kPolls{1, 3, 6};
    company.poll_hours = kPolls.at(static_cast<std::size_t>(dice.below(3)));
    return company;
}

/// So many actions, of the kinds in `kinds` among those from one on: each seed has its own few, so
/// that rare ones also come in crowds.
struct Draw {
    int count = 0;
    std::uint64_t kinds = 0;
    int first = 0;
    int end = 0;
};

void draw(Dice& dice, const Draw& wanted, std::vector<Action>& actions) {
    for (int i = 0; i < wanted.count; ++i) {
        const int deed = wanted.first + dice.below(wanted.end - wanted.first);
        const Action action{dice.below(24 * kDays), static_cast<Deed>(deed), dice.below(kLines),
                            1 + dice.below(9)};
        if ((wanted.kinds >> deed & 1u) != 0) actions.push_back(action);
    }
}

}  // namespace

Plan planOf(std::uint64_t seed, int deeds) {
    Dice dice{seed};
    Plan plan;
    plan.company = companyOf(dice);
    auto& actions = plan.actions;
    for (int line = 0; line < kLines; ++line)
        actions.push_back({dice.below(24 * 10), Deed::Order, line, 1 + dice.below(9)});
    const int count = 20 + dice.below(80);
    const auto kinds = dice.bits();
    draw(dice, {count, kinds, static_cast<int>(Deed::Slip), kFirstDeeds}, actions);
    // Kinds that are added are drawn behind the others, which stay what they were.
    if (deeds > kFirstDeeds) draw(dice, {4 + dice.below(16), kinds, kFirstDeeds, deeds}, actions);
    std::ranges::stable_sort(actions, {}, &Action::hour);
    return plan;
}

std::string describe(const Action& action) {
    return fmt::format("  day {:2} {:02}h  line {}: {} ({})", action.hour / 24, action.hour % 24,
                       action.line + 1, kDeedNames.at(static_cast<std::size_t>(action.deed)),
                       action.amount);
}

std::string describe(const Company& company) {
    return fmt::format(
        "  an ERP {}, read every {} h; digests {}, offers {}, alerts {}; {} mailbox for two lines; "
        "a storm is more than {} messages",
        company.can_find ? "that looks up lines" : "that lists closed lines", company.poll_hours,
        company.digests ? "on" : "off", company.offers ? "on" : "off",
        company.alerts ? "on" : "off", company.shared_mail ? "one" : "no", company.storm);
}

}  // namespace backorderd::simulation

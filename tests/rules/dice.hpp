#pragma once

#include <cstddef>
#include <random>
#include <vector>

namespace backorderd::rules_test {

/// What a seed decides, one throw after the other; whoever makes samples by it derives from it.
class Dice {
protected:
    explicit Dice(unsigned seed) : random_{seed} {}

    int below(int end) { return std::uniform_int_distribution{0, end - 1}(random_); }
    bool chance(int percent) { return below(100) < percent; }
    template <class T>
    T pick(std::vector<T> from) {
        return from[static_cast<std::size_t>(below(static_cast<int>(from.size())))];
    }

private:
    std::mt19937 random_;
};

}  // namespace backorderd::rules_test

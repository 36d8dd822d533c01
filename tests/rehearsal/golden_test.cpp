#include <gtest/gtest.h>

#include "backorderd/clock.hpp"
#include "rehearsal/rule_tests.hpp"

// The rule language, feature by feature: each folder of golden/ holds rules, and timelines with
// what is sent under them. docs/rules-testing.md lists them.

namespace backorderd::rehearsal {
namespace golden_test {

const std::string kGolden = BACKORDERD_SOURCE_DIR "/tests/rehearsal/golden";

/// Nobody asks how long a test took.
struct StoppedClock final : Clock {
    Timestamp now() const override { return {}; }
    SteadyTime steady() const override { return {}; }
};

std::vector<std::string> allTests() {
    const std::vector<std::string> folder{kGolden};
    auto found = findTests(folder);
    return found ? std::move(*found) : std::vector<std::string>{};
}

class Golden : public testing::TestWithParam<std::string> {};

TEST_P(Golden, IsSentAsWritten) {
    const StoppedClock clock;
    config::HouseSettings house;
    house.name = house.from_name = "House";
    house.from_address = "orders@example.com";
    house.language = "en";
    house.timezone = "UTC";
    TestBench bench{house, BACKORDERD_SOURCE_DIR "/config/templates", clock};
    const std::vector<TestReport> reports{bench.run(GetParam())};
    EXPECT_TRUE(reports.front().passed()) << inWords(reports);
}

std::string nameOf(const testing::TestParamInfo<std::string>& info) {
    std::string name;
    for (const char c : info.param.substr(kGolden.size()))
        if (std::isalnum(static_cast<unsigned char>(c))) name += c;
    return name;
}

INSTANTIATE_TEST_SUITE_P(Rules, Golden, testing::ValuesIn(allTests()), nameOf);

}  // namespace golden_test
}  // namespace backorderd::rehearsal

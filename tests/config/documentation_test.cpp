#include <gtest/gtest.h>

#include <filesystem>

#include "config/config.hpp"
#include "support/documented.hpp"

namespace backorderd::config {
namespace documentation_test {

const std::string kSource = BACKORDERD_SOURCE_DIR;

TEST(ConfigurationPage, HoldsEverySettingOnce) {
    auto settings = loadSettings(kSource + "/config/backorderd.yaml");
    ASSERT_TRUE(settings) << formatProblems(settings.error());
    EXPECT_EQ(testing_support::undocumented(settings->root.declared(), "## All settings"), "");
}

TEST(ConfigurationPage, OptionalSectionsAreDeclaredAlsoWhereTheyAreAbsent) {
    Problems problems;
    const auto full = loadSettings(kSource + "/config/backorderd.yaml");
    const auto bare =
        readSettings(kSource + "/tests/config/broken/02-settings-empty/backorderd.yaml", problems);
    ASSERT_TRUE(full && bare);
    EXPECT_EQ(full->root.declared().size(), bare->root.declared().size());
}

}  // namespace documentation_test
}  // namespace backorderd::config

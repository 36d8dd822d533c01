#include <gtest/gtest.h>

#include "connectors/files_fixture.hpp"
#include "support/documented.hpp"

namespace backorderd::test {
namespace documentation_test {

using ConfigurationPage = FilesTest;

TEST_F(ConfigurationPage, HoldsEverySettingOfEveryKind) {
    for (const std::string& kind : connectors::connectorKinds()) {
        const auto section = config::Section::fromText("folder: /x\n", "s.yaml");
        (void)connectors::makeConnector(kind, section, environment_);
        EXPECT_EQ(testing_support::undocumented(section.declared(),
                                                "## Sources of kind `" + kind + "`", "sources[]."),
                  "");
    }
}

}  // namespace documentation_test
}  // namespace backorderd::test

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "senders/senders.hpp"
#include "support/documented.hpp"
#include "support/still_clock.hpp"

namespace backorderd::senders {
namespace documentation_test {

TEST(ConfigurationPage, HoldsEverySettingOfEveryKind) {
    boost::asio::io_context io{1};
    const test::StillClock clock;
    net::Net net(io.get_executor());
    for (const std::string& kind : senderKinds()) {
        const auto section = config::Section::fromText("url: x\n", "s.yaml");
        makeSender(kind, section, {net, clock});
        EXPECT_EQ(testing_support::undocumented(section.declared(),
                                                "## Senders of kind `" + kind + "`", "senders[]."),
                  "");
    }
}

}  // namespace documentation_test
}  // namespace backorderd::senders

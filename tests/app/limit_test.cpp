#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/rig.hpp"

namespace backorderd::app::test {
namespace limit_test {

using testing::SizeIs;

std::string limitedTo(const std::string& limit) {
    return "version: 1\ncadence:\n  - name: limited\n    match: {}\n    channels: [email]\n"
           "    messages: { opened: { template: opened } }\n    limit: " +
           limit + "\n";
}

void openFive(Rig& rig) {
    for (const char* id : {"1", "2", "3", "4", "5"}) {
        rig.erp.lines.push_back(sampleLine(id));
        rig.erp.lines.back().order.number = std::string{"SO"} + id;
        rig.erp.lines.back().order.id = id;
    }
    rig.poll();
    rig.work();
}

TEST(Limit, LinesThatOpenTogetherAreNotAllToldAtOnce) {
    Rig rig{limitedTo("{ max: 2, per: 7d }")};
    openFive(rig);
    EXPECT_THAT(rig.mailbox.received, SizeIs(2));
}

TEST(Limit, ABacklogCountsAsWell) {
    Rig rig{limitedTo("{ max: 2, per: 7d }")};
    rig.mailbox.next.assign(20, TryLater{"450 later", {}});
    openFive(rig);
    rig.pass(30min);
    rig.mailbox.next.clear();
    for (int hour = 0; hour < 24; ++hour) {
        rig.pass(1h);
        rig.poll();
    }
    EXPECT_THAT(rig.mailbox.received, SizeIs(2));
}

TEST(Limit, ByLineEachHasItsOwn) {
    Rig rig{limitedTo("{ max: 1, per: 7d, per_recipient: false }")};
    openFive(rig);
    EXPECT_THAT(rig.mailbox.received, SizeIs(5));
}

TEST(Limit, OneReachedWhileTheClockWasAheadHoldsNothingBackWhenItIsRight) {
    Rig rig{limitedTo("{ max: 4, per: 2d }")};
    rig.work();
    const auto say = [&](const char* what, const char* gate) {
        const nlohmann::json why{{"gate", gate}, {"author", "anna"}, {"reason", "looked at"}};
        ASSERT_TRUE(rig.ask(what, why).value("ok", false));
        rig.work();
    };
    say("pause", "");
    openFive(rig);
    rig.clock.wall += 10 * 24h;
    rig.poll();
    rig.work();
    say("resume", "clock");
    say("resume", "paused");
    ASSERT_THAT(rig.mailbox.received, SizeIs(4));
    rig.clock.wall -= 10 * 24h;
    rig.poll();
    rig.work();
    say("resume", "clock");
    EXPECT_THAT(rig.mailbox.received, SizeIs(5));
}

}  // namespace limit_test
}  // namespace backorderd::app::test

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/rig.hpp"

namespace backorderd::app::test {
namespace restart_test {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// A back order whose first mail the receiver did not take, after which the daemon ended.
void leaveAMailBehind(Rig& rig) {
    rig.mailbox.next = {TryLater{"450 later", {}}};
    rig.erp.lines = {sampleLine("1")};
    rig.poll();
    rig.work();
    rig.crash();
}

TEST(Restart, AfterALongStandstillTheErpIsAskedBeforeAnythingLeaves) {
    Rig rig;
    leaveAMailBehind(rig);
    rig.erp.line("1").cancelled = Decimal{10};
    rig.clock.advance(25h);
    rig.start();
    rig.pass(10min);
    EXPECT_THAT(rig.mailbox.received, IsEmpty());
    rig.poll();
    rig.pass(48h);
    EXPECT_THAT(rig.mailbox.received, IsEmpty());
}

TEST(Restart, AnErpThatDoesNotAnswerHoldsNoMailUp) {
    Rig rig;
    leaveAMailBehind(rig);
    rig.clock.advance(25h);
    rig.erp.fails_after_page = "down";
    rig.start();
    rig.poll();
    rig.pass(10min);
    EXPECT_THAT(rig.mailbox.received, SizeIs(1));
}

TEST(Restart, AMailThatTheRulesOfTodayDoNotAskForIsTakenBackAndNotFrozenAnew) {
    Rig rig;
    leaveAMailBehind(rig);
    rig.writeRules("version: 1\ncadence:\n  - name: others\n    match: { customer.id: C2 }\n"
                   "    channels: [email]\n    messages: { opened: { template: opened } }\n");
    rig.start();
    rig.pass(10min);
    EXPECT_THAT(rig.mailbox.received, IsEmpty());
}

TEST(Restart, AMailOfASenderThatIsGoneTakesTheOneThatIsThere) {
    Rig rig;
    leaveAMailBehind(rig);
    rig.mail_sender = "relay";
    rig.start();
    rig.pass(10min);
    ASSERT_THAT(rig.mailbox.received, SizeIs(1));
    EXPECT_EQ(rig.mailbox.received.front().sender, "relay");
}

TEST(Restart, AMessageThatDoesNotExistIsAnAnswerAndNotTheEnd) {
    Rig rig;
    const auto answer = rig.ask("queue.show", {{"id", 999}});
    EXPECT_EQ(answer.at("ok"), false);
    EXPECT_THAT(answer.at("error").get<std::string>(), HasSubstr("no message 999"));
}

}  // namespace restart_test
}  // namespace backorderd::app::test

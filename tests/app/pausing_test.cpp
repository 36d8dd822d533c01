// What a receiver that is down costs: its own messages wait, and nobody else's.

#include <gtest/gtest.h>

#include <algorithm>

#include "app/rig.hpp"

namespace backorderd::app {
namespace pausing_test {

using namespace app::test;

constexpr int kLines = 200;

class DownFor : public testing::Test {
protected:
    DownFor() {
        // Half of the lines change at once, and that is meant.
        rig.settings.guards.mass_change_share = 1.0;
        rig.crash();
        rig.start();
        for (int i = 0; i < kLines; ++i) {
            auto line = sampleLine("L" + std::to_string(i));
            line.order.number = "SO" + std::to_string(i);
            rig.erp.lines.push_back(line);
        }
        rig.mailbox.always = TryLater{"nobody there", {}, true};
    }
    std::int64_t inState(MessageState state) {
        for (const auto& [known, count] : rig.store->counts().messages)
            if (known == state) return count;
        return 0;
    }
    Rig rig;
};

TEST_F(DownFor, OnlyAFewAttemptsAreMade) {
    rig.poll();
    rig.work();
    EXPECT_LE(rig.mailbox.attempts, 8) << "five in a row, and those that were under way";
    const int before = rig.mailbox.attempts;
    EXPECT_EQ(inState(MessageState::Ready) + inState(MessageState::Deferred), kLines);
    EXPECT_EQ(inState(MessageState::Ready), kLines - before);
    MessageFilter ready{MessageState::Ready, "", kLines};
    for (const auto& message : rig.store->messages(rig.store->listMessages(ready)))
        EXPECT_EQ(message.attempts, 0);

    rig.pass(29s);
    EXPECT_EQ(rig.mailbox.attempts, before);
    rig.pass(1s);
    EXPECT_EQ(rig.mailbox.attempts, before + 1) << "one tries the receiver";
}

TEST_F(DownFor, AllLeaveWhenTheReceiverIsBack) {
    rig.poll();
    rig.pass(10min);
    EXPECT_TRUE(rig.mailbox.received.empty());
    rig.mailbox.always.reset();
    rig.pass(30min);
    EXPECT_EQ(rig.mailbox.received.size(), static_cast<std::size_t>(kLines));
}

TEST_F(DownFor, AfterDaysNothingOutdatedIsSent) {
    rig.poll();
    for (int day = 0; day < 4; ++day) rig.pass(24h);
    // The ERP is read again only when the receiver is back: a pause must not hide what changed.
    for (int i = 0; i < kLines / 2; ++i)
        rig.erp.line("L" + std::to_string(i)).cancelled = Decimal{10};
    rig.poll();
    rig.mailbox.always.reset();
    rig.pass(5h);
    EXPECT_TRUE(rig.mailbox.received.size() >= kLines / 2) << rig.mailbox.received.size();
    for (const auto& message : rig.mailbox.received)
        for (const auto& notice : rig.store->notices(message.notices)) {
            const auto& about = rig.store->cases(std::vector{notice.case_id}).front().line;
            EXPECT_GE(std::stoi(about.key.id.substr(1)), kLines / 2) << about.key.id;
        }
}

}  // namespace pausing_test
}  // namespace backorderd::app

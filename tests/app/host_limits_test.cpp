// What several senders together ask of one host.

#include "app/dispatching_fixture.hpp"

namespace backorderd::app {
namespace host_limits_test {

using namespace app::test;

class HostLimits : public Dispatching {
protected:
    /// A sender to a host, whose messages are counted when they leave.
    void count(const std::string& name, const std::string& host) {
        const auto left_one = [this, name](MessageId) { ++left[name]; };
        watch(name, left_one, OnUnknown::Hold, host);
        freeze(name, 50);
    }
    void pass(int seconds) {
        for (int i = 0; i < seconds; ++i) {
            clock.advance(1s);
            look();
        }
    }

    std::map<std::string, int> left;
};

TEST_F(HostLimits, TwoSendersShareItsRateAndNeitherIsPassedOver) {
    count("news", "hooks.example.com");
    count("alerts", "hooks.example.com");
    count("other", "elsewhere.example.com");
    Dispatcher::Settings settings;
    settings.per_host.rate = {2, 2};
    start(settings);
    EXPECT_EQ(left["news"] + left["alerts"], 2) << "a burst";
    EXPECT_EQ(left["other"], 2) << "another host has its own";
    ASSERT_TRUE(dispatcher->rateOpensAt());
    EXPECT_EQ(*dispatcher->rateOpensAt() - clock.steady(), 500ms);
    pass(20);
    EXPECT_EQ(left["news"] + left["alerts"], 42);
    EXPECT_GE(left["news"], 15);
    EXPECT_GE(left["alerts"], 15);
    pass(40);
    EXPECT_EQ(left["news"] + left["alerts"] + left["other"], 150);
    EXPECT_TRUE(dispatcher->idle());
}

TEST_F(HostLimits, ASenderWithoutAHostHasNone) {
    count("file", "");
    Dispatcher::Settings settings;
    settings.per_host = {1, {1, 1}};
    start(settings);
    EXPECT_EQ(left["file"], 50);
}

TEST_F(HostLimits, SoManyAtOnceAreUnderWayToAHostThatHangs) {
    int hung = 0;
    for (const auto* name : {"news", "alerts"}) {
        senders.push_back({name, std::make_unique<HangingSender>(hung, "hooks.example.com")});
        freeze(name, 50);
    }
    count("mail", "mail.example.com");
    Dispatcher::Settings settings;
    settings.per_host.parallel = 4;
    start(settings);
    EXPECT_EQ(hung, 4) << "of three each";
    EXPECT_EQ(left["mail"], 50);
    dispatcher->stop();
    context.restart();
    context.poll();
    EXPECT_EQ(inState(MessageState::Ready), 96) << "what waited for room was not tried";
}

TEST_F(HostLimits, RoomThatIsFreedGoesToWhoWaitedLongest) {
    std::vector<std::string> order;
    for (const auto* name : {"news", "alerts"}) {
        const auto note = [&order, name](MessageId) { order.emplace_back(name); };
        watch(name, note, OnUnknown::Hold, "hooks.example.com");
        freeze(name, 20);
    }
    Dispatcher::Settings settings;
    settings.per_host.parallel = 1;
    start(settings);
    ASSERT_EQ(order.size(), 40u);
    const auto in_the_first_half = std::count(order.begin(), order.begin() + 20, "alerts");
    EXPECT_GE(in_the_first_half, 8);
    EXPECT_LE(in_the_first_half, 12);
}

}  // namespace host_limits_test
}  // namespace backorderd::app

#include <gmock/gmock.h>

#include <fstream>

#include "app/wiring.hpp"
#include "net/net.hpp"
#include "rig.hpp"

// What the rules ask for, where the world behind them changes or does not do its part.

namespace backorderd::app::test {
namespace rules_in_force_test {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

TEST(RulesInForce, WhatCouldNotLeaveMakesWayForWhatComesNext) {
    // Nothing serves SMS here, so that every notice waits until it is worth nothing.
    Rig rig{R"(version: 1
cadence:
  - name: everyone
    match: {}
    channels: [sms]
    messages:
      opened: { template: opened }
      status: { template: status, every: 5d }
)"};
    rig.crash();
    rig.serves_sms = false;
    rig.settings.sources[0].max_age = 60 * 24h;
    rig.start();
    auto line = sampleLine("1");
    line.contact.phone = "+4930123456";
    rig.erp.lines = {line};
    rig.poll();
    rig.pass(16 * 24h);
    const auto subject = rig.caseOf("1");
    ASSERT_EQ(subject.notices.at(0).state, NoticeState::Expired);
    EXPECT_TRUE(subject.look_again) << "the status is still to come";
    rig.pass(6 * 24h);
    const auto later = rig.caseOf("1");
    ASSERT_THAT(later.notices, SizeIs(2));
    EXPECT_EQ(later.notices[1].topic, Topic::Status);
}

TEST(RulesInForce, AMailThatWaitsFollowsTheContactsAddress) {
    Rig rig;
    rig.erp.lines = {sampleLine("1")};
    rig.mailbox.next = {TryLater{"450 later", {}}};
    rig.poll();
    rig.work();
    ASSERT_THAT(rig.mailbox.received, SizeIs(0));
    rig.erp.line("1").contact.email = "new@example.com";
    rig.poll();
    rig.pass(1h);
    ASSERT_THAT(rig.mailbox.received, SizeIs(1));
    EXPECT_EQ(rig.mailbox.received[0].recipient.address, "new@example.com");
}

/// The settings of a house with one sender, that of mail.
class Wiring : public testing::Test {
protected:
    Result<app::Setup> load(const std::string& channels) {
        std::filesystem::create_directories(folder_ / "rules.d");
        std::ofstream{folder_ / "rules.d/rules.yaml"} << R"(version: 1
cadence:
  - name: everyone
    match: {}
    channels: )" << channels << R"(
    messages:
      opened: { template: opened }
)";
        std::ofstream{folder_ / "backorderd.yaml"}
            << "data_dir: " << folder_ / "store"
            << "\nrules_dir: " << folder_ / "rules.d"
            << "\ntemplates_dir: " BACKORDERD_SOURCE_DIR "/config/templates\n"
            << "house: { name: House, from_address: a@house.example }\n"
            << "sources:\n  - { name: erp, kind: files, folder: " << folder_ / "export"
            << " }\n"
            << "senders:\n  - { name: mail, kind: stdout, channel: email }\n";
        return loadSetup(folder_ / "backorderd.yaml", net_, clock_);
    }

    TemporaryFolder folder_;
    FakeClock clock_;
    asio::io_context context_;
    net::Net net_{context_.get_executor()};
};

TEST_F(Wiring, AChannelThatNobodyServesIsPassedOver) {
    const auto setup = load("[sms, email]");
    ASSERT_TRUE(setup) << formatProblems(setup.error());
    EXPECT_THAT(setup->policy.rules.cadence[0].channels, ElementsAre(Channel::Email));
    EXPECT_THAT(formatProblems(setup->warnings),
                HasSubstr("writes by sms, and no sender of the settings serves that channel; it is "
                          "passed over"));
}

TEST_F(Wiring, APolicyThatReachesNoCustomerIsNamed) {
    const auto unserved = load("[sms]");
    ASSERT_TRUE(unserved) << formatProblems(unserved.error());
    EXPECT_THAT(unserved->policy.rules.cadence[0].channels, ElementsAre(Channel::Sms));
    EXPECT_THAT(formatProblems(unserved->warnings),
                AllOf(HasSubstr("policy 'everyone' can write to nobody"),
                      Not(HasSubstr("it is passed over"))));
    const auto of_teams = load("[webhook, chat]");
    ASSERT_TRUE(of_teams) << formatProblems(of_teams.error());
    EXPECT_THAT(formatProblems(of_teams->warnings),
                HasSubstr("policy 'everyone' writes by none of email and sms"));
}

}  // namespace rules_in_force_test
}  // namespace backorderd::app::test

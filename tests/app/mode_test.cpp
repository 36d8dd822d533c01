#include <gmock/gmock.h>

#include "app/delivery_mode.hpp"
#include "rig.hpp"

namespace backorderd::app::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

/// One notice under these settings.
std::vector<Message> sentUnder(Rig& rig, const config::DeliverySettings& delivery) {
    rig.crash();
    rig.settings.delivery = delivery;
    rig.start();
    rig.erp.lines = {sampleLine("1")};
    rig.poll();
    rig.work();
    return rig.mailbox.received;
}

TEST(Mode, RedirectSendsToOneAddressAndNamesWhomItWasFor) {
    Rig rig;
    const auto sent = sentUnder(rig, {"redirect", "test@house.example", "", {}});
    ASSERT_THAT(sent, SizeIs(1));
    EXPECT_EQ(sent[0].recipient.address, "test@house.example");
    EXPECT_THAT(sent[0].document, HasSubstr("X-Backorderd-Redirected-From: ann@example.com"));
    EXPECT_THAT(sent[0].document, HasSubstr("<test@house.example>"));
    EXPECT_THAT(sent[0].document, Not(HasSubstr("<ann@example.com>")));
    rig.pass(24h);
    EXPECT_THAT(rig.mailbox.received, SizeIs(1)) << "a redirected message is not taken back";
    EXPECT_THAT(rig.ask("status", nlohmann::json::object())["result"]["mode"].get<std::string>(),
                HasSubstr("REDIRECT"));
}

TEST(Mode, WhatCannotBeRedirectedIsSuppressedWithTheReason) {
    Rig rig;
    EXPECT_THAT(sentUnder(rig, {"redirect", "", "+15550100", {}}), IsEmpty());
    const auto notice = rig.caseOf("1").notices.front();
    EXPECT_EQ(notice.state, NoticeState::Suppressed);
    EXPECT_THAT(notice.state_reason, HasSubstr("no address for the channel email"));
}

TEST(Mode, OnlyAllowedDomainsAreWrittenTo) {
    for (const auto& [domain, sent] : {std::pair{"example.com", true},
                                       {"EXAMPLE.com", true},
                                       {"ample.com", false},
                                       {"example.com.evil.example", false},
                                       {"sub.example.com", false}}) {
        Rig rig;
        EXPECT_EQ(!sentUnder(rig, {"live", "", "", {domain}}).empty(), sent) << domain;
        if (sent) continue;
        const auto notice = rig.caseOf("1").notices.front();
        EXPECT_EQ(notice.state, NoticeState::Suppressed);
        EXPECT_THAT(notice.state_reason, HasSubstr("allow_domains"));
    }
}

TEST(Mode, ARedirectedSmsNamesWhomItWasForInItsFirstLine) {
    const config::DeliverySettings settings{"redirect", "", "+15550100", {}};
    const auto route = DeliveryMode{settings}.routeOf({Channel::Sms, "+43123", "", "", ""});
    EXPECT_EQ(route.recipient.address, "+15550100");
    EXPECT_EQ(route.redirected_from, "+43123");
}

TEST(Drill, ReachesEverySenderThroughGatesAndLeavesNothingBehind) {
    Rig rig;
    rig.ask("pause", {{"author", "anna"}, {"reason", "test"}});
    const auto answer = rig.ask("drill", {{"to", "anna@house.example"}})["result"];
    ASSERT_THAT(answer["results"], SizeIs(4));
    EXPECT_EQ(answer["results"][0]["outcome"], "accepted");
    EXPECT_EQ(answer["results"][1]["outcome"], "accepted");
    EXPECT_EQ(answer["results"][2]["outcome"], "left out") << "a mail address is no number";
    EXPECT_EQ(answer["results"][3]["outcome"], "accepted");
    EXPECT_EQ(answer["gates"][0]["gate"], "paused");
    ASSERT_THAT(rig.mailbox.received, SizeIs(1));
    EXPECT_THAT(rig.mailbox.received[0].document, HasSubstr("[backorderd test]"));
    EXPECT_THAT(rig.mailbox.received[0].document, HasSubstr("anna@house.example"));
    EXPECT_THAT(rig.store->listMessages({}), IsEmpty());
}

TEST(Drill, SaysWhatTheReceiverSaid) {
    Rig rig;
    rig.mailbox.next = {Refused{"550 no such user"}};
    const auto one = rig.ask("drill", {{"to", "x@house.example"}, {"sender", "mail"}})["result"];
    ASSERT_THAT(one["results"], SizeIs(1));
    EXPECT_EQ(one["results"][0]["outcome"], "refused");
    EXPECT_EQ(one["results"][0]["text"], "550 no such user");
    const auto none = rig.ask("drill", {{"to", "x@house.example"}, {"sender", "fax"}});
    EXPECT_THAT(none["error"].get<std::string>(), HasSubstr("there is no sender 'fax'"));
}

}  // namespace
}  // namespace backorderd::app::test

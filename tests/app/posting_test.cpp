#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/net.hpp"
#include "rig.hpp"
#include "senders/senders.hpp"
#include "support/scripted_server.hpp"

// Webhooks and chats from a rule to what the receiver gets.

namespace backorderd::app::test {
namespace posting_test {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// A ladder whose second step goes to a team behind the sender of that name.
std::string ladderTo(const std::string& sender) {
    return R"(version: 1
teams:
  rep: { from: line.sales_rep }
  night: { sender: )" +
           sender + R"( }
cadence:
  - name: everyone
    match: {}
    messages:
      cancelled: { template: cancelled }
escalation:
  - name: prolonged
    match: { kind: backorder }
    start: { age: { min: 2d } }
    steps:
      - { to: rep, template: no-contact }
      - { to: night, template: no-contact, after: 2d }
    stop: [available]
)";
}

Rig& escalated(Rig& rig) {
    rig.erp.lines = {sampleLine("1")};
    rig.poll();
    days(rig, 5);
    return rig;
}

TEST(Posting, AWebhookCarriesTheNoticeAsData) {
    Rig rig{ladderTo("ops")};
    escalated(rig);
    ASSERT_THAT(rig.ops.received, SizeIs(1));
    const auto& message = rig.ops.received[0];
    const json payload = json::parse(message.document);
    EXPECT_EQ(payload["version"], 1);
    EXPECT_EQ(payload["type"], "backorder.escalation");
    EXPECT_EQ(payload["id"].get<std::string>() + "@house.example", message.stable_id);
    EXPECT_EQ(payload["data"]["recipient"]["name"], "night");
    EXPECT_EQ(payload["data"]["subject"], message.subject);
    const json& notice = payload["data"]["notices"].at(0);
    EXPECT_EQ(notice["topic"], "escalation");
    EXPECT_EQ(notice["rule"], "prolonged");
    EXPECT_EQ(notice["line"]["order"]["number"], "SO100");
    EXPECT_EQ(notice["line"]["open"], "10");
    EXPECT_EQ(notice["promise"]["to"], "2026-03-20");
}

TEST(Posting, AChatGetsWordsAndASeverity) {
    Rig rig{ladderTo("chat")};
    escalated(rig);
    ASSERT_THAT(rig.chat.received, SizeIs(1));
    const json note = json::parse(rig.chat.received[0].document);
    EXPECT_EQ(note["title"], rig.chat.received[0].subject);
    EXPECT_THAT(note["text"].get<std::string>(), HasSubstr("SO100"));
    EXPECT_EQ(note["facts"]["order"], "SO100");
    EXPECT_EQ(note["severity"], "critical");
    EXPECT_EQ(note["action"], "trigger");
    EXPECT_EQ(note["dedup_key"], "backorderd/erp/1/2026-03-02T09:00:00Z/2");
}

/// What PagerDuty and its kin are told of a ladder: (action, key).
std::vector<std::pair<std::string, std::string>> incidentsOf(const FakeMailbox& mailbox) {
    std::vector<std::pair<std::string, std::string>> actions;
    for (const auto& message : mailbox.received) {
        const json note = json::parse(message.document);
        actions.emplace_back(note["action"], note["dedup_key"]);
    }
    return actions;
}

/// A rig whose sender 'chat' keeps incidents, or none.
struct OnCall {
    explicit OnCall(const std::string& kind = "pagerduty") {
        config::SenderSettings chat;
        chat.name = "chat";
        chat.kind = kind;
        chat.schedule = {60s, 4h, 2.0, 5 * 24h};
        rig.settings.senders.push_back(chat);
        rig.erp.can_find = true;
        rig.crash();
        rig.start();
    }
    void takeOn() {
        const json ack{{"line", "1"}, {"author", "anna"}};
        EXPECT_TRUE(rig.ask("ack", ack).value("ok", false));
        rig.work();
    }
    void cancel() {
        auto cancelled = rig.erp.lines.front();
        cancelled.cancelled = cancelled.ordered;
        rig.erp.closed = {cancelled};
        rig.erp.lines.clear();
        rig.poll();
        rig.work();
    }

    Rig rig{ladderTo("chat")};
    const std::string key = "backorderd/erp/1/2026-03-02T09:00:00Z/2";
};

TEST(Incidents, AreAcknowledgedAndResolvedWithTheLadderThatOpenedThem) {
    OnCall on_call;
    escalated(on_call.rig);
    on_call.takeOn();
    on_call.cancel();
    EXPECT_THAT(incidentsOf(on_call.rig.chat), ElementsAre(std::pair{"trigger", on_call.key},
                                                           std::pair{"acknowledge", on_call.key},
                                                           std::pair{"resolve", on_call.key}));
    for (const auto& message : on_call.rig.chat.received) EXPECT_NE(message.subject, "");
    days(on_call.rig, 3);
    EXPECT_THAT(on_call.rig.chat.received, SizeIs(3)) << "each once";
}

TEST(Incidents, AreResolvedAlsoInASilence) {
    OnCall on_call;
    escalated(on_call.rig);
    const json silence{{"match", {"customer.id=C1"}},
                       {"for", "9d"},
                       {"author", "anna"},
                       {"reason", "stock-taking"}};
    ASSERT_TRUE(on_call.rig.ask("silence.add", silence).value("ok", false));
    on_call.cancel();
    EXPECT_THAT(incidentsOf(on_call.rig.chat),
                ElementsAre(std::pair{"trigger", on_call.key}, std::pair{"resolve", on_call.key}));
}

TEST(Incidents, AChatThatKeepsNoneHearsOfAlertsAlone) {
    OnCall on_call{"mattermost"};
    escalated(on_call.rig);
    on_call.takeOn();
    on_call.cancel();
    EXPECT_THAT(on_call.rig.chat.received, SizeIs(1));
}

/// From the rule to the wire, with the sender that is shipped.
TEST(Posting, AWebhookArrivesSigned) {
    using backorderd::test::AtEnd;
    using backorderd::test::Script;
    using backorderd::test::ScriptedServer;
    ::setenv("BACKORDERD_TEST_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 1);
    Rig rig{ladderTo("night_hook")};
    std::unique_ptr<net::Net> net;
    std::unique_ptr<ScriptedServer> server;
    rig.crash();
    rig.more_ends = [&](Ends& ends, asio::io_context& context) {
        const Script accepts{
            {{"", "}"}, {"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", ""}},
            AtEnd::Close};
        server = std::make_unique<ScriptedServer>(context, std::vector{accepts});
        net = std::make_unique<net::Net>(context.get_executor());
        const auto section =
            config::Section::fromText("url: http://127.0.0.1:" + std::to_string(server->port()) +
                                          "/hook\nallow_http: true\nallow_private: true\n"
                                          "secret: { env: BACKORDERD_TEST_SECRET }\n",
                                      "test");
        ends.senders.push_back(
            {"night_hook", senders::makeSender("webhook", section, {*net, rig.clock})});
    };
    rig.start();
    escalated(rig);
    ASSERT_THAT(server->heard(), SizeIs(1));
    EXPECT_THAT(server->heard()[0], HasSubstr("webhook-signature: v1,"));
    EXPECT_THAT(server->heard()[0], HasSubstr(R"("type":"backorder.escalation")"));
    const auto sent = rig.store->messages(rig.store->listMessages({}));
    EXPECT_EQ(sent.back().state, MessageState::Sent);
    rig.engine.reset();
    server.reset();
    net.reset();
}

TEST(Posting, AReceiverThatIsGoneIsLeftAloneUntilAReload) {
    Rig rig{ladderTo("ops")};
    rig.settings.operations.email = "ops@house.example";
    rig.ops.always = Refused{"410 gone", false, /*endpoint_gone=*/true};
    escalated(rig);
    EXPECT_EQ(rig.ops.attempts, 1);
    EXPECT_THAT(rig.subjects(), testing::Contains(HasSubstr("sender ops is disabled")));
    // What comes later waits, and is tried with a new address.
    rig.erp.lines.push_back(sampleLine("2"));
    rig.poll();
    days(rig, 4);
    EXPECT_EQ(rig.ops.attempts, 1);
    MessageFilter waiting;
    waiting.state = MessageState::Ready;
    EXPECT_THAT(rig.store->listMessages(waiting), SizeIs(1));
    rig.ops.always.reset();
    rig.crash();
    rig.start();
    rig.poll();
    rig.work();
    EXPECT_THAT(rig.ops.received, SizeIs(1));
}

}  // namespace posting_test
}  // namespace backorderd::app::test

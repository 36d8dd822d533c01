#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "senders/web_fixture.hpp"

namespace backorderd::senders {
namespace chat_test {

using nlohmann::json;

class Chat : public WebFixture {
protected:
    json posted(const std::string& kind, const std::string& title, const std::string& text,
                const std::string& action = "trigger") {
        Message message = messageFor(kind);
        message.document = chatDocument(title, text, action);
        const test::Script answers{{{"", "\r\n\r\n"}, {httpAnswer(200, ""), ""}},
                                   test::AtEnd::Hang};
        test::ScriptedServer server(io_, {answers});
        const auto sender = make(kind, server.port());
        CountingGate gate;
        test::runCoroutine(io_, sender->send(message, gate));
        const std::string& heard = server.heard().at(0);
        test::runUntil(io_, [&] { return json::accept(heard.substr(heard.find("\r\n\r\n") + 4)); });
        return json::parse(heard.substr(heard.find("\r\n\r\n") + 4));
    }
};

TEST_F(Chat, SlackEscapesWhatItActsOn) {
    const json body = posted("slack", "Late & later", "<!channel> *a_b* <https://x|y>");
    EXPECT_EQ(body["text"], "Late &amp; later\n&lt;!channel&gt; *a_b* &lt;https://x|y&gt;");
    EXPECT_EQ(body["mrkdwn"], false);
}

TEST_F(Chat, MattermostEscapesMarkdownAndMentions) {
    const json body = posted("mattermost", "A *pump*",
                             "# no title\n- no list\n1. no list\n@all [x](y) `z` a@example.com\n"
                             "    no code\nhttps://example.com/a_b?c=d#e_f");
    EXPECT_EQ(body["text"],
              "**A \\*pump\\***\n\\# no title\n\\- no list\n1\\. no list\n"
              "@\u200ball \\[x\\]\\(y\\) \\`z\\` a@example.com\n   no code\n"
              "https://example.com/a_b?c=d\\#e\\_f");
}

TEST_F(Chat, TeamsGetsACardOfPlainLines) {
    const json body = posted("teams", "A **title**", "one\n\n[two](http://x)");
    EXPECT_EQ(body["type"], "message");
    const json& attachment = body["attachments"].at(0);
    EXPECT_EQ(attachment["contentType"], "application/vnd.microsoft.card.adaptive");
    const json& card = attachment["content"];
    EXPECT_EQ(card["type"], "AdaptiveCard");
    std::vector<std::string> lines;
    for (const json& block : card["body"]) {
        EXPECT_EQ(block["type"], "RichTextBlock");
        lines.push_back(block["inlines"].at(0)["text"]);
    }
    EXPECT_THAT(lines, testing::ElementsAre("A **title**", "one", " ", "[two](http://x)"));
}

TEST_F(Chat, PagerdutyGetsAnEvent) {
    const json event = posted("pagerduty", "SO100 is late", "Call them.");
    EXPECT_EQ(event["routing_key"], kRoutingKey);
    EXPECT_EQ(event["event_action"], "trigger");
    EXPECT_EQ(event["dedup_key"], "backorderd/erp/1/2026-03-02T09:00:00Z");
    const json& payload = event["payload"];
    EXPECT_EQ(payload["summary"], "SO100 is late");
    EXPECT_EQ(payload["severity"], "critical");
    EXPECT_EQ(payload["source"], "Nordhaus");
    EXPECT_EQ(payload["timestamp"], "2026-03-02T08:59:00Z");
    EXPECT_EQ(payload["custom_details"]["order"], "SO100");
    EXPECT_EQ(payload["custom_details"]["text"], "Call them.");
    for (const char* action : {"acknowledge", "resolve"}) {
        const json ending = posted("pagerduty", "SO100", "It left.", action);
        EXPECT_EQ(ending["event_action"], action);
        EXPECT_EQ(ending["dedup_key"], event["dedup_key"]);
        EXPECT_FALSE(ending.contains("payload"));
    }
}

struct Limit {
    const char* kind;
    std::size_t bytes_max;
};

TEST_F(Chat, KeepsWithinTheLimitsOfEachService) {
    // What an escape makes longest, and what takes most bytes a character.
    const std::string signs(60'000, '<');
    std::string wide, lines;
    for (int i = 0; i < 60'000; ++i) wide += "€";
    for (int i = 0; i < 12'000; ++i) lines += "line\n";
    for (const Limit& limit :
         {Limit{"slack", 40'000 * 3 + 200}, Limit{"mattermost", 16'383 * 3 + 200},
          Limit{"teams", 28'000}, Limit{"pagerduty", 512'000}}) {
        for (const std::string& text : {signs, wide, lines}) {
            const json body = posted(limit.kind, "Title", text);
            EXPECT_LT(body.dump().size(), limit.bytes_max) << limit.kind;
            EXPECT_NE(body.dump().find("…"), std::string::npos) << limit.kind;
        }
    }
    const json event = posted("pagerduty", std::string(5'000, 'x'), "y");
    EXPECT_EQ(event["payload"]["summary"].get<std::string>().size(),
              1023 + std::string("…").size());
}

/// A text that is no document, as a message of another version of the program may hold.
TEST_F(Chat, TakesPlainTextForWhatItIs) {
    Message message = messageFor("slack");
    message.document = "Just words.";
    const json body = json::parse(bodyOf("slack", message));
    EXPECT_EQ(body["text"], "Two lines late\nJust words.");
}

}  // namespace chat_test
}  // namespace backorderd::senders

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "render/render.hpp"
#include "samples.hpp"

namespace backorderd::render {
namespace posted_documents_test {

using nlohmann::json;

/// Lets the schema allow nothing that it does not describe, so that each member that is sent is
/// described.
void close(json& part) {
    if (!part.is_structured()) return;
    if (part.is_object() && part.contains("properties")) part["additionalProperties"] = false;
    for (json& inner : part) close(inner);
}

class WebhookSchema {
public:
    WebhookSchema() {
        std::ifstream file(BACKORDERD_SOURCE_DIR "/config/schema/webhook.schema.json");
        json_ = json::parse(std::string{std::istreambuf_iterator<char>{file}, {}});
        close(json_);
        valijson::SchemaParser(valijson::SchemaParser::kDraft7)
            .populateSchema(valijson::adapters::NlohmannJsonAdapter(json_), schema_);
    }

    std::string refuses(const json& value) const {
        valijson::Validator validator;
        valijson::ValidationResults results;
        std::string text;
        if (validator.validate(schema_, valijson::adapters::NlohmannJsonAdapter(value), &results))
            return text;
        for (const auto& error : results) {
            for (const std::string& part : error.context) text += part;
            text += ": " + error.description + "\n";
        }
        return text;
    }

private:
    json json_;
    valijson::Schema schema_;
};

constexpr const char* kId = "0123456789abcdef0123456789abcdef";

json webhook(const Request& request) {
    const Rendered words{"A subject", "Some\ntext", "<p>Some text</p>", "Some text", "en"};
    return json::parse(webhookDocument(request, words, sampleHouse(), kId));
}
json chat(const Request& request) {
    const Rendered words{"A subject", "Some\ntext", "<p>Some text</p>", "Some text", "en"};
    return json::parse(chatDocument(request, words, sampleHouse(), kId));
}

/// The example of a topic by its name; a substitute makes what our own people are told complete.
Request exampleOf(Topic topic) {
    Request request = exampleRequest(topicName(topic), "en");
    for (Entry& entry : request.entries) {
        entry.notice.topic = topic;
        entry.substitutes.push_back({"PX-2", "Pump", "Main", Decimal{3}, {Decimal{20}, "EUR"}});
    }
    return request;
}

TEST(WebhookDocument, OfEveryTopicIsAsThePublishedSchemaSays) {
    const WebhookSchema schema;
    int topics = 0;
    for (int number = 0; number <= static_cast<int>(Topic::Uncovered); ++number) {
        const auto topic = static_cast<Topic>(number);
        const json payload = webhook(exampleOf(topic));
        EXPECT_EQ(schema.refuses(payload), "") << topicName(topic);
        EXPECT_EQ(payload["type"], "backorder." + std::string{topicName(topic)});
        EXPECT_EQ(payload["id"], kId);
        ++topics;
    }
    EXPECT_EQ(topics, 17);
    EXPECT_EQ(schema.refuses(webhook(exampleRequest("digest", "de", 9))), "");
    EXPECT_EQ(webhook(exampleRequest("digest", "de", 9))["type"], "backorder.digest");
}

TEST(WebhookDocument, OfAnEmptyLineIsAsTheSchemaSays) {
    const WebhookSchema schema;
    Request request = exampleOf(Topic::Status);
    request.entries.front().subject.line = OrderLine{};
    request.entries.front().event.reset();
    request.entries.front().told_before.reset();
    request.entries.front().notice.facts = {};
    const json payload = webhook(request);
    EXPECT_EQ(schema.refuses(payload), "");
    EXPECT_TRUE(payload["data"]["notices"][0]["promise"].is_null());
}

TEST(WebhookDocument, OfATestHasNoNotices) {
    Request request;
    request.now = *parseTimestamp("2026-03-02T09:00:00Z");
    const json payload = webhook(request);
    EXPECT_EQ(WebhookSchema{}.refuses(payload), "");
    EXPECT_EQ(payload["type"], "backorder.test");
    EXPECT_EQ(payload["timestamp"], "2026-03-02T09:00:00Z");
}

TEST(WebhookDocument, HasALimitAndSaysWhatItLeavesOut) {
    Request request = exampleOf(Topic::Opened);
    const Entry entry = request.entries.front();
    request.entries.assign(600, entry);
    const json payload = webhook(request);
    EXPECT_EQ(payload["data"]["notices"].size(), 500u);
    EXPECT_EQ(payload["data"]["notices_left_out"], 100);
}

TEST(WebhookDocument, ShowsNoPromiseThatIsPast) {
    Request request = exampleOf(Topic::Opened);
    Entry& entry = request.entries.front();
    entry.notice.facts.promise = Promise::on(request.today - std::chrono::days{1});
    EXPECT_TRUE(webhook(request)["data"]["notices"][0]["promise"].is_null());
}

/// Signed bytes must be the same at every attempt.
TEST(WebhookDocument, IsAlwaysTheSame) {
    const Request request = exampleRequest("digest", "en", 9);
    EXPECT_EQ(webhook(request).dump(), webhook(request).dump());
}

TEST(PostedDocuments, KeepTheirStructureWhateverTheErpSays) {
    const WebhookSchema schema;
    for (const std::string& hostile :
         {std::string{"\"},{\"x\":\""}, std::string{"a\r\nb\0c", 6}, std::string{"\xff\xfe\x80"},
          std::string{"\xe2\x80\xae{{name}}"}, std::string(1'000'000, 'x'),
          std::string{"</script><b>&"}}) {
        Request request = exampleOf(Topic::Escalation);
        OrderLine& line = request.entries.front().subject.line;
        for (std::string* field :
             {&line.key.id, &line.order.number, &line.item.name, &line.unit, &line.customer.name,
              &line.supply.reference, &line.sales_rep.name, &line.unit_price.currency})
            *field = hostile;
        const json payload = webhook(request);
        EXPECT_EQ(schema.refuses(payload), "");
        EXPECT_LT(payload.dump().size(), 100'000u);
        const json note = chat(request);
        EXPECT_EQ(note.size(), 9u);
        EXPECT_LT(note.dump().size(), 20'000u);
    }
}

/// The document of one notice of a ladder.
json ofLadder(Topic topic, const std::string& key) {
    Request request = exampleOf(topic);
    request.entries.resize(1);
    request.entries[0].notice.key = key;
    return chat(request);
}

TEST(ChatDocument, CallsForOneLadderUnderOneKeyUntilItsEnd) {
    const json first = ofLadder(Topic::Escalation, "escalation/7/0/0/0");
    const json second = ofLadder(Topic::Escalation, "escalation/7/1/0/0");
    const json taken = ofLadder(Topic::EscalationAcknowledged, "escalation_acknowledged/7/on_call");
    const json over = ofLadder(Topic::EscalationEnded, "escalation_ended/7/on_call");
    for (const auto* later : {&second, &taken, &over})
        EXPECT_EQ((*later)["dedup_key"], first["dedup_key"]);
    EXPECT_EQ(first["action"], "trigger");
    EXPECT_EQ(second["action"], "trigger");
    EXPECT_EQ(taken["action"], "acknowledge");
    EXPECT_EQ(over["action"], "resolve");
    EXPECT_NE(ofLadder(Topic::Escalation, "escalation/9/0/0/0")["dedup_key"], first["dedup_key"]);
    EXPECT_NE(chat(exampleOf(Topic::Expedite))["dedup_key"], first["dedup_key"]);
    // Two ladders in one message have nothing in common but that.
    Request both = exampleOf(Topic::Escalation);
    both.entries.assign(2, both.entries.front());
    both.entries[0].notice.key = "escalation/7/0/0/0";
    both.entries[1].notice.key = "escalation/9/0/0/0";
    EXPECT_EQ(chat(both)["dedup_key"], kId);
}

TEST(ChatDocument, CallsForOneLineUnderOneKey) {
    const json first = chat(exampleOf(Topic::Uncovered));
    const json later = chat(exampleOf(Topic::Expedite));
    EXPECT_EQ(first["dedup_key"], later["dedup_key"]);
    EXPECT_NE(first["dedup_key"], kId);
    EXPECT_EQ(chat(exampleOf(Topic::Escalation))["severity"], "critical");
    EXPECT_EQ(first["severity"], "warning");
    EXPECT_EQ(later["severity"], "warning");
    EXPECT_EQ(first["action"], "trigger");
    // The end of a line ends the call for it.
    EXPECT_EQ(chat(exampleOf(Topic::Shipped))["action"], "resolve");
    EXPECT_EQ(chat(exampleOf(Topic::Cancelled))["action"], "resolve");
    // Several lines have nothing in common but the message.
    const json digest = chat(exampleRequest("digest", "en", 9));
    EXPECT_EQ(digest["dedup_key"], kId);
    EXPECT_EQ(digest["action"], "trigger");
    EXPECT_TRUE(digest["facts"].empty());
}

}  // namespace posted_documents_test
}  // namespace backorderd::render

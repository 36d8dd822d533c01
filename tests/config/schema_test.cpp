#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "config/json_schema.hpp"
#include "config/page_blocks.hpp"

// What the schemas accept and refuse. schema_drift_test.cpp holds them to the code.

namespace backorderd::config {
namespace schema_test {

namespace fs = std::filesystem;
const std::string kSource = BACKORDERD_SOURCE_DIR;

const JsonSchema& rulesSchema() {
    static const JsonSchema kSchema("rules.schema.json");
    return kSchema;
}
const JsonSchema& settingsSchema() {
    static const JsonSchema kSchema("settings.schema.json");
    return kSchema;
}

TEST(Schema, AcceptsTheShippedRules) {
    std::size_t count = 0;
    for (const char* folder : {"/config/rules.d", "/config/demo/live-rules"}) {
        for (const auto& entry : fs::recursive_directory_iterator(kSource + folder)) {
            const std::string path = entry.path().string();
            if (!path.ends_with(".yaml") || path.ends_with(".test.yaml")) continue;
            EXPECT_EQ(rulesSchema().refusesYaml(textOfFile(path)), "") << path;
            ++count;
        }
    }
    EXPECT_GE(count, 5U);
}

TEST(Schema, AcceptsTheShippedSettings) {
    EXPECT_EQ(settingsSchema().refusesYaml(textOfFile(kSource + "/config/backorderd.yaml")), "");
}

TEST(Schema, AcceptsTheRulesOfTheRulesPage) {
    for (const std::string& block : blocksOf(kSource + "/docs/rules.md"))
        EXPECT_EQ(rulesSchema().refusesYaml(block), "") << block;
}

TEST(Schema, AcceptsTheSettingsOfTheConfigurationPage) {
    const auto blocks = blocksOf(kSource + "/docs/configuration.md");
    ASSERT_FALSE(blocks.empty());
    EXPECT_EQ(settingsSchema().refusesYaml(blocks[0]), "");
}

/// Cases of the corpus whose mistake no schema can see: a name that does not exist, two values that
/// do not go together, a file beside it.
const std::set<std::string> kBeyondASchema{"01-settings-missing",
                                           "15-settings-house-nonsense",
                                           "20-settings-secret-file-missing",
                                           "22-settings-socket-path-too-long",
                                           "33-rules-folder-missing",
                                           "34-rules-folder-empty",
                                           "35-rules-no-policy",
                                           "42-rules-duplicate-policy",
                                           "44-rules-unknown-calendar",
                                           "47-rules-segment-cycle",
                                           "52-rules-min-above-max",
                                           "58-rules-not-an-ics",
                                           "59-rules-broken-ics",
                                           "60-rules-cut-off-ics",
                                           "63-rules-absence-cycle",
                                           "79-rules-absence-to-nowhere",
                                           "85-rules-inhibits-unknown",
                                           "86-rules-inhibits-cycle",
                                           "90-rules-contradictions",
                                           "91-rules-taken-by-an-earlier-one",
                                           "92-rules-kinds-without-a-policy",
                                           "93-rules-names-twice",
                                           "94-rules-alert-to-nobody",
                                           "95-rules-nothing-but-offers",
                                           "96-settings-sms-texts"};

/// Whether any file of a case is refused.
bool refusesCase(const fs::path& folder, bool settings) {
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (entry.path().extension() != ".yaml") continue;
        const std::string text = textOfFile(entry.path().string());
        const bool of_rules = !settings || entry.path().parent_path().filename() == "rules.d";
        if (!(of_rules ? rulesSchema() : settingsSchema()).refusesYaml(text).empty()) return true;
    }
    return false;
}

TEST(Schema, RefusesEveryMistakeOfStructureInTheCorpus) {
    std::size_t refused = 0;
    for (const auto& entry : fs::directory_iterator(kSource + "/tests/config/broken")) {
        const std::string name = entry.path().filename().string();
        const bool refuses =
            refusesCase(entry.path(), name.find("-settings-") != std::string::npos);
        EXPECT_EQ(refuses, !kBeyondASchema.contains(name)) << name;
        refused += refuses ? 1 : 0;
    }
    EXPECT_GE(refused, 60U);
}

constexpr std::string_view kTest = R"(
rules: ../
start: 2026-03-02T09:00:00-06:00
lines:
  - { line: SO100/1, customer: { id: C1, tier: gold, email: a@example.com }, item: PX-100,
      ordered: 10, promise: 2026-03-20 }
stock: { PX-110: { CHI: 5 }, PX-120: 7 }
alternates: { PX-100: [PX-110, PX-120] }
steps:
  - at: +0h
    expect: [ { to: a@example.com, template: opened } ]
  - at: +1d
    change: { SO100/1: { promise: +10d } }
    respond: { line: SO100/1, answer: call_me, sentiment: negative }
    ack: SO100/1
    expect: []
  - until: +12d
    expect: [ { template: status, contains: "10 April" } ]
    never: [ { channel: sms } ]
)";

TEST(Schema, KnowsTestsOfRules) {
    const JsonSchema schema("test.schema.json");
    EXPECT_EQ(schema.refusesYaml(kTest), "");
    for (const auto& [from, to] :
         {std::pair{"expect: []", "expects: []"}, std::pair{"channel: sms", "channel: fax"},
          std::pair{"at: +1d", "at: tomorrow"}, std::pair{"call_me", "call me"},
          std::pair{"-06:00", ""}, std::pair{"until: +12d", "note: later"}}) {
        std::string text(kTest);
        text.replace(text.find(from), std::string_view(from).size(), to);
        EXPECT_NE(schema.refusesYaml(text), "") << to;
    }
}

}  // namespace schema_test
}  // namespace backorderd::config

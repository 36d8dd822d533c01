#include "config/scripts.hpp"

#include <gmock/gmock.h>

#include "config/temporary_folder.hpp"

namespace backorderd::config {
namespace scripts_test {

using testing::ElementsAre;
using testing::HasSubstr;

class Scripts : public testing::Test {
protected:
    std::string write(const std::string& text) { return folder_.write("a.test.yaml", text); }
    /// All problems of a test, without the path.
    std::vector<std::string> problemsOf(const std::string& text) {
        const auto test = loadRuleTest(write(text));
        return shown(test ? Problems{} : test.error());
    }
    std::vector<std::string> scenarioProblemsOf(const std::string& text) {
        const auto scenario = loadScenario(write(text));
        return shown(scenario ? Problems{} : scenario.error());
    }
    std::vector<std::string> shown(const Problems& problems) {
        std::vector<std::string> texts;
        for (auto problem : problems) {
            problem.place.file = "t";
            texts.push_back(formatProblem(problem));
        }
        return texts;
    }

    TemporaryFolder folder_;
};

constexpr const char* kHead = R"(start: 2026-03-02T09:00:00-06:00
lines:
  - { line: SO100/1, customer: { id: C1, email: a@example.com }, item: PX-100, ordered: 10, promise: +18d }
)";

TEST_F(Scripts, ReadsATestWithShortNames) {
    const auto test = loadRuleTest(write(std::string{kHead} + R"(
stock: { PX-110: { CHI-1: 5, HAM-2: 7 }, PX-120: 3 }
items: [ { item: PX-110, price: 20, currency: EUR, lead_time_days: 10, attributes: { voltage: 24V } } ]
alternates: { PX-100: [PX-110, PX-120] }
supply: [ { item: PX-100, reference: PO1, expected: +5d, quantity: 40 } ]
steps:
  - at: +1d
    change: { SO100/1: { promise: +3d, customer: { attributes: { region: EMEA } } } }
    respond: { line: SO100/1, answer: call_me, sentiment: negative }
    ack: SO100/1
    expect: [ { to: a@example.com, contains: ["10 April"] } ]
    within: 2h
  - until: +12d
    never: [ { channel: sms } ]
)"));
    ASSERT_TRUE(test) << formatProblems(test.error());
    const auto& line = test->lines.front();
    EXPECT_EQ(line.item.id, "PX-100");
    EXPECT_EQ(line.contact.email, "a@example.com");
    EXPECT_EQ(line.order.number, "SO100");
    EXPECT_EQ(line.position, "1");
    EXPECT_EQ(formatDate(*line.promise.to), "2026-03-20");
    EXPECT_EQ(test->goods.stock.size(), 3u);
    EXPECT_EQ(test->goods.alternates.size(), 2u);
    EXPECT_EQ(test->goods.items.front().item.attributes.at("voltage"), "24V");
    EXPECT_EQ(formatDate(*test->goods.supply.front().supply.expected), "2026-03-07");
    ASSERT_EQ(test->steps.size(), 2u);
    const auto& step = test->steps.front();
    EXPECT_EQ(step.within, std::chrono::hours{2});
    EXPECT_THAT(step.changes.front().fields,
                ElementsAre(FieldChange{"promise", "", 3},
                            FieldChange{"customer.attributes.region", "EMEA", std::nullopt}));
    EXPECT_EQ(step.acts.size(), 2u);
    EXPECT_FALSE(test->steps.back().expect);
}

TEST_F(Scripts, TodayIsThatOfTheZoneInWhichTheStartIsWritten) {
    const auto test = loadRuleTest(write(R"(start: 2026-03-02T20:00:00-06:00
lines: [ { line: A, ordered: 1, promise: +5d } ]
steps: [ { at: +0h } ]
)"));
    ASSERT_TRUE(test) << formatProblems(test.error());
    EXPECT_EQ(formatDate(*test->lines[0].promise.to), "2026-03-07");
    EXPECT_EQ(formatDate(dayAt(*test, test->start + std::chrono::hours{4})), "2026-03-03");
    const auto utc = loadRuleTest(write(R"(start: 2026-03-02T20:00:00Z
lines: [ { line: A, ordered: 1, promise: +5d } ]
steps: [ { at: +0h } ]
)"));
    EXPECT_EQ(formatDate(*utc->lines[0].promise.to), "2026-03-07");
}

TEST_F(Scripts, RulesAreAFolderOrAListOfFoldersAndFiles) {
    const auto folder = std::filesystem::path{write("")}.parent_path();
    const auto plain = loadRuleTest(write(std::string{kHead} + "steps: [ { at: +0h } ]\n"));
    EXPECT_THAT(plain->rules, ElementsAre((folder / "..").lexically_normal().string()));
    const auto several = loadRuleTest(
        write(std::string{kHead} + "rules: [packs/one.yaml, rules.d]\nsteps: [ { at: +0h } ]\n"));
    EXPECT_THAT(several->rules, ElementsAre(folder / "packs/one.yaml", folder / "rules.d"));
}

TEST_F(Scripts, ALineThatTheTestDoesNotHaveIsNamed) {
    EXPECT_THAT(problemsOf(std::string{kHead} + "steps:\n"
                                                "  - at: +1d\n"
                                                "    change: { SO100/2: { promise: +3d } }\n"
                                                "    ack: SO900/7\n"),
                ElementsAre("t:6:15: the test has no line 'SO100/2' (did you mean 'SO100/1'?)",
                            "t:7:10: the test has no line 'SO900/7' (did you mean 'SO100/1'?)"));
}

TEST_F(Scripts, AMistakeInAFieldHasItsPlaceAndItsRemedy) {
    EXPECT_THAT(problemsOf(R"(start: 2026-03-02T09:00:00
lines:
  - { line: A, ordered: many, promis: 2026-03-20 }
  - { line: A, ordered: 1 }
steps:
  - { at: +1bd }
  - { expect: [ { topic: opend, chanel: sms } ] }
)"),
                ElementsAre(HasSubstr("t:1:8: 'start' must be a moment with its zone"),
                            "t:3:25: 'ordered' must be a number, not 'many'",
                            "t:3:31: a line has no field 'promis' (did you mean 'promise'?)",
                            HasSubstr("t:4:5: line 'A' is listed twice"),
                            HasSubstr("t:6:11: 'at' must be a time from the start"),
                            HasSubstr("t:7:5: a step begins with either 'at: +1d'"),
                            HasSubstr("t:7:26: there is no topic 'opend'"),
                            HasSubstr("t:7:33: unknown key 'chanel'")));
}

TEST_F(Scripts, StepsComeInTheOrderOfTime) {
    EXPECT_THAT(problemsOf(std::string{kHead} + "steps: [ { at: +2d }, { until: +1d } ]\n"),
                ElementsAre(HasSubstr("'until: +1d' comes before the step above it")));
}

TEST_F(Scripts, ReadsAScenario) {
    const auto scenario = loadScenario(write(R"(
- { on: friday, item: PX-100, promise: +10d }
- { on: 2026-03-06, at: "14:00", customer: C1, cancel: all }
- { on: +3d, item: PX-100, arrives: 50, warehouse: CHI-1 }
- { on: mon, of_supply: PO880, supply.expected: unknown, ship: 2 }
)"));
    ASSERT_TRUE(scenario) << formatProblems(scenario.error());
    ASSERT_EQ(scenario->size(), 4u);
    EXPECT_EQ((*scenario)[0].weekday, 5);
    EXPECT_THAT((*scenario)[0].fields, ElementsAre(FieldChange{"promise", "", 10}));
    EXPECT_EQ((*scenario)[1].at_minute, 14 * 60);
    EXPECT_TRUE((*scenario)[1].cancel_all);
    EXPECT_EQ((*scenario)[2].in_days, 3);
    EXPECT_EQ((*scenario)[2].arrives, Decimal{50});
    EXPECT_EQ((*scenario)[3].supply, "PO880");
    EXPECT_EQ((*scenario)[3].ship, Decimal{2});
}

TEST_F(Scripts, AScenarioWithMistakes) {
    EXPECT_THAT(scenarioProblemsOf("- { on: fryday, item: PX-100, promise: +10d }\n"
                                   "- { on: +1d, promise: +10d }\n"
                                   "- { on: +1d, item: PX-100 }\n"
                                   "- { on: +1d, arrives: 5 }\n"),
                ElementsAre(HasSubstr("t:1:9: 'on' must be a weekday such as friday, a date, or "
                                      "days from now such as +3d, not 'fryday' (did you mean "
                                      "'friday'?)"),
                            HasSubstr("t:2:3: say which lines it concerns"),
                            HasSubstr("t:3:3: the change says nothing"),
                            HasSubstr("t:4:14: say of which item")));
    EXPECT_THAT(scenarioProblemsOf("promise: +10d\n"),
                ElementsAre(HasSubstr("a scenario is a list")));
}

}  // namespace scripts_test
}  // namespace backorderd::config

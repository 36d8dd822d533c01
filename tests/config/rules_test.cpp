#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/config.hpp"
#include "config/temporary_folder.hpp"

namespace backorderd::config {
namespace rules_test {

using testing::ElementsAre;
using Unit = Period::Unit;

constexpr std::string_view kWhole = R"(
version: 1
calendars:
  chicago:
    timezone: America/Chicago
    work_week: [mon, tue, wed, thu]
    hours: "08:00-17:30"
    holidays: { dates: [2026-11-26, 2026-12-25] }
teams:
  sales_rep: { from: line.sales_rep, absent: { use: sales_desk } }
  sales_desk: { email: [orders@example.com, desk@example.com], language: de-AT }
segments:
  key_account: { customer.tier: [gold, platinum] }
cadence:
  - name: key accounts
    match: { kind: backorder, segment: key_account }
    continue: true
    calendar: chicago
    channels: [email, sms]
    grace: 2d
    messages:
      shipped: { template: shipped, critical: true }
      opened: { template: opened, within: 2h }
      promise_changed: { template: promise-changed, min_change: 2d, settle: 30m }
      status: { template: status, first: status-1, second: status-2, further: status-9, every: 5bd }
    digest: { by: customer, window: 30m, template: digest-short }
    send_window: { hours: "08:00-24:00", days: work_week, in: customer }
    limit: { max: 3, per: 7d, per_recipient: false }
    no_contact: { alert: sales_rep, template: nobody }
  - name: standard
    match: {}
    messages: { opened: { template: opened } }
    send_window: { hours: "09:00-12:00", days: [sun, sat], in: calendar }
    digest: none
)";

Result<RuleSet> load(std::string_view text) {
    const TemporaryFolder folder;
    (void)folder.write("rules.yaml", text);
    return loadRules(folder.path());
}

TEST(Rules, TheWholeLanguageIsLoaded) {
    const auto rules = load(kWhole);
    ASSERT_TRUE(rules) << formatProblems(rules.error());

    const Calendar* calendar = rules->findCalendar("chicago");
    ASSERT_NE(calendar, nullptr);
    EXPECT_EQ(calendar->timezone, "America/Chicago");
    EXPECT_EQ(calendar->work_week.to_string(), "0011110");
    EXPECT_EQ(calendar->hours, (DayHours{480, 1050}));
    EXPECT_THAT(calendar->holidays,
                ElementsAre(*parseDate("2026-11-26"), *parseDate("2026-12-25")));

    const Team* rep = rules->findTeam("sales_rep");
    ASSERT_NE(rep, nullptr);
    EXPECT_TRUE(rep->from_line_sales_rep);
    EXPECT_EQ(rep->absent_use, "sales_desk");
    const Team* desk = rules->findTeam("sales_desk");
    ASSERT_NE(desk, nullptr);
    EXPECT_THAT(desk->email, ElementsAre("orders@example.com", "desk@example.com"));
    EXPECT_EQ(desk->language, "de-AT");
}

TEST(Rules, APolicyIsLoadedWithAllItsParts) {
    const auto rules = load(kWhole);
    ASSERT_TRUE(rules) << formatProblems(rules.error());
    ASSERT_EQ(rules->cadence.size(), 2U);
    const CadencePolicy& policy = rules->cadence[0];
    EXPECT_EQ(policy.name, "key accounts");
    EXPECT_TRUE(policy.continues);
    EXPECT_EQ(policy.calendar, "chicago");
    EXPECT_THAT(policy.channels, ElementsAre(Channel::Email, Channel::Sms));
    EXPECT_EQ(policy.grace, (Period{2, Unit::Days}));
    EXPECT_EQ(policy.digest,
              (DigestRule{DigestRule::By::Customer, {30, Unit::Minutes}, "digest-short"}));
    ASSERT_TRUE(policy.send_window);
    EXPECT_EQ(policy.send_window->hours, (DayHours{480, 1440}));
    EXPECT_TRUE(policy.send_window->work_days_only);
    EXPECT_TRUE(policy.send_window->in_customer_zone);
    EXPECT_EQ(policy.limit, (LimitRule{3, {7, Unit::Days}, false}));
    EXPECT_EQ(policy.no_contact_team, "sales_rep");
    EXPECT_EQ(policy.no_contact_template, "nobody");
    ASSERT_EQ(policy.match.tests.size(), 1U);
    EXPECT_EQ(policy.match.tests[0].field->name, "kind");
    ASSERT_EQ(policy.match.segments.size(), 1U);
    EXPECT_EQ(policy.match.segments[0].condition, rules->segments.at(0).second);

    std::vector<Topic> topics;
    for (const auto& [topic, rule] : policy.messages) topics.push_back(topic);
    EXPECT_THAT(topics,
                ElementsAre(Topic::Opened, Topic::PromiseChanged, Topic::Status, Topic::Shipped));
    EXPECT_EQ(policy.message(Topic::Opened)->within, (Period{2, Unit::Hours}));
    EXPECT_EQ(policy.message(Topic::PromiseChanged)->min_change, (Period{2, Unit::Days}));
    EXPECT_EQ(policy.message(Topic::PromiseChanged)->settle, (Period{30, Unit::Minutes}));
    const MessageRule* status = policy.message(Topic::Status);
    EXPECT_EQ(status->every, (Period{5, Unit::BusinessDays}));
    EXPECT_EQ(status->first + status->second + status->further, "status-1status-2status-9");
    EXPECT_TRUE(policy.message(Topic::Shipped)->critical);
}

TEST(Rules, APolicyOfFewWordsHasDefaults) {
    const auto rules = load(kWhole);
    ASSERT_TRUE(rules);
    const CadencePolicy& policy = rules->cadence.at(1);
    EXPECT_TRUE(policy.match.empty());
    EXPECT_FALSE(policy.continues);
    EXPECT_THAT(policy.channels, ElementsAre(Channel::Email));
    EXPECT_EQ(policy.digest.by, DigestRule::By::None);
    EXPECT_FALSE(policy.limit);
    ASSERT_TRUE(policy.send_window);
    EXPECT_EQ(policy.send_window->days.to_string(), "1000001");
    EXPECT_FALSE(policy.send_window->in_customer_zone);
    EXPECT_EQ(policy.no_contact_team, "");
}

TEST(Rules, AllFilesAreOneSetInNameOrder) {
    const TemporaryFolder folder;
    const std::string policy =
        ", match: { segment: big }, messages: { opened: { template: opened } } }\n";
    (void)folder.write("20-b.yaml", "cadence:\n  - { name: b" + policy);
    (void)folder.write("10-a.yaml", "cadence:\n  - { name: a" + policy);
    (void)folder.write("90-segments.yaml", "segments: { big: { slips: { min: 2 } } }\n");
    (void)folder.write("15-x.test.yaml", "this: is a test\n");
    (void)folder.write("tests/x.yaml", "this: is a test\n");
    (void)folder.write(".10-a.yaml.swp", "an editor's own\n");
    const auto rules = loadRules(folder.path());
    ASSERT_TRUE(rules) << formatProblems(rules.error());
    ASSERT_EQ(rules->cadence.size(), 2U);
    EXPECT_EQ(rules->cadence[0].name, "a");
    EXPECT_EQ(rules->cadence[1].name, "b");
    EXPECT_EQ(rules->cadence[1].place.file, folder.path() + "/20-b.yaml");
}

TEST(Rules, BusinessDaysWithoutACalendarAreWarnedOf) {
    const TemporaryFolder folder;
    (void)folder.write("rules.yaml",
                       "cadence:\n  - name: all\n    match: {}\n"
                       "    messages: { status: { template: status, every: 5bd } }\n");
    Problems warnings;
    EXPECT_TRUE(loadRules(folder.path(), &warnings));
    ASSERT_EQ(warnings.size(), 1U);
    EXPECT_EQ(warnings[0].place.line, 2);
    EXPECT_EQ(warnings[0].severity, Severity::Warning);
}

TEST(Rules, TemplatesAreListedWithThePlaceOfTheirFirstUse) {
    const auto rules = load(kWhole);
    ASSERT_TRUE(rules);
    std::vector<std::string> names;
    for (const TemplateUse& use : templatesUsed(*rules)) {
        names.push_back(use.name);
        EXPECT_GT(use.place.line, 0);
    }
    EXPECT_THAT(names, ElementsAre("opened", "promise-changed", "status", "status-1", "status-2",
                                   "status-9", "shipped", "digest-short", "nobody"));
}

struct Change {
    std::string from, to;
    bool changes;
};
class Fingerprint : public testing::TestWithParam<Change> {};

TEST_P(Fingerprint, ChangesWithTheMeaningAndNothingElse) {
    std::string changed(kWhole);
    const auto at = changed.find(GetParam().from);
    ASSERT_NE(at, std::string::npos);
    changed.replace(at, GetParam().from.size(), GetParam().to);
    const auto before = load(kWhole), after = load(changed);
    ASSERT_TRUE(before);
    ASSERT_TRUE(after) << formatProblems(after.error());
    EXPECT_EQ(before->fingerprint != after->fingerprint, GetParam().changes);
}

INSTANTIATE_TEST_SUITE_P(
    Rules, Fingerprint,
    testing::Values(Change{"version: 1\n", "# A remark.\n\n\n", false},
                    Change{"[gold, platinum]", "[ \"gold\",   platinum ]", false},
                    Change{"[gold, platinum]", "[gold]", true},
                    Change{"2026-12-25", "2026-12-24", true},
                    Change{"America/Chicago", "America/New_York", true},
                    Change{"desk@example.com", "other@example.com", true},
                    Change{"every: 5bd", "every: 5d", true}, Change{"max: 3", "max: 4", true},
                    Change{"days: work_week", "days: [mon]", true},
                    Change{"critical: true", "critical: false", true},
                    Change{"name: standard", "name: rest", true},
                    Change{"continue: true", "continue: false", true}));

}  // namespace rules_test
}  // namespace backorderd::config

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/config.hpp"
#include "config/temporary_folder.hpp"

// Substitution, escalation, fulfilment and supply, each with every key that it has.

namespace backorderd::config {
namespace rule_sections_test {

using testing::ElementsAre;
using Unit = Period::Unit;
using Candidates = SubstitutionRule::Candidates;

constexpr std::string_view kWhole = R"(
tiers: [platinum, gold, silver]
calendars:
  chicago: { timezone: America/Chicago }
teams:
  sales_rep: { from: line.sales_rep, absent: { use: desk } }
  desk: { email: [orders@example.com], sender: mail_two }
  night_channel: { sender: ops_webhook }
segments:
  key_account: { customer.tier: [gold, platinum] }
substitution:
  - name: same family
    match: { age: { min: 5bd }, order.ship_complete: false }
    calendar: chicago
    candidates:
      from: [erp, rule]
      items: { "PX-100": ["PX-110", "PX-120"], "PX-200": PX-210 }
      same: [item.category, item.attributes.voltage]
      price: { max_ratio: 1.10, min_ratio: 0.5 }
      stock: { cover: any, warehouse: CHI, keep_back: 5 }
      valid: { from: 2026-01-01, to: 2026-12-31 }
      exclude: { customer.attributes.no_substitutes: true }
    offer: { max: 4, rank: [price, stock], template: take-this, answer_within: 6bd, hold: 24h,
             again_after: 30d }
    withdrawn: { template: taken-back }
    accepted: { to: sales_rep, template: they-took-it }
escalation:
  - name: prolonged
    match: { segment: key_account }
    start: { any: [ { sentiment: negative }, { answer: cancel_requested }, { offer: expired } ] }
    calendar: chicago
    steps:
      - { to: sales_rep, template: rep-alert }
      - { to: night_channel, template: desk-alert, after: 4bd, unless: acknowledged, repeat: 2bd }
    digest: { by: recipient, at: "09:00" }
    stop: [answered, shipped]
    inhibits: [slow]
  - name: slow
    match: {}
    calendar: chicago
    steps: [ { to: desk, template: slow-alert } ]
fulfilment:
  - name: pumps
    match: { item.category: pumps }
    calendar: chicago
    strategy:
      win: key_account
      lose: { customer.attributes.credit: hold }
      default: redistribute
    rank: [age, open_value]
    respect: [max_one_backorder, ship_complete]
    expedite: { match: { promise.in_days: { max: -5 } }, offer_to: sales_rep, template: hurry,
                again: 10bd, digest: { at: "15:00" } }
    to: desk
    template: who-gets-it
    digest: { at: "10:30" }
supply:
  - name: nothing on order
    match: {}
    calendar: chicago
    to: desk
    template: order-this
    digest: { at: "08:00" }
    again: 5bd
)";

Result<RuleSet> load(std::string_view text) {
    const TemporaryFolder folder;
    (void)folder.write("rules.yaml", text);
    return loadRules(folder.path());
}

TEST(RuleSections, TeamsAndTiers) {
    const auto rules = load(kWhole);
    ASSERT_TRUE(rules) << formatProblems(rules.error());
    EXPECT_THAT(rules->tiers, ElementsAre("platinum", "gold", "silver"));
    const Team* night = rules->findTeam("night_channel");
    ASSERT_NE(night, nullptr);
    EXPECT_EQ(night->sender, "ops_webhook");
    EXPECT_TRUE(night->email.empty());
    EXPECT_EQ(rules->findTeam("desk")->sender, "mail_two");
    EXPECT_THAT(rules->findTeam("desk")->email, ElementsAre("orders@example.com"));
}

TEST(RuleSections, Substitution) {
    const auto rules = load(kWhole);
    ASSERT_TRUE(rules) << formatProblems(rules.error());
    ASSERT_EQ(rules->substitution.size(), 1U);
    const SubstitutionRule& rule = rules->substitution[0];
    EXPECT_EQ(rule.name, "same family");
    EXPECT_EQ(rule.calendar, "chicago");
    ASSERT_EQ(rule.match.tests.size(), 2U);
    EXPECT_EQ(rule.match.tests[1].flag, false);
    const Candidates& from = rule.candidates;
    EXPECT_TRUE(from.from_erp && from.from_rule);
    EXPECT_THAT(from.items.at("PX-100"), ElementsAre("PX-110", "PX-120"));
    EXPECT_THAT(from.items.at("PX-200"), ElementsAre("PX-210"));
    EXPECT_THAT(from.same, ElementsAre("item.category", "item.attributes.voltage"));
    EXPECT_EQ(from.price_min_ratio, Decimal::parse("0.5"));
    EXPECT_EQ(from.price_max_ratio, Decimal::parse("1.1"));
    EXPECT_FALSE(from.cover_full);
    EXPECT_EQ(from.warehouse, Candidates::Warehouse::Named);
    EXPECT_EQ(from.warehouse_name, "CHI");
    EXPECT_EQ(from.keep_back, Decimal{5});
    EXPECT_EQ(from.valid_from, parseDate("2026-01-01"));
    EXPECT_EQ(from.valid_to, parseDate("2026-12-31"));
    ASSERT_EQ(from.exclude.tests.size(), 1U);
    EXPECT_THAT(from.exclude.tests[0].any_of, ElementsAre("true"));
    EXPECT_EQ(rule.max, 4);
    EXPECT_THAT(rule.rank,
                ElementsAre(SubstitutionRule::Rank::Price, SubstitutionRule::Rank::Stock));
    EXPECT_EQ(rule.offer.template_name, "take-this");
    EXPECT_GT(rule.offer.place.line, rule.place.line);
    EXPECT_EQ(rule.answer_within, (Period{6, Unit::BusinessDays}));
    EXPECT_EQ(rule.hold, (Period{24, Unit::Hours}));
    EXPECT_EQ(rule.again_after, (Period{30, Unit::Days}));
    EXPECT_EQ(rule.withdrawn_template, "taken-back");
    EXPECT_EQ(rule.accepted_team, "sales_rep");
    EXPECT_EQ(rule.accepted_template, "they-took-it");
}

TEST(RuleSections, Escalation) {
    const auto rules = load(kWhole);
    ASSERT_TRUE(rules) << formatProblems(rules.error());
    ASSERT_EQ(rules->escalation.size(), 2U);
    const EscalationRule& rule = rules->escalation[0];
    ASSERT_EQ(rule.start.any.size(), 1U);
    EXPECT_EQ(rule.start.any[0].size(), 3U);
    ASSERT_EQ(rule.steps.size(), 2U);
    EXPECT_EQ(rule.steps[0].team, "sales_rep");
    EXPECT_EQ(rule.steps[0].after.count, 0);
    EXPECT_FALSE(rule.steps[0].unless_acknowledged);
    EXPECT_EQ(rule.steps[1].template_name, "desk-alert");
    EXPECT_EQ(rule.steps[1].after, (Period{4, Unit::BusinessDays}));
    EXPECT_TRUE(rule.steps[1].unless_acknowledged);
    EXPECT_EQ(rule.steps[1].repeat, (Period{2, Unit::BusinessDays}));
    EXPECT_EQ(rule.digest.at_minute, 9 * 60);
    EXPECT_THAT(rule.stop,
                ElementsAre(EscalationRule::Stop::Answered, EscalationRule::Stop::Shipped));
    EXPECT_THAT(rule.inhibits, ElementsAre("slow"));
    EXPECT_TRUE(rules->escalation[1].start.empty());
    EXPECT_FALSE(rules->escalation[1].digest.at_minute);
}

TEST(RuleSections, Fulfilment) {
    const auto rules = load(kWhole);
    ASSERT_TRUE(rules) << formatProblems(rules.error());
    ASSERT_EQ(rules->fulfilment.size(), 1U);
    const FulfilmentRule& rule = rules->fulfilment[0];
    ASSERT_EQ(rule.strategies.size(), 2U);
    EXPECT_EQ(rule.strategies[0].first, FulfilmentRule::Strategy::Win);
    ASSERT_EQ(rule.strategies[0].second.segments.size(), 1U);
    EXPECT_EQ(rule.strategies[0].second.segments[0].name, "key_account");
    EXPECT_EQ(rule.strategies[1].first, FulfilmentRule::Strategy::Lose);
    EXPECT_EQ(rule.strategies[1].second.tests.size(), 1U);
    EXPECT_EQ(rule.fallback, FulfilmentRule::Strategy::Redistribute);
    EXPECT_THAT(rule.rank, ElementsAre(FulfilmentRule::Rank::Age, FulfilmentRule::Rank::OpenValue));
    EXPECT_TRUE(rule.ship_complete && rule.one_backorder);
    EXPECT_EQ(rule.team, "desk");
    EXPECT_EQ(rule.template_name, "who-gets-it");
    EXPECT_EQ(rule.digest.at_minute, 10 * 60 + 30);
    ASSERT_TRUE(rule.expedite);
    EXPECT_EQ(rule.expedite->match.tests.size(), 1U);
    EXPECT_EQ(rule.expedite->team, "sales_rep");
    EXPECT_EQ(rule.expedite->template_name, "hurry");
    EXPECT_EQ(rule.expedite->again, (Period{10, Unit::BusinessDays}));
    ASSERT_TRUE(rule.expedite->digest);
    EXPECT_EQ(rule.expedite->digest->at_minute, 15 * 60);
    EXPECT_GT(rule.expedite->place.line, rule.place.line);
}

TEST(RuleSections, Supply) {
    const auto rules = load(kWhole);
    ASSERT_TRUE(rules) << formatProblems(rules.error());
    ASSERT_EQ(rules->supply.size(), 1U);
    const SupplyRule& rule = rules->supply[0];
    EXPECT_EQ(rule.team, "desk");
    EXPECT_EQ(rule.template_name, "order-this");
    EXPECT_EQ(rule.digest.at_minute, 8 * 60);
    EXPECT_EQ(rule.again, (Period{5, Unit::BusinessDays}));
}

TEST(RuleSections, RulesOfFewWordsHaveDefaults) {
    const auto rules = load(R"(
teams: { desk: { email: orders@example.com } }
substitution: [ { name: a, match: {}, candidates: { from: erp } } ]
fulfilment: [ { name: a, match: {}, to: desk } ]
supply: [ { name: a, match: {}, to: desk } ]
)");
    ASSERT_TRUE(rules) << formatProblems(rules.error());
    const SubstitutionRule& offer = rules->substitution.at(0);
    EXPECT_FALSE(offer.candidates.from_rule);
    EXPECT_TRUE(offer.candidates.cover_full);
    EXPECT_EQ(offer.rank.size(), 3U);
    EXPECT_EQ(offer.offer.template_name, "offer");
    EXPECT_FALSE(offer.again_after);
    EXPECT_EQ(rules->fulfilment.at(0).fallback, FulfilmentRule::Strategy::Fill);
    EXPECT_EQ(rules->fulfilment.at(0).rank.size(), 4U);
    EXPECT_FALSE(rules->fulfilment.at(0).expedite);
    EXPECT_FALSE(rules->supply.at(0).again);
}

TEST(RuleSections, TheirTemplatesAreListedToo) {
    const auto rules = load(kWhole);
    ASSERT_TRUE(rules) << formatProblems(rules.error());
    std::vector<std::string> names;
    for (const TemplateUse& use : templatesUsed(*rules)) {
        names.push_back(use.name);
        EXPECT_GT(use.place.line, 0) << use.name;
    }
    EXPECT_THAT(names,
                ElementsAre("take-this", "taken-back", "they-took-it", "rep-alert", "desk-alert",
                            "slow-alert", "who-gets-it", "hurry", "order-this"));
    EXPECT_THAT(templatesUnused(*rules, {"hurry", "opened", "rep-alert", "shipped"}),
                ElementsAre("opened", "shipped"));
}

struct Change {
    std::string from, to;
};
class SectionFingerprint : public testing::TestWithParam<Change> {};

TEST_P(SectionFingerprint, ChangesWithEveryPart) {
    std::string changed(kWhole);
    const auto at = changed.find(GetParam().from);
    ASSERT_NE(at, std::string::npos);
    changed.replace(at, GetParam().from.size(), GetParam().to);
    const auto before = load(kWhole), after = load(changed);
    ASSERT_TRUE(before);
    ASSERT_TRUE(after) << formatProblems(after.error());
    EXPECT_NE(before->fingerprint, after->fingerprint);
}

INSTANTIATE_TEST_SUITE_P(
    Rules, SectionFingerprint,
    testing::Values(
        Change{"gold, silver", "silver, gold"}, Change{"ops_webhook", "ops_chat"},
        Change{"[erp, rule]", "[rule]"}, Change{"PX-210", "PX-220"},
        Change{"item.attributes.voltage", "item.attributes.power"},
        Change{"max_ratio: 1.10", "max_ratio: 1.20"}, Change{"min_ratio: 0.5", "min_ratio: 0.6"},
        Change{"cover: any", "cover: full"}, Change{"warehouse: CHI", "warehouse: any"},
        Change{"keep_back: 5", "keep_back: 6"}, Change{"2026-01-01", "2026-01-02"},
        Change{"2026-12-31", "2027-12-31"}, Change{"no_substitutes", "no_offers"},
        Change{"max: 4", "max: 5"}, Change{"[price, stock]", "[stock, price]"},
        Change{"take-this", "take-that"}, Change{"6bd", "7bd"}, Change{"hold: 24h", "hold: 25h"},
        Change{"again_after: 30d", "again_after: never"}, Change{"taken-back", "gone"},
        Change{"they-took-it", "taken"}, Change{"expired", "open"},
        Change{"after: 4bd", "after: 5bd"}, Change{"unless: acknowledged, ", ""},
        Change{"repeat: 2bd", "repeat: 3bd"}, Change{"\"09:00\"", "\"09:01\""},
        Change{"[answered, shipped]", "[answered]"}, Change{"    inhibits: [slow]\n", ""},
        Change{"win: key", "gain: key"}, Change{"default: redistribute", "default: fill"},
        Change{"[age, open_value]", "[open_value, age]"},
        Change{"[max_one_backorder, ship_complete]", "ship_complete"}, Change{"max: -5", "max: -6"},
        Change{"hurry", "quick"}, Change{"again: 10bd", "again: 11bd"},
        Change{"who-gets-it", "advice"}, Change{"order-this", "buy-this"},
        Change{"\"08:00\"", "\"07:00\""}, Change{"again: 5bd", "again: 6bd"}));

}  // namespace rule_sections_test
}  // namespace backorderd::config

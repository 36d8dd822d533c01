#include <gmock/gmock.h>

#include "app/past.hpp"
#include "rig.hpp"

// `explain`: now, then, and what will be.

namespace backorderd::app::test {
namespace telling_test {

using nlohmann::json;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr const char* kTwoPolicies = R"(version: 1
cadence:
  - name: big pumps
    match: { item.category: pumps, open_value: { min: 5000, currency: EUR } }
    messages:
      opened: { template: opened }
  - name: everyone
    match: { kind: backorder }
    messages:
      opened: { template: opened }
      status: { template: status, every: 5d }
  - name: nobody
    match: {}
    messages:
      opened: { template: opened }
)";

json storyOf(Rig& rig, const std::string& at = "") {
    const auto answer = rig.ask("explain", {{"line", "1"}, {"at", at}});
    EXPECT_TRUE(answer.value("ok", false)) << answer.dump();
    return answer["result"].at(0);
}

TEST(Telling, EachRuleSaysWhyNot) {
    Rig rig{kTwoPolicies};
    rig.erp.lines = {sampleLine("1")};
    rig.poll();
    rig.work();
    const auto rules = storyOf(rig)["rules"];
    ASSERT_THAT(rules, SizeIs(3));
    EXPECT_EQ(rules[0]["rule"], "big pumps");
    EXPECT_EQ(rules[0]["section"], "cadence");
    EXPECT_THAT(rules[0]["why_not"].get<std::string>(),
                HasSubstr("open_value must be at least 5000 EUR, and is 200"));
    EXPECT_EQ(rules[1]["applied"], true);
    EXPECT_THAT(rules[2]["why_not"].get<std::string>(), HasSubstr("earlier rule"));
    EXPECT_THAT(storyOf(rig)["nearest"].get<std::string>(), HasSubstr("'big pumps'"));
}

TEST(Telling, ThePastIsAsTheLogSays) {
    Rig rig{kTwoPolicies};
    rig.erp.lines = {sampleLine("1")};
    rig.poll();
    rig.work();
    const auto then = formatTimestamp(rig.clock.now() + 1h);
    rig.clock.advance(48h);
    rig.erp.line("1").promise = Promise::on(*parseDate("2026-04-10"));
    rig.erp.line("1").shipped = Decimal{4};
    rig.poll();
    rig.work();
    EXPECT_THAT(storyOf(rig)["promise"], "2026-04-10");
    const auto story = storyOf(rig, then);
    EXPECT_EQ(story["promise"], "2026-03-20");
    EXPECT_EQ(story["open"], "10");
    EXPECT_EQ(story["as_of"], then);
    EXPECT_THAT(story["unsure"], Not(IsEmpty()));
    EXPECT_EQ(storyOf(rig, "2026-01-01")["not_yet"], true);
}

TEST(Telling, TheFutureIsWhatTheRulesSayIfNothingChanges) {
    Rig rig{kTwoPolicies};
    rig.erp.lines = {sampleLine("1")};
    rig.poll();
    rig.work();
    const auto messages = rig.mailbox.received.size();
    const auto story = storyOf(rig, "2026-03-14");
    ASSERT_THAT(story["foreseen"], SizeIs(2)) << story.dump(2);
    EXPECT_EQ(story["foreseen"][0]["topic"], "status");
    EXPECT_THAT(rig.mailbox.received, SizeIs(messages)) << "nothing is sent by asking";
    // The same comes about when the time has passed.
    for (int day = 0; day < 11; ++day) {
        rig.pass(24h);
        rig.poll();
        rig.work();
    }
    EXPECT_THAT(rig.mailbox.received, SizeIs(messages + 2));
}

TEST(Telling, AMomentMustBeOne) {
    Rig rig{kTwoPolicies};
    rig.erp.lines = {sampleLine("1")};
    rig.poll();
    const auto answer = rig.ask("explain", {{"line", "1"}, {"at", "yesterday"}});
    EXPECT_THAT(answer.value("error", ""), HasSubstr("no moment"));
}

TEST(Past, EachEventIsTakenBack) {
    Case subject;
    subject.line = sampleLine("1");
    const auto day = [](int n) { return *parseTimestamp("2026-03-02T09:00:00Z") + n * 24h; };
    subject.opened_at = day(0);
    subject.events = {{1, day(0), LineOpened{Decimal{10}, {}, false}},
                      {2, day(1), PromiseSet{Promise::on(*parseDate("2026-03-20"))}},
                      {3, day(2), PartlyAvailable{Decimal{3}, Decimal{10}}},
                      {4, day(3), QuantityChanged{Decimal{8}, Decimal{10}}},
                      {5, day(4), PartlyShipped{Decimal{3}, Decimal{7}, {}}},
                      {6, day(5), Cancelled{Decimal{7}}}};
    subject.line.shipped = Decimal{3};
    subject.line.cancelled = Decimal{7};
    subject.line.allocated = Decimal{};
    subject.closed_at = day(5);
    EXPECT_EQ(caseAt(subject, day(5)).subject.line, subject.line);
    EXPECT_EQ(caseAt(subject, day(4)).subject.line.open(), Decimal{7});
    EXPECT_FALSE(caseAt(subject, day(4)).subject.closed_at);
    EXPECT_EQ(caseAt(subject, day(3)).subject.line.open(), Decimal{10});
    EXPECT_EQ(caseAt(subject, day(2)).subject.line.ordered, Decimal{8});
    EXPECT_EQ(caseAt(subject, day(1)).subject.line.allocated, Decimal{});
    EXPECT_TRUE(caseAt(subject, day(1)).subject.line.promise.known());
    EXPECT_FALSE(caseAt(subject, day(0)).subject.line.promise.known());
    EXPECT_FALSE(caseAt(subject, day(0) - 1s).known);
}

}  // namespace telling_test
}  // namespace backorderd::app::test

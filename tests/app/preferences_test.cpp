#include <gmock/gmock.h>

#include "rig.hpp"

namespace backorderd::app::test {
namespace preferences_test {

using nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

json acted(Rig& rig, const std::string& operation, json arguments) {
    arguments["author"] = "anna";
    arguments["reason"] = "asked on the phone";
    return rig.ask(operation, arguments);
}

std::string declined(Rig& rig, const std::string& operation, json arguments) {
    return acted(rig, operation, std::move(arguments)).value("error", "");
}

std::string contactOf(const Rig& rig) { return rig.erp.lines.front().contact.email; }

void openOne(Rig& rig) {
    rig.erp.lines.push_back(sampleLine("1"));
    rig.poll();
    rig.work();
}

TEST(Preferences, AreNotedListedAndCleared) {
    Rig rig;
    const json ann{{"contact", " Ann@Example.com"}};
    auto wish = ann;
    wish["channel"] = "sms";
    EXPECT_TRUE(acted(rig, "preference.set", wish)["ok"]);
    wish = ann;
    wish["digest"] = "weekly";
    const auto row = acted(rig, "preference.set", wish)["result"];
    EXPECT_EQ(row["contact"], "ann@example.com");
    EXPECT_EQ(row["channel"], "sms") << "what was not said stays";
    EXPECT_EQ(row["digest"], "weekly");
    rig.crash();
    rig.start();
    EXPECT_EQ(rig.ask("preference.list", ann)["result"], json::array({row}));
    EXPECT_THAT(rig.ask("preference.list", {{"contact", "bob@example.com"}})["result"], IsEmpty());
    const auto trail = rig.store->auditTrail(1).front();
    EXPECT_EQ(trail.subject, "ann@example.com channel=sms digest=weekly");
    EXPECT_EQ(trail.actor, "anna");
    EXPECT_TRUE(acted(rig, "preference.clear", ann)["ok"]);
    EXPECT_THAT(rig.ask("preference.list", json::object())["result"], IsEmpty());
    EXPECT_THAT(declined(rig, "preference.clear", ann), HasSubstr("nothing is noted"));
}

TEST(Preferences, SayWhatIsWrongWithThem) {
    Rig rig;
    const auto refusal = [&](const char* name, const char* value) {
        return declined(rig, "preference.set", {{"contact", "a@example.com"}, {name, value}});
    };
    EXPECT_THAT(declined(rig, "preference.set", {{"contact", "ann"}, {"digest", "daily"}}),
                HasSubstr("is no contact"));
    EXPECT_THAT(refusal("channel", "webhook"), HasSubstr("'email' or 'sms'"));
    EXPECT_THAT(refusal("language", "Deutsch"), HasSubstr("is no language"));
    EXPECT_THAT(refusal("digest", "hourly"), HasSubstr("'immediate', 'daily' or 'weekly'"));
    EXPECT_THAT(refusal("other", "x"), HasSubstr("say what the contact prefers"));
    EXPECT_THAT(rig.store->preferences(), IsEmpty());
}

TEST(Preferences, HoldFromTheNextNoticeOnAndForWhatWaits) {
    Rig rig;
    rig.erp.lines.push_back(sampleLine("1"));
    ASSERT_TRUE(
        acted(rig, "preference.set",
              {{"contact", contactOf(rig)}, {"digest", "daily"}, {"language", "de"}})["ok"]);
    rig.poll();
    rig.work();
    EXPECT_THAT(rig.mailbox.received, IsEmpty());
    const auto story = rig.ask("explain", {{"line", "1"}})["result"][0];
    EXPECT_THAT(story["preferences"].dump(), HasSubstr("prefers a daily digest: noted with"));
    EXPECT_THAT(story["planned"], SizeIs(1));
    ASSERT_TRUE(
        acted(rig, "preference.set", {{"contact", contactOf(rig)}, {"digest", "immediate"}})["ok"]);
    rig.work();
    ASSERT_THAT(rig.mailbox.received, SizeIs(1));
    EXPECT_EQ(rig.mailbox.received[0].recipient.language, "de");
}

TEST(Preferences, ComeFromTheErpWhereAFieldIsNamed) {
    Rig rig;
    rig.crash();
    rig.settings.preferences.digest = "customer.attributes.digest";
    rig.settings.preferences.language = "customer.attributes.language";
    rig.start();
    auto line = sampleLine("1");
    line.customer.attributes["digest"] = "weekly";
    line.customer.attributes["language"] = "German";
    rig.erp.lines.push_back(line);
    rig.poll();
    rig.work();
    EXPECT_THAT(rig.mailbox.received, IsEmpty());
    const auto words = rig.ask("explain", {{"line", "1"}})["result"][0]["preferences"].dump();
    EXPECT_THAT(words, HasSubstr("a weekly digest: says customer.attributes.digest in the ERP"));
    EXPECT_THAT(words, HasSubstr("says 'German', which is not a language"));
}

TEST(Preferences, AreExportedAndForgottenWithTheCustomer) {
    Rig rig;
    openOne(rig);
    const auto customer = rig.erp.lines.front().customer.id;
    acted(rig, "preference.set", {{"contact", contactOf(rig)}, {"language", "de"}});
    const auto exported = rig.ask("export", {{"customer", customer}})["result"];
    EXPECT_THAT(exported["preferences"], SizeIs(1));
    rig.erp.lines.front().shipped = rig.erp.lines.front().ordered;
    rig.poll();
    rig.work();
    ASSERT_TRUE(acted(rig, "forget", {{"customer", customer}})["ok"]);
    EXPECT_THAT(rig.store->preferences(), IsEmpty());
}

}  // namespace preferences_test
}  // namespace backorderd::app::test

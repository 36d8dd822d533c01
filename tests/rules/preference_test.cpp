#include <gmock/gmock.h>

#include "rules/cadence_samples.hpp"

namespace backorderd::rules_test {
namespace preference_test {

using ::testing::ElementsAre;

Preferences noted(std::optional<Channel> channel, std::optional<DigestFrequency> digest,
                  const std::string& language = "") {
    Preferences preferences;
    auto& preference = preferences.by_contact["a@example.com"];
    preference.channel = channel;
    preference.digest = digest;
    preference.language = language;
    return preferences;
}

Timeline withPreference(CadencePolicy policy, Preferences preferences) {
    auto line = timeline(std::move(policy));
    line.preferences = std::move(preferences);
    return line;
}

TEST(PreferredChannel, ChoosesAmongThePolicys) {
    auto policy = plainPolicy();
    policy.channels = {Channel::Email, Channel::Sms};
    auto line = withPreference(policy, noted(Channel::Sms, std::nullopt));
    EXPECT_THAT(line.run(at("2026-03-03T00:00:00Z")),
                ElementsAre("2026-03-02T08:00:00Z opened +4930123456"));
}

TEST(PreferredChannel, IsNotAddedToThePolicys) {
    auto line = withPreference(plainPolicy(), noted(Channel::Sms, std::nullopt));
    EXPECT_THAT(line.run(at("2026-03-03T00:00:00Z")),
                ElementsAre("2026-03-02T08:00:00Z opened a@example.com"));
}

TEST(PreferredChannel, OthersFollowWhereItDoesNotReach) {
    auto policy = plainPolicy();
    policy.channels = {Channel::Email, Channel::Sms};
    auto line = withPreference(policy, noted(Channel::Sms, std::nullopt));
    line.subject.line.contact.phone = "030 1";
    EXPECT_EQ(line.look().wanted.at(0).recipient.channel, Channel::Email);
}

TEST(PreferredLanguage, CountsBeforeTheContacts) {
    auto line = withPreference(plainPolicy(), noted(std::nullopt, std::nullopt, "fr"));
    EXPECT_EQ(line.look().wanted.at(0).recipient.language, "fr");
}

TEST(PreferredDigest, GathersFromTheFirstNoticeOn) {
    auto line = withPreference(plainPolicy(), noted(std::nullopt, DigestFrequency::Daily));
    EXPECT_THAT(line.run(at("2026-03-05T00:00:00Z")),
                ElementsAre("2026-03-03T08:00:00Z opened a@example.com"));
}

TEST(PreferredDigest, OfOneContactShareAMessageOverOrders) {
    auto policy = plainPolicy();
    policy.digest = {DigestRule::By::Order, period("30m"), "digest"};
    auto line = withPreference(policy, noted(std::nullopt, DigestFrequency::Weekly));
    const auto first = line.look().wanted.at(0);
    EXPECT_EQ(first.due_at, at("2026-03-09T08:00:00Z"));
    line.subject.line.order.id = "other";
    EXPECT_EQ(line.look().wanted.at(0).digest_key, first.digest_key);
}

TEST(PreferredDigest, WithoutATemplateForDifferentTopicsEachGathersAlone) {
    auto line = withPreference(plainPolicy(), noted(std::nullopt, DigestFrequency::Daily));
    EXPECT_THAT(line.look().wanted.at(0).digest_key, ::testing::EndsWith("|opened"));
}

TEST(PreferredDigest, ImmediateDoesNotWaitForThePolicys) {
    auto policy = plainPolicy();
    policy.digest = {DigestRule::By::Customer, period("6h"), "digest"};
    auto line = withPreference(policy, noted(std::nullopt, DigestFrequency::Immediate));
    EXPECT_THAT(line.run(at("2026-03-03T00:00:00Z")),
                ElementsAre("2026-03-02T08:00:00Z opened a@example.com"));
}

TEST(PreferredDigest, CriticalDoesNotWaitForIt) {
    auto policy = plainPolicy();
    messageOf(policy, Topic::Opened).critical = true;
    auto line = withPreference(policy, noted(std::nullopt, DigestFrequency::Weekly));
    EXPECT_THAT(line.run(at("2026-03-03T00:00:00Z")),
                ElementsAre("2026-03-02T08:00:00Z opened a@example.com"));
}

TEST(PreferredDigest, IsNeverLongerThanTheRulesWithin) {
    auto policy = plainPolicy();
    messageOf(policy, Topic::Opened).within = period("2h");
    auto line = withPreference(policy, noted(std::nullopt, DigestFrequency::Weekly));
    EXPECT_THAT(line.run(at("2026-03-03T00:00:00Z")),
                ElementsAre("2026-03-02T10:00:00Z opened a@example.com"));
}

TEST(PreferredDigest, AChangeMovesWhatWaits) {
    auto line = withPreference(plainPolicy(), noted(std::nullopt, DigestFrequency::Weekly));
    line.change(at("2026-03-04T08:00:00Z"), [](Timeline& its) { its.preferences = {}; });
    EXPECT_THAT(line.run(at("2026-03-05T00:00:00Z")),
                ElementsAre("2026-03-04T08:00:00Z opened a@example.com"));
}

}  // namespace preference_test
}  // namespace backorderd::rules_test

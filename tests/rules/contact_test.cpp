#include "rules/contact.hpp"

#include <gtest/gtest.h>

#include "rules/builders.hpp"

namespace backorderd::rules_test {
namespace contact_test {

TEST(Email, IsOneMailbox) {
    for (const auto* good :
         {"a@example.com", "a.b+c@sub.example.com", "a@localhost", "j\xc3\xbcrgen@example.com"})
        EXPECT_TRUE(rules::isPlausibleEmail(good)) << good;
    for (const auto* bad : {"", "a", "@example.com", "a@", "a@b@c", "a b@example.com",
                            "a@example..com", "a@.com", "a@example.com.", "a@x.com, b@x.com",
                            "Ann <a@example.com>", "a@example.com\r\nRCPT TO:<b@example.com>"})
        EXPECT_FALSE(rules::isPlausibleEmail(bad)) << bad;
    EXPECT_FALSE(rules::isPlausibleEmail(std::string(250, 'a') + "@example.com"));
}

TEST(PhoneNumber, IsE164) {
    for (const auto* good : {"+4930123456", "+12025550123"})
        EXPECT_TRUE(rules::isPhoneNumber(good)) << good;
    for (const auto* bad : {"", "+", "030123456", "+49 30 123456", "+0301234567",
                            "+1234567890123456", "+49-30-12345"})
        EXPECT_FALSE(rules::isPhoneNumber(bad)) << bad;
}

TEST(Contact, FirstChannelThatReachesThem) {
    const auto contact = plainLine().contact;
    using enum Channel;
    EXPECT_EQ(rules::reachContact(contact, {Email, Sms})->address, "a@example.com");
    EXPECT_EQ(rules::reachContact(contact, {Sms, Email})->address, "+4930123456");
    EXPECT_EQ(rules::reachContact(contact, {Webhook, Chat}), std::nullopt);
    auto by_phone = contact;
    by_phone.email = "none";
    EXPECT_EQ(rules::reachContact(by_phone, {Email, Sms})->channel, Sms);
    EXPECT_EQ(rules::reachContact(by_phone, {Email}), std::nullopt);
}

TEST(Contact, NumberIsTakenAsItIsWritten) {
    auto contact = plainLine().contact;
    contact.email.clear();
    contact.phone = "+49 (0)30 / 12 34 56";
    EXPECT_EQ(rules::reachContact(contact, {Channel::Sms})->address, "+4930123456");
    contact.phone = "030 123456";
    EXPECT_EQ(rules::reachContact(contact, {Channel::Sms}), std::nullopt);
    EXPECT_NE(rules::whyUnreachable(contact, {Channel::Sms}).find("not written with its country"),
              std::string_view::npos);
    EXPECT_EQ(rules::whyUnreachable(contact, {Channel::Email}),
              "The contact cannot be reached on any of the policy's channels.");
}

TEST(Team, StandInsInACircleEnd) {
    auto rules = rulesOf({});
    rules.teams = {{"a", true, {}, "", "b", "", {}}, {"b", false, {}, "", "a", "", {}}};
    auto line = plainLine();
    EXPECT_EQ(rules::reachTeam(rules, "b", line).at(0).address, "rob@example.com");
    line.sales_rep.email = "not an address";
    EXPECT_TRUE(rules::reachTeam(rules, "a", line).empty());
    EXPECT_TRUE(rules::reachTeam(rules, "", line).empty());
}

}  // namespace contact_test
}  // namespace backorderd::rules_test

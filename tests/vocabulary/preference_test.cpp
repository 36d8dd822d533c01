#include "backorderd/preference.hpp"

#include <gtest/gtest.h>

namespace backorderd {
namespace preference_test {

struct KeyCase {
    const char* written;
    const char* key;
};

TEST(ContactKey, IsAnAddressOrANumberHoweverItIsWritten) {
    for (const auto& [written, key] : {
             KeyCase{" Ann@Example.COM ", "ann@example.com"},
             KeyCase{"+49 (0)30 / 12 34 56", "+4930123456"},
             KeyCase{"030 123456", ""},
             KeyCase{"@example.com", ""},
             KeyCase{"ann@", ""},
             KeyCase{"a nn@example.com", ""},
             KeyCase{"", ""},
         })
        EXPECT_EQ(contactKeyOf(written), key) << written;
}

TEST(Language, IsWrittenAsATag) {
    for (const auto* good : {"de", "de-AT", "gsw", "zh-Hans-CN", "es-419"})
        EXPECT_TRUE(looksLikeLanguage(good)) << good;
    for (const auto* bad : {"", "d", "Deutsch", "de_AT", "de-", "-de", "de AT", "12", "de--AT"})
        EXPECT_FALSE(looksLikeLanguage(bad)) << bad;
}

OrderLine lineWith(const std::string& notify_by, const std::string& digest = "") {
    OrderLine line;
    line.contact.email = "Ann@Example.com";
    line.contact.phone = "+4930123456";
    line.customer.attributes["notify_by"] = notify_by;
    line.attributes["digest"] = digest;
    line.contact.role = "fr";
    return line;
}

const PreferenceFields kFields{"customer.attributes.notify_by", "contact.role",
                               "attributes.digest"};

TEST(Preferred, CommandCountsBeforeTheErp) {
    Preferences preferences{kFields, {}};
    const auto by_erp = preferredOf(preferences, lineWith("SMS", "Weekly"));
    EXPECT_EQ(by_erp.channel.value, Channel::Sms);
    EXPECT_EQ(by_erp.channel.origin, Preferred::Origin::Erp);
    EXPECT_EQ(by_erp.language.value, "fr");
    EXPECT_EQ(by_erp.digest.value, DigestFrequency::Weekly);
    Preference noted;
    noted.contact = "ann@example.com";
    noted.channel = Channel::Email;
    preferences.by_contact["ann@example.com"] = noted;
    const auto both = preferredOf(preferences, lineWith("sms", "weekly"));
    EXPECT_EQ(both.channel.value, Channel::Email);
    EXPECT_EQ(both.channel.origin, Preferred::Origin::Command);
    EXPECT_EQ(both.digest.origin, Preferred::Origin::Erp);
}

TEST(Preferred, ANumberStandsInWhereNothingIsNotedOfTheAddress) {
    Preferences preferences;
    preferences.by_contact["+4930123456"].digest = DigestFrequency::Daily;
    EXPECT_EQ(preferredOf(preferences, lineWith("")).digest.value, DigestFrequency::Daily);
}

TEST(Preferred, WhatNobodyUnderstandsIsNamedAndDoesNotCount) {
    const Preferences preferences{kFields, {}};
    auto line = lineWith("fax", "hourly");
    line.contact.role = "French";
    const auto preferred = preferredOf(preferences, line);
    EXPECT_FALSE(preferred.channel);
    EXPECT_FALSE(preferred.language);
    EXPECT_FALSE(preferred.digest);
    ASSERT_EQ(preferred.not_understood.size(), 3u);
    EXPECT_EQ(preferred.not_understood[0],
              "customer.attributes.notify_by says 'fax', which is not email or sms.");
    EXPECT_FALSE(preferredOf(preferences, lineWith("webhook")).channel);
}

}  // namespace preference_test
}  // namespace backorderd

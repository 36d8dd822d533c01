#pragma once

#include "contract_guards.hpp"

namespace backorderd::store {

TEST_P(StoreContract, PreferencesAreNotedReplacedAndClearedWithATrail) {
    Preference erika{"erika@example.com",  Channel::Sms, "de", DigestFrequency::Weekly, "anna",
                     "asked on the phone", kNow};
    Preference by_number{"+4930123456", std::nullopt, "",  DigestFrequency::Daily,
                         "anna",        "why",        kNow};
    store().setPreference(erika, guardWhy("preference set"));
    store().setPreference(by_number, guardWhy("preference set"));
    erika.digest.reset();
    store().setPreference(erika, guardWhy("preference set"));
    reopen();
    EXPECT_EQ(store().preferences(), (std::vector{by_number, erika}));
    EXPECT_EQ(store().auditTrail(10).size(), 3u);
    EXPECT_TRUE(store().clearPreference(erika.contact, guardWhy("preference clear")));
    EXPECT_FALSE(store().clearPreference(erika.contact, guardWhy("preference clear")));
    EXPECT_EQ(store().auditTrail(10).size(), 4u);
    store().removePreferences(std::vector{by_number.contact, std::string{"nobody@example.com"}});
    EXPECT_TRUE(store().preferences().empty());
}

TEST_P(StoreContract, APreferenceMakesCasesDueOfWhichSomethingWaits) {
    const auto waiting = open("8"), quiet = open("9");
    plan(waiting, notice("a"));
    const auto later = kNow + hours{5};
    EXPECT_TRUE(store().casesDue(kNow + minutes{10}, 10).empty());
    store().setPreference(
        {"erika@example.com", Channel::Sms, "", std::nullopt, "anna", "why", kNow},
        guardWhy("preference set"));
    EXPECT_EQ(store().casesDue(later, 10), std::vector{waiting});
    EXPECT_NE(waiting, quiet);
}

}  // namespace backorderd::store

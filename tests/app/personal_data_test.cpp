#include <gtest/gtest.h>

#include <iterator>

#include "rig.hpp"

namespace backorderd::app::test {
namespace {

constexpr const char* kNameCanary = "Zebedee Canary";
constexpr const char* kAddressCanary = "zebedee.canary@customer.example";
constexpr const char* kWordsCanary = "my aunt Quillon waits for it";
constexpr const char* kFirmCanary = "Canary Wharf Pumps";

/// A house with a customer who shall be found nowhere, and one who stays.
struct Persons : Rig {
    Persons() {
        // Half of the lines ship at once below, and are to be believed.
        crash();
        settings.guards.mass_change_share = 1.0;
        start();
        // Many rows, so that pages are split and reordered as they are in life.
        for (int i = 0; i < 60; ++i) {
            auto line = sampleLine(std::to_string(i));
            line.order.number = "SO" + std::to_string(i);
            line.order.id = "o" + std::to_string(i);
            if (i % 2 == 0) {
                line.customer = {"C-GONE", kFirmCanary, "gold", "GB", {{"owner", kNameCanary}}};
                line.contact = {kNameCanary, kAddressCanary, "", "buyer", "en", "Europe/London"};
                line.attributes["remark"] = kWordsCanary;
            }
            erp.lines.push_back(line);
        }
        poll();
        pass(1h);
        ask("respond",
            {{"line", "0"}, {"answer", "call_me"}, {"author", "anna"}, {"note", kWordsCanary}});
        store->audit({clock.now(), "anna", "queue drop", "1",
                      std::string{"told "} + kNameCanary + " by phone"});
    }

    /// The ERP ships everything of the customer.
    void shipTheirs() {
        for (auto& line : erp.lines)
            if (line.customer.id == "C-GONE") line.shipped = line.ordered;
        poll();
        pass(1h);
    }

    /// Where one of the canaries stands, in any file of the store.
    std::string found() const {
        std::string places;
        for (const auto& entry : std::filesystem::directory_iterator{settings.data_dir}) {
            std::ifstream file{entry.path(), std::ios::binary};
            const std::string bytes{std::istreambuf_iterator<char>{file}, {}};
            for (const char* word : {kNameCanary, kAddressCanary, kWordsCanary, kFirmCanary})
                if (bytes.find(word) != std::string::npos)
                    places += entry.path().filename().string() + ": " + word + '\n';
        }
        return places;
    }
    nlohmann::json forget(bool even_open = false) {
        return ask("forget", {{"customer", "C-GONE"},
                              {"even_open", even_open},
                              {"author", "dpo"},
                              {"reason", "request 17"}});
    }
};

TEST(PersonalData, ForgetLeavesNothingInTheStoresFiles) {
    Persons house;
    house.shipTheirs();
    ASSERT_NE(house.found(), "") << "the canaries must be there before they are gone";
    const auto answer = house.forget();
    ASSERT_TRUE(answer.value("ok", false)) << answer;
    EXPECT_EQ(answer["result"]["forgotten"], 30);
    EXPECT_TRUE(answer["result"]["left"].empty());
    EXPECT_EQ(house.found(), "");

    ASSERT_TRUE(
        house.ask("backup", {{"file", house.settings.data_dir + "/copy.db"}, {"author", "cron"}})
            .value("ok", false));
    EXPECT_EQ(house.found(), "");

    // The other customer is as before, and the store can be opened again.
    house.crash();
    house.start();
    EXPECT_EQ(house.caseOf("1").line.contact.email, "ann@example.com");
    EXPECT_EQ(house.caseOf("0").line.customer.id, "(removed)");
    EXPECT_TRUE(house.caseOf("0").closed_at);
    const auto trail = house.store->auditTrail(10);
    EXPECT_EQ(trail.at(1).action, "forget");
    EXPECT_EQ(trail.at(1).reason, "request 17");
}

TEST(PersonalData, WhatTheErpStillTellsOfAForgottenLineDoesNotComeBack) {
    Persons house;
    house.shipTheirs();
    house.forget();
    house.crash();
    house.start();
    house.poll();
    house.store->tidy();
    EXPECT_EQ(house.found(), "");
    EXPECT_FALSE(house.ask("export", {{"customer", "C-GONE"}}).value("ok", true));
}

TEST(PersonalData, OpenLinesAreAReasonToRefuse) {
    Persons house;
    const auto refused = house.forget();
    EXPECT_FALSE(refused.value("ok", true));
    EXPECT_NE(refused["error"].get<std::string>().find("30 open lines"), std::string::npos);

    house.erp.line("0").shipped = house.erp.line("0").ordered;
    house.poll();
    house.pass(1h);
    const auto answer = house.forget(/*even_open=*/true);
    ASSERT_TRUE(answer.value("ok", false)) << answer;
    EXPECT_EQ(answer["result"]["forgotten"], 1);
    EXPECT_EQ(answer["result"]["left"].size(), 29u);
    EXPECT_EQ(house.caseOf("2").line.contact.email, kAddressCanary);
}

TEST(PersonalData, ForgetNeedsAnAuthorAndAReason) {
    Persons house;
    house.shipTheirs();
    EXPECT_FALSE(house.ask("forget", {{"customer", "C-GONE"}}).value("ok", true));
    EXPECT_NE(house.found(), "");
}

TEST(PersonalData, WhatWaitsForAForgottenCustomerIsDropped) {
    Persons house;
    for (auto& line : house.erp.lines)
        if (line.customer.id == "C-GONE") line.shipped = line.ordered;
    house.poll();
    const auto told = house.mailbox.received.size();
    ASSERT_FALSE(house.store->listPlanned(100).empty());
    ASSERT_TRUE(house.forget().value("ok", false));
    house.pass(24h);
    for (auto i = told; i < house.mailbox.received.size(); ++i)
        EXPECT_NE(house.mailbox.received[i].recipient.address, kAddressCanary);
}

TEST(PersonalData, ExportHoldsAllThatIsKnown) {
    Persons house;
    const auto answer = house.ask("export", {{"customer", "C-GONE"}});
    ASSERT_TRUE(answer.value("ok", false)) << answer;
    const auto& result = answer["result"];
    EXPECT_EQ(result["lines"].size(), 30u);
    EXPECT_EQ(result["messages"].size(), 30u);
    EXPECT_FALSE(result["messages"][0]["document"].get<std::string>().empty());
    EXPECT_FALSE(result["audit"].empty());
    const auto text = result.dump();
    for (const char* word : {kNameCanary, kAddressCanary, kWordsCanary, kFirmCanary})
        EXPECT_NE(text.find(word), std::string::npos) << word;
    EXPECT_EQ(text.find("ann@example.com"), std::string::npos) << "of somebody else";
}

TEST(PersonalData, BodiesGoBeforeAddresses) {
    Persons house;
    house.shipTheirs();
    MessageFilter theirs;
    theirs.recipient = kAddressCanary;
    const auto message = house.store->listMessages(theirs).back();
    house.clock.advance(29 * 24h);
    house.work();
    EXPECT_FALSE(house.store->messages(std::vector{message}).front().document.empty());
    house.clock.advance(2 * 24h);
    house.work();
    const auto kept = house.store->messages(std::vector{message}).front();
    EXPECT_TRUE(kept.document.empty());
    EXPECT_EQ(kept.recipient.address, kAddressCanary);
    EXPECT_EQ(house.caseOf("0").line.contact.name, kNameCanary);
}

TEST(PersonalData, AddressesGoHalfAYearAfterTheCase) {
    Persons house;
    house.shipTheirs();
    house.clock.advance(181 * 24h);
    house.work();
    const auto subject = house.caseOf("0");
    EXPECT_EQ(subject.line.contact.email, "");
    EXPECT_EQ(subject.line.customer.name, "");
    EXPECT_EQ(subject.line.customer.id, "C-GONE") << "a number without a name may stay";
    for (const auto& notice : subject.notices) EXPECT_EQ(notice.recipient.address, "(removed)");
    for (const auto id : house.store->listMessages({}))
        EXPECT_NE(house.store->messages(std::vector{id}).front().recipient.name, kNameCanary);
    EXPECT_EQ(house.caseOf("1").line.contact.email, "ann@example.com") << "still open";
}

TEST(PersonalData, AMessageWithoutItsBodyIsNotSentAgain) {
    Persons house;
    house.mailbox.next.push_back(Refused{"550 no such user"});
    auto line = sampleLine("late");
    line.order.number = "SO-LATE";
    house.erp.lines.push_back(line);
    house.poll();
    house.pass(1h);
    MessageFilter filter;
    filter.state = MessageState::Refused;
    const auto refused = house.store->listMessages(filter);
    ASSERT_EQ(refused.size(), 1u);
    house.clock.advance(31 * 24h);
    house.work();
    const auto answer =
        house.ask("queue.retry",
                  {{"id", refused.front()}, {"author", "anna"}, {"reason", "address corrected"}});
    EXPECT_FALSE(answer.value("ok", true));
}

}  // namespace
}  // namespace backorderd::app::test

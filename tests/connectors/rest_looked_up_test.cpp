#include <gmock/gmock.h>

#include "connectors/rest_fixture.hpp"

// What a line looks up elsewhere, and the day, are part of what it is remembered by.

namespace backorderd::test {
namespace rest_looked_up_test {

class RestLookedUp : public RestTest {
protected:
    /// The customers are known by that name.
    void nameCustomers(const std::string& name) {
        before_ = [name](const HttpAsked& asked) {
            if (!asked.target.starts_with("/customers")) return HttpAnswer{0};
            json data = json::array();
            for (const auto key : {"C0", "C1", "C2"})
                if (parameter(asked.target, "ids").find(key) != std::string::npos)
                    data.push_back({{"no", key}, {"name", key == std::string{"C1"} ? name : key}});
            return HttpAnswer{200, json{{"data", data}}.dump()};
        };
    }
    std::size_t requestsOf(Connector& connector, WholeSnapshot& whole) {
        const std::size_t before = *connector.requests();
        whole = readWhole(io_, connector);
        return *connector.requests() - before;
    }
};

TEST_F(RestLookedUp, ALineChangesWithWhatItLooksUp) {
    nameCustomers("Bergmann");
    const auto connector = byOffset();
    WholeSnapshot first, again, renamed;
    const std::size_t requests = requestsOf(*connector, first);
    expectSoundSnapshot(first, "erp");
    EXPECT_EQ(requestsOf(*connector, again), requests) << "what was looked up may have changed";
    EXPECT_EQ(again.fingerprints, first.fingerprints);
    EXPECT_EQ(again.lines, first.lines);

    nameCustomers("Bergmann & Sons");
    requestsOf(*connector, renamed);
    expectSoundSnapshot(renamed, "erp");
    for (const OrderLine& line : renamed.lines) {
        const bool of_them = line.customer.id == "C1";
        EXPECT_EQ(line.customer.name == "Bergmann & Sons", of_them) << line.key.id;
        const auto& id = line.key.id;
        EXPECT_EQ(renamed.fingerprints.at(id) != first.fingerprints.at(id), of_them) << id;
    }

    nameCustomers("Bergmann");
    requestsOf(*connector, again);
    EXPECT_EQ(again.fingerprints, first.fingerprints);
    EXPECT_EQ(again.lines, first.lines);
}

TEST_F(RestLookedUp, WhatIsNotThereAnyMoreIsNotRemembered) {
    nameCustomers("Bergmann");
    const auto connector = byOffset();
    readWhole(io_, *connector);
    before_ = [](const HttpAsked& asked) {
        return asked.target.starts_with("/customers") ? HttpAnswer{200, R"({"data":[]})"}
                                                      : HttpAnswer{0};
    };
    for (const OrderLine& line : readWhole(io_, *connector).lines)
        EXPECT_EQ(line.customer.name, "") << line.key.id;
}

TEST_F(RestLookedUp, ALookUpThroughALookUpIsFollowedAnew) {
    const std::string parents =
        "  groups: { path: /groups, records: /data, key: /id }\n"
        "only: not(equals(lookup(groups, lookup(customers, /customer, /group), /hidden), 'yes'))\n";
    std::string hidden = "no";
    before_ = [&](const HttpAsked& asked) {
        if (asked.target.starts_with("/customers"))
            return HttpAnswer{200, R"({"data":[{"no":"C1","name":"c","group":"g"}]})"};
        if (asked.target.starts_with("/groups"))
            return HttpAnswer{200, R"({"data":[{"id":"g","hidden":")" + hidden + R"("}]})"};
        return HttpAnswer{0};
    };
    const auto connector = byOffset(parents);
    EXPECT_EQ(readWhole(io_, *connector).lines.size(), 5u);
    hidden = "yes";
    EXPECT_EQ(readWhole(io_, *connector).lines.size(), 3u) << "two are of C1";
    hidden = "no";
    EXPECT_EQ(readWhole(io_, *connector).lines.size(), 5u);
}

TEST_F(RestLookedUp, AnotherDayIsAnotherAnswer) {
    const auto connector = byOffset("backorder: less('2026-03-02', today())\n");
    const auto known_only = [&] {
        const auto reader = connector->read();
        const auto page = runCoroutine(io_, reader->next());
        return std::get<Page>(page).records.front().known_only;
    };
    clock_.at = *parseTimestamp("2026-03-02T12:00:00Z");
    EXPECT_TRUE(known_only());
    EXPECT_TRUE(known_only());
    clock_.at = *parseTimestamp("2026-03-03T12:00:00Z");
    EXPECT_FALSE(known_only());
}

}  // namespace rest_looked_up_test
}  // namespace backorderd::test

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

// -- Reads of changes ----------------------------------------------------------------------------

class RestQuiet : public RestLookedUp {
protected:
    static constexpr const char* kChanges =
        "changes: { query: { since: '{since}' }, bookmark: /modified, format: "
        "'%Y-%m-%d %H:%M:%S' }\n";

    /// Ids of the lines that a read of changes shows.
    std::vector<std::string> changed(Connector& connector, std::string& bookmark) {
        std::vector<std::string> ids;
        const auto reader = connector.readChanges(bookmark);
        for (;;) {
            const auto step = runCoroutine(io_, reader->next());
            if (const auto* end = std::get_if<SnapshotEnd>(&step)) {
                EXPECT_TRUE(end->read_through);
                bookmark = end->bookmark;
                return ids;
            }
            const auto& page = std::get<Page>(step);
            for (std::size_t i = 0; i < page.records.size(); ++i) {
                ids.emplace_back(page.records[i].id);
                EXPECT_EQ(reader->decode(i)->customer.name.empty(), false);
            }
        }
    }
};

TEST_F(RestQuiet, WhatWasToldIsNoChangeAndLooksNothingUp) {
    const auto connector = byOffset(kChanges);
    std::string bookmark = readWhole(io_, *connector).end->bookmark;
    const std::size_t before = *connector->requests();
    EXPECT_THAT(changed(*connector, bookmark), testing::IsEmpty());
    EXPECT_EQ(*connector->requests() - before, 3u) << "three pages, and no customer";
    lines_[3]["due"] = "24.12.2026";
    lines_[3]["modified"] = "2026-03-01 11:00:00";
    EXPECT_THAT(changed(*connector, bookmark), testing::ElementsAre("4"));
    EXPECT_THAT(changed(*connector, bookmark), testing::IsEmpty());
}

TEST_F(RestQuiet, WhoComesBackWithAnotherBookmarkIsToldAgain) {
    const auto connector = byOffset(kChanges);
    const std::string first = readWhole(io_, *connector).end->bookmark;
    lines_[3]["modified"] = "2026-03-01 11:00:00";
    std::string bookmark = first;
    EXPECT_EQ(changed(*connector, bookmark).size(), 1u);
    std::string not_taken_in = first;
    EXPECT_EQ(changed(*connector, not_taken_in).size(), 5u);
}

TEST_F(RestQuiet, AChangeThatIsTakenBackIsAChange) {
    const auto connector = byOffset(kChanges);
    std::string bookmark = readWhole(io_, *connector).end->bookmark;
    const json before = lines_[3];
    lines_[3]["due"] = "24.12.2026";
    EXPECT_THAT(changed(*connector, bookmark), testing::ElementsAre("4"));
    lines_[3] = before;
    EXPECT_THAT(changed(*connector, bookmark), testing::ElementsAre("4"));
}

}  // namespace rest_looked_up_test
}  // namespace backorderd::test

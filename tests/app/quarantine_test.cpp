#include <gtest/gtest.h>

#include "app/spool.hpp"
#include "rig.hpp"

namespace backorderd::app::test {
namespace {

/// A house with a hundred lines that are known and calm.
struct House : Rig {
    House() : Rig{kRules, /*adopt=*/true} {
        for (int i = 0; i < 100; ++i) {
            auto line = sampleLine(std::to_string(i));
            line.order.number = "SO" + std::to_string(i);
            erp.lines.push_back(line);
        }
        EXPECT_EQ(poll().end, PollReport::End::Complete);
        pass(1h);
    }
    void slip(int lines) {
        for (int i = 0; i < lines; ++i)
            erp.line(std::to_string(i)).promise = Promise::on(*parseDate("2026-05-20"));
    }
    Date promised(const std::string& id) { return *caseOf(id).line.promise.to; }
};

TEST(Quarantine, NothingOfASnapshotThatChangesTooMuchIsTakenIn) {
    House house;
    const auto good = house.erp.lines;
    const auto good_at = house.engine->sourceState("erp").last_good_at;
    house.slip(40);
    house.erp.lines.push_back(sampleLine("new"));
    const auto report = house.poll();
    EXPECT_EQ(report.end, PollReport::End::Quarantined);
    EXPECT_EQ(report.reason, "40 of 100 lines changed");
    EXPECT_EQ(report.changed + report.opened, 0u);
    EXPECT_EQ(house.engine->sourceState("erp").last_result, "quarantined: 40 of 100 lines changed");
    EXPECT_EQ(house.engine->sourceState("erp").last_good_at, good_at);
    EXPECT_EQ(house.promised("0"), *parseDate("2026-03-20"));
    EXPECT_FALSE(house.store->caseOfLine("erp", "new"));
    house.pass(1h);
    EXPECT_TRUE(house.mailbox.received.empty());

    // The next one that looks normal resolves it, and the changes it does have count.
    house.erp.lines = good;
    house.slip(2);
    const auto normal = house.poll();
    EXPECT_EQ(normal.end, PollReport::End::Complete);
    EXPECT_EQ(normal.changed, 2u);
    EXPECT_EQ(house.promised("0"), *parseDate("2026-05-20"));
}

TEST(Quarantine, TheVerdictSurvivesARestart) {
    House house;
    house.slip(40);
    house.poll();
    house.crash();
    house.start();
    EXPECT_EQ(house.engine->sourceState("erp").last_result, "quarantined: 40 of 100 lines changed");
    EXPECT_EQ(house.poll().end, PollReport::End::Quarantined);
}

TEST(Quarantine, LinesThatAreGoneCountAsWell) {
    House house;
    house.erp.lines.resize(70);
    const auto report = house.poll();
    EXPECT_EQ(report.end, PollReport::End::Quarantined);
    EXPECT_EQ(report.reason, "30 of 100 lines gone");
    EXPECT_FALSE(house.caseOf("99").missing_since);
    // Nor does a second one that agrees close them.
    EXPECT_EQ(house.poll().end, PollReport::End::Quarantined);
    EXPECT_FALSE(house.caseOf("99").closed_at);
}

TEST(Quarantine, ABusyDayIsNone) {
    House house;
    house.slip(20);
    for (int i = 200; i < 400; ++i) house.erp.lines.push_back(sampleLine(std::to_string(i)));
    const auto report = house.poll();
    EXPECT_EQ(report.end, PollReport::End::Complete);
    EXPECT_EQ(report.changed, 220u);
    EXPECT_EQ(report.opened, 200u);
}

TEST(Quarantine, ASnapshotThatBrokeOffIsJudgedByWhatItShowed) {
    House house;
    const auto good = house.erp.lines;
    house.slip(30);
    house.erp.lines.resize(60);
    house.erp.fails_after_page = "connection lost";
    const auto report = house.poll();
    EXPECT_EQ(report.end, PollReport::End::Quarantined);
    EXPECT_EQ(report.reason, "30 of 60 lines changed; connection lost");
    EXPECT_EQ(house.promised("0"), *parseDate("2026-03-20"));

    // A few changes of one that broke off are true all the same.
    house.erp.lines = good;
    house.slip(3);
    EXPECT_EQ(house.poll().end, PollReport::End::Failed);
    EXPECT_EQ(house.promised("0"), *parseDate("2026-05-20"));
}

TEST(Quarantine, AnOperatorAcceptsOnePoll) {
    House house;
    house.slip(40);
    house.poll();
    EXPECT_FALSE(house.ask("poll", {{"source", "erp"}, {"accept", true}}).value("ok", true))
        << "nobody said who, and why";
    std::optional<PollReport> report;
    asio::co_spawn(*house.context, house.engine->poll("erp", /*accept=*/true),
                   [&](std::exception_ptr, std::optional<PollReport> said) { report = said; });
    house.context->restart();
    house.context->run();
    EXPECT_EQ(report->end, PollReport::End::Complete);
    EXPECT_EQ(report->changed, 40u);
    house.erp.lines.resize(50);
    EXPECT_EQ(house.poll().end, PollReport::End::Quarantined) << "it holds for one poll";
}

TEST(Quarantine, AnAcceptedPollStandsInTheAuditTrail) {
    House house;
    house.slip(40);
    const auto answer = house.ask("poll", {{"source", "erp"},
                                           {"accept", true},
                                           {"author", "anna"},
                                           {"reason", "new supplier calendar"}});
    ASSERT_TRUE(answer.value("ok", false)) << answer;
    EXPECT_EQ(answer["result"][0]["end"], "complete");
    const auto trail = house.store->auditTrail(1);
    ASSERT_EQ(trail.size(), 1u);
    EXPECT_EQ(trail[0].action, "poll --accept");
    EXPECT_EQ(trail[0].subject, "erp");
    EXPECT_EQ(trail[0].reason, "new supplier calendar");
}

TEST(Quarantine, ExplainSaysWhyTheDataAreOld) {
    House house;
    house.slip(40);
    house.poll();
    const auto story = house.ask("explain", {{"line", "0"}})["result"][0];
    EXPECT_EQ(story["data"]["last_poll"], "quarantined: 40 of 100 lines changed");
    const auto status = house.ask("status", nlohmann::json::object())["result"];
    EXPECT_EQ(status["sources"][0]["last_result"], "quarantined: 40 of 100 lines changed");
}

TEST(Quarantine, QuarantinedDataGrowOld) {
    House house;
    house.slip(40);
    house.clock.advance(25h);
    house.poll();
    EXPECT_LT(*house.engine->freshUntil("erp"), house.clock.now());
}

HeldRecord heldRecord(int i) {
    HeldRecord record{std::to_string(i), static_cast<std::uint64_t>(i) * 7,
                      std::nullopt,      i,
                      i % 3 == 0,        std::string(static_cast<std::size_t>(i % 50), 'x')};
    if (i % 2 == 0) record.committed = static_cast<std::uint64_t>(i);
    return record;
}

TEST(Spool, GivesBackWhatItTookAlsoFromTheDisk) {
    const TemporaryFolder folder;
    std::filesystem::create_directory(folder / "data");
    for (const std::size_t memory : {std::size_t{1} << 20, std::size_t{1000}, std::size_t{1}}) {
        Spool spool{{folder / "data", memory}};
        for (int i = 0; i < 500; ++i) ASSERT_TRUE(spool.add(heldRecord(i)));
        EXPECT_TRUE(std::filesystem::is_empty(folder / "data")) << "the file has no name";
        for (int i = 0; i < 500; ++i) {
            const auto expected = heldRecord(i), record = spool.take().value();
            EXPECT_EQ(record.id, expected.id);
            EXPECT_EQ(record.fingerprint, expected.fingerprint);
            EXPECT_EQ(record.committed, expected.committed);
            EXPECT_EQ(record.case_id, expected.case_id);
            EXPECT_EQ(record.is_new, expected.is_new);
            EXPECT_EQ(record.line, expected.line);
        }
        EXPECT_FALSE(spool.take());
    }
}

TEST(Spool, SaysWhenThereIsNoRoom) {
    Spool spool{{"/nowhere/at/all", 1000}};
    EXPECT_TRUE(spool.add(heldRecord(1)));
    int taken = 1;
    while (spool.add(heldRecord(49))) ++taken;
    for (; taken > 0; --taken) EXPECT_TRUE(spool.take());
    EXPECT_FALSE(spool.take());
}

}  // namespace
}  // namespace backorderd::app::test

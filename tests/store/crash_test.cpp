#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>

#include "store/store.hpp"
#include "temporary_directory.hpp"

namespace backorderd::store {
namespace crash_test {

constexpr int kLinesPerCommit = 50;

/// Commits batches for ever; writes a byte to `progress` after each.
[[noreturn]] void commitForEver(const std::string& directory, int progress) {
    const auto store = openStore(directory);
    const Timestamp now{std::chrono::seconds{1'772'445'600}};
    for (int next = 0;;) {
        std::vector<CaseChange> batch(kLinesPerCommit);
        for (auto& change : batch) {
            change.after.line.key = {"erp", std::to_string(next++)};
            change.after.opened_at = now;
            change.after.look_again = now;
            change.fingerprint = 1;
            change.new_events = {{1, now, Reopened{Decimal{1}}}, {2, now, Vanished{}}};
            change.new_notices.resize(1);
            change.new_notices[0].key = "opened";
        }
        store->commit(batch);
        if (write(progress, "x", 1) != 1) _exit(1);
    }
}

TEST(Crash, AKillLeavesWholeCommitsOnly) {
    TemporaryDirectory directory;
    const auto data = directory / "data";
    std::size_t committed = 0;
    for (int round = 1; round <= 12; ++round) {
        std::filesystem::remove_all(data);
        int progress[2];
        ASSERT_EQ(pipe(progress), 0);
        const pid_t child = fork();
        if (child == 0) {
            close(progress[0]);
            commitForEver(data, progress[1]);
        }
        close(progress[1]);
        // Killed while it works on the commit behind the one it has told of.
        char bytes[64];
        std::size_t told = 0;
        while (told < static_cast<std::size_t>(round)) {
            const auto got = read(progress[0], bytes, 1);
            ASSERT_GT(got, 0);
            told += static_cast<std::size_t>(got);
        }
        kill(child, SIGKILL);
        waitpid(child, nullptr, 0);
        for (ssize_t got = 1; got > 0; told += static_cast<std::size_t>(got > 0 ? got : 0))
            got = read(progress[0], bytes, sizeof bytes);
        close(progress[0]);

        const auto store = openStore(data);
        std::vector<CaseId> ids;
        store->forEachKnownLine("erp",
                                [&ids](const KnownLine& line) { ids.push_back(line.case_id); });
        EXPECT_EQ(ids.size() % kLinesPerCommit, 0u);
        EXPECT_GE(ids.size(), told * kLinesPerCommit) << "what was told of is durable";
        for (const auto& subject : store->cases(ids)) {
            EXPECT_EQ(subject.events.size(), 2u);
            EXPECT_EQ(subject.notices.size(), 1u);
        }
        const int all = static_cast<int>(ids.size()) + 1;
        EXPECT_EQ(store->casesDue(Timestamp::max(), all).size(), ids.size());
        committed += ids.size();
    }
    EXPECT_GT(committed, 0u);
}

}  // namespace crash_test
}  // namespace backorderd::store

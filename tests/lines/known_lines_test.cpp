#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <malloc.h>

#include <map>
#include <random>
#include <set>
#include <string>

#include "lines/lines.hpp"

namespace backorderd::lines {

bool operator==(const KnownLines::Unseen& a, const KnownLines::Unseen& b) {
    return a.id == b.id && a.case_id == b.case_id && a.missing == b.missing;
}

namespace known_lines_test {

using Seen = KnownLines::Seen;

/// 14 bytes, as ERPs with long numbers have them.
std::string idOf(int number) {
    std::string digits = std::to_string(number);
    return "SOL-" + std::string(10 - digits.size(), '0') + digits;
}

TEST(KnownLines, TellsNewChangedAndUnchanged) {
    KnownLines known;
    known.put("a", 1, 11);
    known.put("b", 2, 12);
    known.beginSnapshot();
    EXPECT_EQ(known.see("a", 1).seen, Seen::Unchanged);
    EXPECT_EQ(known.see("b", 3).seen, Seen::Changed);
    EXPECT_EQ(known.see("c", 4).seen, Seen::New);
}

TEST(KnownLines, NamesTheCase) {
    KnownLines known;
    known.put("a", 1, 11);
    known.put("free", 2, 0);
    known.beginSnapshot();
    EXPECT_EQ(known.see("a", 9).case_id, 11);
    EXPECT_EQ(known.see("new", 9).case_id, 0);
    known.put("free", 2, 13);
    EXPECT_EQ(known.see("free", 9).case_id, 13);
}

TEST(KnownLines, ALineWithoutACaseIsNotDecodedAtEveryPoll) {
    KnownLines known;
    known.beginSnapshot();
    EXPECT_EQ(known.see("free", 2).seen, Seen::New);
    known.put("free", 2, 0);
    for (int poll = 0; poll < 3; ++poll) {
        known.beginSnapshot();
        EXPECT_EQ(known.see("free", 2).seen, Seen::Unchanged);
    }
}

TEST(KnownLines, ALineWithoutACaseThatIsGoneIsForgotten) {
    KnownLines known;
    known.beginSnapshot();
    known.see("free", 2);
    known.put("free", 2, 0);
    known.beginSnapshot();
    known.beginSnapshot();
    EXPECT_EQ(known.size(), 0u);
    EXPECT_EQ(known.see("free", 2).seen, Seen::New);
}

TEST(KnownLines, TellsDuplicatesFromConflictsWithinOneSnapshot) {
    KnownLines known;
    known.put("a", 1, 11);
    known.beginSnapshot();
    known.see("a", 1);
    known.see("b", 5);
    EXPECT_EQ(known.see("a", 1).seen, Seen::Again);
    EXPECT_EQ(known.see("a", 2).seen, Seen::Conflict);
    EXPECT_EQ(known.see("b", 5).seen, Seen::Again);
    EXPECT_EQ(known.see("b", 6).seen, Seen::Conflict);
    known.beginSnapshot();
    EXPECT_EQ(known.see("a", 1).seen, Seen::Unchanged);
}

TEST(KnownLines, ADuplicateOfAChangedLineIsComparedWithWhatWasSeen) {
    KnownLines known;
    known.put("a", 1, 11);
    known.beginSnapshot();
    EXPECT_EQ(known.see("a", 2).seen, Seen::Changed);
    EXPECT_EQ(known.see("a", 2).seen, Seen::Again);
    EXPECT_EQ(known.see("a", 1).seen, Seen::Conflict);
    known.put("a", 2, 11);
    EXPECT_EQ(known.see("a", 2).seen, Seen::Again);
}

TEST(KnownLines, WhatWasNotCommittedIsChangedOrNewInTheNextSnapshotAgain) {
    KnownLines known;
    known.put("a", 1, 11);
    known.beginSnapshot();
    known.see("a", 2);
    known.see("b", 3);
    known.beginSnapshot();
    EXPECT_EQ(known.see("a", 2).seen, Seen::Changed);
    EXPECT_EQ(known.see("b", 3).seen, Seen::New);
    EXPECT_EQ(known.size(), 1u);
}

TEST(KnownLines, ListsWhatASnapshotDidNotShow) {
    KnownLines known;
    known.put("shown", 1, 11);
    known.put("gone", 2, 12);
    known.put("free", 3, 0);
    known.put("gone before", 4, 14);
    known.markMissing("gone before", true);
    known.beginSnapshot();
    known.see("shown", 1);
    known.see("new", 1);
    EXPECT_THAT(known.unseen(),
                testing::UnorderedElementsAre(KnownLines::Unseen{"gone", 12, false},
                                              KnownLines::Unseen{"gone before", 14, true}));
}

TEST(KnownLines, RemembersThatALineWasMissing) {
    KnownLines known;
    known.put("a", 1, 11);
    known.markMissing("a", true);
    known.markMissing("unknown", true);
    known.beginSnapshot();
    EXPECT_TRUE(known.see("a", 1).missing);
    known.markMissing("a", false);
    known.beginSnapshot();
    EXPECT_FALSE(known.see("a", 1).missing);
}

TEST(KnownLines, ErasedLinesAreNewAgain) {
    KnownLines known;
    known.put("a", 1, 11);
    known.put("b", 1, 12);
    known.erase("a");
    known.erase("never there");
    EXPECT_EQ(known.size(), 1u);
    known.beginSnapshot();
    EXPECT_EQ(known.see("a", 1).seen, Seen::New);
    EXPECT_EQ(known.see("b", 1).seen, Seen::Unchanged);
}

TEST(KnownLines, KeysAreExact) {
    KnownLines known;
    const std::string zero{"a\0b", 3};
    const std::string huge(200'000, 'x');
    known.put("", 1, 1);
    known.put(zero, 2, 2);
    known.put("a", 3, 3);
    known.put(huge, 4, 4);
    known.put(huge + "y", 5, 5);
    known.put("A", 6, 6);
    known.beginSnapshot();
    EXPECT_EQ(known.see("A", 6).case_id, 6);
    EXPECT_EQ(known.see(huge, 4).case_id, 4);
    EXPECT_EQ(known.see(huge + "y", 5).case_id, 5);
    EXPECT_EQ(known.see(zero, 2).case_id, 2);
    EXPECT_EQ(known.see("", 1).case_id, 1);
    EXPECT_EQ(known.see("a", 3).case_id, 3);
    EXPECT_EQ(known.see("a ", 3).seen, Seen::New);
}

TEST(KnownLines, RefusesACaseIdItCannotHold) {
    KnownLines known;
    EXPECT_THROW(known.put("a", 1, -1), std::out_of_range);
    EXPECT_THROW(known.put("a", 1, CaseId{1} << 48), std::out_of_range);
}

/// Months of lines that come, change and go, in any order, beside a map that cannot be wrong.
TEST(KnownLines, AgreesWithAMapOverManySnapshots) {
    KnownLines known;
    std::map<std::string, std::pair<std::uint64_t, CaseId>> model;
    std::mt19937 random{7};
    std::uniform_int_distribution<int> any_line{0, 2999};
    std::uniform_int_distribution<int> dice{0, 9};
    CaseId next_case = 0;

    for (int snapshot = 0; snapshot < 60; ++snapshot) {
        known.beginSnapshot();
        std::set<std::string> shown;
        for (int step = 0; step < 1500; ++step) {
            const std::string id = idOf(any_line(random));
            const auto fingerprint = static_cast<std::uint64_t>(dice(random));
            const auto there = model.find(id);
            const auto sight = known.see(id, fingerprint);
            const bool again = !shown.insert(id).second;
            if (again) {
                ASSERT_TRUE(sight.seen == Seen::Again || sight.seen == Seen::Conflict);
                continue;
            }
            if (there == model.end()) {
                ASSERT_EQ(sight.seen, Seen::New);
            } else {
                const bool same = there->second.first == fingerprint;
                ASSERT_EQ(sight.seen, same ? Seen::Unchanged : Seen::Changed);
                ASSERT_EQ(sight.case_id, there->second.second);
            }
            if (sight.seen == Seen::Unchanged) continue;
            const CaseId case_id = sight.case_id != 0 ? sight.case_id : ++next_case;
            known.put(id, fingerprint, case_id);
            model[id] = {fingerprint, case_id};
        }
        std::set<std::string> unseen;
        for (const auto& line : known.unseen()) unseen.emplace(line.id);
        std::set<std::string> expected;
        for (const auto& [id, state] : model)
            if (shown.count(id) == 0) expected.insert(id);
        ASSERT_EQ(unseen, expected);
        for (const std::string& id : unseen) {
            if (dice(random) < 5) continue;
            known.erase(id);
            model.erase(id);
        }
        ASSERT_EQ(known.size(), model.size());
    }
}

std::size_t allocatedBytes() {
    const struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

TEST(KnownLines, ALineCostsAtMostFiftyBytes) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "the sanitizer's allocator keeps its own books";
#endif
    constexpr int kLines = 210'000;  // just behind a growth of the index, where it is largest
    const std::size_t before = allocatedBytes();
    KnownLines known;
    for (int number = 0; number < kLines; ++number) known.put(idOf(number), 1, number + 1);
    EXPECT_LE(allocatedBytes() - before, std::size_t{kLines} * 50);
}

TEST(KnownLines, MonthsOfNewLinesDoNotGrowIt) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "the sanitizer's allocator keeps its own books";
#endif
    constexpr int kLines = 20'000;
    KnownLines known;
    const std::size_t before = allocatedBytes();
    for (int snapshot = 0; snapshot < 30; ++snapshot) {
        known.beginSnapshot();
        for (int line = 0; line < kLines; ++line) {
            const int number = snapshot * kLines + line;
            known.see(idOf(number), 1);
            known.put(idOf(number), 1, number + 1);
            if (snapshot > 0) known.erase(idOf(number - kLines));
        }
    }
    EXPECT_EQ(known.size(), std::size_t{kLines});
    EXPECT_LE(allocatedBytes() - before, std::size_t{kLines} * 150);
}

}  // namespace known_lines_test
}  // namespace backorderd::lines

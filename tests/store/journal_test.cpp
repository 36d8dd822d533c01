#include "store/journal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "store/journal_files.hpp"
#include "temporary_directory.hpp"

namespace backorderd::store {
namespace {

using std::chrono::hours;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
namespace fs = std::filesystem;
using What = JournalRecord::What;

const Timestamp kJournalNow = *parseTimestamp("2026-03-02T09:00:00Z");

class Journal : public testing::Test {
protected:
    std::unique_ptr<SendJournal> open(const JournalOptions& options = {}) {
        return openJournal(file, kJournalNow, options);
    }
    static void add(SendJournal& journal, const std::string& id, What what = What::Wire) {
        std::vector records{
            JournalRecord{0, kJournalNow, what, journal.hash(id), {journal.hash(id + " notice")}}};
        journal.append(records, journal.lastSeq() + 1, true);
    }
    std::string bytes() const {
        std::ifstream in{file, std::ios::binary};
        return {std::istreambuf_iterator<char>{in}, {}};
    }
    void write(const std::string& text) const {
        std::ofstream{file, std::ios::binary | std::ios::trunc} << text;
    }
    std::string whyRefused() {
        try {
            open();
        } catch (const JournalRefused& refused) {
            return refused.what();
        }
        return "";
    }

    TemporaryDirectory directory;
    std::string file = directory / "journal/send.journal";
};

TEST_F(Journal, KnowsAfterARestartWhatLeft) {
    auto journal = open();
    EXPECT_TRUE(journal->isNew());
    add(*journal, "m1");
    add(*journal, "m1", What::Sent);
    const auto hash = journal->hash("m1"), id = journal->id();
    journal = nullptr;
    journal = open();
    EXPECT_FALSE(journal->isNew());
    EXPECT_EQ(journal->id(), id);
    EXPECT_EQ(journal->lastSeq(), 2u);
    const auto records = journal->after(0);
    ASSERT_THAT(records, SizeIs(2));
    EXPECT_EQ(records[0].what, What::Wire);
    EXPECT_EQ(records[1].what, What::Sent);
    EXPECT_EQ(records[0].message, hash);
    EXPECT_EQ(records[0].at, kJournalNow);
    EXPECT_THAT(journal->after(1), SizeIs(1));
    EXPECT_THAT(journal->after(2), IsEmpty());
}

TEST_F(Journal, HoldsNoPersonalData) {
    auto journal = open();
    const auto text = identityText({"erp", "4711", "opened", "ann@example.com"});
    std::vector records{
        JournalRecord{0, kJournalNow, What::Wire, journal->hash("m1"), {journal->hash(text)}}};
    journal->append(records, 1, true);
    EXPECT_EQ(bytes().find("ann"), std::string::npos);
    const auto hash = journal->hash(text);
    journal = nullptr;
    fs::remove_all(directory / "journal");
    EXPECT_NE(open()->hash(text), hash) << "the same address has another hash under another key";
}

TEST_F(Journal, IdentitiesThatDifferReadDifferently) {
    EXPECT_NE(identityText({"a", "b", "c", "d"}), identityText({"a", "bc", "", "d"}));
    EXPECT_NE(identityText({"a", "1", "x|1:y", "d"}), identityText({"a", "1", "x", "1:y|d"}));
}

TEST_F(Journal, CutsOffWhatACrashLeftUnfinishedAtEveryByte) {
    auto journal = open();
    add(*journal, "m1");
    const auto first = bytes().size();
    add(*journal, "m2");
    journal = nullptr;
    const auto whole = bytes();
    for (auto length = first + 1; length < whole.size(); ++length) {
        write(whole.substr(0, length));
        journal = open();
        EXPECT_THAT(journal->cutOff(), HasSubstr(file + ":2:"));
        EXPECT_EQ(journal->lastSeq(), 1u);
        add(*journal, "m3");
        journal = nullptr;
        EXPECT_THAT(open()->after(0), SizeIs(2));
    }
}

TEST_F(Journal, DamageInTheMiddleRefusesTheStartWithPlaceAndRemedy) {
    auto journal = open();
    for (const auto* id : {"m1", "m2", "m3"}) add(*journal, id);
    journal = nullptr;
    const auto whole = bytes();
    const auto second = whole.find('\n') + 1, third = whole.find('\n', second) + 1;
    for (auto at = second; at + 1 < third; ++at) {
        auto damaged = whole;
        damaged[at] = static_cast<char>(damaged[at] ^ 1);
        write(damaged);
        EXPECT_THAT(whyRefused(), HasSubstr("line 2 is damaged. Restore the file")) << at;
        EXPECT_EQ(bytes(), damaged) << "nothing was changed";
    }
}

TEST_F(Journal, AMissingKeyRefusesTheStart) {
    add(*open(), "m1");
    fs::remove(file + ".key");
    EXPECT_THAT(whyRefused(), HasSubstr("its key " + file + ".key is missing"));
}

TEST_F(Journal, ADirectoryThatCannotBeReadIsNotAnEmptyOne) {
    open();
    std::filesystem::rename(directory / "journal", directory / "elsewhere");
    std::ofstream{directory / "journal"} << "no directory";
    EXPECT_THROW(closedSegments(file), JournalRefused);
}

TEST_F(Journal, OneProcessWritesToIt) {
    const auto journal = open();
    EXPECT_THAT(whyRefused(), HasSubstr("another backorderd writes to it"));
}

TEST_F(Journal, IsClosedAtItsSizeAndKeptForItsTime) {
    JournalOptions options;
    options.segment_bytes = 400;
    options.keep = hours{48};
    auto journal = open(options);
    for (int i = 0; i < 20; ++i) add(*journal, std::to_string(i));
    journal = nullptr;
    journal = open(options);
    EXPECT_EQ(journal->lastSeq(), 20u);
    const auto records = journal->after(3);
    ASSERT_THAT(records, SizeIs(17));
    for (std::size_t i = 0; i < records.size(); ++i) EXPECT_EQ(records[i].seq, i + 4);
    journal = nullptr;
    // The file in use stays, whatever its age, and the numbers go on.
    journal = openJournal(file, kJournalNow + hours{49}, options);
    EXPECT_EQ(journal->lastSeq(), 20u);
    EXPECT_LT(journal->after(0).size(), 5u);
}

/// EIO, and what else a disk says when a file cannot be made durable.
TEST_F(Journal, ASyncThatFailsEndsTheProcessAndIsNotTriedAgain) {
    for (const int error : {EIO, ENOSPC, EDQUOT}) {
        int syncs = 0;
        bool fails = false;
        JournalOptions options;
        options.sync = [&](int) {
            ++syncs;
            errno = error;
            return fails ? -1 : 0;
        };
        auto journal = open(options);
        fails = true;
        syncs = 0;
        EXPECT_THROW(add(*journal, "m1"), StoreBroken);
        EXPECT_EQ(syncs, 1);
    }
}

}  // namespace
}  // namespace backorderd::store

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

#include "connectors/files_fixture.hpp"

namespace backorderd::test {
namespace files_pickup_test {

using namespace std::chrono_literals;
using testing::HasSubstr;

std::string csv(const std::string& ids) {
    std::string text{kHeader};
    for (const char id : ids) text += std::string{id} + ",SO1,PX-1,10,C1\n";
    return text;
}

class Pickup : public FilesTest {
protected:
    /// What kept the files from being read at all.
    std::string failureOf(const std::string& settings = {}) {
        const auto whole = read(settings);
        EXPECT_TRUE(whole.failure) << "files were read";
        EXPECT_TRUE(whole.lines.empty());
        if (!whole.failure) return {};
        EXPECT_EQ(whole.failure->again, Failure::Again::Later);
        return whole.failure->reason;
    }
};

TEST_F(Pickup, FilesArePagesInTheOrderOfTheirNames) {
    write("lines-2.csv", csv("34"));
    write("lines-1.csv", csv("21"));
    const auto whole = read();
    EXPECT_EQ(idsOf(whole), "2 1 3 4");
    EXPECT_EQ(whole.pages, 2);
    EXPECT_TRUE(whole.end->complete);
}

TEST_F(Pickup, CsvAndJsonGoTogetherAndOtherFilesAreLeftAlone) {
    write("lines-1.csv", csv("1"));
    write("lines-2.json", R"([{"line":2,"order.number":"S","item.id":"P","ordered":1,)"
                          R"("customer.id":"C"}])");
    for (const auto* name : {"lines-3.csv.tmp", "lines-4.csv~", "lines-5.part", ".lines-6.csv",
                             "lines-7.xlsx", "orders.csv", "lines"})
        write(name, csv("9"));
    std::filesystem::create_directory(folder_ / "lines-8.csv");
    const auto whole = read();
    EXPECT_EQ(idsOf(whole), "1 2");
    EXPECT_TRUE(whole.end->complete);
}

TEST_F(Pickup, UnfinishedNamesAreLeftAloneWhateverTheFormat) {
    write("lines.dat", csv("1"));
    write("lines.dat.part", csv("2"));
    EXPECT_EQ(idsOf(read("format: csv")), "1");
}

TEST_F(Pickup, LinesMayBeAllThatIsNotStockOrSupply) {
    write("export.csv", csv("1"));
    write("stock.csv", "item.id,free\nPX-1,3\n");
    const auto whole = read("lines: '*'");
    EXPECT_EQ(idsOf(whole), "1");
    EXPECT_EQ(whole.end->goods.stock.size(), 1u);
}

TEST_F(Pickup, TheSnapshotIsOfTheTimeOfTheNewestFileOfLines) {
    write("lines-1.csv", csv("1"), 3h);
    write("lines-2.csv", csv("2"), 2h);
    write("stock.csv", "item.id,free\n", 1h);
    EXPECT_EQ(read().end->as_of, clock_.at - 2h);
}

TEST_F(Pickup, NoFileOfLinesIsNotAnEmptySnapshot) {
    write("stock.csv", "item.id,free\n");
    EXPECT_THAT(failureOf(), HasSubstr("is named 'lines*'"));
}

TEST_F(Pickup, AMissingFolderIsSaidToBeMissing) {
    const auto connector = make();
    std::filesystem::remove_all(folder_);
    const auto whole = readWhole(io_, *connector);
    ASSERT_TRUE(whole.failure);
    EXPECT_THAT(whole.failure->reason, HasSubstr("cannot be opened: No such file or directory"));
}

TEST_F(Pickup, AYoungFileIsLeftForTheNextPoll) {
    write("lines-1.csv", csv("1"));
    write("lines-2.csv", csv("2"), 4s);
    EXPECT_THAT(failureOf(), HasSubstr("lines-2.csv' was changed less than 5 s ago"));
    clock_.at += 1s;
    EXPECT_EQ(idsOf(read()), "1 2");
}

TEST_F(Pickup, YoungStockHoldsTheLinesBackToo) {
    write("lines.csv", csv("1"));
    write("stock.csv", "item.id,free\n", 1s);
    EXPECT_THAT(failureOf(), HasSubstr("stock.csv"));
}

TEST_F(Pickup, WithoutSettlingAFileIsReadAtOnce) {
    write("lines.csv", csv("1"), 0s);
    EXPECT_EQ(idsOf(read("settle: 0s")), "1");
}

TEST_F(Pickup, AClockThatNanosecondsDoNotReachIsNoReasonToWait) {
    write("lines.csv", csv("1"));
    clock_.at = *parseTimestamp("2999-01-01T00:00:00Z");
    EXPECT_EQ(idsOf(read()), "1");
}

TEST_F(Pickup, ATimeToComeIsNamedAsSuch) {
    write("lines.csv", csv("1"), -1h);
    EXPECT_THAT(failureOf(), HasSubstr("a time that is yet to come"));
}

TEST_F(Pickup, TheMarkerMustBeThereAndNotOlder) {
    const std::string settings = "marker: done";
    write("lines.csv", csv("1"), 10s);
    EXPECT_THAT(failureOf(settings), HasSubstr("the export has not finished"));
    write("done", "", 11s);
    EXPECT_THAT(failureOf(settings), HasSubstr("the next export has begun"));
    setAge("done", 10s);
    EXPECT_EQ(idsOf(read(settings)), "1");
}

TEST_F(Pickup, WithAMarkerYoungFilesAreRead) {
    write("lines.csv", csv("1"), 0s);
    write("done", "", 0s);
    EXPECT_EQ(idsOf(read("marker: done")), "1");
}

/// A change to the folder between two pages.
struct Meddling {
    const char* name;
    void (*change)(const std::filesystem::path& folder);
};

class ChangedMeanwhile : public Pickup, public testing::WithParamInterface<Meddling> {};

TEST_P(ChangedMeanwhile, IsNotCalledComplete) {
    write("lines-1.csv", csv("1"));
    write("lines-2.csv", csv("2"));
    const auto connector = make();
    const auto reader = connector->read();
    auto step = runCoroutine(io_, reader->next());
    ASSERT_TRUE(std::holds_alternative<Page>(step));
    GetParam().change(folder_);
    while (std::holds_alternative<Page>(step)) step = runCoroutine(io_, reader->next());
    if (const auto* end = std::get_if<SnapshotEnd>(&step)) {
        EXPECT_FALSE(end->complete);
        EXPECT_THAT(end->why_incomplete, HasSubstr("changed while they were read"));
    } else {
        EXPECT_THAT(std::get<Failure>(step).reason, HasSubstr("cannot be opened"));
    }
}

void put(const std::filesystem::path& path, const std::string& text) {
    std::ofstream{path, std::ios::binary} << text;
}

INSTANTIATE_TEST_SUITE_P(
    All, ChangedMeanwhile,
    testing::Values(
        Meddling{"Rewritten", [](const auto& folder) { put(folder / "lines-1.csv", csv("7")); }},
        Meddling{"LongerBeforeItIsRead",
                 [](const auto& folder) { put(folder / "lines-2.csv", csv("234")); }},
        Meddling{"ReplacedBeforeItIsRead",
                 [](const auto& folder) {
                     put(folder / "new", csv("2"));
                     std::filesystem::rename(folder / "new", folder / "lines-2.csv");
                 }},
        Meddling{"OneMore", [](const auto& folder) { put(folder / "lines-3.csv", csv("3")); }},
        Meddling{"OneLess", [](const auto& folder) { ::unlink((folder / "lines-1.csv").c_str()); }},
        Meddling{"GoneBeforeItIsRead",
                 [](const auto& folder) { ::unlink((folder / "lines-2.csv").c_str()); }}),
    [](const auto& test) { return test.param.name; });

TEST_F(Pickup, AFileThatIsReplacedWhileItIsReadIsReadToItsEnd) {
    std::string text{kHeader};
    for (int i = 0; i < 20'000; ++i) text += std::to_string(i) + ",SO1,PX-1,10,C1\n";
    write("lines.csv", text);
    const auto connector = make();
    const auto reader = connector->read();
    std::size_t records = std::get<Page>(runCoroutine(io_, reader->next())).records.size();
    put(folder_ / "new", csv("1"));
    std::filesystem::rename(folder_ / "new", folder_ / "lines.csv");
    records += std::get<Page>(runCoroutine(io_, reader->next())).records.size();
    EXPECT_EQ(records, 20'000u);
    EXPECT_FALSE(std::get<SnapshotEnd>(runCoroutine(io_, reader->next())).complete);
}

/// Root may read everything: where the tests run as root, this part runs as nobody.
class AsNobody {
public:
    AsNobody() {
        if (::geteuid() == 0) was_root_ = ::seteuid(kNobody) == 0;
    }
    ~AsNobody() {
        if (was_root_ && ::seteuid(0) != 0) std::abort();
    }
    AsNobody(const AsNobody&) = delete;
    AsNobody& operator=(const AsNobody&) = delete;

private:
    static constexpr uid_t kNobody = 65534;
    bool was_root_ = false;
};

TEST_F(Pickup, AFileThatMayNotBeReadFailsThePoll) {
    write("lines.csv", csv("1"));
    std::filesystem::permissions(folder_ / "lines.csv", std::filesystem::perms::none);
    std::filesystem::permissions(std::filesystem::path{folder_}, std::filesystem::perms::all);
    const AsNobody unprivileged;
    EXPECT_THAT(failureOf(), HasSubstr("lines.csv"));
    EXPECT_THAT(failureOf(), HasSubstr("Permission denied"));
}

}  // namespace files_pickup_test
}  // namespace backorderd::test

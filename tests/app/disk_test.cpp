#include <gmock/gmock.h>

#include "app/disk_watch.hpp"
#include "app/rig.hpp"

namespace backorderd::app {
namespace disk_test {

using namespace app::test;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::uint64_t kMib = std::uint64_t{1} << 20;

/// A rig on a disk whose room the test sets.
struct SmallDisk {
    SmallDisk() {
        rig.settings.disk = {.free_min_mib = 100, .reserve_mib = 1};
        rig.crash();
        start();
    }
    void start() {
        watch = std::make_unique<DiskWatch>(
            rig.settings, [this](const std::string&) { return std::optional{room}; });
        rig.disk = watch.get();
        rig.start();
        rig.work();
    }
    std::string reserveFile() const { return rig.settings.data_dir + "/backorderd.reserve"; }

    Rig rig;
    std::uint64_t room = 500 * kMib;
    std::unique_ptr<DiskWatch> watch;
};

TEST(Disk, WithLittleRoomNothingIsReadAndWhatWaitsLeaves) {
    SmallDisk disk;
    auto& rig = disk.rig;
    rig.mailbox.always = TryLater{"not now", {}};
    rig.erp.lines.push_back(sampleLine("1"));
    rig.poll();
    rig.work();
    disk.room = 99 * kMib;
    auto later = sampleLine("2");
    later.order.number = "SO200";
    rig.erp.lines.push_back(later);
    const auto report = rig.poll();
    EXPECT_EQ(report.end, PollReport::End::Failed);
    EXPECT_THAT(report.reason, HasSubstr("99 MiB are free"));
    EXPECT_THAT(report.reason, HasSubstr("disk.free_min_mib (100 MiB)"));
    EXPECT_EQ(report.missing, 0u) << "what was not read is not missing";
    rig.mailbox.always.reset();
    rig.pass(5min);
    EXPECT_THAT(rig.mailbox.received, SizeIs(1));
    EXPECT_TRUE(rig.engine->gates().open());

    disk.room = 500 * kMib;
    rig.poll();
    rig.work();
    EXPECT_THAT(rig.mailbox.received, SizeIs(2));
}

TEST(Disk, WithoutItsReserveNothingLeavesUntilThereIsRoomForItAgain) {
    SmallDisk disk;
    auto& rig = disk.rig;
    ASSERT_EQ(std::filesystem::file_size(disk.reserveFile()), kMib);
    disk.room = 0;
    ASSERT_TRUE(disk.watch->giveUpReserve());
    EXPECT_FALSE(std::filesystem::exists(disk.reserveFile()));
    EXPECT_FALSE(disk.watch->giveUpReserve()) << "it is there once";
    rig.work();
    ASSERT_NE(rig.engine->gates().find(GateName::Disk), nullptr);
    EXPECT_THAT(rig.engine->gates().find(GateName::Disk)->reason, HasSubstr("0 MiB are free"));

    // Also after a restart.
    rig.crash();
    disk.start();
    EXPECT_FALSE(rig.engine->gates().open());
    disk.room = 100 * kMib;  // What is asked for, but not the reserve besides.
    rig.erp.lines.push_back(sampleLine("1"));
    rig.poll();
    rig.pass(1h);
    EXPECT_THAT(rig.mailbox.received, IsEmpty());

    disk.room = 101 * kMib;
    rig.pass(5min);
    EXPECT_TRUE(rig.engine->gates().open());
    EXPECT_TRUE(std::filesystem::exists(disk.reserveFile()));
    EXPECT_THAT(rig.mailbox.received, SizeIs(1));
}

}  // namespace disk_test
}  // namespace backorderd::app

#include "app/footing.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "app/rig.hpp"

namespace backorderd::app::test {
namespace footing_test {

TEST(MachineId, IsTheFirstWordAndEmptyWhereThereIsNone) {
    const TemporaryFolder folder;
    std::ofstream{folder / "machine-id"} << "0123abcd\n";
    EXPECT_EQ(readMachineId(folder / "machine-id"), "0123abcd");
    EXPECT_EQ(readMachineId(folder / "none"), "");
}

TEST(MachineId, OneThatCannotBeReadIsNotThatOfAnotherMachine) {
    const TemporaryFolder folder;
    // Opening a folder succeeds, reading it does not.
    EXPECT_THROW(readMachineId(folder / ""), std::exception);
}

}  // namespace footing_test
}  // namespace backorderd::app::test
